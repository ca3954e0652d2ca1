//! The fully connected layer: Z = X·W + 1·bᵀ, at every site the same.

use std::ops::Range;

use super::{Cache, Error, Initialiser, Layer, Mode, Shape, Tensor, Wave, affine};
use crate::matrix::{Input, View, ViewMut};
use crate::random::Random;
use crate::real::Real;

/// Connects every input channel with every output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dense {
    inputs: usize,
    outputs: usize,
}

impl Dense {
    /// From `inputs` channels to `outputs`.
    pub const fn new(inputs: usize, outputs: usize) -> Self {
        Self { inputs, outputs }
    }
}

impl<T: Real> Layer<T> for Dense {
    fn name(&self) -> &'static str {
        "dense"
    }

    fn output(&self, input: Shape) -> Result<Shape, Error> {
        if input.channels != self.inputs {
            let expected = format!("{} channels", self.inputs);
            let remedy =
                "put a flatten layer between an image and a dense layer, or change its inputs";
            return Err(Error::Shape { expected, found: input, remedy });
        }
        Ok(Shape { channels: self.outputs, ..input })
    }

    fn parameters(&self) -> usize {
        affine::parameters(self.inputs, self.outputs)
    }

    fn grain(&self) -> usize {
        self.outputs
    }

    fn tensors(&self, input: Shape) -> Vec<Tensor> {
        vec![Tensor::linear("weight", input, self.outputs), Tensor::vector("bias", self.outputs)]
    }

    fn initialise(&self, rule: Initialiser, random: &mut Random, weights: &mut [T]) {
        affine::initialise(rule, random, self.outputs, self.outputs, weights);
    }

    fn forward(
        &self,
        weights: &[T],
        input: Input<'_, T>,
        _mode: Mode,
        _cache: &mut Cache<T>,
        output: ViewMut<'_, T>,
    ) {
        affine::forward(weights, input, output);
    }

    fn pull_back(
        &self,
        weights: &[T],
        _wave: Wave,
        signal: View<'_, T>,
        _cache: &mut Cache<T>,
        below: ViewMut<'_, T>,
    ) {
        affine::pull_back(weights, signal, below);
    }

    fn add_field(
        &self,
        piece: Range<usize>,
        input: Input<'_, T>,
        drive: View<'_, T>,
        _cache: &Cache<T>,
        scale: T,
        field: &mut [T],
    ) {
        affine::add_field(piece, input, drive, drive, scale, field);
    }
}
