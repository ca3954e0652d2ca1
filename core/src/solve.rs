//! The loop: a method until a residual, and why it stopped.

use crate::method::Method;
use crate::operator::Operator;
use crate::prox::Prox;
use crate::scalar::{Scalar, all_sound, largest};

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop<S> {
    /// At most so many steps.
    pub iterations: u32,
    /// Look at the residual every so many steps (each look costs an evaluation); 0 counts as 1.
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
    /// The point left the sound numbers: the step is too long for this operator.
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

/// ‖x − prox(x − F(x))‖_∞: zero exactly at the solutions of 0 ∈ F(x) + A(x). The ∞-norm, because
/// squares underflow in fixed point and would report a solution that is none.
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
    prox.prox(S::ONE, scratch);
    for (value, &x) in scratch.iter_mut().zip(point) {
        *value = x - *value;
    }
    largest(scratch)
}

/// Moves `point` with `method` and a constant `step` until `stop`. `scratch` has its length.
pub fn solve<S: Scalar>(
    operator: &dyn Operator<S>,
    prox: &dyn Prox<S>,
    method: &mut dyn Method<S>,
    step: S,
    stop: Stop<S>,
    point: &mut [S],
    scratch: &mut [S],
) -> Report<S> {
    let every = stop.check_every.max(1);
    let mut iterations = 0;
    loop {
        let residual = natural_residual(operator, prox, point, scratch);
        let sound = all_sound(point) && all_sound(scratch);
        let outcome = match () {
            () if !sound => Some(Outcome::Unsound),
            () if residual <= stop.residual => Some(Outcome::Converged),
            () if iterations >= stop.iterations => Some(Outcome::Exhausted),
            () => None,
        };
        if let Some(outcome) = outcome {
            return Report { outcome, iterations, residual };
        }
        for _ in 0..every.min(stop.iterations - iterations) {
            method.advance(operator, prox, step, point);
            iterations += 1;
        }
    }
}
