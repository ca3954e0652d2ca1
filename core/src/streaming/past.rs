//! The steps that remember the field of the sample before, as g and η.

use super::SquaredNorm;
use super::soundness::check;
use crate::Error;
use crate::head::{Head, Sample, residual, with_one};
use crate::scalar::Scalar;
use crate::stored::Stored;

/// The field g ηᵀ of the sample before, for [`Head::optimistic_step`] and
/// [`Head::extrapolated_step`]. One object, one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PastSample<X, S, const FEATURES: usize, const OUTPUTS: usize> {
    last: Option<([X; FEATURES], [S; OUTPUTS])>,
}

impl<X, S, const FEATURES: usize, const OUTPUTS: usize> PastSample<X, S, FEATURES, OUTPUTS> {
    /// None yet: the first sample stands in for it.
    pub const fn none() -> Self {
        Self { last: None }
    }
}

impl<S: Scalar, const ROWS: usize, const OUTPUTS: usize> Head<S, ROWS, OUTPUTS> {
    /// One optimistic step (Popov 1980): the field at W − step·g′η′ᵀ, with g′η′ᵀ the field of the
    /// step before, whose scores are Wη − step·⟨η′, η⟩ g′.
    ///
    /// # Errors
    /// As [`Head::projected_step`]; `past` is then as before too.
    pub fn optimistic_step<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        past: &mut PastSample<X, S, FEATURES, OUTPUTS>,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        step: S,
    ) -> Result<(), Error> {
        check(sample, step)?;
        let mut scores = self.step_scores(&sample.features)?;
        let (before, field) =
            past.last.unwrap_or((sample.features, residual(self.link(), scores, &sample.target)));
        let reach = step_along(step, &before, &sample.features);
        for (score, field) in scores.iter_mut().zip(field) {
            *score = score.saturating_minus(reach.times(field));
        }
        let field = residual(self.link(), scores, &sample.target);
        let norm = SquaredNorm::of(&sample.features);
        let shift = field.map(|g| -step.times(g));
        self.move_along(&sample.features, norm, &scores, &shift)?;
        past.last = Some((sample.features, field));
        Ok(())
    }

    /// One step of operator extrapolation (Kotsalis, Lan & Li 2020):
    /// W ← W − step · ((1 + λ) g ηᵀ − λ g′η′ᵀ), λ the `extrapolation` in 0..=1. Writes the weights
    /// twice, once for each sample.
    ///
    /// # Errors
    /// As [`Head::projected_step`]; `past` is then as before too.
    pub fn extrapolated_step<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        past: &mut PastSample<X, S, FEATURES, OUTPUTS>,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        extrapolation: S,
        step: S,
    ) -> Result<(), Error> {
        check(sample, step)?;
        let scores = self.step_scores(&sample.features)?;
        let field = residual(self.link(), scores, &sample.target);
        let (before, last) = past.last.unwrap_or((sample.features, field));
        let back = last.map(|g| step.times(extrapolation.times(g)));
        let forth = field.map(|g| -step.times(g.saturating_minus(-extrapolation.times(g))));
        // No weight moves by more than both shifts together along the larger features.
        let mut both = back;
        for (both, forth) in both.iter_mut().zip(&forth) {
            *both = both.abs().saturating_minus(-forth.abs());
        }
        let may_move =
            |features| self.may_move(features, SquaredNorm::of(features).squared, &scores, &both);
        if !(may_move(&before) && may_move(&sample.features)) {
            return Err(Error::Unsound);
        }
        X::step_update(self.weights_mut(), &before, &back);
        X::step_update(self.weights_mut(), &sample.features, &forth);
        past.last = Some((sample.features, field));
        Ok(())
    }
}

/// step·⟨η′, η⟩; the positive and the negative products apart, because a ratio is of positive sums.
fn step_along<S: Scalar, X: Stored<S>>(step: S, before: &[X], features: &[X]) -> S {
    let one = S::ONE.widen();
    let (mut with, mut against) = (S::WIDE_ZERO, S::WIDE_ZERO);
    for (a, b) in with_one(before).zip(with_one(features)) {
        let side = if (a < S::ZERO) == (b < S::ZERO) { &mut with } else { &mut against };
        *side = S::accumulate(*side, a.abs(), b.abs());
    }
    step.scale(S::ratio(with, one)) - step.scale(S::ratio(against, one))
}
