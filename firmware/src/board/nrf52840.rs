//! Nordic's nRF52840-DK (nRF52840, Cortex-M4F). Built, not run: nobody had one.
//!
//! Pins: sensors on P0.26 (SDA) and P0.27 (SCL), the Arduino header's; the port on P0.06 and P0.08, the
//! debugger's virtual COM port. Registers: nRF52840 Product Specification v1.7.

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

use super::lines::Line;
use super::registers::{read, read_bytes, write};

/// Clock of the core and of its cycle counter.
pub(super) const CLOCK_HZ: u32 = 64_000_000;
/// Interrupts its controller has lines for.
pub(super) const INTERRUPTS: usize = 48;

#[path = "nordic.rs"]
pub(super) mod uart;

const SENDING_PIN: u32 = 6;
const RECEIVING_PIN: u32 = 8;

const GPIO: usize = 0x5000_0000;
const SDA: usize = 26;
const SCL: usize = 27;
/// Open drain (standard 0, disconnected 1), pulled up, the input connected.
const OPEN_DRAIN: u32 = 6 << 8 | 3 << 2 | 1;

pub(super) const CLOCK_LINE: Line = line(SCL);
pub(super) const DATA_LINE: Line = line(SDA);
/// The sensors' bus, for messages.
pub(super) const BUS: &str = "I2C at P0.26, P0.27";

const fn line(pin: usize) -> Line {
    Line {
        release: (GPIO + 0x508, 1 << pin),
        pull: (GPIO + 0x50c, 1 << pin),
        level: (GPIO + 0x510, 1 << pin),
    }
}

/// Makes the pins of the bus open-drain ones.
pub(super) fn prepare_lines() {
    for pin in [SDA, SCL] {
        write(GPIO + 0x700 + 4 * pin, OPEN_DRAIN);
    }
}

/// Customer registers, which production may write once: 32 bytes.
pub(super) const KEY: usize = 0x1000_1080;

/// The end of the flash, which the image leaves free (`memory/nrf52840.x`).
const START: usize = 0x000f_8000;
const LENGTH: usize = 0x8000;

const CONTROLLER: usize = 0x4001_e000;
const READY: usize = CONTROLLER + 0x400;
const CONFIGURE: usize = CONTROLLER + 0x504;
const ERASE_PAGE: usize = CONTROLLER + 0x508;

/// What the flash is configured for.
#[derive(Clone, Copy)]
enum For {
    Reading = 0,
    Writing = 1,
    Erasing = 2,
}

/// The flash for what is learnt: 8 pages of 4 KB.
pub struct Flash(());

impl Flash {
    pub(super) fn open() -> Self {
        Self(())
    }

    fn configured(purpose: For, work: impl FnOnce()) {
        write(CONFIGURE, purpose as u32);
        work();
        write(CONFIGURE, For::Reading as u32);
    }
}

/// Waits until the last erasure or write is done.
fn wait() {
    while read(READY) & 1 == 0 {}
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        check_read(self, offset, bytes.len())?;
        read_bytes(START + offset as usize, bytes);
        Ok(())
    }

    fn capacity(&self) -> usize {
        LENGTH
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 0x1000;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        check_erase(self, from, to)?;
        Self::configured(For::Erasing, || {
            for page in (from..to).step_by(Self::ERASE_SIZE) {
                write(ERASE_PAGE, START as u32 + page);
                wait();
            }
        });
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        check_write(self, offset, bytes.len())?;
        Self::configured(For::Writing, || {
            for (at, word) in bytes.as_chunks().0.iter().enumerate() {
                write(START + offset as usize + 4 * at, u32::from_le_bytes(*word));
                wait();
            }
        });
        Ok(())
    }
}
