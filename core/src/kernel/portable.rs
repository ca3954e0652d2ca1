//! Safe and portable: one row at a time, so that the text does not grow with the features.

use crate::scalar::Scalar;
use crate::stored::Stored;

pub(crate) fn score<S: Scalar, X: Stored<S>, const OUTPUTS: usize>(
    weights: &[[S; OUTPUTS]],
    features: &[X],
) -> [S; OUTPUTS] {
    let Some((bias, rows)) = weights.split_last() else { return [S::ZERO; OUTPUTS] };
    let mut sums = bias.map(S::widen);
    for (row, feature) in rows.iter().zip(features) {
        let feature = feature.value();
        for (sum, &weight) in sums.iter_mut().zip(row) {
            *sum = S::accumulate(*sum, weight, feature);
        }
    }
    sums.map(S::round)
}

pub(crate) fn update<S: Scalar, X: Stored<S>, const OUTPUTS: usize>(
    weights: &mut [[S; OUTPUTS]],
    features: &[X],
    step: &[S; OUTPUTS],
) {
    let Some((bias, rows)) = weights.split_last_mut() else { return };
    for (row, feature) in rows.iter_mut().zip(features) {
        let feature = feature.value();
        for (weight, &step) in row.iter_mut().zip(step) {
            *weight = weight.add_product(step, feature);
        }
    }
    for (bias, &step) in bias.iter_mut().zip(step) {
        *bias = bias.add_product(step, S::ONE);
    }
}
