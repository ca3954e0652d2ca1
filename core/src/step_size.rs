//! Step sizes: the length γ of step t = 1, 2, …

use crate::head::{are_sound, squared_norm, with_one};
use crate::scalar::Scalar;
use crate::stored::Stored;

/// The length of a step as a function of how many came before it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum StepSize<S> {
    /// γ, always: for operators that are Lipschitz and evaluated without noise, and under
    /// interpolation.
    Constant(S),
    /// γ_t = 1/(κ(t + 1)): for noisy operators that are κ-strongly monotone on the constraint set.
    /// With E‖F‖² ≤ M² there, E‖x_t − x*‖² ≤ 4M²/(κ²(t + 1)) (SVI, arXiv 2202.08876, after
    /// Juditsky & Nemirovski 2019).
    InverseTime {
        /// κ, positive: too large is slow beyond measure, too small only noisy.
        modulus: S,
    },
    /// γ_t = γ₁/√t: for noisy operators that are only monotone, with
    /// [`Averaging`](crate::method::Averaging).
    InverseSqrt {
        /// γ₁, the length of the first step.
        first: S,
    },
}

impl<S: Scalar> StepSize<S> {
    /// The length of the step after `made` others, so t = `made` + 1. In fixed point t stands still
    /// at the largest number of the type (32768 in Q16.16).
    pub fn at(self, made: u32) -> S {
        let number = |t: u32| S::from_scaled(i32::try_from(t).unwrap_or(i32::MAX), 0);
        match self {
            Self::Constant(step) => step,
            // Two divisions: the product κ(t + 1) could overflow fixed point.
            Self::InverseTime { modulus } => {
                S::ONE.divide(modulus).divide(number(made.saturating_add(2)))
            }
            Self::InverseSqrt { first } => first.divide(number(made.saturating_add(1)).sqrt()),
        }
    }
}

/// The step 1/(running mean of ‖η‖²), the default of the projected and extragradient steps: the field
/// of a sample is Lipschitz with ‖η‖² times the link's modulus, which is at most 1 (normalised LMS,
/// Nagumo & Noda 1967).
///
/// ```
/// use fejer::NormalisedStep;
/// let mut step = NormalisedStep::new();
/// assert_eq!(step.after(&[1.0_f32, 1.0, 1.0]), 0.25); // ‖η‖² = 3 and the appended 1
/// assert_eq!(step.after(&[0.0; 3]), 0.4); // mean of 4 and 1
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormalisedStep<S> {
    /// Mean of ‖η‖²/n, n the number of features and 1: of order 1 in every number type.
    mean: S,
    count: i32,
}

impl<S: Scalar> NormalisedStep<S> {
    /// From so many samples on the oldest fade.
    const HORIZON: i32 = 1024;

    /// Nothing seen yet.
    pub const fn new() -> Self {
        Self { mean: S::ZERO, count: 0 }
    }

    /// Takes a sample's features in and gives the step for it; features that are not sound change
    /// nothing.
    pub fn after<X: Stored<S>, const FEATURES: usize>(&mut self, features: &[X; FEATURES]) -> S {
        let rows = S::from_scaled(i32::try_from(FEATURES + 1).unwrap_or(i32::MAX), 0);
        let wide = S::accumulate(S::WIDE_ZERO, rows, S::ONE);
        let mean = S::ONE.scale(S::ratio(squared_norm(with_one(features)), wide));
        if are_sound(features) && mean.is_sound() {
            self.count = (self.count + 1).min(Self::HORIZON);
            let change = (mean - self.mean).divide(S::from_scaled(self.count, 0));
            self.mean = self.mean + change;
        }
        S::ONE.divide(self.mean).divide(rows)
    }
}

impl<S: Scalar> Default for NormalisedStep<S> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_sizes_follow_their_formula() {
        assert_eq!(StepSize::Constant(0.3).at(7), 0.3);
        let steps = StepSize::InverseTime { modulus: 0.5_f64 };
        assert_eq!([steps.at(0), steps.at(1), steps.at(3)], [1.0, 2.0 / 3.0, 0.4]);
        let steps = StepSize::InverseSqrt { first: 0.5_f64 };
        assert_eq!([steps.at(0), steps.at(3), steps.at(99)], [0.5, 0.25, 0.05]);
        assert!(steps.at(u32::MAX) > 0.0);
    }

    #[test]
    #[cfg(feature = "fixed")]
    fn step_sizes_never_overflow_fixed_point() {
        use fixed::types::I16F16;
        for made in [0, 1, 100, 40_000, u32::MAX] {
            for modulus in [I16F16::DELTA, I16F16::ONE, I16F16::from_num(16_000)] {
                let steps = StepSize::InverseTime { modulus };
                assert!((I16F16::ZERO..=I16F16::MAX).contains(&steps.at(made)));
                let steps = StepSize::InverseSqrt { first: modulus };
                assert!((I16F16::ZERO..=modulus).contains(&steps.at(made)));
            }
        }
    }
}
