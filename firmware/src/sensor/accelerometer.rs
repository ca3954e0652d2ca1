//! An accelerometer on an I²C bus: the LIS2DH12 (ST, datasheet DS10314), by its published driver.

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use lis2dh12::{Accelerometer as _, FullScale, Lis2dh12, Mode, Odr, SlaveAddr};

use super::{Error, Sensor};

/// Time between two looks for a new sample.
const LOOK_US: u32 = 200;
/// So many looks without a sample are silence: 2 s, when the slowest rate is 1 Hz.
const LOOKS: u32 = 10_000;

/// The direction that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Along the package's x.
    X,
    /// Along its y.
    Y,
    /// Along its z.
    Z,
}

/// Windows of one axis, in g.
pub struct Accelerometer<I, W> {
    driver: Lis2dh12<I>,
    axis: Axis,
    delay: W,
}

impl<I: I2c, W: DelayNs> Accelerometer<I, W> {
    /// Sets the device up: `rate` samples a second in 12 bits, within ±`range`.
    ///
    /// # Errors
    /// [`Error::Stranger`] or [`Error::Transfer`].
    pub fn new(
        bus: I,
        address: SlaveAddr,
        (rate, range): (Odr, FullScale),
        axis: Axis,
        delay: W,
    ) -> Result<Self, Error<I::Error>> {
        let set_up = || {
            let mut driver = Lis2dh12::new(bus, address)?;
            driver.reset()?;
            driver.set_bdu(true)?; // both bytes of a sample are of one time
            driver.set_mode(Mode::HighResolution)?;
            driver.set_fs(range)?;
            driver.enable_axis((axis == Axis::X, axis == Axis::Y, axis == Axis::Z))?;
            driver.set_odr(rate)?;
            Ok(driver)
        };
        Ok(Self { driver: set_up().map_err(ours)?, axis, delay })
    }

    /// The bus and the delay, back.
    pub fn into_inner(self) -> (I, W) {
        (self.driver.destroy(), self.delay)
    }

    /// Waits for a new sample; is one before it lost?
    fn wait(&mut self) -> Result<bool, Error<I::Error>> {
        for _ in 0..LOOKS {
            let status = self.driver.get_status().map_err(ours)?;
            let ((new_x, new_y, new_z), (lost_x, lost_y, lost_z)) = (status.xyzda, status.xyzor);
            let (new, lost) = match self.axis {
                Axis::X => (new_x, lost_x),
                Axis::Y => (new_y, lost_y),
                Axis::Z => (new_z, lost_z),
            };
            if new {
                return Ok(lost);
            }
            self.delay.delay_us(LOOK_US);
        }
        Err(Error::Silent)
    }

    fn fetch(&mut self) -> Result<f32, Error<I::Error>> {
        let sample = self.driver.accel_norm().map_err(ours)?;
        Ok(match self.axis {
            Axis::X => sample.x,
            Axis::Y => sample.y,
            Axis::Z => sample.z,
        })
    }
}

impl<I: I2c, W: DelayNs, const SAMPLES: usize> Sensor<SAMPLES> for Accelerometer<I, W> {
    type Error = Error<I::Error>;

    fn read(&mut self, window: &mut [f32; SAMPLES]) -> Result<bool, Self::Error> {
        // What was lost between windows is nobody's loss: the first sample only starts the clock.
        self.wait()?;
        self.fetch()?;
        for sample in window {
            if self.wait()? {
                return Err(Error::Lost);
            }
            *sample = self.fetch()?;
        }
        Ok(true)
    }
}

/// The driver's error: it has a cause if the bus failed, none if the device is another.
fn ours<E: core::fmt::Debug>(error: lis2dh12::Error<E>) -> Error<E> {
    match error.cause() {
        Some(_) => Error::Transfer(error.into_cause()),
        None => Error::Stranger,
    }
}
