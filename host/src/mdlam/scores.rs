//! The block Z of a hidden layer: ρ/2‖V − Z‖² with V = A·W + 1·bᵀ, minimised exactly. With the
//! inequalities that is the projection of V on an interval, whatever Z was: to extrapolate it would
//! change nothing.

use fejer::Link;

use crate::matrix::{Matrix, View, each_block};
use crate::real::Real;

use super::interval::interval;
use super::room::rows_at_once;

/// What is kept away from the ends of an interval by the published code.
pub(super) const MARGIN: f64 = 1e-9;

/// Z of one layer with what it depends on.
pub(super) struct Scores<'a, T> {
    pub link: Link,
    pub epsilon: f64,
    /// A·W of the layer.
    pub product: View<'a, T>,
    pub bias: &'a [T],
    /// A of the layer itself.
    pub outputs: View<'a, T>,
}

impl<T: Real> Scores<'_, T> {
    /// scores ← the projection of V on {Z : |A − h(Z)| ≤ ε}. A number that rounding would move away
    /// from V stays.
    pub fn project(&self, scores: &mut Matrix<T>) {
        let epsilon = T::from_f64(self.epsilon);
        self.replace(scores, &|z, v, output| {
            let [below, above] = interval(self.link, output - epsilon, output + epsilon);
            let projected = v.max(below).min(above);
            if (v - projected).abs() <= (v - z).abs() { projected } else { z }
        });
    }

    /// The same as the published code has it, for ReLU: a margin at both ends, and nothing said of a
    /// number that is no longer feasible because ε has shrunk.
    pub fn project_as_published(&self, scores: &mut Matrix<T>) {
        let [epsilon, margin] = [self.epsilon, MARGIN].map(T::from_f64);
        self.replace(scores, &|_, v, output| {
            let least = output - epsilon;
            let floor = if least >= margin { least } else { v };
            v.max(floor).min(output + epsilon - margin)
        });
    }

    /// The equality penalty in its place: min (v − z)² + (a − max(0, z))², the better of its two sides.
    pub fn settle(&self, scores: &mut Matrix<T>) {
        self.replace(scores, &|_, v, output| {
            let off = v.min(T::ZERO);
            let on = ((v + output) * T::from_f64(0.5)).max(T::ZERO);
            let cost = |z: T| {
                let (missing, open) = (v - z, output - z.max(T::ZERO));
                missing * missing + open * open
            };
            if cost(on) <= cost(off) { on } else { off }
        });
    }

    /// z ← rule(z, v, a) for every number.
    fn replace(&self, scores: &mut Matrix<T>, rule: &(impl Fn(T, T, T) -> T + Sync)) {
        let rows = rows_at_once(scores.rows());
        each_block(scores.view_mut(), rows, &|first, mut block| {
            for row in 0..block.rows() {
                let (product, outputs) =
                    (self.product.row(first + row), self.outputs.row(first + row));
                let given = product.iter().zip(self.bias).zip(outputs);
                for (z, ((&product, &bias), &output)) in block.row(row).iter_mut().zip(given) {
                    *z = rule(*z, product + bias, output);
                }
            }
        });
    }
}
