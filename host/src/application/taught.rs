//! What the applications are taught: labels that can also be wrong, and what predictions are worth.

use fejer::{Class, Target};

use crate::random::Random;

/// References of the calibration lie within ± this.
pub const REACH: f64 = 2.0;

/// A label, right or wrong.
pub trait Taught<const OUTPUTS: usize>: Target<f32, OUTPUTS> + Send + Sync {
    /// How predictions of it are judged.
    const QUALITY: Quality;

    /// What somebody says in its place by mistake: any other class; for a number, any within twice
    /// the range of references.
    fn mistaken(&self, random: &mut Random) -> Self;

    /// What somebody says who always says the same: one class, or one number of the range.
    fn always(random: &mut Random) -> Self;

    /// Is it of the same class, or a number within a tenth of the range?
    fn is_like(&self, other: &Self) -> bool;
}

/// How predictions are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// Share of the windows predicted rightly.
    Accuracy,
    /// Root of the mean squared error.
    Error,
}

impl Quality {
    /// Of the mean loss of predictions.
    pub fn of(self, mean_loss: f64) -> f64 {
        match self {
            Self::Accuracy => 1.0 - mean_loss,
            Self::Error => mean_loss.sqrt(),
        }
    }

    /// The less good of two.
    pub fn worse(self, one: f64, other: f64) -> f64 {
        match self {
            Self::Accuracy => one.min(other),
            Self::Error => one.max(other),
        }
    }

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Error => "RMS error",
        }
    }
}

impl<const OUTPUTS: usize> Taught<OUTPUTS> for Class {
    const QUALITY: Quality = Quality::Accuracy;

    fn mistaken(&self, random: &mut Random) -> Self {
        let other = random.below(OUTPUTS.saturating_sub(1) as u32) as u8;
        Self(other + u8::from(other >= self.0))
    }

    fn always(random: &mut Random) -> Self {
        Self(random.below(OUTPUTS as u32) as u8)
    }

    fn is_like(&self, other: &Self) -> bool {
        self == other
    }
}

impl<const OUTPUTS: usize> Taught<OUTPUTS> for [f32; OUTPUTS] {
    const QUALITY: Quality = Quality::Error;

    fn mistaken(&self, random: &mut Random) -> Self {
        self.map(|_| (2.0 * REACH * (2.0 * random.uniform() - 1.0)) as f32)
    }

    fn always(random: &mut Random) -> Self {
        [0.0; OUTPUTS].map(|_: f32| (REACH * (2.0 * random.uniform() - 1.0)) as f32)
    }

    fn is_like(&self, other: &Self) -> bool {
        let near = 0.1 * REACH as f32;
        self.iter().zip(other).all(|(one, other)| (one - other).abs() <= near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistaken_class_is_any_other() {
        let mut random = Random::new(1, 0);
        for right in 0..6 {
            let mut seen = [0; 6];
            for _ in 0..600 {
                let Class(said) = Taught::<6>::mistaken(&Class(right), &mut random);
                seen[usize::from(said)] += 1;
            }
            assert_eq!(seen[usize::from(right)], 0);
            assert_eq!(seen.iter().filter(|&&times| times > 60).count(), 5);
        }
    }

    #[test]
    fn a_constant_label_is_within_range_and_a_mistaken_number_within_twice() {
        let mut random = Random::new(1, 0);
        for _ in 0..1000 {
            let Class(class) = Taught::<9>::always(&mut random);
            let [number] = <[f32; 1] as Taught<1>>::always(&mut random);
            let [mistaken] = [1.0_f32].mistaken(&mut random);
            assert!(class < 9 && number.abs() <= 2.0 && mistaken.abs() <= 4.0);
        }
    }

    #[test]
    fn an_error_is_worse_when_it_is_larger_and_an_accuracy_when_it_is_smaller() {
        assert_eq!(Quality::Error.worse(0.1, 0.2), 0.2);
        assert_eq!(Quality::Accuracy.worse(0.1, 0.2), 0.1);
        assert_eq!((Quality::Error.of(0.25), Quality::Accuracy.of(0.25)), (0.5, 0.75));
    }
}
