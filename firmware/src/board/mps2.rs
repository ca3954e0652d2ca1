//! Arm MPS2 (AN385: Cortex-M3, AN386: Cortex-M4F) under QEMU, with files on the host through
//! semihosting in place of a sensor and a flash.

use core::ffi::CStr;

use semihosting::io::{Read as _, Seek as _, SeekFrom, Write as _};

use crate::flash::{ERASED, Medium, SECTOR};
use crate::recording::{self, Source};

/// Clock of the core and of its SysTick timer.
pub(super) const CLOCK_HZ: u32 = 25_000_000;

/// The last of the SBCon buses: where QEMU puts a device that is given no bus.
pub(super) const SENSOR_BUS: usize = 0x4002_a000;

/// A file on the host, in QEMU's working directory.
pub struct File {
    file: semihosting::fs::File,
    length: usize,
}

/// Why a file could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileError {
    /// It is not there, or may not be opened this way.
    Open,
    /// Its length is not the one it must have.
    Length(usize),
    /// A transfer failed.
    Transfer,
}

/// Opens `history.bin`, what the device is to see.
pub fn open_history() -> Result<File, recording::Error<FileError>> {
    open(c"history.bin").map_err(recording::Error::Source)
}

/// Opens `flash.bin`, the contents of the device's flash; an absent one is created, all erased.
pub fn open_flash() -> Result<File, FileError> {
    const NAME: &CStr = c"flash.bin";
    const LENGTH: usize = 8 * SECTOR;
    if open(NAME).is_err() {
        let mut file = semihosting::fs::File::create(NAME).map_err(|_| FileError::Open)?;
        for _ in 0..LENGTH / SECTOR {
            file.write_all(&[ERASED; SECTOR]).map_err(|_| FileError::Transfer)?;
        }
    }
    let file = semihosting::fs::File::options().read(true).write(true).open(NAME);
    let file = file.map_err(|_| FileError::Open)?;
    match file.metadata().map_err(|_| FileError::Transfer)?.len() as usize {
        LENGTH => Ok(File { file, length: LENGTH }),
        other => Err(FileError::Length(other)),
    }
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
