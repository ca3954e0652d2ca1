//! Features in units of their deviation, so that one prior precision and one 8-bit scale fit all.

use crate::Error;
use crate::scalar::{Scalar, all_sound};

/// A feature that moves less than this around its mean keeps its unit.
const SMALLEST_DEVIATION: f32 = 1e-6;

/// Standardisation found in the lab: (x − mean) / deviation, feature by feature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standardise<const FEATURES: usize> {
    /// Mean of each feature.
    pub mean: [f32; FEATURES],
    /// 1 / standard deviation of each feature.
    pub inverse_deviation: [f32; FEATURES],
}

impl<const FEATURES: usize> Standardise<FEATURES> {
    /// The features in units of their lab deviation, in the head's number type.
    pub fn apply<S: Scalar>(&self, features: &[f32; FEATURES]) -> [S; FEATURES] {
        let mut standard = [S::ZERO; FEATURES];
        let parameters = self.mean.iter().zip(&self.inverse_deviation);
        for ((out, &feature), (&mean, &inverse)) in
            standard.iter_mut().zip(features).zip(parameters)
        {
            *out = S::from_f32((feature - mean) * inverse);
        }
        standard
    }
}

/// Mean and deviation of features as they come, where there was no lab to find them in.
///
/// With δ = x − mean: mean ← mean + δ/n, spread ← spread + δ·(x − mean), the deviation is
/// √(spread/n). Sums of squares, which cancel, are never formed. From `horizon` observations on n
/// stays there, and the old is forgotten by the factor 1 − 1/horizon an observation.
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
pub struct RunningStandardise<const FEATURES: usize> {
    mean: [f32; FEATURES],
    spread: [f32; FEATURES],
    count: u32,
    horizon: u32,
}

impl<const FEATURES: usize> RunningStandardise<FEATURES> {
    /// Nothing observed yet. `horizon`, at least 2, is the number of observations the estimate rests
    /// on in the long run; `u32::MAX` never forgets. Beyond some ten million f32 cannot add an
    /// observation's share to a mean, so a smaller horizon loses nothing.
    pub const fn new(horizon: u32) -> Self {
        let horizon = if horizon < 2 { 2 } else { horizon };
        Self { mean: [0.0; FEATURES], spread: [0.0; FEATURES], count: 0, horizon }
    }

    /// Observations the estimate rests on, at most the horizon.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Takes one more observation in.
    ///
    /// # Errors
    /// [`Error::Unsound`]: a feature is NaN or infinite, or so large that its square overflows;
    /// nothing is taken in then.
    pub fn observe(&mut self, features: &[f32; FEATURES]) -> Result<(), Error> {
        let before = *self;
        if self.count < self.horizon {
            self.count += 1;
        } else {
            let kept = 1.0 - 1.0 / self.horizon as f32;
            self.spread.iter_mut().for_each(|spread| *spread *= kept);
        }
        let share = 1.0 / self.count as f32;
        for ((mean, spread), &feature) in self.mean.iter_mut().zip(&mut self.spread).zip(features) {
            let difference = feature - *mean;
            *mean += difference * share;
            *spread += difference * (feature - *mean);
        }
        if all_sound(features) && all_sound(&self.mean) && all_sound(&self.spread) {
            return Ok(());
        }
        *self = before;
        Err(Error::Unsound)
    }

    /// The standardisation as of now. A feature that never changed keeps its unit.
    pub fn standardise(&self) -> Standardise<FEATURES> {
        let count = self.count.max(1) as f32;
        let inverse_deviation = self.spread.map(|spread| {
            let deviation = Scalar::sqrt(spread / count);
            if deviation > SMALLEST_DEVIATION { 1.0 / deviation } else { 1.0 }
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
