//! The numbers a network is computed in: `f32` for speed, `f64` for tests.

use std::ops::{AddAssign, Div, MulAssign, SubAssign};

use fejer::Scalar;
use pulp::bytemuck::Pod;

use crate::matrix::{Lanes, Multiply};

/// A float of the desktop; links, losses and methods come with core's [`Scalar`].
pub trait Real:
    Scalar
    + AddAssign
    + SubAssign
    + MulAssign
    + Div<Output = Self>
    + Default
    + Send
    + Sync
    + Lanes
    + Multiply
    + Pod
{
    /// The nearest representable number.
    fn from_f64(value: f64) -> Self;
    /// The same number in `f64`.
    fn to_f64(self) -> f64;
}

impl Real for f32 {
    fn from_f64(value: f64) -> Self {
        value as Self
    }
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    fn from_f64(value: f64) -> Self {
        value
    }
    fn to_f64(self) -> f64 {
        self
    }
}
