//! Scaled AdamW: Adam's moments of the preconditioned field g̃ (Zhang & Pilanci 2024,
//! arXiv 2402.02347), for each factor P
//!
//! ```text
//! m ← β₁ m + (1 − β₁) g̃        v ← β₂ v + (1 − β₂) g̃²
//! P ← P − γ √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε)        P ← P − γ·decay·P
//! ```
//!
//! Two numbers are remembered for every number of the factors. The square root acts on each number
//! alone, so the product B·A does depend on the basis of the factors.

use super::direction::Half;
use super::{Factors, LowRankHead, Order};
use crate::Error;
use crate::head::Sample;
use crate::scalar::Scalar;

/// The rule, in the number type's float: `f32` for fixed point, which cannot hold β = .999.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScaledAdamW<F> {
    /// Step size γ: how far each number of the factors moves.
    pub step: F,
    /// δ ≥ 0, added to the diagonal of both Gram matrices.
    pub damping: F,
    /// β₁ and β₂, in 0..1: shares of the moments that a step keeps.
    pub kept: [F; 2],
    /// ε > 0, below which a root of v counts as none.
    pub epsilon: F,
    /// Decoupled weight decay, per step size.
    pub decay: F,
    /// The published code is sequential.
    pub order: Order,
}

/// What scaled AdamW remembers from step to step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments<F, const ROWS: usize, const OUTPUTS: usize, const RANK: usize> {
    mean: Factors<F, ROWS, OUTPUTS, RANK>,
    square: Factors<F, ROWS, OUTPUTS, RANK>,
    /// β₁ᵗ and β₂ᵗ.
    powers: [F; 2],
}

impl<F: Scalar, const ROWS: usize, const OUTPUTS: usize, const RANK: usize>
    Moments<F, ROWS, OUTPUTS, RANK>
{
    /// Before the first step.
    pub const fn zeros() -> Self {
        Self { mean: Factors::zeros(), square: Factors::zeros(), powers: [F::ONE; 2] }
    }
}

impl<S: Scalar, const ROWS: usize, const OUTPUTS: usize, const RANK: usize>
    Factors<S, ROWS, OUTPUTS, RANK>
{
    /// One step of scaled AdamW; `pull_back` writes (∇_B, ∇_A) at the factors it is given.
    ///
    /// # Errors
    /// As [`Factors::scaled_step`]; factors and moments are then as before.
    pub fn scaled_adamw_step(
        &mut self,
        rule: &ScaledAdamW<S::Float>,
        moments: &mut Moments<S::Float, ROWS, OUTPUTS, RANK>,
        pull_back: impl FnMut(&Self, &mut Self),
    ) -> Result<(), Error> {
        let one = S::Float::ONE;
        let mut next = *moments;
        for (power, &kept) in next.powers.iter_mut().zip(&rule.kept) {
            *power = *power * kept;
        }
        let [first, second] = next.powers.map(|power| one - power);
        let step = (rule.step * second.sqrt()).divide(first);
        let [kept_mean, kept_square] = rule.kept;
        self.half_steps(rule.damping, rule.order, pull_back, |half, factor, direction| {
            let (means, squares) = match half {
                Half::Right => {
                    (next.mean.right.as_flattened_mut(), next.square.right.as_flattened_mut())
                }
                Half::Left => {
                    (next.mean.left.as_flattened_mut(), next.square.left.as_flattened_mut())
                }
            };
            let moments = means.iter_mut().zip(squares);
            for ((value, &g), (m, v)) in factor.iter_mut().zip(direction).zip(moments) {
                *m = kept_mean * *m + (one - kept_mean) * g;
                *v = kept_square * *v + (one - kept_square) * g * g;
                let moved = value.to_float() - step * m.divide(v.sqrt() + rule.epsilon);
                *value = S::from_float(moved - rule.step * rule.decay * moved);
            }
        })?;
        *moments = next;
        Ok(())
    }
}

impl<S: Scalar, const ROWS: usize, const OUTPUTS: usize, const RANK: usize>
    LowRankHead<'_, S, ROWS, OUTPUTS, RANK>
{
    /// One step of scaled AdamW with the mean field of the samples. Nothing happens without samples.
    ///
    /// # Errors
    /// As [`LowRankHead::fine_tune`]; head and moments are then as before.
    pub fn fine_tune_adamw<const FEATURES: usize>(
        &mut self,
        samples: &[Sample<S, FEATURES, OUTPUTS>],
        rule: &ScaledAdamW<S::Float>,
        moments: &mut Moments<S::Float, ROWS, OUTPUTS, RANK>,
    ) -> Result<(), Error> {
        super::check(samples)?;
        if samples.is_empty() {
            return Ok(());
        }
        let field = super::mean_field(self.factory, samples);
        self.factors.scaled_adamw_step(rule, moments, field)
    }
}
