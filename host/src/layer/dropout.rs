//! Dropout (Srivastava et al. 2014): in training every number is set to 0 with one probability, and
//! what is left is divided by the other, so that means stay.
//!
//! The mask depends on the seed, the step and the position in the batch alone. A step ends with
//! [`Layer::absorb`]: both evaluations of an extragradient step see the same mask, and the bits do not
//! depend on the number of threads.

use std::ops::Range;

use super::{Cache, Error, Layer, Mode, Shape, Wave};
use crate::matrix::{Input, Sparse, View, ViewMut};
use crate::random::Random;
use crate::real::Real;

/// Sets numbers to 0 at random.
#[derive(Clone, Debug, PartialEq)]
pub struct Dropout {
    probability: f64,
    seed: u64,
    step: u64,
}

impl Dropout {
    /// Sets numbers to 0 with this probability.
    ///
    /// # Errors
    /// [`Error::Probability`]: it is not in 0 ≤ p < 1.
    pub fn new(probability: f64, seed: u64) -> Result<Self, Error> {
        if !(0.0..1.0).contains(&probability) {
            return Err(Error::Probability { probability: probability.to_string() });
        }
        Ok(Self { probability, seed, step: 0 })
    }

    /// kept ← 0 where a number is dropped, 1/(1 − p) elsewhere; a stream of its own for every row.
    fn draw<T: Real>(&self, first_row: usize, mut kept: ViewMut<'_, T>) {
        let share = T::from_f64(1.0 / (1.0 - self.probability));
        for row in 0..kept.rows() {
            let stream = (self.step << 32) + (first_row + row) as u64;
            let mut random = Random::new(self.seed, stream);
            kept.row(row)
                .fill_with(|| if random.uniform() < self.probability { T::ZERO } else { share });
        }
    }

    /// What is left of the numbers that are not zero. No signal goes below sparse rows, so the mask is
    /// not kept.
    fn forward_sparse<T: Real>(
        &self,
        (matrix, rows): (&Sparse<T>, Range<usize>),
        mode: Mode,
        cache: &Cache<T>,
        mut output: ViewMut<'_, T>,
    ) {
        output.values().fill(T::ZERO);
        let kept = T::from_f64(1.0 / (1.0 - self.probability));
        for (at, row) in rows.enumerate() {
            let stream = (self.step << 32) + (cache.first_row + at) as u64;
            let mut random = Random::new(self.seed, stream);
            let output = output.row(at);
            for (column, value) in matrix.row(row) {
                output[column] = match mode {
                    Mode::Evaluate => value,
                    Mode::Train if random.uniform() < self.probability => T::ZERO,
                    Mode::Train => kept * value,
                };
            }
        }
    }
}

/// out ← a ∘ b.
fn multiply<T: Real>(a: View<'_, T>, b: View<'_, T>, mut out: ViewMut<'_, T>) {
    let factors = a.values().iter().zip(b.values());
    out.values().iter_mut().zip(factors).for_each(|(out, (&a, &b))| *out = a * b);
}

impl<T: Real> Layer<T> for Dropout {
    fn name(&self) -> &'static str {
        "dropout"
    }

    fn output(&self, input: Shape) -> Result<Shape, Error> {
        Ok(input)
    }

    fn forward(
        &self,
        _weights: &[T],
        input: Input<'_, T>,
        mode: Mode,
        cache: &mut Cache<T>,
        mut output: ViewMut<'_, T>,
    ) {
        if let Input::Sparse { matrix, first, rows } = input {
            return self.forward_sparse((matrix, first..first + rows), mode, cache, output);
        }
        let input = input.dense();
        if mode == Mode::Evaluate {
            return output.values().copy_from_slice(input.values());
        }
        cache.lifted.reshape(input.rows(), input.columns());
        self.draw(cache.first_row, cache.lifted.view_mut());
        multiply(input, cache.lifted.view(), output);
    }

    fn pull_back(
        &self,
        _weights: &[T],
        _wave: Wave,
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        below: ViewMut<'_, T>,
    ) {
        multiply(signal, cache.lifted.view(), below);
    }

    fn absorb(&mut self, _cache: &Cache<T>) {
        self.step += 1;
    }

    fn stand_at(&mut self, steps: u64) {
        self.step = steps;
    }
}
