//! The I²C bus of the board's sensors: two open-drain lines, each behind a register that lets it go,
//! one that pulls it down and one that reads it, on which the bus is driven bit by bit.

use core::convert::Infallible;

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{ErrorType, InputPin, OutputPin};

use super::CLOCK_HZ;
use super::chosen::{BUS, CLOCK_LINE, DATA_LINE, prepare_lines};
use super::registers::{read, write};
use crate::i2c::BitBang;

/// The bus with the board's sensors.
pub type SensorBus = BitBang<Line, Line, Delay>;

/// The bus that sensors are on, and its name for messages.
pub fn sensor_bus() -> (SensorBus, &'static str) {
    prepare_lines();
    (BitBang::new(CLOCK_LINE, DATA_LINE, Delay), BUS)
}

/// A line of the bus: addresses of registers and what to write there.
pub struct Line {
    /// Lets go of it.
    pub(super) release: (usize, u32),
    /// Pulls it down.
    pub(super) pull: (usize, u32),
    /// Where it is read, and its bit.
    pub(super) level: (usize, u32),
}

impl ErrorType for Line {
    type Error = Infallible;
}

impl OutputPin for Line {
    fn set_low(&mut self) -> Result<(), Infallible> {
        write(self.pull.0, self.pull.1);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        write(self.release.0, self.release.1);
        Ok(())
    }
}

impl InputPin for Line {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(read(self.level.0) & self.level.1 != 0)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|high| !high)
    }
}

/// Waits by counting instructions.
pub struct Delay;

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        let cycles = u64::from(ns) * u64::from(CLOCK_HZ) / 1_000_000_000;
        ::cortex_m::asm::delay(cycles as u32 + 1);
    }
}
