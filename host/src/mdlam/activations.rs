//! The block A of a hidden layer: one proximal step on ρ/2‖A·W + 1·bᵀ − Z‖² of the layer above it, where
//! the constraint that ties A to its own scores is a box,
//! A₊ = clamp(Ā − G/τ, h(Z) − ε, h(Z) + ε), G = ρ(Ā·W + 1·bᵀ − Z)Wᵀ, τ = ρ·λ_max(WᵀW).

use crate::matrix::{Matrix, View, each_block, matmul};
use crate::real::Real;

use super::block::{Attempt, Proximal};
use super::objective::Fit;
use super::room::{Room, extrapolate, multiply, residual, rows_at_once, squared_distance, sum};
use super::settings::Settings;
use super::weights::MOST_DOUBLINGS;

/// What ties outputs to their own scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Tie {
    /// |A − h(Z)| ≤ ε
    Within(f64),
    /// ρ/2‖A − h(Z)‖²
    Penalty,
}

/// The outputs of one layer while they are updated; `room.prediction` is h of its scores.
pub(super) struct Activations<'a, T> {
    pub settings: &'a Settings,
    pub tie: Tie,
    /// A
    pub outputs: &'a mut Matrix<T>,
    /// A₋
    pub previous: &'a mut Matrix<T>,
    /// W of the layer above.
    pub above: View<'a, T>,
    /// b and Z of the layer above.
    pub fit: Fit<'a, T>,
    /// A·W
    pub product: &'a mut Matrix<T>,
    /// τ
    pub modulus: f64,
    pub room: &'a mut Room<T>,
}

impl<T: Real> Activations<'_, T> {
    /// `room.residual` ← that of `room.base`, or of A.
    fn look(&mut self, is_extrapolated: bool) {
        let Room { base, product, residual: out, .. } = &mut *self.room;
        let Fit { bias, scores } = self.fit;
        if is_extrapolated {
            let base = View::new(self.outputs.rows(), self.outputs.columns(), base);
            multiply(base, self.above, product);
            residual(product.view(), bias, scores, out);
        } else {
            residual(self.product.view(), bias, scores, out);
        }
    }

    /// `room.candidate` ← where a step of length 1/τ leads, tied to the scores; `room.product` ← that
    /// times W.
    fn descend(&mut self, modulus: f64, is_extrapolated: bool) {
        let Room { base, candidate, residual, prediction, product } = &mut *self.room;
        let (rows, columns) = (self.outputs.rows(), self.outputs.columns());
        let start: &[T] = if is_extrapolated { base } else { self.outputs.values() };
        let (above, residual, prediction) = (self.above, residual.view(), prediction.view());
        let (tie, rho) = (self.tie, self.settings.rho);
        let share = T::from_f64(rho / modulus);
        let [own, tied] = [modulus, rho].map(|part| T::from_f64(part / (modulus + rho)));
        candidate.reshape(rows, columns);
        each_block(candidate.view_mut(), rows_at_once(rows), &|first, mut block| {
            let rows = first..first + block.rows();
            matmul(residual.rows_of(rows.clone()), above.transposed(), block.reborrow());
            let start = &start[first * columns..rows.end * columns];
            let values = start.iter().zip(prediction.rows_of(rows).values());
            for (value, (&start, &h)) in block.values().iter_mut().zip(values) {
                let free = start - share * *value;
                *value = match tie {
                    Tie::Within(epsilon) => {
                        let epsilon = T::from_f64(epsilon);
                        free.max(h - epsilon).min(h + epsilon)
                    }
                    Tie::Penalty => own * free + tied * h,
                };
            }
        });
        multiply(candidate.view(), above, product);
    }

    /// F at the candidate − F now.
    fn change(&self) -> f64 {
        let coupling = self.fit.change(self.product.view(), self.room.product.view());
        let tie = match self.tie {
            Tie::Within(_) => 0.0,
            Tie::Penalty => self.tie_change(),
        };
        self.settings.rho * (coupling + tie)
    }

    /// ½‖A₊ − h(Z)‖² − ½‖A − h(Z)‖²
    fn tie_change(&self) -> f64 {
        let [from, to, prediction] =
            [&*self.outputs, &self.room.candidate, &self.room.prediction].map(Matrix::values);
        sum(to.len(), &|range| {
            let pairs = from[range.clone()].iter().zip(&to[range.clone()]);
            let changes = pairs.zip(&prediction[range]).map(|((from, to), h)| {
                let [from, to, h] = [from, to, h].map(|value| value.to_f64());
                0.5 * (to - from) * (to + from - h - h)
            });
            changes.sum()
        })
    }

    /// The step of the published code: τ from 1, doubled up to ten times until the quadratic model is
    /// above, no step where none is.
    pub fn advance_as_published(&mut self) {
        self.look(false);
        for doublings in 0..=MOST_DOUBLINGS {
            let modulus = libm::scalbn(1.0, doublings);
            self.descend(modulus, false);
            let square = squared_distance(self.room.candidate.values(), self.outputs.values());
            let moved = squared_distance(self.room.product.values(), self.product.values());
            if self.settings.rho * moved <= modulus * square {
                return self.accept();
            }
        }
    }
}

impl<T: Real> Proximal for Activations<'_, T> {
    fn attempt(&mut self, extrapolation: f64) -> Attempt {
        let is_extrapolated = extrapolation > 0.0;
        if is_extrapolated {
            let (value, previous) = (self.outputs.values(), self.previous.values());
            extrapolate(value, previous, extrapolation, &mut self.room.base);
        }
        self.look(is_extrapolated);
        self.descend(self.modulus, is_extrapolated);
        Attempt {
            change: self.change(),
            square: squared_distance(self.room.candidate.values(), self.outputs.values()),
            modulus: self.modulus,
        }
    }

    fn accept(&mut self) {
        self.previous.values_mut().copy_from_slice(self.outputs.values());
        self.outputs.values_mut().copy_from_slice(self.room.candidate.values());
        self.product.values_mut().copy_from_slice(self.room.product.values());
    }

    fn stay(&mut self) {
        self.previous.values_mut().copy_from_slice(self.outputs.values());
    }
}
