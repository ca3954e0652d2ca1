//! The two-wire serial interface of the MPS2 boards: two open-drain lines behind three registers
//! (Arm's SBCon), on which the bus is driven bit by bit.

use core::convert::Infallible;
use core::ptr;

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{ErrorType, InputPin, OutputPin};

use super::CLOCK_HZ;
use super::chosen::SENSOR_BUS;
use crate::i2c::BitBang;

/// Reads the lines; written, lets go of those whose bits are set.
const CONTROLS: usize = 0;
/// Written, pulls down the lines whose bits are set.
const CONTROLC: usize = 4;
const CLOCK: u32 = 1;
const DATA: u32 = 2;

/// The bus with the board's sensors.
pub type SensorBus = BitBang<Line, Line, Delay>;

/// The bus that sensors are on, and its address for messages.
pub fn sensor_bus() -> (SensorBus, usize) {
    (BitBang::new(Line(CLOCK), Line(DATA), Delay), SENSOR_BUS)
}

/// A line of the bus.
pub struct Line(u32);

impl Line {
    #[allow(unsafe_code)]
    fn write(&mut self, register: usize) {
        let register = ptr::with_exposed_provenance_mut::<u32>(SENSOR_BUS + register);
        // SAFETY: a device register of this board, 4-byte aligned, that sets or clears only the
        // bits written and touches no memory.
        unsafe { register.write_volatile(self.0) };
    }
}

impl ErrorType for Line {
    type Error = Infallible;
}

impl OutputPin for Line {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.write(CONTROLC);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.write(CONTROLS);
        Ok(())
    }
}

impl InputPin for Line {
    #[allow(unsafe_code)]
    fn is_high(&mut self) -> Result<bool, Infallible> {
        let register = ptr::with_exposed_provenance::<u32>(SENSOR_BUS + CONTROLS);
        // SAFETY: a device register of this board, 4-byte aligned; reading it changes nothing.
        Ok(unsafe { register.read_volatile() } & self.0 != 0)
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
