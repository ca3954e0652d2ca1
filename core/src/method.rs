//! Methods: one step towards a solution of 0 ∈ F(x) + A(x).

mod extragradient;
mod projected;

pub use extragradient::Extragradient;
pub use projected::ProjectedStep;

use crate::operator::Operator;
use crate::prox::Prox;
use crate::scalar::Scalar;

/// Scratch a method owns: an array on a device, a `Vec` on a desktop.
pub trait Buffer<S>: AsRef<[S]> + AsMut<[S]> {}
impl<S, B: AsRef<[S]> + AsMut<[S]>> Buffer<S> for B {}

/// A rule that moves a point.
pub trait Method<S: Scalar> {
    /// One step of length `step` from `point`, in place. The scratch the method was built with must
    /// be at least as long as the point; what is longer than it is left alone.
    fn advance(&mut self, operator: &dyn Operator<S>, prox: &dyn Prox<S>, step: S, point: &mut [S]);
}

/// x ← x − step·direction.
fn descend<S: Scalar>(point: &mut [S], step: S, direction: &[S]) {
    for (value, &direction) in point.iter_mut().zip(direction) {
        *value = value.add_product(-step, direction);
    }
}
