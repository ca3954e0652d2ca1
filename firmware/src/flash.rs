//! A NOR flash made of bytes kept elsewhere: a file on the host under QEMU, an array in tests.
//!
//! It obeys the rules of the chip it stands for, so that code tried here cannot rely on more: a
//! sector is erased as a whole to 0xFF, writes are word-aligned, and a word is written only once
//! between two erasures.

use core::fmt;

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash, check_erase, check_read,
    check_write,
};

/// Smallest piece that can be erased, in bytes.
pub const SECTOR: usize = 4096;
/// What an erased byte reads as.
pub const ERASED: u8 = 0xFF;
const WORD: usize = 4;
const CHUNK: usize = 256;

/// Where the bytes of a [`Flash`] are.
pub trait Medium {
    /// Why a transfer failed.
    type Error: fmt::Debug;
    /// Number of bytes.
    fn capacity(&self) -> usize;
    /// Fills `bytes` from `offset` on.
    fn read_at(&mut self, offset: usize, bytes: &mut [u8]) -> Result<(), Self::Error>;
    /// Replaces what is at `offset` by `bytes`.
    fn write_at(&mut self, offset: usize, bytes: &[u8]) -> Result<(), Self::Error>;
}

/// The array ends before what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange;

impl Medium for &mut [u8] {
    type Error = OutOfRange;

    fn capacity(&self) -> usize {
        self.len()
    }

    fn read_at(&mut self, offset: usize, bytes: &mut [u8]) -> Result<(), OutOfRange> {
        bytes.copy_from_slice(self.get(offset..offset + bytes.len()).ok_or(OutOfRange)?);
        Ok(())
    }

    fn write_at(&mut self, offset: usize, bytes: &[u8]) -> Result<(), OutOfRange> {
        self.get_mut(offset..offset + bytes.len()).ok_or(OutOfRange)?.copy_from_slice(bytes);
        Ok(())
    }
}

/// Why the flash refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error<E> {
    /// Alignment or bounds.
    Access(NorFlashErrorKind),
    /// A write to a word that was not erased.
    NotErased {
        /// Offset of the first such byte.
        offset: u32,
    },
    /// The bytes could not be transferred.
    Medium(E),
}

impl<E: fmt::Debug> NorFlashError for Error<E> {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::Access(kind) => *kind,
            Self::NotErased { .. } | Self::Medium(_) => NorFlashErrorKind::Other,
        }
    }
}

/// A NOR flash on a [`Medium`].
pub struct Flash<M>(M);

impl<M: Medium> Flash<M> {
    /// The flash whose contents `medium` holds.
    pub fn new(medium: M) -> Self {
        Self(medium)
    }

    /// The medium, back.
    pub fn into_inner(self) -> M {
        self.0
    }

    fn first_written(&mut self, offset: u32, length: usize) -> Result<Option<u32>, M::Error> {
        let mut chunk = [0; CHUNK];
        for start in (0..length).step_by(CHUNK) {
            let part = &mut chunk[..CHUNK.min(length - start)];
            self.0.read_at(offset as usize + start, part)?;
            if let Some(at) = part.iter().position(|&byte| byte != ERASED) {
                return Ok(Some(offset + (start + at) as u32));
            }
        }
        Ok(None)
    }
}

impl<M: Medium> ErrorType for Flash<M> {
    type Error = Error<M::Error>;
}

impl<M: Medium> ReadNorFlash for Flash<M> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        check_read(self, offset, bytes.len()).map_err(Error::Access)?;
        self.0.read_at(offset as usize, bytes).map_err(Error::Medium)
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl<M: Medium> NorFlash for Flash<M> {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = SECTOR;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        check_erase(self, from, to).map_err(Error::Access)?;
        for offset in (from..to).step_by(CHUNK) {
            self.0.write_at(offset as usize, &[ERASED; CHUNK]).map_err(Error::Medium)?;
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        check_write(self, offset, bytes.len()).map_err(Error::Access)?;
        match self.first_written(offset, bytes.len()).map_err(Error::Medium)? {
            Some(offset) => Err(Error::NotErased { offset }),
            None => self.0.write_at(offset as usize, bytes).map_err(Error::Medium),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_must_be_aligned_in_bounds_and_onto_erased_words() {
        let mut bytes = vec![ERASED; 2 * SECTOR];
        let mut flash = Flash::new(&mut bytes[..]);
        assert_eq!(flash.write(2, &[0; 4]), Err(Error::Access(NorFlashErrorKind::NotAligned)));
        assert_eq!(flash.write(4, &[0; 3]), Err(Error::Access(NorFlashErrorKind::NotAligned)));
        let end = 2 * SECTOR as u32;
        assert_eq!(flash.write(end, &[0; 4]), Err(Error::Access(NorFlashErrorKind::OutOfBounds)));
        assert_eq!(flash.write(508, &[1, 2, 3, 4]), Ok(()));
        assert_eq!(flash.write(0, &[0; 512]), Err(Error::NotErased { offset: 508 }));
        assert_eq!(flash.erase(4, 4096), Err(Error::Access(NorFlashErrorKind::NotAligned)));
        assert_eq!(flash.erase(0, 4096), Ok(()));
        assert_eq!(flash.write(0, &[7; 512]), Ok(()));
        let mut read = [0; 3];
        assert_eq!(flash.read(510, &mut read), Ok(()));
        assert_eq!(read, [7, 7, ERASED]);
    }
}
