//! The hardware: the only module that differs from board to board, and the only one with `unsafe`.
//!
//! A board offers `exit`, `File` (or its sensor and its flash), `Meter`, `stack_bytes` and a panic
//! handler. To add one, write `board/<name>.rs`, name it here, and give its memory layout to
//! `build.rs`.

mod mps2;

pub use mps2::{File, FileError, Meter, exit, open_flash, open_history, stack_bytes};
