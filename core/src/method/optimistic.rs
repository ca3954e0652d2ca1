//! Popov 1980, the past extragradient: midpoint y_t = prox(x_t − γF(y_{t−1})), then
//! x_{t+1} = prox(x_t − γF(y_t)), with F(x_0) for F(y_{−1}).
//!
//! Extragradient at one evaluation a step: converges for every monotone, L-Lipschitz F with
//! γ < 1/(2L). Without a constraint its midpoints are the points of operator extrapolation, λ = 1.

use super::{Buffer, Method, descend};
use crate::operator::Operator;
use crate::prox::Prox;
use crate::scalar::Scalar;

/// The optimistic step; its buffers hold the midpoint and F of it.
///
/// It remembers: one object, one run.
#[derive(Clone, Debug)]
pub struct Optimistic<B> {
    midpoint: B,
    field: B,
    is_started: bool,
}

impl<B: Clone> Optimistic<B> {
    /// With zeros of the length of the point as scratch.
    pub fn new(zeros: B) -> Self {
        Self { midpoint: zeros.clone(), field: zeros, is_started: false }
    }
}

impl<S: Scalar, B: Buffer<S>> Method<S> for Optimistic<B> {
    fn advance(
        &mut self,
        operator: &dyn Operator<S>,
        prox: &dyn Prox<S>,
        step: S,
        point: &mut [S],
    ) {
        let Some(midpoint) = self.midpoint.as_mut().get_mut(..point.len()) else { return };
        let Some(field) = self.field.as_mut().get_mut(..point.len()) else { return };
        if !self.is_started {
            operator.eval(point, field);
            self.is_started = true;
        }
        midpoint.copy_from_slice(point);
        descend(midpoint, step, field);
        prox.prox(step, midpoint);
        operator.eval(midpoint, field);
        descend(point, step, field);
        prox.prox(step, point);
    }
}
