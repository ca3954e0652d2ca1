//! The two passes over the weights: score and update, portable and safe.
//!
//! Weights are feature-major, `[[S; OUTPUTS]; ROWS]`; rows are taken in order and, within a row,
//! outputs in order: multiply, then add. Every other implementation of these two functions must
//! give the same bits.

use crate::scalar::Scalar;

/// Scores Wη: `Σ_row weights[row][output] · features[row]`.
pub(crate) fn score<S: Scalar, const OUTPUTS: usize>(
    weights: &[[S; OUTPUTS]],
    features: impl Iterator<Item = S>,
) -> [S; OUTPUTS] {
    let mut sums = [S::WIDE_ZERO; OUTPUTS];
    for (row, feature) in weights.iter().zip(features) {
        for (sum, &weight) in sums.iter_mut().zip(row) {
            *sum = S::accumulate(*sum, weight, feature);
        }
    }
    sums.map(S::round)
}

/// W ← W + η·stepᵀ.
pub(crate) fn update<S: Scalar, const OUTPUTS: usize>(
    weights: &mut [[S; OUTPUTS]],
    features: impl Iterator<Item = S>,
    step: &[S; OUTPUTS],
) {
    for (row, feature) in weights.iter_mut().zip(features) {
        for (weight, &step) in row.iter_mut().zip(step) {
            *weight = weight.add_product(step, feature);
        }
    }
}
