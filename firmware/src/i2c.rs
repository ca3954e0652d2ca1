//! An I²C bus on two open-drain pins, for any driver over `embedded-hal` 1.0.
//!
//! The controller's side of NXP UM10204, 7-bit addresses, standard mode. Every bit is watched: a
//! device that does not answer, a line that somebody holds down and a clock stretched without end are
//! errors. The bus pulls its lines up, so that only the acknowledgement of the address tells an
//! absent device from one that reads as ones.

use core::convert::Infallible;
use core::fmt;

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::i2c::{self, ErrorKind, NoAcknowledgeSource, Operation, SevenBitAddress};

/// Half a period of the clock in standard mode: 100 kHz.
const HALF_PERIOD_NS: u32 = 5_000;
/// For so long a device may stretch the clock, in half periods: 25 ms, SMBus's limit.
const STRETCH: u32 = 5_000;
/// A device that was reset out of step lets go of the data within so many clocks (UM10204 §3.1.16).
const CLEARING_CLOCKS: u32 = 9;

/// Why a transfer failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// Nobody acknowledged the address, or the device refused a byte.
    NoAcknowledge(NoAcknowledgeSource),
    /// The data line stays low: a device holds it, or its pull-up is missing.
    DataStuck,
    /// The clock line is low before a transfer began: a short circuit, or its pull-up is missing.
    ClockStuck,
    /// A device stretched the clock for more than 25 ms.
    Timeout,
}

impl Error {
    /// What is wrong and what to do about it.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::NoAcknowledge(NoAcknowledgeSource::Data) => "the device refuses a byte",
            Self::NoAcknowledge(_) => "no device answers: check its power, wires and address",
            Self::DataStuck => "the data line stays low: check its pull-up and the devices",
            Self::ClockStuck => "the clock line stays low: check its pull-up and for a short",
            Self::Timeout => "a device stretches the clock without end: reset it",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.advice())
    }
}

impl core::error::Error for Error {}

impl i2c::Error for Error {
    fn kind(&self) -> ErrorKind {
        match *self {
            Self::NoAcknowledge(source) => ErrorKind::NoAcknowledge(source),
            Self::DataStuck | Self::ClockStuck => ErrorKind::Bus,
            Self::Timeout => ErrorKind::Other,
        }
    }
}

/// A line that everybody on the bus may pull down: high means let go.
pub trait OpenDrain: OutputPin<Error = Infallible> + InputPin {}

impl<P: OutputPin<Error = Infallible> + InputPin> OpenDrain for P {}

/// A bus on two open-drain pins.
pub struct BitBang<C, D, W> {
    clock: C,
    data: D,
    delay: W,
}

impl<C: OpenDrain, D: OpenDrain, W: DelayNs> BitBang<C, D, W> {
    /// The bus on these pins; lets go of both.
    pub fn new(clock: C, data: D, delay: W) -> Self {
        let mut bus = Self { clock, data, delay };
        set(&mut bus.clock, true);
        set(&mut bus.data, true);
        bus
    }

    /// The pins and the delay, back.
    pub fn into_inner(self) -> (C, D, W) {
        (self.clock, self.data, self.delay)
    }

    fn transfer(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), Error> {
        let mut before = None;
        for index in 0..operations.len() {
            let Some((operation, rest)) = operations[index..].split_first_mut() else { break };
            let reads = matches!(operation, Operation::Read(_));
            if before.replace(reads) != Some(reads) {
                self.start()?;
                self.send(address << 1 | u8::from(reads), NoAcknowledgeSource::Address)?;
            }
            match operation {
                Operation::Write(bytes) => {
                    for &byte in *bytes {
                        self.send(byte, NoAcknowledgeSource::Data)?;
                    }
                }
                Operation::Read(bytes) => {
                    let more = goes_on(rest);
                    let count = bytes.len();
                    for (index, byte) in bytes.iter_mut().enumerate() {
                        *byte = self.take(more || index + 1 < count)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Both lines high; a device that was reset out of step is clocked until it lets go.
    fn free(&mut self) -> Result<(), Error> {
        set(&mut self.data, true);
        set(&mut self.clock, true);
        self.pause();
        if is_low(&mut self.clock) {
            return Err(Error::ClockStuck);
        }
        for _ in 0..CLEARING_CLOCKS {
            if !is_low(&mut self.data) {
                return Ok(());
            }
            self.clock_down();
            self.clock_up()?;
        }
        if is_low(&mut self.data) { Err(Error::DataStuck) } else { Ok(()) }
    }

    /// A start, or a repeated one.
    fn start(&mut self) -> Result<(), Error> {
        set(&mut self.data, true);
        self.pause();
        self.clock_up()?;
        if is_low(&mut self.data) {
            return Err(Error::DataStuck);
        }
        set(&mut self.data, false);
        self.pause();
        self.clock_down();
        Ok(())
    }

    fn stop(&mut self) -> Result<(), Error> {
        self.clock_down();
        set(&mut self.data, false);
        self.pause();
        self.clock_up()?;
        set(&mut self.data, true);
        self.pause();
        if is_low(&mut self.data) { Err(Error::DataStuck) } else { Ok(()) }
    }

    fn send(&mut self, byte: u8, source: NoAcknowledgeSource) -> Result<(), Error> {
        for bit in (0..8).rev() {
            let high = byte >> bit & 1 == 1;
            if self.bit(high)? != high {
                return Err(Error::DataStuck);
            }
        }
        if self.bit(true)? { Err(Error::NoAcknowledge(source)) } else { Ok(()) }
    }

    fn take(&mut self, acknowledge: bool) -> Result<u8, Error> {
        let mut byte = 0;
        for _ in 0..8 {
            byte = byte << 1 | u8::from(self.bit(true)?);
        }
        self.bit(!acknowledge)?;
        Ok(byte)
    }

    /// Puts a bit on the bus for one clock and says what was there.
    fn bit(&mut self, high: bool) -> Result<bool, Error> {
        set(&mut self.data, high);
        self.pause();
        self.clock_up()?;
        let seen = !is_low(&mut self.data);
        self.clock_down();
        Ok(seen)
    }

    fn clock_up(&mut self) -> Result<(), Error> {
        set(&mut self.clock, true);
        self.pause();
        for _ in 0..STRETCH {
            if !is_low(&mut self.clock) {
                return Ok(());
            }
            self.pause();
        }
        Err(Error::Timeout)
    }

    fn clock_down(&mut self) {
        set(&mut self.clock, false);
        self.pause();
    }

    fn pause(&mut self) {
        self.delay.delay_ns(HALF_PERIOD_NS);
    }
}

/// Do these operations read more bytes before they write?
fn goes_on(operations: &[Operation<'_>]) -> bool {
    let reads = operations.iter().map_while(|operation| match operation {
        Operation::Read(bytes) => Some(bytes.len()),
        Operation::Write(_) => None,
    });
    reads.sum::<usize>() > 0
}

fn set(line: &mut impl OpenDrain, high: bool) {
    let Ok(()) = line.set_state(high.into());
}

fn is_low(line: &mut impl OpenDrain) -> bool {
    let Ok(low) = line.is_low();
    low
}

impl<C, D, W> i2c::ErrorType for BitBang<C, D, W> {
    type Error = Error;
}

impl<C: OpenDrain, D: OpenDrain, W: DelayNs> i2c::I2c for BitBang<C, D, W> {
    fn transaction(
        &mut self,
        address: SevenBitAddress,
        operations: &mut [Operation<'_>],
    ) -> Result<(), Error> {
        self.free()?;
        let done = self.transfer(address, operations);
        let stopped = self.stop();
        done.and(stopped)
    }
}

#[cfg(test)]
mod tests;
