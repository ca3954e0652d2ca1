//! x_{t+1} = prox(x_t − γ(F(x_t) + λ(F(x_t) − F(x_{t−1})))), with F(x_0) for F(x_{−1}): operator
//! extrapolation (Kotsalis, Lan & Li 2020).
//!
//! One evaluation a step, as the projected step, and no monotonicity beyond plain: with γ ≤ 1/(2L)
//! it converges for λ = 1, and linearly for λ = 1/(1 + 2μγ) where F is μ-strongly monotone.

use super::{Buffer, Method};
use crate::operator::Operator;
use crate::prox::Prox;
use crate::scalar::Scalar;

/// The operator extrapolation step; its buffers hold F of this point and of the one before.
///
/// It remembers: one object, one run. λ = 0 is the projected step.
#[derive(Clone, Debug)]
pub struct OperatorExtrapolation<S, B> {
    extrapolation: S,
    field: B,
    previous: B,
    is_started: bool,
}

impl<S, B: Clone> OperatorExtrapolation<S, B> {
    /// With λ in 0..=1 and zeros of the length of the point as scratch.
    pub fn new(extrapolation: S, zeros: B) -> Self {
        Self { extrapolation, field: zeros.clone(), previous: zeros, is_started: false }
    }
}

impl<S: Scalar, B: Buffer<S>> Method<S> for OperatorExtrapolation<S, B> {
    fn advance(
        &mut self,
        operator: &dyn Operator<S>,
        prox: &dyn Prox<S>,
        step: S,
        point: &mut [S],
    ) {
        let Some(field) = self.field.as_mut().get_mut(..point.len()) else { return };
        let Some(previous) = self.previous.as_mut().get_mut(..point.len()) else { return };
        operator.eval(point, field);
        if !self.is_started {
            previous.copy_from_slice(field);
            self.is_started = true;
        }
        for (value, (&now, before)) in point.iter_mut().zip(field.iter().zip(previous)) {
            *value = value.add_product(-step, now.add_product(self.extrapolation, now - *before));
            *before = now;
        }
        prox.prox(step, point);
    }
}
