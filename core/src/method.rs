//! Methods: one step towards a solution of 0 ∈ F(x) + A(x).

mod averaging;
mod extragradient;
mod extragradient_plus;
mod extrapolation;
mod lookahead;
mod nesterov;
mod optimistic;
mod projected;
mod rapp;

pub use averaging::Averaging;
pub use extragradient::Extragradient;
pub use extragradient_plus::ExtragradientPlus;
pub use extrapolation::OperatorExtrapolation;
pub use lookahead::Lookahead;
pub use nesterov::Nesterov;
pub use optimistic::Optimistic;
pub use projected::ProjectedStep;
pub use rapp::Rapp;

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

/// point ← (1 − relaxation)·point + relaxation·reached. Written as a step back from `reached`: exact
/// where the two are equal, and where the relaxation is 1.
fn retreat<S: Scalar>(point: &mut [S], reached: &[S], relaxation: S) {
    let back = S::ONE - relaxation;
    for (value, &reached) in point.iter_mut().zip(reached) {
        *value = reached.add_product(back, *value - reached);
    }
}
