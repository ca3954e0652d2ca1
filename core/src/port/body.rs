//! Bodies: version, kind, exchange, message, seal and checksum; see the drawing in [`super`].

use serde::{Deserialize, Serialize};

use super::mac::SEAL;
use super::{Command, Key, Reason, Reply, Seal, VERSION};
use crate::checkpoint::CRC;

const CHECKSUM: usize = 4;
const HEADER: usize = 4;

const COMMAND: u8 = 0;
const SEALED: u8 = 1;
const REPLY: u8 = 2;

/// A command as it came.
#[derive(Clone, Copy, Debug)]
pub struct Received<'b> {
    /// The host's number for it.
    pub exchange: u16,
    /// The command.
    pub command: Command<'b>,
    /// Its seal, not yet believed.
    pub seal: Option<Seal<'b>>,
}

/// Reads a command from a body.
///
/// # Errors
/// Why it is none, with the exchange to answer to, 0 if not even that can be believed.
pub fn read_command(body: &[u8]) -> Result<Received<'_>, (u16, Reason)> {
    let (kind, exchange, rest) = open(body)?;
    let refused = |reason| (exchange, reason);
    let (bytes, seal) = match kind {
        COMMAND => (rest, None),
        SEALED => {
            let split = body.get(..body.len() - CHECKSUM).and_then(Seal::split);
            let (before, seal) = split.ok_or(refused(Reason::Short))?;
            (before.get(HEADER..).ok_or(refused(Reason::Short))?, Some(seal))
        }
        other => return Err(refused(Reason::Kind(other))),
    };
    let command = message(bytes).map_err(refused)?;
    Ok(Received { exchange, command, seal })
}

/// Writes the body of a command to `buffer`, sealed with a key and a counter if they are given.
/// `None` if there is too little room.
pub fn write_command<'b>(
    exchange: u16,
    command: &Command<'_>,
    seal: Option<(&Key, u32)>,
    buffer: &'b mut [u8],
) -> Option<&'b [u8]> {
    let kind = if seal.is_some() { SEALED } else { COMMAND };
    let mut used = begin(kind, exchange, command, buffer)?;
    if let Some((key, counter)) = seal {
        let seal = key.seal(buffer.get(..used)?, counter);
        buffer.get_mut(used..used + SEAL)?.copy_from_slice(&seal);
        used += SEAL;
    }
    finish(used, buffer)
}

/// Reads a reply, and the exchange it belongs to, from a body.
///
/// # Errors
/// Why it is none.
pub fn read_reply(body: &[u8]) -> Result<(u16, Reply<'_>), Reason> {
    let (kind, exchange, rest) = open(body).map_err(|(_, reason)| reason)?;
    match kind {
        REPLY => Ok((exchange, message(rest)?)),
        other => Err(Reason::Kind(other)),
    }
}

/// Writes the body of a reply to `buffer`. `None` if there is too little room.
pub fn write_reply<'b>(exchange: u16, reply: &Reply<'_>, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let used = begin(REPLY, exchange, reply, buffer)?;
    finish(used, buffer)
}

/// Kind, exchange and what is between them and the checksum.
fn open(body: &[u8]) -> Result<(u8, u16, &[u8]), (u16, Reason)> {
    let (covered, checksum) = body.split_last_chunk::<CHECKSUM>().ok_or((0, Reason::Short))?;
    if CRC.checksum(covered) != u32::from_le_bytes(*checksum) {
        return Err((0, Reason::Checksum));
    }
    let (header, rest) = covered.split_first_chunk::<HEADER>().ok_or((0, Reason::Short))?;
    let [version, kind, low, high] = *header;
    let exchange = u16::from_le_bytes([low, high]);
    match version {
        VERSION => Ok((kind, exchange, rest)),
        other => Err((exchange, Reason::Version(other))),
    }
}

fn message<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T, Reason> {
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Ok(message),
        Ok(_) => Err(Reason::Trailing),
        Err(_) => Err(Reason::Unknown),
    }
}

/// Header and message; the bytes used.
fn begin(kind: u8, exchange: u16, message: &impl Serialize, buffer: &mut [u8]) -> Option<usize> {
    let (header, rest) = buffer.split_first_chunk_mut::<HEADER>()?;
    let [low, high] = exchange.to_le_bytes();
    *header = [VERSION, kind, low, high];
    let written = postcard::to_slice(message, rest).ok()?;
    Some(HEADER + written.len())
}

/// The checksum; the body.
fn finish(used: usize, buffer: &mut [u8]) -> Option<&[u8]> {
    let checksum = CRC.checksum(buffer.get(..used)?);
    let end = used + CHECKSUM;
    buffer.get_mut(used..end)?.copy_from_slice(&checksum.to_le_bytes());
    buffer.get(..end)
}
