//! An upper bound of the largest eigenvalue of XᵀX, the modulus of a proximal step.
//!
//! λ ≤ (tr Gᵠ)^(1/q) for the smaller G of XᵀX and XXᵀ, with q = 2⁶: no search that may stop too early,
//! and at most n^(1/64) too large, 8 % for n = 140. In f64, six squarings.

use crate::matrix::{Factor, Matrix, View, each_block, matmul};
use crate::real::Real;

use super::room::rows_at_once;

/// How often G is squared.
const SQUARINGS: usize = 6;
/// What sums of some thousand products round.
const ROUNDING: f64 = 1.0 + 1e-10;

/// Buffers of the bound.
#[derive(Clone, Debug, Default)]
pub(super) struct Spectrum {
    wide: Matrix<f64>,
    gram: Matrix<f64>,
    square: Matrix<f64>,
}

impl Spectrum {
    /// At least the largest eigenvalue of XᵀX.
    pub fn bound<T: Real>(&mut self, x: View<'_, T>) -> f64 {
        self.wide.reshape(x.rows(), x.columns());
        let wide = self.wide.values_mut().iter_mut().zip(x.values());
        wide.for_each(|(wide, value)| *wide = value.to_f64());
        let side = x.rows().min(x.columns());
        self.gram.reshape(side, side);
        let (wide, is_tall) = (self.wide.view(), x.rows() > x.columns());
        each_block(self.gram.view_mut(), rows_at_once(side), &|first, block| {
            let rows = first..first + block.rows();
            if is_tall {
                matmul(Factor::from(wide).columns(rows).transposed(), wide, block);
            } else {
                matmul(Factor::from(wide.rows_of(rows)), wide.transposed(), block);
            }
        });
        let mut traces = [0.0; SQUARINGS + 1];
        for (power, slot) in traces.iter_mut().enumerate() {
            let Some(trace) = self.normalise() else { return 0.0 };
            *slot = trace;
            if power < SQUARINGS {
                self.square();
            }
        }
        // the last power has trace 1, so no eigenvalue above 1; then one root after the other
        traces[..SQUARINGS]
            .iter()
            .rev()
            .fold(traces[SQUARINGS], |bound, trace| libm::sqrt(bound) * trace)
            * ROUNDING
    }

    /// Divides by the trace; none where it is zero.
    fn normalise(&mut self) -> Option<f64> {
        let side = self.gram.rows();
        let trace: f64 = self.gram.values().iter().step_by(side + 1).sum();
        if trace <= 0.0 {
            return None;
        }
        self.gram.values_mut().iter_mut().for_each(|value| *value /= trace);
        Some(trace)
    }

    fn square(&mut self) {
        let side = self.gram.rows();
        self.square.reshape(side, side);
        let gram = self.gram.view();
        each_block(self.square.view_mut(), rows_at_once(side), &|first, block| {
            matmul(gram.rows_of(first..first + block.rows()), gram, block);
        });
        std::mem::swap(&mut self.gram, &mut self.square);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Against a thousand power iterations, which approach from below.
    #[test]
    fn the_bound_is_above_the_largest_eigenvalue_and_close() {
        for [rows, columns] in [[1, 1], [30, 7], [7, 30], [40, 40]] {
            let mut random = Random::new(5, 0);
            let values: Vec<f64> = (0..rows * columns).map(|_| random.normal()).collect();
            let x = Matrix::new(rows, columns, values);
            let (mut vector, mut image) = (Matrix::new(columns, 1, vec![1.0; columns]), 0.0);
            let mut lifted = Matrix::zeros(rows, 1);
            for _ in 0..1000 {
                matmul(x.view(), vector.view(), lifted.view_mut());
                matmul(x.view().transposed(), lifted.view(), vector.view_mut());
                image = vector.values().iter().map(|v| v * v).sum::<f64>().sqrt();
                vector.values_mut().iter_mut().for_each(|value| *value /= image);
            }
            let bound = Spectrum::default().bound(x.view());
            let most = image * (rows.min(columns) as f64).powf(1.0 / 64.0);
            assert!(bound >= image && bound <= most * 1.000_001, "{image} ≤ {bound} ≤ {most}");
        }
        assert_eq!(Spectrum::default().bound(Matrix::<f32>::zeros(3, 2).view()), 0.0);
    }
}
