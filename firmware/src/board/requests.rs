//! Requests from the host: every byte it appends to `requests.bin` in QEMU's working directory.

use semihosting::io::Read as _;

/// The requests, in order.
pub struct Requests(semihosting::fs::File);

/// `requests.bin` cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRequests;

impl Requests {
    /// Opens them; the host creates the file before the device starts.
    pub fn open() -> Result<Self, NoRequests> {
        semihosting::fs::File::open(c"requests.bin").map(Self).map_err(|_| NoRequests)
    }

    /// Waits for the next.
    pub fn wait(&mut self) -> Result<u8, NoRequests> {
        let mut byte = [0];
        while self.0.read(&mut byte).map_err(|_| NoRequests)? == 0 {}
        Ok(byte[0])
    }
}
