//! Scales: what a code stands for.

use super::steps::Filters;
use crate::head::{Head, Standardise};

/// The largest code, on both sides.
const MOST: f64 = 127.0;
/// A feature's code of 1, see [`fejer::memory`].
const CODE_ONE: f64 = 32.0;
/// A deviation below this is that of a feature that never changed: it keeps its unit.
const LEAST_DEVIATION: f64 = 1e-6;
/// The largest bias a device adds to its sums.
const LARGEST_BIAS: f64 = (1_u32 << 30) as f64;

/// Codes a unit, so that the largest of these numbers is the largest code.
pub fn per_unit(numbers: &[f32]) -> f32 {
    let most = numbers.iter().fold(0.0_f32, |most, number| most.max(number.abs()));
    if most > 0.0 { (MOST / f64::from(most)) as f32 } else { 1.0 }
}

/// Mean and one over the deviation of each channel, over examples and places.
pub fn standardise(numbers: &[f32], channels: usize) -> Standardise {
    let count = (numbers.len() / channels.max(1)).max(1) as f64;
    let mut standardise = Standardise { mean: vec![], inverse_deviation: vec![] };
    for channel in 0..channels {
        let column = || numbers.iter().skip(channel).step_by(channels).map(|&x| f64::from(x));
        let mean = column().sum::<f64>() / count;
        let variance = column().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
        let moves = variance.sqrt() > LEAST_DEVIATION;
        let inverse = if moves { 1.0 / variance.sqrt() } else { 1.0 };
        standardise.mean.push(mean as f32);
        standardise.inverse_deviation.push(inverse as f32);
    }
    standardise
}

/// The head for standardised features, from one for features as they come; of a flattened image a
/// channel's standardisation is that of all its places.
pub fn head(head: &Head, features: &Standardise) -> Head {
    let channels = features.mean.len().max(1);
    let (plain, bias) = head.weights.split_at(head.features() * head.outputs);
    let mut bias: Vec<f64> = bias.iter().copied().map(f64::from).collect();
    let mut weights = Vec::with_capacity(head.weights.len());
    for (feature, row) in plain.chunks_exact(head.outputs).enumerate() {
        let channel = feature % channels;
        let mean = f64::from(features.mean[channel]);
        let deviation = 1.0 / f64::from(features.inverse_deviation[channel]);
        for (bias, &weight) in bias.iter_mut().zip(row) {
            *bias += f64::from(weight) * mean;
            weights.push((f64::from(weight) * deviation) as f32);
        }
    }
    weights.extend(bias.into_iter().map(|bias| bias as f32));
    Head { weights, ..head.clone() }
}

/// A filter in codes.
pub struct Filter {
    pub weights: Vec<i8>,
    pub bias: i32,
    pub multiplier: i32,
    pub shift: u8,
    pub least: i8,
}

/// Filters in codes, one after the other.
pub struct Scaled(pub Vec<Filter>);

impl Scaled {
    /// With outputs of so many codes a unit.
    pub fn codes(filters: &Filters, below: f32, above: f32) -> Self {
        Self::of(filters, below, |_| (0.0, f64::from(above)))
    }

    /// With outputs that are the stored codes of standardised features.
    pub fn features(filters: &Filters, below: f32, features: &Standardise) -> Self {
        Self::of(filters, below, |channel| {
            let inverse = f64::from(features.inverse_deviation[channel]);
            (f64::from(features.mean[channel]), CODE_ONE * inverse)
        })
    }

    /// `above` gives what is subtracted from a channel and its codes a unit.
    fn of(filters: &Filters, below: f32, above: impl Fn(usize) -> (f64, f64)) -> Self {
        let channels = filters.bias.len();
        let below = f64::from(below);
        let filter = |channel: usize| {
            let column = || filters.weights.iter().skip(channel).step_by(channels);
            let (mean, above) = above(channel);
            let bias = f64::from(filters.bias[channel]) - mean;
            let most = column().fold(0.0_f64, |most, &weight| most.max(f64::from(weight).abs()));
            // Weights a unit; a filter of zeros has only its bias to say.
            let finest = LARGEST_BIAS / (below * bias.abs().max(f64::MIN_POSITIVE));
            let per_unit = (MOST / most.max(f64::MIN_POSITIVE)).min(finest);
            let code = |&weight: &f32| (f64::from(weight) * per_unit).round().clamp(-MOST, MOST);
            let (multiplier, shift) = fraction(above / (below * per_unit));
            let zero = (-mean * above).round().clamp(-MOST, MOST);
            Filter {
                weights: column().map(|weight| code(weight) as i8).collect(),
                bias: (bias * below * per_unit).round() as i32,
                multiplier,
                shift,
                least: if filters.has_relu { zero as i8 } else { -127 },
            }
        };
        Self((0..channels).map(filter).collect())
    }
}

/// multiplier/2^shift nearest to a factor: 31 bits unless it is tiny, and the largest if it is huge.
fn fraction(factor: f64) -> (i32, u8) {
    let wanted = 30 - factor.log2().floor().clamp(-1000.0, 1000.0) as i32;
    let shift = wanted.clamp(1, 62);
    let multiplier = (factor * 2.0_f64.powi(shift)).round();
    (multiplier.min(f64::from(i32::MAX)) as i32, shift as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_is_kept_to_thirty_bits() {
        for factor in [1.0, 0.75, 1e-3, 3.3e-7, 0.999_999_999_9, 123.456] {
            let (multiplier, shift) = fraction(factor);
            let found = f64::from(multiplier) / 2.0_f64.powi(shift.into());
            assert!((found / factor - 1.0).abs() < 2.0_f64.powi(-29), "{factor}: {found}");
        }
        assert_eq!(fraction(1e-30).0, 0);
        assert_eq!(fraction(1e30), (i32::MAX, 1));
    }

    #[test]
    fn a_filter_of_zeros_says_its_bias() {
        let filters = Filters { weights: vec![0.0; 3], bias: vec![0.5], has_relu: false };
        let Scaled(filters) = Scaled::codes(&filters, 127.0, 100.0);
        let Filter { bias, multiplier, shift, .. } = filters[0];
        let code = f64::from(bias) * f64::from(multiplier) / 2.0_f64.powi(shift.into());
        assert!((code - 50.0).abs() < 1e-3, "{code}");
    }
}
