//! Labels as the number that stands for them in files.

use fejer::{Class, Target};

/// A kind of label that a number can stand for.
pub trait Labelled<const OUTPUTS: usize>: Target<f32, OUTPUTS> {
    /// The number of its class, or the number it is.
    fn number(&self) -> f32;
    /// What the number stands for, as a device reads it; not valid if it stands for nothing.
    fn from_number(number: f32) -> Self;
}

impl<const OUTPUTS: usize> Labelled<OUTPUTS> for Class {
    fn number(&self) -> f32 {
        f32::from(self.0)
    }

    fn from_number(number: f32) -> Self {
        let class = number as u8;
        Self(if f32::from(class) == number { class } else { u8::MAX })
    }
}

impl Labelled<1> for [f32; 1] {
    fn number(&self) -> f32 {
        self[0]
    }

    fn from_number(number: f32) -> Self {
        [number]
    }
}
