//! The objective, in f64 whatever the network is computed in: near a limit point two values differ by
//! less than a sum in f32 rounds, so an update is judged by the *difference* of its own terms, taken
//! number by number.

use crate::matrix::View;
use crate::real::Real;

use super::room::sum;
use super::settings::Settings;

/// The terms of the objective, and how far the layers are from fitting together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Objective {
    /// R, a sum over examples.
    pub loss: f64,
    /// Σ_l Ω(W_l)
    pub penalty: f64,
    /// ρ/2 Σ_l ‖A_{l−1}·W_l + 1·b_lᵀ − Z_l‖², with what the variant adds.
    pub coupling: f64,
    /// Σ|A − h(Z)| over all numbers of all layers but the last.
    pub slack: f64,
    /// The largest |A − h(Z)|: at most ε.
    pub worst: f64,
}

impl Objective {
    /// What is minimised.
    pub fn value(&self) -> f64 {
        self.loss + self.penalty + self.coupling
    }
}

/// A product with what it must meet: R = product + 1·biasᵀ − scores.
#[derive(Clone, Copy)]
pub(super) struct Fit<'a, T> {
    pub bias: &'a [T],
    pub scores: View<'a, T>,
}

impl<T: Real> Fit<'_, T> {
    /// ½‖R‖²
    pub fn half_square(self, product: View<'_, T>) -> f64 {
        let columns = self.bias.len();
        sum(product.values().len(), &|range| {
            let at = range.start;
            let pairs = product.values()[range.clone()].iter().zip(&self.scores.values()[range]);
            let squares = pairs.enumerate().map(|(index, (&p, &z))| {
                let bias = self.bias[(at + index) % columns];
                let r = p.to_f64() + bias.to_f64() - z.to_f64();
                r * r
            });
            0.5 * squares.sum::<f64>()
        })
    }

    /// ½‖R₁‖² − ½‖R₀‖² = Σ ½(R₁ − R₀)(R₁ + R₀) for two products.
    pub fn change(self, from: View<'_, T>, to: View<'_, T>) -> f64 {
        let columns = self.bias.len();
        sum(to.values().len(), &|range| {
            let at = range.start;
            let [from, to, scores] =
                [from, to, self.scores].map(|view| &view.values()[range.clone()]);
            let pairs = from.iter().zip(to).zip(scores).enumerate();
            let changes = pairs.map(|(index, ((&from, &to), &z))| {
                let fixed = self.bias[(at + index) % columns].to_f64() - z.to_f64();
                let (from, to) = (from.to_f64(), to.to_f64());
                0.5 * (to - from) * (to + from + fixed + fixed)
            });
            changes.sum()
        })
    }
}

/// Ω of a matrix.
pub(super) fn penalty<T: Real>(settings: &Settings, matrix: &[T]) -> f64 {
    let ridge = settings.counted_ridge();
    sum(matrix.len(), &|range| {
        let terms = matrix[range].iter().map(|weight| {
            let weight = weight.to_f64();
            0.5 * ridge * weight * weight + settings.lasso * weight.abs()
        });
        terms.sum()
    })
}

/// Ω(to) − Ω(from)
pub(super) fn penalty_change<T: Real>(settings: &Settings, from: &[T], to: &[T]) -> f64 {
    let ridge = settings.counted_ridge();
    sum(to.len(), &|range| {
        let pairs = from[range.clone()].iter().zip(&to[range]);
        let changes = pairs.map(|(from, to)| {
            let (from, to) = (from.to_f64(), to.to_f64());
            0.5 * ridge * (to - from) * (to + from) + settings.lasso * (to.abs() - from.abs())
        });
        changes.sum()
    })
}
