//! A model as one of core's operators, so that core's methods train it.

use std::cell::RefCell;

use fejer::Operator;

use super::{Batch, Field, Model, Tape};
use crate::real::Real;

/// F(point) = the field of a model over a batch. The point is the model's, flat (see
/// [`Model::weights`]). Monotone with theory only where one layer has weights and the field is
/// [`Field::Monotone`].
pub struct ModelOperator<'a, T> {
    model: &'a Model<T>,
    batch: Batch<'a, T>,
    field: Field,
    tape: RefCell<&'a mut Tape<T>>,
}

impl<'a, T: Real> ModelOperator<'a, T> {
    /// Over this batch, with the buffers of `tape`. The batch is drawn by the caller, anew for every
    /// step, so that both evaluations of an extragradient step see the same one.
    pub fn new(
        model: &'a Model<T>,
        batch: Batch<'a, T>,
        field: Field,
        tape: &'a mut Tape<T>,
    ) -> Self {
        Self { model, batch, field, tape: RefCell::new(tape) }
    }
}

impl<T: Real> Operator<T> for ModelOperator<'_, T> {
    fn eval(&self, point: &[T], out: &mut [T]) {
        self.model.field(point, self.batch, self.field, &mut self.tape.borrow_mut(), out);
    }
}
