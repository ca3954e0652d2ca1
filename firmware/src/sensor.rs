//! The seam by which applications read windows of samples, whatever they come from.
//!
//! A window is whole or it is an error: what is missing, silent, cut short or lost on the way is never
//! made up for by zeros.

mod accelerometer;
mod microphone;

use fejer::features::{WINDOW, log_bands};
use fejer::history::Record;

use crate::recording::{self, Recording, Source};
pub use accelerometer::{Accelerometer, Axis};
pub use microphone::Microphone;

/// What gives windows of `SAMPLES` samples, one after another.
pub trait Sensor<const SAMPLES: usize> {
    /// Why there is no window.
    type Error;
    /// Fills the window, oldest sample first; `false` when there will be no more.
    fn read(&mut self, window: &mut [f32; SAMPLES]) -> Result<bool, Self::Error>;
}

/// Why a sensor gave no window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error<E> {
    /// Another device answers at its address.
    Stranger,
    /// It answers but measures nothing: switched off, reset, or not connected.
    Silent,
    /// Samples came faster than they were fetched.
    Lost,
    /// The stream ends within a window.
    Truncated,
    /// A transfer failed.
    Transfer(E),
}

impl<E> Error<E> {
    /// One line for people.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Stranger => "another device answers at its address: check the address",
            Self::Silent => "it measures nothing: check its power and wires, and start it again",
            Self::Lost => "samples were lost: lower its rate or use a faster bus",
            Self::Truncated => "the stream ends within a window",
            Self::Transfer(_) => "it cannot be read: check its power, wires and address",
        }
    }
}

/// The windows of a history; its labels and idle times are passed over.
impl<R: Source> Sensor<WINDOW> for Recording<R> {
    type Error = recording::Error<R::Error>;

    fn read(&mut self, window: &mut [f32; WINDOW]) -> Result<bool, Self::Error> {
        loop {
            match self.next(window)? {
                None => return Ok(false),
                Some(Record::Window { .. }) => return Ok(true),
                Some(Record::Idle { .. }) => {}
            }
        }
    }
}

/// Why nothing could be observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unobserved<E> {
    /// The sensor gave no window.
    Sensor(E),
    /// The window has no features.
    Features(fejer::Error),
}

/// The band energies of a sensor's next window, with [`log_bands`]; `None` when there is no more.
/// `window` is scratch.
///
/// # Errors
/// The sensor's, or [`fejer::Error::Unsound`] from a sample that is no number.
pub fn observe<S: Sensor<WINDOW>, const BANDS: usize>(
    sensor: &mut S,
    window: &mut [f32; WINDOW],
) -> Result<Option<[f32; BANDS]>, Unobserved<S::Error>> {
    if !sensor.read(window).map_err(Unobserved::Sensor)? {
        return Ok(None);
    }
    log_bands(window).map(Some).map_err(Unobserved::Features)
}

#[cfg(test)]
mod tests;
