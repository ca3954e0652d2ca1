//! Korpelevich 1976: midpoint y = prox(x − γF(x)), then x⁺ = prox(x − γF(y)).
//! Converges for every monotone, L-Lipschitz F with γ < 1/L, where the projected step may circle.

use super::{Buffer, Method, descend};
use crate::operator::Operator;
use crate::prox::Prox;
use crate::scalar::Scalar;

/// The extragradient step; its buffers hold the midpoint and F of it.
#[derive(Clone, Debug)]
pub struct Extragradient<B> {
    midpoint: B,
    field: B,
}

impl<B: Clone> Extragradient<B> {
    /// With zeros of the length of the point as scratch, cloned once.
    pub fn new(zeros: B) -> Self {
        Self { midpoint: zeros.clone(), field: zeros }
    }
}

impl<S: Scalar, B: Buffer<S>> Method<S> for Extragradient<B> {
    fn advance(
        &mut self,
        operator: &dyn Operator<S>,
        prox: &dyn Prox<S>,
        step: S,
        point: &mut [S],
    ) {
        let Some(midpoint) = self.midpoint.as_mut().get_mut(..point.len()) else { return };
        let Some(field) = self.field.as_mut().get_mut(..point.len()) else { return };
        midpoint.copy_from_slice(point);
        operator.eval(point, field);
        descend(midpoint, step, field);
        prox.prox(step, midpoint);
        operator.eval(midpoint, field);
        descend(point, step, field);
        prox.prox(step, point);
    }
}
