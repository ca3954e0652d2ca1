//! A worked application under QEMU.

use std::time::Duration;

use super::line::{Line, LineError};
use crate::device::{self, Device, Image};

/// Labels, each with its idle time, take minutes on an emulated device.
const TIMEOUT: Duration = Duration::from_secs(1800);

/// Why a device did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be run.
    #[error(transparent)]
    Device(#[from] device::Error),
    /// What it said cannot be understood.
    #[error(transparent)]
    Line(#[from] LineError),
    /// It gave up.
    #[error("the device ended with exit code {code}: {last}")]
    Ended {
        /// Of the firmware.
        code: i32,
        /// What it said last.
        last: String,
    },
    /// There is no room for its files.
    #[error("the device's files cannot be written: {0}; free some room for temporary files")]
    Files(#[from] std::io::Error),
}

/// Every line the device says to a stream, on a board by QEMU's name or on the image's own.
///
/// # Errors
/// See [`Error`].
pub fn lines(image: &Image, machine: Option<&str>, stream: &[u8]) -> Result<Vec<Line>, Error> {
    let directory = tempfile::tempdir()?;
    std::fs::write(directory.path().join("history.bin"), stream)?;
    let mut device = Device::new(image, directory.path());
    device.timeout = TIMEOUT;
    if let Some(machine) = machine {
        machine.clone_into(&mut device.machine);
    }
    let (mut lines, mut last) = (Vec::new(), String::new());
    let code = device.run(&mut |line| {
        lines.push(Line::parse(line));
        last = line.to_owned();
    })?;
    if code != 0 {
        return Err(Error::Ended { code, last });
    }
    let lines: Result<Vec<_>, _> = lines.into_iter().filter_map(Result::transpose).collect();
    Ok(lines?)
}
