//! Polyak & Juditsky 1992, Ruppert 1988: the mean of the iterates of any method.
//!
//! Under noise the last iterate of a constant step keeps jumping; the mean does not. For monotone F
//! and γ = D/(M√T) the mean of T projected steps has a restricted gap of O(DM/√T).

use super::{Buffer, Method};
use crate::operator::Operator;
use crate::prox::Prox;
use crate::scalar::Scalar;

/// Averaging; its buffers hold the iterate of the method it wraps and what division left over. The
/// point is the mean of the iterates (without the start), so a residual certifies the mean.
///
/// It remembers: one object, one run. In fixed point the mean is exact to its last place for as many
/// iterates as the type can count (32767 in Q16.16); from then on the oldest fade.
#[derive(Clone, Debug)]
pub struct Averaging<M, B> {
    base: M,
    iterate: B,
    rest: B,
    count: u32,
}

impl<M, B: Clone> Averaging<M, B> {
    /// Around `base`, with zeros of the length of the point as scratch.
    pub fn new(base: M, zeros: B) -> Self {
        Self { base, iterate: zeros.clone(), rest: zeros, count: 0 }
    }
}

impl<S: Scalar, M: Method<S>, B: Buffer<S>> Method<S> for Averaging<M, B> {
    fn advance(
        &mut self,
        operator: &dyn Operator<S>,
        prox: &dyn Prox<S>,
        step: S,
        point: &mut [S],
    ) {
        let Some(iterate) = self.iterate.as_mut().get_mut(..point.len()) else { return };
        let Some(rest) = self.rest.as_mut().get_mut(..point.len()) else { return };
        if self.count == 0 {
            iterate.copy_from_slice(point);
        }
        self.base.advance(operator, prox, step, iterate);
        self.count = self.count.saturating_add(1);
        let count = S::from_scaled(i32::try_from(self.count).unwrap_or(i32::MAX), 0);
        // Σ iterates = count · mean + rest, always: dropped remainders would stop a mean in fixed
        // point as soon as its iterates differ from it by less than `count` last places.
        for (mean, (&iterate, rest)) in point.iter_mut().zip(iterate.iter().zip(rest)) {
            let owed = *rest + (iterate - *mean);
            let shift = owed.divide(count);
            *mean = *mean + shift;
            *rest = owed.add_product(-shift, count);
        }
    }
}
