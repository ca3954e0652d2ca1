//! Newton's method with conjugate gradients, preconditioned by [`Preconditioner`], from where the passes
//! end. Steps are halved until the objective falls (Armijo) or, where rounding hides that, the
//! gradient.
//!
//! Reference: Nocedal & Wright, *Numerical Optimization*, 2006, chapter 7.

use std::ops::ControlFlow;

use super::certificate::{Certificate, of_gradient};
use super::passes::objective;
use super::preconditioner::Preconditioner;
use super::sweep::Sweep;
use super::{Goal, Outcome, Problem, Progress, State};
use crate::real::Real;

/// Most products for one direction.
const MOST_PRODUCTS: u32 = 200;
/// Products after which the preconditioner is made anew for the next direction.
const STALE: u32 = 12;
/// Halvings before a direction is given up.
const HALVINGS: u32 = 30;

/// Steps until the certificate is met.
pub(super) fn run<T: Real>(
    problem: &Problem<'_, T>,
    sweep: &Sweep<'_, T>,
    goal: Goal,
    mut state: State<T>,
    observe: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> (State<T>, Outcome) {
    let mut preconditioner = None;
    let mut spare = vec![T::ZERO; state.shares.len()];
    loop {
        let before = state.progress.certificate;
        if before.relative() <= goal.accuracy {
            return (state, Outcome::Certified);
        }
        if state.progress.steps >= goal.steps {
            return (state, Outcome::Exhausted);
        }
        let made =
            preconditioner.take().unwrap_or_else(|| Preconditioner::new(problem, &state.shares));
        let target = 0.1 * goal.accuracy * before.objective;
        let (direction, products) = direction(problem, sweep, &mut state, &made, target);
        state.progress.products += products;
        if !advance(problem, sweep, &mut state, &direction, &mut spare) {
            return (state, Outcome::Stalled);
        }
        state.progress.steps += 1;
        let after = state.progress.certificate;
        // far from the solution every step changes the curvature
        if products <= STALE && before.objective - after.objective < 1e-2 * after.objective {
            preconditioner = Some(made);
        }
        if observe(&state.progress).is_break() && after.relative() > goal.accuracy {
            return (state, Outcome::Interrupted);
        }
    }
}

/// d with ∇²P d ≈ −∇P, and the products it took. `target` is the gap the residual alone may leave.
fn direction<T: Real>(
    problem: &Problem<'_, T>,
    sweep: &Sweep<'_, T>,
    state: &mut State<T>,
    preconditioner: &Preconditioner<T>,
    target: f64,
) -> (Vec<f64>, u32) {
    let gradient = &state.gradient;
    let mut step = vec![0.0; gradient.len()];
    let mut residual: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let start = dot(&residual, &residual);
    let known = state.progress.certificate.relative();
    let forcing = libm::sqrt(known).clamp(0.01, 0.1);
    let enough = (forcing * forcing * start).max(2.0 * problem.precision * target);
    let mut steep = preconditioner.apply(&residual);
    let mut along = steep.clone();
    let mut slope = dot(&residual, &steep);
    let mut products = 0;
    while products < MOST_PRODUCTS && slope > 0.0 {
        let rounded: Vec<T> = along.iter().map(|&d| T::from_f64(d)).collect();
        let mut bent = sweep.curvature(&rounded, &mut state.shares);
        products += 1;
        add(&mut bent, problem.precision, &along);
        let curvature = dot(&along, &bent);
        if curvature.is_nan() || curvature <= 0.0 {
            break;
        }
        let length = slope / curvature;
        add(&mut step, length, &along);
        add(&mut residual, -length, &bent);
        if dot(&residual, &residual) <= enough {
            break;
        }
        steep = preconditioner.apply(&residual);
        let next = dot(&residual, &steep);
        let keep = next / slope;
        along.iter_mut().zip(&steep).for_each(|(along, &steep)| *along = steep + keep * *along);
        slope = next;
    }
    (step, products)
}

/// Takes the longest of the halved steps that is accepted; false if none is.
fn advance<T: Real>(
    problem: &Problem<'_, T>,
    sweep: &Sweep<'_, T>,
    state: &mut State<T>,
    direction: &[f64],
    spare: &mut Vec<T>,
) -> bool {
    let slope = dot(direction, &state.gradient);
    let before = state.progress.certificate;
    let own_gap = of_gradient(&state.gradient, problem.precision);
    let mut length = 1.0;
    for _ in 0..HALVINGS {
        let weights: Vec<T> = (state.weights.iter().zip(direction))
            .map(|(w, d)| T::from_f64(w.to_f64() + length * d))
            .collect();
        let (value, gradient) = objective(problem, sweep, &weights, spare);
        let gap = of_gradient(&gradient, problem.precision);
        let falls = value <= before.objective + 1e-4 * length * slope;
        if value.is_finite() && (falls || gap < 0.8 * own_gap && length * slope > -1e-6 * value) {
            std::mem::swap(&mut state.shares, spare);
            state.progress.certificate = Certificate::new(value, gap, problem.precision);
            (state.weights, state.gradient) = (weights, gradient);
            return true;
        }
        length /= 2.0;
    }
    false
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// to ← to + scale·from
fn add(to: &mut [f64], scale: f64, from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += scale * from);
}
