//! The parts of a device that learns: storage that survives a power cut, a board, and what it says.
//!
//! Everything but `board` and `log` is plain Rust without hardware in it, and is type-checked and
//! tested on the host.

#![cfg_attr(target_os = "none", no_std)]

pub mod application;
#[cfg(target_os = "none")]
pub mod board;
pub mod extract;
pub mod flash;
pub mod i2c;
pub mod keeper;
#[cfg(target_os = "none")]
pub mod log;
pub mod model;
pub mod persist;
pub mod port;
pub mod recording;
pub mod sensor;
pub mod twins;
pub mod workload;
