//! Features in units of their deviation, so that one prior precision and one 8-bit scale fit all.

use crate::Error;
use crate::scalar::Scalar;

/// A variance below this is that of a feature that never changed: it keeps its unit.
const SMALLEST_VARIANCE: f32 = 1e-12;

/// Standardisation found in the lab: (x − mean) / deviation, feature by feature. In `f32` for the
/// spectra, in any number type for features made in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standardise<const FEATURES: usize, S = f32> {
    /// Mean of each feature, in its unit.
    pub mean: [S; FEATURES],
    /// 1 / standard deviation of each feature, in 1/unit.
    pub inverse_deviation: [S; FEATURES],
}

impl<const FEATURES: usize, S: Scalar> Standardise<FEATURES, S> {
    /// The features in units of their lab deviation.
    pub fn standard(&self, features: &[S; FEATURES]) -> [S; FEATURES] {
        let mut standard = *features;
        let parameters = self.mean.iter().zip(&self.inverse_deviation);
        for (feature, (&mean, &inverse)) in standard.iter_mut().zip(parameters) {
            let change = feature.saturating_minus(mean);
            *feature = S::round(S::accumulate(S::WIDE_ZERO, change, inverse));
        }
        standard
    }
}

impl<const FEATURES: usize> Standardise<FEATURES> {
    /// The features in units of their lab deviation, in the head's number type.
    pub fn apply<S: Scalar>(&self, features: &[f32; FEATURES]) -> [S; FEATURES] {
        self.standard(features).map(S::from_f32)
    }
}

/// Mean and deviation of features as they come, where there was no lab to find them in.
///
/// With δ = x − mean: mean ← mean + δ/n, variance ← variance + (δ·(x − mean) − variance)/n. Sums of
/// squares, which cancel, are never formed. From `horizon` observations on n stays there, and the old
/// is forgotten by the factor 1 − 1/horizon an observation.
///
/// In fixed point a mean stands still when it is within n/2 last places of its feature, so keep the
/// horizon to some thousands there (4000 in Q16.16: 3 % of a deviation of 1).
///
/// Reference: Welford 1962.
///
/// ```
/// use fejer::features::RunningStandardise;
/// let mut running = RunningStandardise::<1>::new(1000);
/// for x in [2.0, 4.0, 6.0] {
///     running.observe(&[x])?;
/// }
/// let standardise = running.standardise();
/// assert_eq!(standardise.mean, [4.0]);
/// assert!((standardise.apply::<f32>(&[6.0])[0] - 1.5_f32.sqrt()).abs() < 1e-6);
/// # Ok::<(), fejer::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunningStandardise<const FEATURES: usize, S = f32> {
    mean: [S; FEATURES],
    variance: [S; FEATURES],
    count: u32,
    horizon: u32,
}

impl<const FEATURES: usize, S: Scalar> RunningStandardise<FEATURES, S> {
    /// Nothing observed yet. `horizon`, at least 2, is the number of observations the estimate rests
    /// on in the long run; `u32::MAX` never forgets. Beyond some ten million f32 cannot add an
    /// observation's share to a mean, so a smaller horizon loses nothing.
    pub const fn new(horizon: u32) -> Self {
        let horizon = if horizon < 2 { 2 } else { horizon };
        Self { mean: [S::ZERO; FEATURES], variance: [S::ZERO; FEATURES], count: 0, horizon }
    }

    /// Observations the estimate rests on, at most the horizon.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Takes one more observation in.
    ///
    /// # Errors
    /// [`Error::Unsound`]: a feature is NaN, infinite or saturated, or so far from its mean that the
    /// square is; nothing is taken in then.
    pub fn observe(&mut self, features: &[S; FEATURES]) -> Result<(), Error> {
        let before = *self;
        self.count = self.count.saturating_add(1).min(self.horizon);
        let count = S::from_scaled(i32::try_from(self.count).unwrap_or(i32::MAX), 0);
        for ((mean, variance), &feature) in
            self.mean.iter_mut().zip(&mut self.variance).zip(features)
        {
            let change = feature.saturating_minus(*mean);
            *mean = *mean + change.divide(count);
            let left = feature.saturating_minus(*mean);
            let square = S::round(S::accumulate(S::WIDE_ZERO, change, left));
            *variance = *variance + square.saturating_minus(*variance).divide(count);
            if !(feature.is_sound() && change.is_sound() && left.is_sound() && square.is_sound()) {
                *self = before;
                return Err(Error::Unsound);
            }
        }
        Ok(())
    }

    /// The standardisation as of now. A feature that never changed keeps its unit.
    pub fn standardise(&self) -> Standardise<FEATURES, S> {
        let inverse_deviation = self.variance.map(|variance| {
            let moves = variance > S::from_f32(SMALLEST_VARIANCE);
            if moves { S::ONE.divide(variance.sqrt()) } else { S::ONE }
        });
        Standardise { mean: self.mean, inverse_deviation }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(time: u32) -> [f32; 2] {
        let x = time as f32;
        [1000.0 + libm::sinf(1.3 * x), 7.0]
    }

    #[test]
    fn the_running_estimate_is_that_of_two_passes() {
        let mut running = RunningStandardise::<2>::new(u32::MAX);
        (0..5000).for_each(|time| running.observe(&signal(time)).expect("sound"));
        let column = || (0..5000).map(|time| f64::from(signal(time)[0]));
        let mean = column().sum::<f64>() / 5000.0;
        let variance = column().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 5000.0;
        let found = running.standardise();
        // The f32 spacing at 1000 is 6e-5.
        assert!((f64::from(found.mean[0]) - mean).abs() < 1e-3, "{found:?}");
        assert!((f64::from(found.inverse_deviation[0]) - 1.0 / libm::sqrt(variance)).abs() < 1e-3);
        assert_eq!((found.mean[1], found.inverse_deviation[1]), (7.0, 1.0));
    }

    #[test]
    fn beyond_the_horizon_the_old_is_forgotten() {
        let mut running = RunningStandardise::<1>::new(50);
        (0..500).for_each(|time| running.observe(&[time as f32 % 2.0]).expect("sound"));
        assert_eq!(running.count(), 50);
        (0..500).for_each(|time| running.observe(&[20.0 + time as f32 % 2.0]).expect("sound"));
        let found = running.standardise();
        assert!((found.mean[0] - 20.5).abs() < 0.02, "{found:?}");
        assert!((found.inverse_deviation[0] - 2.0).abs() < 0.1, "{found:?}");
    }

    #[test]
    #[cfg(feature = "fixed")]
    fn fixed_point_standardises_as_floats_do() {
        use fixed::types::I16F16;
        let mut running = RunningStandardise::<1>::new(500);
        let mut fixed = RunningStandardise::<1, I16F16>::new(500);
        for time in 0..4000 {
            let x = 20.0 + 3.0 * libm::sinf(1.3 * time as f32);
            running.observe(&[x]).expect("sound");
            fixed.observe(&[I16F16::from_num(x)]).expect("sound");
        }
        let x = 22.5;
        let [expected] = running.standardise().apply::<f32>(&[x]);
        let [found] = fixed.standardise().standard(&[I16F16::from_num(x)]);
        // The mean stands still within 500/2 last places, 4e-3; the variance within as much.
        assert!((found.to_num::<f32>() - expected).abs() < 5e-3, "{found} {expected}");
        let before = fixed;
        assert_eq!(fixed.observe(&[I16F16::MAX]), Err(Error::Unsound));
        assert_eq!(fixed.observe(&[I16F16::from_num(-300)]), Err(Error::Unsound));
        assert_eq!(fixed, before);
    }

    #[test]
    fn a_bad_observation_changes_nothing() {
        let mut running = RunningStandardise::<2>::new(100);
        running.observe(&[1.0, 2.0]).expect("sound");
        let before = running;
        for bad in [f32::NAN, f32::INFINITY, 1e25] {
            assert_eq!(running.observe(&[3.0, bad]), Err(Error::Unsound));
            assert_eq!(running, before);
        }
    }
}
