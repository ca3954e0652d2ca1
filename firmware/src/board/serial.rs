//! The board's UART as `embedded-io` knows it, polled.

use core::convert::Infallible;

use embedded_io::{ErrorType, Read, ReadReady, Write};

use super::chosen::uart;

/// The board's first UART.
pub struct Serial {
    /// A byte that came while somebody asked for one.
    ahead: Option<u8>,
}

impl Serial {
    /// Starts it.
    pub fn open() -> Self {
        uart::start();
        Self { ahead: None }
    }
}

impl ErrorType for Serial {
    type Error = Infallible;
}

impl Read for Serial {
    /// Waits for one byte and takes those that are there.
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Infallible> {
        let mut count = 0;
        for place in bytes {
            *place = match self.ahead.take().or_else(uart::receive) {
                Some(byte) => byte,
                None if count > 0 => break,
                None => wait(),
            };
            count += 1;
        }
        Ok(count)
    }
}

fn wait() -> u8 {
    loop {
        if let Some(byte) = uart::receive() {
            return byte;
        }
        core::hint::spin_loop();
    }
}

impl ReadReady for Serial {
    /// Where the line does not hold bytes back, as QEMU's does, whoever works meanwhile loses some:
    /// there it is always time to read.
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        if self.ahead.is_none() {
            self.ahead = uart::receive();
        }
        Ok(self.ahead.is_some() || !cfg!(emulated))
    }
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        bytes.iter().for_each(|&byte| uart::send(byte));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
