//! The block W of a layer: one proximal step on ρ/2‖A·W + 1·bᵀ − Z‖² with Ω kept whole,
//! W₊ = prox(W̄ − G/θ), G = ρ·Aᵀ(A·W̄ + 1·bᵀ − Z), θ = ρ·λ_max(AᵀA).

use crate::matrix::{Factor, Matrix, View, ViewMut, add_product, each_block};
use crate::real::Real;

use super::block::{Attempt, Proximal};
use super::objective::{Fit, penalty_change};
use super::room::{Room, extrapolate, multiply, residual, rows_at_once, squared_distance};
use super::settings::Settings;

/// The weights of one layer while they are updated.
pub(super) struct Weights<'a, T> {
    pub settings: &'a Settings,
    /// A, what the layer is given.
    pub below: View<'a, T>,
    /// b and Z.
    pub fit: Fit<'a, T>,
    /// W
    pub matrix: &'a mut [T],
    /// W₋
    pub previous: &'a mut [T],
    /// A·W
    pub product: &'a mut Matrix<T>,
    /// θ
    pub modulus: f64,
    pub room: &'a mut Room<T>,
}

impl<T: Real> Weights<'_, T> {
    fn shape(&self) -> [usize; 2] {
        [self.below.columns(), self.fit.bias.len()]
    }

    /// `room.candidate` ← start − share·Aᵀ·residual, where `room.residual` is that of `start`.
    fn descend(&mut self, share: f64, is_extrapolated: bool) {
        let [inputs, outputs] = self.shape();
        let Room { base, candidate, residual, .. } = &mut *self.room;
        let start: &[T] = if is_extrapolated { base } else { self.matrix };
        let (below, residual, share) = (self.below, residual.view(), T::from_f64(-share));
        candidate.reshape(inputs, outputs);
        each_block(candidate.view_mut(), rows_at_once(inputs), &|first, mut block| {
            let rows = first..first + block.rows();
            let start = &start[first * outputs..rows.end * outputs];
            block.values().copy_from_slice(start);
            let lifted = Factor::from(below).columns(rows).transposed();
            add_product(share, lifted, residual, block);
        });
    }

    /// The proximal map of Ω/θ, in place.
    fn shrink(&mut self) {
        let Settings { ridge, lasso, .. } = *self.settings;
        if ridge == 0.0 && lasso == 0.0 {
            return;
        }
        let kept = T::from_f64(self.modulus / (self.modulus + ridge));
        let threshold = T::from_f64(lasso / self.modulus);
        let candidate = &mut self.room.candidate;
        let rows = rows_at_once(candidate.rows());
        each_block(candidate.view_mut(), rows, &|_, mut block: ViewMut<'_, T>| {
            for weight in block.values() {
                let size = (weight.abs() - threshold).max(T::ZERO);
                *weight = kept * if *weight < T::ZERO { -size } else { size };
            }
        });
    }

    /// F at the candidate − F now.
    fn change(&self) -> f64 {
        let coupling = self.fit.change(self.product.view(), self.room.product.view());
        let penalty = penalty_change(self.settings, self.matrix, self.room.candidate.values());
        self.settings.rho * coupling + penalty
    }

    /// `room.residual` ← that of `room.base`, or of W.
    fn look(&mut self, is_extrapolated: bool) {
        let Room { base, product, residual: out, .. } = &mut *self.room;
        let Fit { bias, scores } = self.fit;
        if is_extrapolated {
            let base = View::new(self.below.columns(), bias.len(), base);
            multiply(self.below, base, product);
            residual(product.view(), bias, scores, out);
        } else {
            residual(self.product.view(), bias, scores, out);
        }
    }

    /// `room.product` ← A·candidate
    fn multiply_candidate(&mut self) {
        let Room { candidate, product, .. } = &mut *self.room;
        multiply(self.below, candidate.view(), product);
    }

    /// The step of the published code: plain, with half of the ridge in the coupling; 1/α with the least
    /// α of 1, 2, 4 … 2¹⁰ at which the quadratic model is above, and no step where none is.
    pub fn advance_as_published(&mut self) {
        let Settings { rho, ridge, .. } = *self.settings;
        self.look(false);
        // −G′ = −ρ·Aᵀ·residual − µW, a step of length 1, without the start
        self.descend(rho, false);
        let shrunk = T::from_f64(1.0 + ridge);
        let direction = self.room.candidate.values_mut();
        direction.iter_mut().zip(&*self.matrix).for_each(|(d, &w)| *d -= shrunk * w);
        self.multiply_candidate();
        let square = |values: &[T]| values.iter().map(|v| v.to_f64() * v.to_f64()).sum::<f64>();
        let length = square(self.room.candidate.values());
        let curvature = rho * square(self.room.product.values()) + ridge * length;
        let alphas = (0..=MOST_DOUBLINGS).map(|doublings| libm::scalbn(1.0, doublings));
        if let Some(alpha) = alphas.into_iter().find(|alpha| curvature <= alpha * length) {
            let share = T::from_f64(1.0 / alpha);
            let pairs = self.matrix.iter_mut().zip(self.room.candidate.values());
            pairs.for_each(|(weight, &direction)| *weight += share * direction);
            let Self { below, matrix, product, .. } = self;
            multiply(*below, View::new(below.columns(), self.fit.bias.len(), matrix), product);
        }
    }
}

/// So often the published code doubles a modulus before it gives up.
pub(super) const MOST_DOUBLINGS: i32 = 10;

impl<T: Real> Proximal for Weights<'_, T> {
    fn attempt(&mut self, extrapolation: f64) -> Attempt {
        let is_extrapolated = extrapolation > 0.0;
        if is_extrapolated {
            extrapolate(self.matrix, self.previous, extrapolation, &mut self.room.base);
        }
        self.look(is_extrapolated);
        self.descend(self.settings.rho / self.modulus, is_extrapolated);
        self.shrink();
        self.multiply_candidate();
        Attempt {
            change: self.change(),
            square: squared_distance(self.room.candidate.values(), self.matrix),
            modulus: self.modulus,
        }
    }

    fn accept(&mut self) {
        self.previous.copy_from_slice(self.matrix);
        self.matrix.copy_from_slice(self.room.candidate.values());
        self.product.values_mut().copy_from_slice(self.room.product.values());
    }

    fn stay(&mut self) {
        self.previous.copy_from_slice(self.matrix);
    }
}
