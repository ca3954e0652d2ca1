//! What carries the bytes.

use std::io::{self, Read, Write};
use std::time::Duration;

use super::Error;

/// How long one read waits; the client waits longer by reading again.
const PATIENCE: Duration = Duration::from_millis(50);

/// A serial device, or the Unix socket of an emulated one.
pub enum Line {
    /// A serial device.
    Serial(Box<dyn serialport::SerialPort>),
    /// A socket.
    #[cfg(unix)]
    Socket(std::os::unix::net::UnixStream),
}

impl Line {
    /// Opens a path: a socket if there is one, else a serial device at this baud rate.
    ///
    /// # Errors
    /// [`Error::Open`].
    pub fn open(path: &str, baud: u32) -> Result<Self, Error> {
        let failed = |source| Error::Open { port: path.to_owned(), source };
        #[cfg(unix)]
        if is_socket(path) {
            let stream = std::os::unix::net::UnixStream::connect(path).map_err(failed)?;
            stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
            return Ok(Self::Socket(stream));
        }
        let port = serialport::new(path, baud).timeout(PATIENCE).open();
        port.map(Self::Serial).map_err(|error| failed(error.into()))
    }
}

#[cfg(unix)]
fn is_socket(path: &str) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|found| found.file_type().is_socket())
}

impl Read for Line {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Serial(port) => port.read(bytes),
            #[cfg(unix)]
            Self::Socket(stream) => stream.read(bytes),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Serial(port) => port.write(bytes),
            #[cfg(unix)]
            Self::Socket(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Serial(port) => port.flush(),
            #[cfg(unix)]
            Self::Socket(stream) => stream.flush(),
        }
    }
}
