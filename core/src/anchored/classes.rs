//! Classes added at run time: spare outputs that wait for their first label.
//!
//! A head is declared with as many outputs as it may ever need; an output whose column of factory
//! weights is 0 is a spare. It takes part in learning like every other (the problem, its dual and
//! its certificate are those of all outputs) and is known from its first remembered label on. Only
//! decisions leave out what is not known. Nothing is stored: which outputs are known follows from
//! the factory head and the memory, so a checkpoint needs no room for it, and a class is unknown
//! again when its last sample is forgotten.

use super::Anchored;
use crate::head::argmax;
use crate::memory::Target;
use crate::scalar::Scalar;
use crate::stored::Stored;

impl<S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>
    Anchored<'_, S, T, ROWS, OUTPUTS, MEMORY>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    /// Is this output known: to the factory, or by a remembered label?
    pub fn knows(&self, output: usize) -> bool {
        let in_factory = |row: &[S; OUTPUTS]| row.get(output).is_some_and(|w| *w != S::ZERO);
        self.factory.weights().iter().any(in_factory)
            || self.samples.iter().any(|sample| argmax(&sample.target.expected()) == output)
    }

    /// The known output with the highest score, the first of equals; of all outputs if none is
    /// known. `FEATURES` must be `ROWS − 1`.
    pub fn decide<X: Stored<S>, const FEATURES: usize>(&self, features: &[X; FEATURES]) -> usize {
        let scores = self.head.scores(features);
        let mut best = None;
        for (output, &score) in scores.iter().enumerate() {
            if best.is_none_or(|(_, top)| score > top) && self.knows(output) {
                best = Some((output, score));
            }
        }
        best.map_or_else(|| argmax(&scores), |(output, _)| output)
    }
}
