//! Step sizes: the length γ of step t = 1, 2, …

use crate::scalar::Scalar;

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
