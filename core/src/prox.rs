//! Constraint sets and regularisers A of 0 ∈ F(W) + A(W), by one verb: the resolvent (I + γA)⁻¹.

use crate::scalar::{Scalar, norm};

/// The resolvent of a maximal monotone A. For a set it is the projection and ignores the step; for
/// a regulariser it is the proximal map. Non-expansive, always.
pub trait Prox<S: Scalar> {
    /// `point` ← (I + step·A)⁻¹ `point`.
    fn prox(&self, step: S, point: &mut [S]);
}

/// No constraint: A = 0.
#[derive(Clone, Copy, Debug)]
pub struct Free;

impl<S: Scalar> Prox<S> for Free {
    fn prox(&self, _step: S, _point: &mut [S]) {}
}

/// ‖x‖₂ ≤ radius.
#[derive(Clone, Copy, Debug)]
pub struct L2Ball<S> {
    /// Radius, positive.
    pub radius: S,
}

impl<S: Scalar> Prox<S> for L2Ball<S> {
    fn prox(&self, _step: S, point: &mut [S]) {
        let length = norm(point);
        if length > self.radius {
            for value in point {
                *value = (*value * self.radius).divide(length);
            }
        }
    }
}
