//! What was learnt, in two slots of a NOR flash, of which one is whole at every moment.
//!
//! ```text
//! slot   0       4          8         12       16       20           32
//!        | FJS1  | sequence | records | length | CRC-32 | 0xFF …     | payload …
//! ```
//!
//! All numbers are little-endian. The CRC covers bytes 0 to 15 and the payload. A store erases the
//! older slot, writes the payload and then the header; until the header is whole the newer slot
//! stays the one that is loaded. `records` says how much of its input the device had consumed, so
//! that it goes on exactly where it was. Assumption: an interrupted write or erasure damages only
//! the sectors it was meant for.

use core::fmt;

use crc::{CRC_32_ISO_HDLC, Crc, NoTable};
use embedded_storage::nor_flash::NorFlash;

const MAGIC: [u8; 4] = *b"FJS1";
const HEADER: usize = 32;
const COVERED: usize = 16;
const ERASED: u8 = 0xFF;
/// Without a table: a kilobyte of flash is worth more than the time.
const CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// Two slots, each half of the flash.
pub struct Slots<F> {
    flash: F,
    slot: usize,
    next: usize,
    sequence: u32,
}

/// Why a store or a load could not be done at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error<E> {
    /// The flash refused.
    Flash(E),
    /// The payload does not fit.
    TooLong {
        /// Bytes of the payload.
        length: usize,
        /// Bytes there are.
        room: usize,
    },
}

/// Why a slot has nothing to offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// It was never written.
    Erased,
    /// What stands at its start is not a header of ours.
    Header,
    /// More bytes are announced than the slot or the buffer has.
    Length,
    /// The CRC is wrong: a flipped bit or an interrupted store.
    Checksum,
}

/// Why what a slot holds was not taken; `R` is the caller's reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused<R> {
    /// The slot itself.
    Slot(Damage),
    /// The bytes are whole, but the caller cannot use them.
    Payload(R),
}

impl fmt::Display for Damage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Erased => "it is erased",
            Self::Header => "it does not start with a header",
            Self::Length => "it announces more bytes than it has",
            Self::Checksum => "its checksum is wrong: a flipped bit or an interrupted store",
        })
    }
}

impl<R: fmt::Display> fmt::Display for Refused<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slot(damage) => damage.fmt(formatter),
            Self::Payload(reason) => reason.fmt(formatter),
        }
    }
}

/// The outcome of a load.
#[derive(Debug)]
pub struct Loaded<T, R> {
    /// The newest payload that was accepted, and the records consumed by then.
    pub state: Option<(T, u32)>,
    /// Why a slot that is damaged, or newer than the accepted one, was refused. An erased slot
    /// beside an accepted one is ordinary and not reported.
    pub refused: Option<Refused<R>>,
}

#[derive(Clone, Copy)]
struct Header {
    sequence: u32,
    records: u32,
    length: usize,
    checksum: u32,
    covered: [u8; COVERED],
}

impl<F: NorFlash> Slots<F> {
    /// Slots on the whole of `flash`; nothing is read or written yet.
    pub fn new(flash: F) -> Self {
        const {
            assert!(HEADER.is_multiple_of(F::WRITE_SIZE), "a header must be whole write units");
            assert!(HEADER.is_multiple_of(F::READ_SIZE), "a header must be whole read units");
        }
        let sectors = flash.capacity() / F::ERASE_SIZE;
        Self { slot: sectors / 2 * F::ERASE_SIZE, flash, next: 0, sequence: 0 }
    }

    /// The longest payload, in bytes.
    pub fn room(&self) -> usize {
        self.slot.saturating_sub(HEADER)
    }

    /// How often it was stored: each time one slot was erased and written, in turn. Known after a load;
    /// it starts again from 0 only where no slot is whole.
    pub const fn stores(&self) -> u32 {
        self.sequence
    }

    /// The flash, back.
    pub fn into_inner(self) -> F {
        self.flash
    }

    /// Hands the payloads to `accept`, the newest first, until it takes one. `buffer` must hold the
    /// longest payload ever stored; it is scratch.
    pub fn load<T, R>(
        &mut self,
        buffer: &mut [u8],
        mut accept: impl FnMut(&[u8]) -> Result<T, R>,
    ) -> Result<Loaded<T, R>, Error<F::Error>> {
        let mut refused = None;
        let mut newest = false;
        for slot in self.newest_first(buffer)? {
            let reason = match self.whole(slot, buffer)? {
                Err(damage) => Refused::Slot(damage),
                Ok(header) => {
                    if !newest {
                        (self.sequence, self.next, newest) = (header.sequence, 1 - slot, true);
                    }
                    match accept(buffer.get(..header.length).unwrap_or_default()) {
                        Err(reason) => Refused::Payload(reason),
                        Ok(state) => {
                            self.next = 1 - slot;
                            refused = refused.filter(|reason| !is_erased(reason));
                            return Ok(Loaded { state: Some((state, header.records)), refused });
                        }
                    }
                }
            };
            if refused.as_ref().is_none_or(is_erased) {
                refused = Some(reason);
            }
        }
        Ok(Loaded { state: None, refused })
    }

    /// Hands what was stored before the newest payload to `accept`; the next store takes its place.
    pub fn previous<T, R>(
        &mut self,
        buffer: &mut [u8],
        accept: impl FnOnce(&[u8]) -> Result<T, R>,
    ) -> Result<Result<T, Refused<R>>, Error<F::Error>> {
        Ok(match self.whole(self.next, buffer)? {
            Err(damage) => Err(Refused::Slot(damage)),
            Ok(header) => {
                accept(buffer.get(..header.length).unwrap_or_default()).map_err(Refused::Payload)
            }
        })
    }

    /// Puts `payload` in the slot that was not loaded or stored last; after an interruption either
    /// it or the previous payload is loaded, never anything else.
    pub fn store(&mut self, payload: &[u8], records: u32) -> Result<(), Error<F::Error>> {
        if payload.len() > self.room() {
            return Err(Error::TooLong { length: payload.len(), room: self.room() });
        }
        let sequence = self.sequence.wrapping_add(1);
        let mut header = [ERASED; HEADER];
        for (field, bytes) in header.chunks_exact_mut(4).zip([
            MAGIC,
            sequence.to_le_bytes(),
            records.to_le_bytes(),
            (payload.len() as u32).to_le_bytes(),
        ]) {
            field.copy_from_slice(&bytes);
        }
        let mut digest = CRC.digest();
        digest.update(&header[..COVERED]);
        digest.update(payload);
        header[COVERED..COVERED + 4].copy_from_slice(&digest.finalize().to_le_bytes());

        let start = self.start(self.next);
        let body = start + HEADER as u32;
        let (whole, rest) = payload.split_at(payload.len() / F::WRITE_SIZE * F::WRITE_SIZE);
        self.flash.erase(start, start + self.slot as u32).map_err(Error::Flash)?;
        self.flash.write(body, whole).map_err(Error::Flash)?;
        if !rest.is_empty() {
            let mut padded = [ERASED; HEADER];
            padded[..rest.len()].copy_from_slice(rest);
            let end = body + whole.len() as u32;
            self.flash.write(end, &padded[..F::WRITE_SIZE]).map_err(Error::Flash)?;
        }
        self.flash.write(start, &header).map_err(Error::Flash)?;
        (self.sequence, self.next) = (sequence, 1 - self.next);
        Ok(())
    }

    fn start(&self, slot: usize) -> u32 {
        (slot * self.slot) as u32
    }

    /// Both slots: a damaged one first, so that it is reported, then the later, an erased one last.
    fn newest_first(&mut self, buffer: &mut [u8]) -> Result<[usize; 2], Error<F::Error>> {
        let second_leads = match (self.whole(0, buffer)?, self.whole(1, buffer)?) {
            (Ok(first), Ok(second)) => second.sequence.wrapping_sub(first.sequence) as i32 > 0,
            (Err(Damage::Erased), _) => true,
            (_, Err(Damage::Erased)) => false,
            (first, _) => first.is_ok(),
        };
        Ok(if second_leads { [1, 0] } else { [0, 1] })
    }

    /// Reads a slot into the buffer and checks it.
    fn whole(
        &mut self,
        slot: usize,
        buffer: &mut [u8],
    ) -> Result<Result<Header, Damage>, Error<F::Error>> {
        let mut bytes = [0; HEADER];
        self.flash.read(self.start(slot), &mut bytes).map_err(Error::Flash)?;
        let header = match Header::parse(&bytes, self.room()) {
            Ok(header) => header,
            Err(damage) => return Ok(Err(damage)),
        };
        let padded = header.length.next_multiple_of(F::READ_SIZE);
        let Some(target) = buffer.get_mut(..padded) else {
            return Ok(Err(Damage::Length));
        };
        self.flash.read(self.start(slot) + HEADER as u32, target).map_err(Error::Flash)?;
        let mut digest = CRC.digest();
        digest.update(&header.covered);
        digest.update(target.get(..header.length).unwrap_or_default());
        Ok(if digest.finalize() == header.checksum { Ok(header) } else { Err(Damage::Checksum) })
    }
}

fn is_erased<R>(reason: &Refused<R>) -> bool {
    matches!(reason, Refused::Slot(Damage::Erased))
}

impl Header {
    fn parse(bytes: &[u8; HEADER], room: usize) -> Result<Self, Damage> {
        if bytes.iter().all(|&byte| byte == ERASED) {
            return Err(Damage::Erased);
        }
        let (fields, _) = bytes.as_chunks::<4>();
        let [magic, sequence, records, length, checksum, ..] = *fields else {
            return Err(Damage::Header);
        };
        if magic != MAGIC {
            return Err(Damage::Header);
        }
        let length = u32::from_le_bytes(length) as usize;
        if length > room {
            return Err(Damage::Length);
        }
        let mut covered = [0; COVERED];
        covered.copy_from_slice(&bytes[..COVERED]);
        Ok(Self {
            sequence: u32::from_le_bytes(sequence),
            records: u32::from_le_bytes(records),
            length,
            checksum: u32::from_le_bytes(checksum),
            covered,
        })
    }
}

#[cfg(test)]
mod tests;
