//! Accelerated stochastic gradients under interpolation (every sample can be fitted): F = ∇f with
//! f μ-strongly convex, and strong growth E‖∇f(w, z)‖² ≤ ρ‖∇f(w)‖².
//!
//! ```text
//! y = (w + s v)/(1 + s)       w⁺ = prox(y − η g)       v⁺ = (1 − s) v + s y − (s/μ) g'
//! ```
//! with η = 1/(ρL) and s = √(μη/ρ'):
//!
//! * g' = g, the same sample in both lines, and ρ' = ρ: Vaswani, Bach & Schmidt 2019,
//!   E(f − f*) shrinks by 1 − √(μ/(ρ²L)) a step;
//! * g' the full gradient and ρ' = 1: the semi-stochastic scheme, 1 − √(μ/(ρL)). It is what is left
//!   of arXiv 2404.02378, whose authors withdrew the same rate for the same sample in both lines:
//!   that form can diverge (`tests/accelerated.rs`).
//!
//! On full batches ρ = ρ' = 1 and both are Nesterov's method. With a constraint, g and g' in the
//! line of v are gradient mappings (y − prox(y − ηg))/η (Nesterov 2013); the rates are proved for
//! full batches only then.

use super::{Buffer, Method, descend};
use crate::operator::Operator;
use crate::prox::Prox;
use crate::scalar::Scalar;

/// The accelerated step; its buffers hold v, y and F of y. The point is w.
///
/// It remembers: one object, one run.
#[derive(Clone, Debug)]
pub struct Nesterov<S, B> {
    modulus: S,
    growth: S,
    estimate: B,
    probe: B,
    field: B,
    is_started: bool,
}

impl<S, B: Clone> Nesterov<S, B> {
    /// With the modulus of strong monotonicity μ > 0, the growth constant ρ' ≥ 1 (1 on full batches
    /// and for [`Nesterov::advance_semi_stochastic`]) and zeros of the length of the point.
    pub fn new(modulus: S, growth: S, zeros: B) -> Self {
        Self { is_started: false, ..Self::resume(modulus, growth, zeros) }
    }

    /// Goes on where a run stopped, with its [`Nesterov::estimate`].
    pub fn resume(modulus: S, growth: S, estimate: B) -> Self {
        let (probe, field) = (estimate.clone(), estimate.clone());
        Self { modulus, growth, estimate, probe, field, is_started: true }
    }
}

impl<S: Scalar, B: Buffer<S>> Nesterov<S, B> {
    /// v, the other half of the state.
    pub fn estimate(&self) -> &[S] {
        self.estimate.as_ref()
    }

    /// One step with a mini-batch in the line of w and the whole data in the line of v: an instrument
    /// of analysis, since it costs a full gradient. Step, prox and point as [`Method::advance`].
    pub fn advance_semi_stochastic(
        &mut self,
        batch: &dyn Operator<S>,
        whole: &dyn Operator<S>,
        prox: &dyn Prox<S>,
        step: S,
        point: &mut [S],
    ) {
        self.advance_with(batch, Some(whole), prox, step, point);
    }

    fn advance_with(
        &mut self,
        batch: &dyn Operator<S>,
        whole: Option<&dyn Operator<S>>,
        prox: &dyn Prox<S>,
        step: S,
        point: &mut [S],
    ) {
        let Some(estimate) = self.estimate.as_mut().get_mut(..point.len()) else { return };
        let Some(probe) = self.probe.as_mut().get_mut(..point.len()) else { return };
        let Some(field) = self.field.as_mut().get_mut(..point.len()) else { return };
        if !self.is_started {
            estimate.copy_from_slice(point);
            self.is_started = true;
        }
        let share = (self.modulus * step).divide(self.growth).sqrt();
        let pull = share.divide(S::ONE + share);
        for (probe, (&w, &v)) in probe.iter_mut().zip(point.iter().zip(estimate.iter())) {
            *probe = w.add_product(pull, v - w);
        }
        batch.eval(probe, field);
        point.copy_from_slice(probe);
        descend(point, step, field);
        prox.prox(step, point);
        if let Some(whole) = whole {
            whole.eval(probe, field);
        }
        let reach = share.divide(self.modulus);
        for (v, (&y, &g)) in estimate.iter_mut().zip(probe.iter().zip(field.iter())) {
            *v = v.add_product(share, y - *v).add_product(-reach, g);
        }
        // From gradient to gradient mapping: exactly nothing without a constraint.
        descend(probe, step, field);
        field.copy_from_slice(probe);
        prox.prox(step, field);
        let reach = reach.divide(step);
        for (v, (&forward, &stepped)) in estimate.iter_mut().zip(probe.iter().zip(field.iter())) {
            *v = v.add_product(-reach, forward - stepped);
        }
    }
}

impl<S: Scalar, B: Buffer<S>> Method<S> for Nesterov<S, B> {
    fn advance(
        &mut self,
        operator: &dyn Operator<S>,
        prox: &dyn Prox<S>,
        step: S,
        point: &mut [S],
    ) {
        self.advance_with(operator, None, prox, step, point);
    }
}
