//! Why a device could not be run.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why a device could not be run to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The image cannot be read.
    #[error("firmware {} cannot be read: {source}; build it for a bare-metal target first", path.display())]
    Read {
        /// The image.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The image is not a firmware of ours.
    #[error("{} is not firmware that can be run here: {reason}", path.display())]
    Image {
        /// The image.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The working directory is not there.
    #[error("the device's directory {} does not exist: create it first", .0.display())]
    Directory(PathBuf),
    /// QEMU is not installed.
    #[error("{} is not installed: `sudo apt-get install qemu-system-arm` (Debian, Ubuntu), or see https://www.qemu.org/download", .0.display())]
    Missing(PathBuf),
    /// QEMU cannot be started.
    #[error("{} cannot be started: {source}", emulator.display())]
    Start {
        /// The program.
        emulator: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// QEMU gave up by itself.
    #[error("{} failed: {message}", emulator.display())]
    Emulator {
        /// The program.
        emulator: PathBuf,
        /// What it wrote to standard error.
        message: String,
    },
    /// The device did not end in time and was killed.
    #[error("the device was killed after {} s without ending; the last it said: {last}", timeout.as_secs_f32())]
    Timeout {
        /// The time it had.
        timeout: Duration,
        /// Its last line.
        last: String,
    },
    /// The device panicked.
    #[error("the device panicked: {message}")]
    Panicked {
        /// Its last words: message, file and line.
        message: String,
    },
    /// What the device wrote does not fit the image.
    #[error("the device wrote bytes that {} does not explain; the last line understood: {last}", path.display())]
    Garbled {
        /// The image.
        path: PathBuf,
        /// The last line that could be decoded.
        last: String,
    },
}
