//! The header and the checksum of an extractor's bytes.

use super::{Error, Shape};
use crate::checkpoint::CRC;
use crate::scalar::Scalar;

const MAGIC: [u8; 4] = *b"FJEX";
const VERSION: u8 = 1;
/// Bytes before the layers.
const HEADER: usize = 24;
/// Bytes of the checksum.
const CHECKSUM: usize = 4;

/// What stands before the layers; see the drawing in [`super`].
#[derive(Clone, Copy, Debug)]
pub struct Header {
    pub layers: u8,
    pub input: Shape,
    per_unit: f32,
}

impl Header {
    /// Header and layers, once magic, version, length and checksum are right.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, &[u8]), Error> {
        if number(bytes, 0).map(u32::to_le_bytes) != Some(MAGIC) {
            return Err(Error::NotAnExtractor);
        }
        let [version, layers, ..] =
            number(bytes, 4).map(u32::to_le_bytes).ok_or(Error::Truncated)?;
        if version != VERSION {
            return Err(Error::Version(version));
        }
        let length = number(bytes, 8).and_then(|length| usize::try_from(length).ok());
        let whole = length.and_then(|length| bytes.get(..length)).ok_or(Error::Truncated)?;
        let (covered, checksum) = whole.split_last_chunk::<CHECKSUM>().ok_or(Error::Truncated)?;
        if CRC.checksum(covered) != u32::from_le_bytes(*checksum) {
            return Err(Error::Checksum);
        }
        let rest = covered.get(HEADER..).ok_or(Error::Truncated)?;
        let side = |at| short(covered, at).filter(|&side| side > 0).ok_or(Error::Layer(0));
        let input = Shape { height: side(12)?, width: side(14)?, channels: side(16)? };
        let per_unit = f32::from_bits(number(covered, 20).ok_or(Error::Truncated)?);
        if !(per_unit.is_sound() && per_unit > 0.0) {
            return Err(Error::Unsound);
        }
        Ok((Self { layers, input, per_unit }, rest))
    }

    /// The code of a sample; `None` if it is not a number.
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i8")]
    pub(super) fn code(&self, sample: f32) -> Option<i8> {
        let scaled = libm::floorf(sample * self.per_unit + 0.5);
        sample.is_sound().then(|| scaled.clamp(-127.0, 127.0) as i8)
    }
}

/// Two bytes at an offset.
pub(super) fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

/// Four bytes at an offset.
pub(super) fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}
