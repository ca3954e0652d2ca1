//! Files on the host through semihosting, in place of a sensor, a flash and a store for secrets.

use core::ffi::CStr;

use semihosting::io::{Read as _, Seek as _, SeekFrom, Write as _};

use super::FileError;
use crate::flash::{ERASED, Medium, SECTOR};
use crate::recording::{self, Source};

/// A file on the host, in QEMU's working directory.
pub struct File {
    file: semihosting::fs::File,
    length: usize,
}

/// Opens `history.bin`, what the device is to see.
pub fn open_history() -> Result<File, recording::Error<FileError>> {
    open(c"history.bin").map_err(recording::Error::Source)
}

/// Opens `flash.bin`, the contents of the device's flash; an absent one is created, all erased.
pub(super) fn open_flash() -> Result<File, FileError> {
    const NAME: &CStr = c"flash.bin";
    const LENGTH: usize = 8 * SECTOR;
    const PIECE: usize = 64;
    if open(NAME).is_err() {
        let mut file = semihosting::fs::File::create(NAME).map_err(|_| FileError::Open)?;
        for _ in 0..LENGTH / PIECE {
            file.write_all(&[ERASED; PIECE]).map_err(|_| FileError::Transfer)?;
        }
    }
    let file = semihosting::fs::File::options().read(true).write(true).open(NAME);
    let file = file.map_err(|_| FileError::Open)?;
    match file.metadata().map_err(|_| FileError::Transfer)?.len() as usize {
        LENGTH => Ok(File { file, length: LENGTH }),
        other => Err(FileError::Length(other)),
    }
}

/// The secret in `key.bin`, 32 bytes that a real device has from production; `None` if there is no such
/// file.
pub(super) fn open_key() -> Result<Option<[u8; 32]>, FileError> {
    let Ok(mut file) = open(c"key.bin") else { return Ok(None) };
    let mut key = [0; 32];
    match file.length {
        32 => file.file.read_exact(&mut key).map_err(|_| FileError::Transfer)?,
        other => return Err(FileError::Length(other)),
    }
    Ok(Some(key))
}

fn open(name: &CStr) -> Result<File, FileError> {
    let file = semihosting::fs::File::open(name).map_err(|_| FileError::Open)?;
    let length = file.metadata().map_err(|_| FileError::Transfer)?.len() as usize;
    Ok(File { file, length })
}

impl Source for File {
    type Error = FileError;

    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, FileError> {
        self.file.read(bytes).map_err(|_| FileError::Transfer)
    }
}

impl Medium for File {
    type Error = FileError;

    fn capacity(&self) -> usize {
        self.length
    }

    fn read_at(&mut self, offset: usize, bytes: &mut [u8]) -> Result<(), FileError> {
        self.file.seek(SeekFrom::Start(offset as u64)).map_err(|_| FileError::Transfer)?;
        self.file.read_exact(bytes).map_err(|_| FileError::Transfer)
    }

    fn write_at(&mut self, offset: usize, bytes: &[u8]) -> Result<(), FileError> {
        self.file.seek(SeekFrom::Start(offset as u64)).map_err(|_| FileError::Transfer)?;
        self.file.write_all(bytes).map_err(|_| FileError::Transfer)
    }
}
