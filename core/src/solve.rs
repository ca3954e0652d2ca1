//! The loop: a method until a residual, and why it stopped.

use crate::certificate::raise;
use crate::method::Method;
use crate::operator::Operator;
use crate::prox::Prox;
use crate::scalar::{Scalar, all_sound, largest};
use crate::step_size::StepSize;

/// [`Outcome::Diverged`]: the residual grew by more than 2 to this power, 1024.
pub const DIVERGENCE_LOG2: u32 = 10;

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop<S> {
    /// At most so many steps.
    pub iterations: u32,
    /// Look at the residual every so many steps (each look costs an evaluation); 0 counts as 1. Sums
    /// of fixed point wrap, so where the step may be too long and no set bounds the point, look
    /// before it can grow from [`Scalar::LIMIT`] to twice that.
    pub check_every: u32,
    /// Converged at this natural residual.
    pub residual: S,
}

/// Why it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Outcome {
    /// The residual is at most what was asked for.
    Converged,
    /// The steps ran out first.
    Exhausted,
    /// The residual is more than 1024 ([`DIVERGENCE_LOG2`]) times the first one, or the one asked
    /// for where that was larger: the step is too long, or the method not for this operator.
    Diverged,
    /// The point or its field left the sound numbers, or was never there.
    Unsound,
}

/// What a solve did.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Report<S> {
    /// Why it stopped.
    pub outcome: Outcome,
    /// Steps made.
    pub iterations: u32,
    /// Natural residual at the point it stopped at.
    pub residual: S,
}

/// ‖x − prox(x − F(x))‖_∞, never below its value in exact arithmetic: zero exactly at the solutions
/// of 0 ∈ F(x) + A(x), and here at least what [`Operator::rounding`] and [`Prox::rounding`] own up to.
/// The ∞-norm, because squares underflow in fixed point and would report a solution that is none.
///
/// `scratch` has the length of the point.
pub fn natural_residual<S: Scalar>(
    operator: &dyn Operator<S>,
    prox: &dyn Prox<S>,
    point: &[S],
    scratch: &mut [S],
) -> S {
    operator.eval(point, scratch);
    for (value, &x) in scratch.iter_mut().zip(point) {
        *value = x - *value;
    }
    let error = operator.rounding(point) + differences(&[largest(point), largest(scratch)]);
    let error = prox.rounding(scratch, error);
    prox.prox(S::ONE, scratch);
    let error = error + differences(&[largest(point), largest(scratch)]);
    for (value, &x) in scratch.iter_mut().zip(point) {
        *value = x - *value;
    }
    let residual = largest(scratch);
    if error > S::Float::ZERO { above(residual.to_float() + error) } else { residual }
}

/// What a difference of numbers of these sizes rounds: nothing in fixed point.
fn differences<S: Scalar>(sizes: &[S]) -> S::Float {
    if S::EXACT_SUMS {
        return S::Float::ZERO;
    }
    let sum = sizes.iter().fold(S::Float::ZERO, |sum, size| sum + size.to_float());
    S::ROUNDOFF * sum
}

/// The number of the type at or above a bound.
fn above<S: Scalar>(bound: S::Float) -> S {
    let last_place = S::ROUNDOFF + S::ROUNDOFF;
    S::from_float(if S::EXACT_SUMS { raise(bound) + last_place } else { raise(bound) })
}

/// Moves `point` with `method` and the given step sizes until `stop`. `scratch` has its length.
///
/// The first step has the length [`StepSize::at`]`(0)`. An operator that is drawn anew for every step
/// is not for here: its residual is noise. Call [`Method::advance`] instead.
pub fn solve<S: Scalar>(
    operator: &dyn Operator<S>,
    prox: &dyn Prox<S>,
    method: &mut dyn Method<S>,
    step: StepSize<S>,
    stop: Stop<S>,
    point: &mut [S],
    scratch: &mut [S],
) -> Report<S> {
    let every = stop.check_every.max(1);
    let fraction = S::from_scaled(1, DIVERGENCE_LOG2);
    let mut first = None;
    let mut iterations = 0;
    loop {
        let residual = natural_residual(operator, prox, point, scratch);
        let sound = all_sound(point) && all_sound(scratch);
        let start = *first.get_or_insert(residual.max(stop.residual));
        let outcome = match () {
            () if !sound => Some(Outcome::Unsound),
            () if residual <= stop.residual => Some(Outcome::Converged),
            // A fraction of the residual, because a multiple of the first could overflow fixed point.
            () if residual * fraction > start => Some(Outcome::Diverged),
            () if iterations >= stop.iterations => Some(Outcome::Exhausted),
            () => None,
        };
        if let Some(outcome) = outcome {
            return Report { outcome, iterations, residual };
        }
        for _ in 0..every.min(stop.iterations - iterations) {
            method.advance(operator, prox, step.at(iterations), point);
            iterations += 1;
        }
    }
}
