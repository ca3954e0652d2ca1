//! The frozen network in 8 bits: core against a slow twin, bytes that are none, a trained network
//! against itself in floats, and the same bits on emulated devices.

#[path = "../support/mod.rs"]
mod support;

mod accuracy;
mod bytes;
mod device;
mod front;
mod naive;
mod twins;
