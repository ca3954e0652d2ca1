//! What a window looks like in time.
//!
//! Reference: Dyer & Stewart 1978 (kurtosis as a sign of bearing damage).

use crate::Error;
use crate::features::WINDOW;
use crate::scalar::{Scalar, all_sound};

/// Statistics of a window around its mean; see [`statistics`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics<S> {
    /// Mean, in the unit of the samples.
    pub mean: S,
    /// Root of the mean square around the mean, in the unit of the samples.
    pub rms: S,
    /// Mean fourth power over the squared mean square: 3 for normal noise, 1.5 for a sine, large for
    /// rare blows (an early bearing fault); at most the number of samples. 0 for a constant.
    pub kurtosis: S,
    /// Largest magnitude around the mean over the RMS: 1.41 for a sine; at most the root of the
    /// number of samples. 0 for a constant.
    pub crest: S,
    /// Changes of sign around the mean, per sample: a tone of f Hz at a rate r gives 2f/r.
    pub zero_crossings: S,
}

/// Statistics of 2 to 1024 samples, in any number type; no buffer.
///
/// Deviations are divided by the largest of them before they are squared, so that neither small nor
/// large signals leave the range of fixed point; sums are rounded once.
///
/// # Errors
/// [`Error::Unsound`]: a sample is NaN, infinite or saturated, there are too few or too many, or a
/// statistic is too large for the number type.
pub fn statistics<S: Scalar>(window: &[S]) -> Result<Statistics<S>, Error> {
    if !(2..=WINDOW).contains(&window.len()) || !all_sound(window) {
        return Err(Error::Unsound);
    }
    // Sums of products with 1/256 fit the accumulator of every fixed-point format.
    let grain = S::from_scaled(1, 8);
    let count = window.iter().fold(S::WIDE_ZERO, |sum, _| S::accumulate(sum, S::ONE, grain));
    // A ratio is of positive sums: the positive and the negative samples apart.
    let side = |sign: fn(S) -> S| {
        let sum = window.iter().fold(S::WIDE_ZERO, |sum, &sample| {
            S::accumulate(sum, sign(sample).max(S::ZERO), grain)
        });
        S::ONE.scale(S::ratio(sum, count))
    };
    let mean = side(|sample| sample) - side(|sample| -sample);
    let deviations = || window.iter().map(|&sample| sample - mean);
    let peak = deviations().fold(S::ZERO, |most, deviation| most.max(deviation.abs()));

    let above = || deviations().map(|deviation| deviation >= S::ZERO);
    let crossings = above().zip(above().skip(1)).filter(|(before, after)| before != after);
    let crossings = crossings.fold(S::WIDE_ZERO, |sum, _| S::accumulate(sum, S::ONE, grain));
    let zero_crossings = S::ONE.scale(S::ratio(crossings, count));
    if peak <= S::ZERO {
        let zero = S::ZERO;
        return Ok(Statistics { mean, rms: zero, kurtosis: zero, crest: zero, zero_crossings });
    }

    let one = <S::Unit as Scalar>::ONE;
    let wide = |unit: S::Unit| S::Unit::accumulate(S::Unit::WIDE_ZERO, unit, one);
    let wide_peak = S::accumulate(S::WIDE_ZERO, peak, grain);
    let (mut squares, mut fourths) = (S::Unit::WIDE_ZERO, S::Unit::WIDE_ZERO);
    let mut samples = S::Unit::WIDE_ZERO;
    for deviation in deviations() {
        let magnitude = S::accumulate(S::WIDE_ZERO, deviation.abs(), grain);
        let share = one.scale(S::ratio(magnitude, wide_peak));
        let square = share * share;
        squares = S::Unit::accumulate(squares, share, share);
        fourths = S::Unit::accumulate(fourths, square, square);
        samples = S::Unit::accumulate(samples, one, one);
    }
    let mean_square = one.scale(S::Unit::ratio(squares, samples));
    let root = mean_square.sqrt();
    let fourth_per_square = one.scale(S::Unit::ratio(fourths, squares));
    let statistics = Statistics {
        mean,
        rms: peak.scale(S::Unit::ratio(wide(root), wide(one))),
        kurtosis: S::ONE.scale(S::Unit::ratio(wide(fourth_per_square), wide(mean_square))),
        crest: S::ONE.scale(S::Unit::ratio(wide(one), wide(root))),
        zero_crossings,
    };
    let Statistics { rms, kurtosis, crest, .. } = statistics;
    if all_sound(&[mean, rms, kurtosis, crest]) { Ok(statistics) } else { Err(Error::Unsound) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows() -> [[f64; 1000]; 3] {
        let mut seed = 9_u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(seed >> 8) / f64::from(1 << 24) - 0.5
        };
        let sine = core::array::from_fn(|time| 2.0 + 5.0 * libm::sin(0.31 * time as f64));
        let noise = core::array::from_fn(|_| (0..12).map(|_| random()).sum::<f64>() - 0.7);
        let mut blow = [0.0; 1000];
        blow[500] = 30.0;
        blow[501] = -9.0;
        [sine, noise, blow]
    }

    fn naive(window: &[f64]) -> [f64; 5] {
        let count = window.len() as f64;
        let mean = window.iter().sum::<f64>() / count;
        let moment = |power| window.iter().map(|x| libm::pow((x - mean).abs(), power)).sum::<f64>();
        let square = moment(2.0) / count;
        let peak = window.iter().map(|x| (x - mean).abs()).fold(0.0, f64::max);
        let signs: Vec<bool> = window.iter().map(|x| *x >= mean).collect();
        let crossings = signs.windows(2).filter(|pair| pair[0] != pair[1]).count() as f64;
        let rms = libm::sqrt(square);
        [mean, rms, moment(4.0) / count / (square * square), peak / rms, crossings / count]
    }

    /// Largest error relative to max(1, value).
    fn worst<S: Scalar>() -> f64 {
        let mut worst = 0.0_f64;
        for window in windows() {
            let samples = window.map(|x| S::from_f32(x as f32));
            let exact = samples.map(|x| f64::from(x.to_f32()));
            let found = statistics(&samples).expect("a sound window");
            let found = [found.mean, found.rms, found.kurtosis, found.crest, found.zero_crossings];
            for (found, expected) in found.iter().zip(naive(&exact)) {
                let error = (f64::from(found.to_f32()) - expected).abs();
                worst = worst.max(error / expected.abs().max(1.0));
            }
        }
        worst
    }

    #[test]
    fn statistics_are_those_of_the_definition_in_every_number_type() {
        assert!(worst::<f64>() < 1e-6, "{:e}", worst::<f64>());
        // A thousand roundings of 2⁻²⁴.
        assert!(worst::<f32>() < 6e-5, "{:e}", worst::<f32>());
        #[cfg(feature = "fixed")]
        assert!(worst::<fixed::types::I16F16>() < 1e-3, "{:e}", worst::<fixed::types::I16F16>());
    }

    #[test]
    fn a_sine_has_its_textbook_statistics_and_a_constant_none() {
        let sine: [f32; 1024] = core::array::from_fn(|time| {
            7.0 + 3.0 * libm::sinf(core::f32::consts::TAU * (time as f32 + 0.5) / 32.0)
        });
        let found = statistics(&sine).expect("a sound window");
        assert!((found.mean - 7.0).abs() < 1e-5 && (found.rms - 2.12132).abs() < 1e-4);
        assert!((found.kurtosis - 1.5).abs() < 1e-4, "{found:?}");
        // The samples next to the crest are half a sample, π/32, off it.
        let nearest = libm::cosf(core::f32::consts::PI / 32.0);
        let crest = core::f32::consts::SQRT_2 * nearest;
        assert!((found.crest - crest).abs() < 1e-4, "{found:?}");
        assert!((found.zero_crossings - 63.0 / 1024.0).abs() < 1e-6, "{found:?}");
        let constant = statistics(&[2.5_f32; 64]).expect("a sound window");
        assert_eq!((constant.mean, constant.rms, constant.kurtosis), (2.5, 0.0, 0.0));
    }

    #[test]
    fn windows_that_cannot_be_judged_are_refused() {
        assert_eq!(statistics::<f32>(&[]), Err(Error::Unsound));
        assert_eq!(statistics(&[1.0_f32]), Err(Error::Unsound));
        assert_eq!(statistics(&[1.0_f32; 1025]), Err(Error::Unsound));
        assert_eq!(statistics(&[1.0, f32::NAN, 2.0]), Err(Error::Unsound));
        assert_eq!(statistics(&[1.0, f32::INFINITY]), Err(Error::Unsound));
        #[cfg(feature = "fixed")]
        assert_eq!(
            statistics(&[fixed::types::I16F16::ZERO, fixed::types::I16F16::MAX]),
            Err(Error::Unsound)
        );
    }
}
