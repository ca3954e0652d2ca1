//! Speaks to a device over its port: a serial line, or the socket of an emulated one.
//!
//! The format of the bytes is [`fejer::port`]. A [`Client`] sends one command at a time and waits for
//! its reply; a [`Record`] of both is a history that [`replay`] repeats on the desktop, bit for bit.

mod client;
mod error;
mod line;
mod record;
pub mod replay;
mod summary;

pub use client::{Client, Predicted};
pub use error::Error;
pub use line::Line;
pub use record::{Exchange, Record, exchanges};
pub use summary::{Summary, summarise};
