//! The two passes over the weights: score and update.
//!
//! Weights are feature-major, `[[S; OUTPUTS]; ROWS]`, the bias the last row. **The written order**,
//! which every implementation follows to the bit:
//!
//! ```text
//! score    sum_k = bias_k, then for each row in order   sum_k = sum_k + (weight_k · feature)
//! update   for each row in order   weight_k = weight_k + (step_k · feature);   bias_k + step_k
//! ```
//!
//! Products are rounded, then added: no fused operation. In fixed point the sum is exact and rounded
//! once at its end, so its order does not matter there.
//!
//! Fixed point with features in 16 bits has a version without 64-bit shifts ([`short`]).
//!
//! [`portable`] is what every target gets; on Arm cores with hard floats `f32` has a twin in
//! assembly (`hardfloat`), found through [`Scalar::score`] and [`Scalar::update`].

#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
pub(crate) mod hardfloat;
#[cfg(feature = "fixed")]
pub(crate) mod narrow;
pub(crate) mod portable;
#[cfg(feature = "fixed")]
pub(crate) mod short;

use crate::scalar::Scalar;
use crate::stored::Stored;

/// Scores Wη of plain features, the 1 of the bias appended.
pub(crate) fn score<S: Scalar, X: Stored<S>, const OUTPUTS: usize>(
    weights: &[[S; OUTPUTS]],
    features: &[X],
) -> [S; OUTPUTS] {
    X::score(weights, features)
}

/// W ← W + η·stepᵀ for plain features, the 1 of the bias appended.
pub(crate) fn update<S: Scalar, X: Stored<S>, const OUTPUTS: usize>(
    weights: &mut [[S; OUTPUTS]],
    features: &[X],
    step: &[S; OUTPUTS],
) {
    X::update(weights, features, step);
}

/// The same without a bias: `Σ_row weights[row][output] · factors[row]`, the first product first.
pub(crate) fn product<S: Scalar, const OUTPUTS: usize>(
    weights: &[[S; OUTPUTS]],
    factors: &[S],
) -> [S; OUTPUTS] {
    let mut sums = [S::WIDE_ZERO; OUTPUTS];
    for (row, &factor) in weights.iter().zip(factors) {
        for (sum, &weight) in sums.iter_mut().zip(row) {
            *sum = S::accumulate(*sum, weight, factor);
        }
    }
    sums.map(S::round)
}

/// weights ← weights + factors·stepᵀ, without a bias.
pub(crate) fn add_outer<S: Scalar, const OUTPUTS: usize>(
    weights: &mut [[S; OUTPUTS]],
    factors: &[S],
    step: &[S; OUTPUTS],
) {
    for (row, &factor) in weights.iter_mut().zip(factors) {
        for (weight, &step) in row.iter_mut().zip(step) {
            *weight = weight.add_product(step, factor);
        }
    }
}
