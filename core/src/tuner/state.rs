//! What of a tuner outlives a reset, beside its learner.

use super::{Phase, Tuner};
use crate::anchored::Anchored;
use crate::memory::{Remembered, Target};
use crate::scalar::Scalar;

/// What a tuner judges by, as [`crate::checkpoint`] keeps it.
pub(crate) struct Judge<F> {
    pub is_trusted: bool,
    pub is_settled: bool,
    pub good_in_a_row: u8,
    pub unjudged: u8,
    pub labels: u32,
    pub statistics: [F; 2],
}

impl<'a, S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize, const HOLDOUT: usize>
    Tuner<'a, S, T, ROWS, OUTPUTS, MEMORY, HOLDOUT>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    pub(crate) fn judge_state(&self) -> Judge<S::Float> {
        Judge {
            is_trusted: self.is_trusted,
            is_settled: self.is_settled(),
            good_in_a_row: self.good_in_a_row,
            unjudged: self.unjudged,
            labels: self.labels,
            statistics: [self.doubts.statistic(), self.mistakes.statistic()],
        }
    }

    pub(crate) fn learner_mut(&mut self) -> &mut Anchored<'a, S, T, ROWS, OUTPUTS, MEMORY> {
        &mut self.learner
    }

    /// Takes over what [`crate::checkpoint`] decoded.
    pub(crate) fn restore(
        &mut self,
        judge: Judge<S::Float>,
        held: impl Iterator<Item = Remembered<S, T, ROWS, OUTPUTS>>,
    ) {
        self.held.clear();
        self.held.extend(held.take(HOLDOUT));
        (self.is_trusted, self.good_in_a_row) = (judge.is_trusted, judge.good_in_a_row);
        (self.unjudged, self.labels) = (judge.unjudged, judge.labels);
        let [doubts, mistakes] = judge.statistics;
        self.doubts.restore(doubts);
        self.mistakes.restore(mistakes);
        self.phase = match judge.is_settled {
            true => Phase::Settled,
            false => Phase::Consolidating { passes: 0, visits: 0 },
        };
    }
}
