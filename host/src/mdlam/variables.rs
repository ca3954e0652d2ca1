//! Everything that is alternated over, and what the next epoch depends on besides it.

use crate::matrix::{Matrix, View};
use crate::real::Real;

use super::network::Part;

/// The blocks of all layers, with the values before the last update where they are extrapolated from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variables<T> {
    /// W and b of all layers, as the model's point has them.
    pub point: Vec<T>,
    /// The same before the last update.
    pub previous_point: Vec<T>,
    /// Z of every layer, examples × outputs.
    pub scores: Vec<Matrix<T>>,
    /// A of every layer but the last.
    pub outputs: Vec<Matrix<T>>,
    /// The same before the last update.
    pub previous_outputs: Vec<Matrix<T>>,
    /// −1/ρ times the multiplier of the last layer; empty but in the variant with a penalty.
    pub shift: Vec<T>,
}

impl<T: Real> Variables<T> {
    /// W of a layer.
    pub(super) fn matrix(&self, part: &Part) -> View<'_, T> {
        let values = &self.point[part.matrix.clone()];
        View::new(values.len() / part.outputs, part.outputs, values)
    }

    /// b of a layer.
    pub(super) fn bias(&self, part: &Part) -> &[T] {
        &self.point[part.bias.clone()]
    }

    /// Nothing came before: the next extrapolation stays where it is.
    pub(super) fn forget(&mut self) {
        self.previous_point.copy_from_slice(&self.point);
        for (previous, outputs) in self.previous_outputs.iter_mut().zip(&self.outputs) {
            previous.values_mut().copy_from_slice(outputs.values());
        }
    }

    fn vectors(&self) -> impl Iterator<Item = &[T]> {
        let matrices = self.scores.iter().chain(&self.outputs).chain(&self.previous_outputs);
        let own = [self.previous_point.as_slice(), self.shift.as_slice()];
        own.into_iter().chain(matrices.map(Matrix::values))
    }

    /// All but the point, as vectors of a checkpoint.
    pub(super) fn state(&self) -> Vec<Vec<T>> {
        self.vectors().map(<[T]>::to_vec).collect()
    }

    /// Takes what [`Variables::state`] gave; false where the lengths are others.
    #[must_use]
    pub(super) fn restore(&mut self, state: &[Vec<T>]) -> bool {
        if !self.vectors().map(<[T]>::len).eq(state.iter().map(Vec::len)) {
            return false;
        }
        let matrices = self.scores.iter_mut().chain(&mut self.outputs);
        let matrices = matrices.chain(&mut self.previous_outputs).map(Matrix::values_mut);
        let own = [self.previous_point.as_mut_slice(), self.shift.as_mut_slice()];
        for (vector, kept) in own.into_iter().chain(matrices).zip(state) {
            vector.copy_from_slice(kept);
        }
        true
    }
}
