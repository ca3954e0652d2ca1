//! The port over which a device is spoken to: commands in, one reply to each, whatever carries the
//! bytes.
//!
//! ```text
//! frame   COBS(body), 0x00          no other byte of a frame is 0x00; frames without a body are idle
//!                                                                                         version 2
//! body    offset  bytes
//!              0      1   version
//!              1      1   kind: 0 command, 1 sealed command, 2 reply
//!              2      2   exchange, LE: the host's number for the command; the reply has it too
//!                         (0 in the reply to what could not be read)
//!              4      .   postcard of a Command or a Reply: number of the variant, then its fields
//!              .   0|20   seal, kind 1 alone: counter, 4 LE; the first 16 bytes of
//!                         HMAC-SHA-256(key, everything before them)
//!           last      4   CRC-32 (ISO-HDLC) of everything before, LE
//! ```
//!
//! A device answers every frame: with what was asked for, or with a [`Reason`]. One that has a
//! [`Key`] obeys a command that changes weights only with a seal whose counter is above all it has
//! obeyed, also over a reset: nothing can be replayed. A key belongs to one device. Replies and
//! commands that only read are not sealed.
//!
//! COBS: Cheshire & Baker 1999; the tag cut to 16 bytes: RFC 4868. The stuffing is written out here
//! because the published crate can panic; the tests hold it against that crate.

mod body;
mod command;
mod frame;
mod mac;
mod reason;
mod reply;

pub use body::{Received, read_command, read_reply, write_command, write_reply};
pub use command::Command;
pub use frame::{Receiver, stuff};
pub use mac::{Key, Seal};
pub use reason::Reason;
pub use reply::{Description, Digest, Reply, SelfTest, State, digest};

/// The version of the format: 2 since devices learn under guard; 1 knew of no verdicts.
pub const VERSION: u8 = 2;
/// Samples a device visits or judges in one slice of its work on what it learnt; [`Reply::Predicted`]
/// counts slices.
pub const SLICE: u32 = 8;
/// Bytes of a body around the fields of its command: all but a field of bytes, which is counted with
/// [`Command`]'s other fields, at most 12.
pub const OVERHEAD: usize = 4 + 12 + 20 + 4;
