//! Why a frame is not obeyed.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{Error, checkpoint};

/// Why a frame was not obeyed: nothing was changed by it. The order is the format: new ones go to the
/// end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Reason {
    /// The frame ends within a run of COBS: a byte was lost.
    Stuffing,
    /// The body is longer than there is room for.
    TooLong {
        /// The room, in bytes.
        room: u16,
    },
    /// The body is shorter than any.
    Short,
    /// The CRC-32 is wrong.
    Checksum,
    /// Another version of the format.
    Version(u8),
    /// Neither a command nor a sealed command (nor, at the host, a reply).
    Kind(u8),
    /// No command of this version: an unknown number or fields that do not fit.
    Unknown,
    /// Bytes are left behind the command.
    Trailing,
    /// The reply does not fit into a body.
    Reply,
    /// The command changes weights and has no seal.
    SealMissing,
    /// The command is sealed, but the device has no key to check it with.
    NoKey,
    /// The seal was not made with the device's key.
    Seal,
    /// The counter was used before.
    Counter {
        /// The one it must be above.
        above: u32,
    },
    /// Another number of features.
    Features {
        /// The device's.
        expected: u16,
    },
    /// The head refused the sample.
    Head(Error),
    /// The window is not known, or not any more.
    Window,
    /// No transfer is under way: it was not begun, or a stored change ended it.
    NoTransfer,
    /// The piece does not follow the one before.
    Offset {
        /// Where the next one belongs.
        expected: u32,
    },
    /// The transfer is longer than a checkpoint of this device, or than announced.
    Length {
        /// Bytes there may be.
        room: u32,
    },
    /// The checkpoint that came is not the one meant.
    Digest,
    /// The checkpoint is not one of this device's.
    Checkpoint(checkpoint::Error),
    /// There is no earlier state to go back to.
    NothingBefore,
    /// The flash failed; what was learnt since the last stored state is lost with the power.
    Store,
}

impl Reason {
    /// One word for logs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Stuffing => "stuffing",
            Self::TooLong { .. } => "too-long",
            Self::Short => "short",
            Self::Checksum => "checksum",
            Self::Version(_) => "version",
            Self::Kind(_) => "kind",
            Self::Unknown => "unknown",
            Self::Trailing => "trailing",
            Self::Reply => "reply",
            Self::SealMissing => "seal-missing",
            Self::NoKey => "no-key",
            Self::Seal => "seal",
            Self::Counter { .. } => "counter",
            Self::Features { .. } => "features",
            Self::Head(error) => error.word(),
            Self::Window => "window",
            Self::NoTransfer => "no-transfer",
            Self::Offset { .. } => "offset",
            Self::Length { .. } => "length",
            Self::Digest => "digest",
            Self::Checkpoint(error) => error.word(),
            Self::NothingBefore => "nothing-before",
            Self::Store => "store",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stuffing | Self::Short | Self::Checksum => formatter.write_str(
                "the frame was damaged on its way (lost or flipped bytes): check baud rate and \
                 cable, and send it again",
            ),
            Self::TooLong { room } => {
                write!(formatter, "the body is longer than the {room} bytes there is room for")
            }
            Self::Version(version) => write!(
                formatter,
                "version {version} of the format where {} is spoken: update host or firmware",
                super::VERSION
            ),
            Self::Kind(kind) => write!(formatter, "a frame of kind {kind} is not expected here"),
            Self::Unknown | Self::Trailing => formatter.write_str(
                "not a command or reply of this version: update host or firmware to the same release",
            ),
            Self::Reply => formatter.write_str("the reply does not fit into a body of this device"),
            Self::SealMissing => formatter
                .write_str("the device obeys what changes weights only with its key: give --key"),
            Self::NoKey => {
                formatter.write_str("the device has no key, so it takes no seals: leave out --key")
            }
            Self::Seal => formatter.write_str("the seal is not by the device's key: check --key"),
            Self::Counter { above } => write!(
                formatter,
                "the command was sent before (a counter must be above {above}): send a new one"
            ),
            Self::Features { expected } => write!(formatter, "the device takes {expected} features"),
            Self::Head(error) => error.fmt(formatter),
            Self::Window => formatter.write_str(
                "the window is not known any more (newer ones took its place, it has its label, or \
                 the device was reset): predict it again",
            ),
            Self::NoTransfer => formatter.write_str(
                "no transfer is under way (not begun, or ended by a stored change): begin it again",
            ),
            Self::Offset { expected } => {
                write!(formatter, "the piece does not follow: the next one belongs at {expected}")
            }
            Self::Length { room } => {
                write!(formatter, "more bytes than the {room} there are room for")
            }
            Self::Digest => formatter.write_str(
                "the checkpoint is not whole, or not the one meant: send it again from the start",
            ),
            Self::Checkpoint(error) => error.fmt(formatter),
            Self::NothingBefore => {
                formatter.write_str("there is no earlier state in the flash to go back to")
            }
            Self::Store => formatter.write_str(
                "the flash failed, so a reset would lose the change: check the device's flash",
            ),
        }
    }
}

impl core::error::Error for Reason {}
