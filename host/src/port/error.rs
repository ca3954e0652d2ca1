//! Why a device could not be spoken to.

use std::io;
use std::time::Duration;

use fejer::port::{Command, Reason};

/// Why a device could not be spoken to: what, where, and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port cannot be opened.
    #[error(
        "{port}: cannot be opened: {source}; give the path of a serial device (such as \
         /dev/ttyACM0) you may write to, or of the socket QEMU was started with"
    )]
    Open {
        /// The port.
        port: String,
        /// Why.
        source: io::Error,
    },
    /// The port failed.
    #[error("{port}: {command} was not carried: {source}; is the device still connected?")]
    Carry {
        /// The port.
        port: String,
        /// The command.
        command: String,
        /// Why.
        source: io::Error,
    },
    /// The device closed the connection.
    #[error("{port}: closed while {command} was under way: is the device still running?")]
    Closed {
        /// The port.
        port: String,
        /// The command.
        command: String,
    },
    /// No reply came, and nothing was changed.
    #[error(
        "{port}: no answer to {command} within {} s; check the device, its baud rate, and that no \
         other program holds the port",
        timeout.as_secs_f32()
    )]
    Silent {
        /// The port.
        port: String,
        /// The command.
        command: String,
        /// How long was waited.
        timeout: Duration,
    },
    /// No reply came to a command that may have been obeyed.
    #[error(
        "{port}: no answer to {command} within {} s: it may have been obeyed, or not; look at \
         `status` before sending it again",
        timeout.as_secs_f32()
    )]
    Unknown {
        /// The port.
        port: String,
        /// The command.
        command: String,
        /// How long was waited.
        timeout: Duration,
    },
    /// The device refused.
    #[error("{port}: the device refused {command}: {reason}")]
    Refused {
        /// The port.
        port: String,
        /// The command.
        command: String,
        /// Why.
        reason: Reason,
    },
    /// The device answered something else.
    #[error(
        "{port}: the device answered {command} with something else: update host and firmware to \
         the same release"
    )]
    Unexpected {
        /// The port.
        port: String,
        /// The command.
        command: String,
    },
    /// The command is longer than the device takes.
    #[error("{port}: {command} is longer than any device takes: send fewer features")]
    TooLong {
        /// The port.
        port: String,
        /// The command.
        command: String,
    },
    /// What was read is not what the device has.
    #[error(
        "{port}: the head that was read is not the device's (its SHA-256 differs): read it again"
    )]
    Digest {
        /// The port.
        port: String,
    },
    /// The record cannot be written.
    #[error("{path}: the record cannot be written: {source}; nothing more is sent without it")]
    Record {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// The command's name, for messages.
pub(super) fn word(command: &Command<'_>) -> String {
    let text = format!("{command:?}");
    let end = text.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(text.len());
    text[..end].to_owned()
}
