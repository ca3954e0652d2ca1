//! RAPP, the relaxed approximate proximal point (Pethick, Xie & Cevher 2023): w_0 = z,
//! w_{t+1} = prox(z − γF(w_t)) for t < τ, then z⁺ = (1 − λ)z + λw_τ.
//!
//! Every inner step starts from the anchor z; started from w_t it would be Lookahead. For γ < 1/L
//! the w_t close in on the resolvent of γ(F + A) by γL each, so τ ≥ ln K / ln(1/γL) gives the O(1/K)
//! of the exact step. Converges for ρ-comonotone F + A down to ρ > −1/(2L) with λ in (0, 1).
//! Without a constraint τ = 1 is the projected step of length λγ, and τ = 2 is EG+.

use super::{Buffer, Method, descend, retreat};
use crate::operator::Operator;
use crate::prox::Prox;
use crate::scalar::Scalar;

/// The relaxed approximate proximal point step; its buffers hold w_t and F of it.
#[derive(Clone, Debug)]
pub struct Rapp<S, B> {
    relaxation: S,
    evaluations: u32,
    inner: B,
    field: B,
}

impl<S, B: Clone> Rapp<S, B> {
    /// With the relaxation λ in (0, 1], τ ≥ 1 `evaluations` a step (0 counts as 1), and zeros of
    /// the length of the point as scratch.
    pub fn new(relaxation: S, evaluations: u32, zeros: B) -> Self {
        Self { relaxation, evaluations, inner: zeros.clone(), field: zeros }
    }
}

impl<S: Scalar, B: Buffer<S>> Method<S> for Rapp<S, B> {
    fn advance(
        &mut self,
        operator: &dyn Operator<S>,
        prox: &dyn Prox<S>,
        step: S,
        point: &mut [S],
    ) {
        let Some(inner) = self.inner.as_mut().get_mut(..point.len()) else { return };
        let Some(field) = self.field.as_mut().get_mut(..point.len()) else { return };
        inner.copy_from_slice(point);
        for _ in 0..self.evaluations.max(1) {
            operator.eval(inner, field);
            inner.copy_from_slice(point);
            descend(inner, step, field);
            prox.prox(step, inner);
        }
        retreat(point, inner, self.relaxation);
    }
}
