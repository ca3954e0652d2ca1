//! The tuner: what it promises of labels nobody checked, of idle time, of resets and of bad input.

#[path = "../support/mod.rs"]
mod support;

mod detector;
mod guard;
mod idle;
mod refused;
mod reset;
mod world;
