//! What a step refuses, before anything moves.
//!
//! In fixed point every number is looked at. In floats the sums tell, at no cost to speak of:
//!
//! * NaN and infinity never leave a sum, and 0·∞ is NaN, so scores that are finite came from weights,
//!   features and a link's targets that are; a squared norm as well.
//! * Weights that start below 10³⁰ stay there if no step moves one by more than 2⁴⁰: from 2⁶⁶ on such
//!   a step is less than half of a last place (2⁴² in `f32`) and rounding absorbs it.

use super::SquaredNorm;
use crate::Error;
use crate::head::{Head, Sample, are_sound};
use crate::reach::places;
use crate::scalar::{Scalar, all_sound, largest};
use crate::stored::Stored;

/// 2 · log₂ of how far a step may move a weight in floats.
const MOST_MOVED_SQUARED_LOG2: u32 = 80;

/// Refuses what must not enter a sum.
pub(super) fn check<S: Scalar, X: Stored<S>, const FEATURES: usize, const OUTPUTS: usize>(
    sample: &Sample<S, FEATURES, OUTPUTS, X>,
    step: S,
) -> Result<(), Error> {
    let is_sound = !S::EXACT_SUMS || (are_sound(&sample.features) && all_sound(&sample.target));
    if is_sound && step.is_sound() { Ok(()) } else { Err(Error::Unsound) }
}

/// In fixed point every score is looked at; in floats [`Head::may_move`] sees what they sum to.
#[inline]
pub(super) fn refuse_unsound<S: Scalar>(scores: &[S]) -> Result<(), Error> {
    if S::EXACT_SUMS && !all_sound(scores) { Err(Error::Unsound) } else { Ok(()) }
}

impl<S: Scalar, const ROWS: usize, const OUTPUTS: usize> Head<S, ROWS, OUTPUTS> {
    /// W ← W + shift ηᵀ, refused before anything moves if a number is unsound or would become so.
    pub(super) fn move_along<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        features: &[X; FEATURES],
        norm: SquaredNorm<S>,
        scores: &[S; OUTPUTS],
        shift: &[S; OUTPUTS],
    ) -> Result<(), Error> {
        let is_admitted = if S::EXACT_SUMS {
            let (weights, reach) = self.booked();
            all_sound(shift) && reach.admits(weights, moved(norm, shift))
        } else {
            self.may_move(features, norm.squared, scores, shift)
        };
        if !is_admitted {
            return Err(Error::Unsound);
        }
        X::step_update(self.booked().0, features, shift);
        Ok(())
    }

    /// W ← W − length·field ηᵀ, refused as in [`Head::move_along`].
    #[inline(always)]
    pub(super) fn descend<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        features: &[X; FEATURES],
        norm: SquaredNorm<S>,
        scores: &[S; OUTPUTS],
        length: S,
        field: &[S; OUTPUTS],
    ) -> Result<(), Error> {
        if S::EXACT_SUMS && !all_sound(field) {
            return Err(Error::Unsound);
        }
        match X::descend(self.booked(), features, norm.largest, length, field) {
            Some(true) => Ok(()),
            Some(false) => Err(Error::Unsound),
            None => self.move_along(features, norm, scores, &field.map(|g| -length.times(g))),
        }
    }

    /// link(scores) − target, for a step; in fixed point of scores that are sound.
    #[inline(always)]
    pub(super) fn step_residual<X: Stored<S>>(
        &self,
        mut scores: [S; OUTPUTS],
        target: &[S; OUTPUTS],
    ) -> [S; OUTPUTS] {
        X::step_predict(self.link(), &mut scores);
        for (score, &target) in scores.iter_mut().zip(target) {
            *score = *score - target;
        }
        scores
    }

    /// Scores for a step: of features in 16 bits, rounded a little more (see [`Stored`]); in fixed point
    /// refused if one is not sound, in floats looked at with the step.
    #[inline(always)]
    pub(super) fn step_scores<X: Stored<S>, const FEATURES: usize>(
        &self,
        features: &[X; FEATURES],
    ) -> Result<[S; OUTPUTS], Error> {
        const { assert!(ROWS == FEATURES + 1, "a head has one row a feature and one for the bias") }
        let scores = X::step_score(self.weights(), features);
        refuse_unsound(&scores)?;
        Ok(scores)
    }

    /// Would every number be sound after W + shift ηᵀ?
    pub(crate) fn may_move<X: Stored<S>>(
        &self,
        features: &[X],
        squared_norm: S::Wide,
        scores: &[S; OUTPUTS],
        shift: &[S; OUTPUTS],
    ) -> bool {
        if S::EXACT_SUMS {
            return all_sound(scores) && all_sound(shift) && self.stays_sound(features, shift);
        }
        let size = scores.iter().fold(S::ZERO, |sum, score| sum + score.abs());
        let squares = shift.iter().fold(S::ZERO, |sum, &shift| sum + shift * shift);
        size < S::LIMIT && squares * S::round(squared_norm) < power_of_two(MOST_MOVED_SQUARED_LOG2)
    }
}

/// The most last places that W + shift ηᵀ moves a weight by, however it is rounded.
#[inline]
fn moved<S: Scalar, const OUTPUTS: usize>(norm: SquaredNorm<S>, shift: &[S; OUTPUTS]) -> u32 {
    let most = places(largest(shift).times(norm.largest));
    // A step's mantissa is rounded to 2⁻¹⁶, a product and a sum to a last place.
    most.saturating_add(most >> 15).saturating_add(2)
}

fn power_of_two<S: Scalar>(exponent: u32) -> S {
    let root = S::from_scaled(1 << 20, 0);
    (0..exponent / 20).fold(S::ONE, |power, _| power * root)
}
