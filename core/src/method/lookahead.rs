//! Lookahead (Zhang et al. 2019) around any method: w_0 = z, w_{t+1} = base(w_t) for t < τ, then
//! z⁺ = (1 − λ)z + λw_τ.
//!
//! Around a base that never moves away from a solution (extragradient on a monotone F) it converges
//! for λ in (0, 1) even where the base only cycles. Around the projected step it tames rotations,
//! but only τ = 2 has a guarantee: λ in (0, ½) and comonotone F with
//! ρ > −(γ/2)(1 − 2λ − (1 − λ)γ²L²) (Pethick, Xie & Cevher 2023).

use super::{Buffer, Method, retreat};
use crate::operator::Operator;
use crate::prox::Prox;
use crate::scalar::Scalar;

/// Lookahead; its buffer holds the anchor z. One advance is a whole cycle of τ base steps, so the
/// point is always at an anchor.
#[derive(Clone, Debug)]
pub struct Lookahead<M, S, B> {
    base: M,
    period: u32,
    relaxation: S,
    anchor: B,
}

impl<M, S, B> Lookahead<M, S, B> {
    /// Around `base`, with the period τ ≥ 1 (0 counts as 1), the relaxation λ in (0, 1], and zeros
    /// of the length of the point as scratch.
    pub fn new(base: M, period: u32, relaxation: S, zeros: B) -> Self {
        Self { base, period, relaxation, anchor: zeros }
    }
}

impl<S: Scalar, M: Method<S>, B: Buffer<S>> Method<S> for Lookahead<M, S, B> {
    fn advance(
        &mut self,
        operator: &dyn Operator<S>,
        prox: &dyn Prox<S>,
        step: S,
        point: &mut [S],
    ) {
        let Some(anchor) = self.anchor.as_mut().get_mut(..point.len()) else { return };
        anchor.copy_from_slice(point);
        for _ in 0..self.period.max(1) {
            self.base.advance(operator, prox, step, point);
        }
        // What the base reached takes the anchor's place, and the retreat starts from there.
        for (anchor, value) in anchor.iter_mut().zip(point.iter_mut()) {
            core::mem::swap(anchor, value);
        }
        retreat(point, anchor, self.relaxation);
    }
}
