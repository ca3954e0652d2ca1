//! ST's NUCLEO-F411RE (STM32F411, Cortex-M4F). Built, not run: nobody had one.
//!
//! Pins: sensors on PB9 (SDA) and PB8 (SCL), D14 and D15 of the Arduino header; the port on PA2 and PA3,
//! the ST-Link's virtual COM port. The core stays at its reset clock, where the flash needs no wait
//! states. Registers: ST RM0383.

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

use super::lines::Line;
use super::registers::{change, read, read_bytes, write};

/// Clock of the core, of its cycle counter and of the UART.
pub(super) const CLOCK_HZ: u32 = 16_000_000;
/// Interrupts its controller has lines for.
pub(super) const INTERRUPTS: usize = 86;

const ENABLE_GPIO: usize = 0x4002_3830;
const ENABLE_UART: usize = 0x4002_3840;
const GPIO_A: usize = 0x4002_0000;
const GPIO_B: usize = 0x4002_0400;
const MODE: usize = 0x00;
const OUTPUT_TYPE: usize = 0x04;
const PULL: usize = 0x0c;
const LEVEL: usize = 0x10;
const SET: usize = 0x18;
const ALTERNATE: usize = 0x20;

/// USART 2.
pub(super) mod uart {
    use super::{ALTERNATE, CLOCK_HZ, ENABLE_GPIO, ENABLE_UART, GPIO_A, MODE};
    use crate::board::registers::{change, read, write};

    const UART: usize = 0x4000_4400;
    const STATE: usize = UART;
    const DATA: usize = UART + 0x04;
    const BAUD: usize = UART + 0x08;
    const CONTROL: usize = UART + 0x0c;
    const HAS_RECEIVED: u32 = 1 << 5;
    const HAS_ROOM: u32 = 1 << 7;

    /// 115 200 baud.
    pub fn start() {
        change(ENABLE_GPIO, 1, 1);
        change(ENABLE_UART, 1 << 17, 1 << 17);
        change(GPIO_A + MODE, 0xf0, 0xa0);
        change(GPIO_A + ALTERNATE, 0xff00, 0x7700);
        write(BAUD, (CLOCK_HZ + 57_600) / 115_200);
        write(CONTROL, 1 << 13 | 1 << 3 | 1 << 2);
    }

    /// A byte, if one came.
    pub fn receive() -> Option<u8> {
        (read(STATE) & HAS_RECEIVED != 0).then(|| read(DATA) as u8)
    }

    /// Waits for room and sends a byte.
    pub fn send(byte: u8) {
        while read(STATE) & HAS_ROOM == 0 {}
        write(DATA, byte.into());
    }
}

const SCL: usize = 8;
const SDA: usize = 9;

pub(super) const CLOCK_LINE: Line = line(SCL);
pub(super) const DATA_LINE: Line = line(SDA);
/// The sensors' bus, for messages.
pub(super) const BUS: &str = "I2C at PB9, PB8";

const fn line(pin: usize) -> Line {
    Line {
        release: (GPIO_B + SET, 1 << pin),
        pull: (GPIO_B + SET, 1 << (16 + pin)),
        level: (GPIO_B + LEVEL, 1 << pin),
    }
}

/// Makes the pins of the bus open-drain ones, pulled up.
pub(super) fn prepare_lines() {
    change(ENABLE_GPIO, 1 << 1, 1 << 1);
    for pin in [SCL, SDA] {
        write(GPIO_B + SET, 1 << pin);
        change(GPIO_B + OUTPUT_TYPE, 1 << pin, 1 << pin);
        change(GPIO_B + PULL, 3 << (2 * pin), 1 << (2 * pin));
        change(GPIO_B + MODE, 3 << (2 * pin), 1 << (2 * pin));
    }
}

/// The first block of the memory that can be written once: 32 bytes.
pub(super) const KEY: usize = 0x1fff_7800;

/// Sectors 6 and 7, which the image leaves free (`memory/stm32f411.x`).
const START: usize = 0x0804_0000;
const FIRST_SECTOR: u32 = 6;
const LENGTH: usize = 0x4_0000;

const CONTROLLER: usize = 0x4002_3c00;
const UNLOCK: usize = CONTROLLER + 0x04;
const STATE: usize = CONTROLLER + 0x0c;
const CONTROL: usize = CONTROLLER + 0x10;
const IS_BUSY: u32 = 1 << 16;
const ERRORS: u32 = 0xf0;
const LOCK: u32 = 1 << 31;
const START_ERASING: u32 = 1 << 16;
const ERASE: u32 = 1 << 9 | 1 << 1;
const PROGRAM: u32 = 1 << 9 | 1;

/// The flash for what is learnt: 2 sectors of 128 KB.
pub struct Flash(());

impl Flash {
    pub(super) fn open() -> Self {
        Self(())
    }

    fn unlocked(
        work: impl FnOnce() -> Result<(), NorFlashErrorKind>,
    ) -> Result<(), NorFlashErrorKind> {
        write(UNLOCK, 0x4567_0123);
        write(UNLOCK, 0xcdef_89ab);
        write(STATE, ERRORS);
        let done = work();
        write(CONTROL, LOCK);
        done
    }
}

/// Waits until the last erasure or write is done.
fn wait() -> Result<(), NorFlashErrorKind> {
    while read(STATE) & IS_BUSY != 0 {}
    if read(STATE) & ERRORS == 0 { Ok(()) } else { Err(NorFlashErrorKind::Other) }
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
    const ERASE_SIZE: usize = 0x2_0000;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        check_erase(self, from, to)?;
        Self::unlocked(|| {
            for offset in (from..to).step_by(Self::ERASE_SIZE) {
                let sector = FIRST_SECTOR + offset / Self::ERASE_SIZE as u32;
                write(CONTROL, ERASE | sector << 3);
                write(CONTROL, ERASE | sector << 3 | START_ERASING);
                wait()?;
            }
            Ok(())
        })
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        check_write(self, offset, bytes.len())?;
        Self::unlocked(|| {
            write(CONTROL, PROGRAM);
            for (at, word) in bytes.as_chunks().0.iter().enumerate() {
                write(START + offset as usize + 4 * at, u32::from_le_bytes(*word));
                wait()?;
            }
            Ok(())
        })
    }
}
