//! Flatten: the sites of an example behind each other in one row, site by site (channels last, where
//! PyTorch has channels first).

use super::{Cache, Error, Layer, Mode, Shape, Wave};
use crate::matrix::{Input, View, ViewMut};
use crate::real::Real;

/// From sites × channels to one row of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flatten;

impl<T: Real> Layer<T> for Flatten {
    fn name(&self) -> &'static str {
        "flatten"
    }

    fn output(&self, input: Shape) -> Result<Shape, Error> {
        Ok(Shape::flat(input.sites * input.channels))
    }

    fn forward(
        &self,
        _weights: &[T],
        input: Input<'_, T>,
        _mode: Mode,
        _cache: &mut Cache<T>,
        mut output: ViewMut<'_, T>,
    ) {
        output.values().copy_from_slice(input.dense().values());
    }

    fn pull_back(
        &self,
        _weights: &[T],
        _wave: Wave,
        signal: View<'_, T>,
        _cache: &mut Cache<T>,
        mut below: ViewMut<'_, T>,
    ) {
        below.values().copy_from_slice(signal.values());
    }
}
