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
use crate::kernel;
use crate::scalar::{Scalar, all_sound};
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

impl<S: Scalar, const ROWS: usize, const OUTPUTS: usize> Head<S, ROWS, OUTPUTS> {
    /// W ← W + shift ηᵀ, refused before anything moves if a number is unsound or would become so.
    pub(super) fn move_along<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        features: &[X; FEATURES],
        norm: SquaredNorm<S>,
        scores: &[S; OUTPUTS],
        shift: &[S; OUTPUTS],
    ) -> Result<(), Error> {
        if !self.may_move(features, norm, scores, shift) {
            return Err(Error::Unsound);
        }
        kernel::update(self.weights_mut(), features, shift);
        Ok(())
    }

    /// Would every number be sound after W + shift ηᵀ?
    pub(crate) fn may_move<X: Stored<S>>(
        &self,
        features: &[X],
        norm: SquaredNorm<S>,
        scores: &[S; OUTPUTS],
        shift: &[S; OUTPUTS],
    ) -> bool {
        if S::EXACT_SUMS {
            return all_sound(scores) && all_sound(shift) && self.stays_sound(features, shift);
        }
        let size = scores.iter().fold(S::ZERO, |sum, score| sum + score.abs());
        let squares = shift.iter().fold(S::ZERO, |sum, &shift| sum + shift * shift);
        size < S::LIMIT && squares * S::round(norm.0) < power_of_two(MOST_MOVED_SQUARED_LOG2)
    }
}

fn power_of_two<S: Scalar>(exponent: u32) -> S {
    let root = S::from_scaled(1 << 20, 0);
    (0..exponent / 20).fold(S::ONE, |power, _| power * root)
}
