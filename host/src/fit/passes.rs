//! Anchored passes: every sample is visited once a pass, in random order, and its share of the weights
//! put right with all others fixed. The mathematics is that of `fejer::anchored`.
//!
//! One thread makes them. A pass costs about what a gradient does, and the first few get closer than as
//! many gradients could; how far depends on ‖η‖²/Λ, so they end where Newton's method is quicker.

use std::ops::ControlFlow;

use super::certificate::{Certificate, of_gradient};
use super::resolvent::{dot, no_class, softmax};
use super::sweep::{Sweep, divergences};
use super::{Goal, Outcome, Problem, Progress, State};
use crate::matrix::vectorised;
use crate::random::Random;
use crate::real::Real;

/// Passes before the first certificate.
const UNCERTIFIED: u32 = 2;
/// Passes go on while each divides the gap by this.
const WORTH: f64 = 4.0;

/// Where Newton's method starts; with an outcome if there is nothing left to do.
pub(super) struct Start<T> {
    pub state: State<T>,
    pub outcome: Option<Outcome>,
}

/// The visits of one pass, in this order.
type Pass<T> = fn(&mut Walk<'_, T>, &[u32]);

struct Walk<'a, T> {
    problem: &'a Problem<'a, T>,
    /// ‖η‖², the 1 included.
    squares: Vec<T>,
    /// Dual shares p = y − α, one row a sample.
    shares: Vec<T>,
    /// Class-major: visits run along the features.
    weights: Vec<T>,
    bias: Vec<T>,
}

/// Passes from W₀ until they are not worth their while.
pub(super) fn run<T: Real>(
    problem: &Problem<'_, T>,
    sweep: &Sweep<'_, T>,
    goal: Goal,
    observe: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> Start<T> {
    let size = (problem.features.columns() + 1) * problem.classes;
    let anchor = problem.anchor.map_or_else(|| vec![T::ZERO; size], <[T]>::to_vec);
    let (mut passes, mut last) = (0, f64::INFINITY);
    let (Some(pass), true) = (pass_of(problem.classes), goal.passes > 0) else {
        let shares = vec![T::ZERO; problem.labels.len() * problem.classes];
        let state = State::at(problem, sweep, anchor, shares, 0);
        return Start { state, outcome: None };
    };
    let mut walk = Walk::new(problem, &anchor);
    let mut random = Random::new(0, 0);
    let mut order: Vec<u32> = (0..problem.labels.len() as u32).collect();
    loop {
        for _ in 0..if passes == 0 { UNCERTIFIED.min(goal.passes) } else { 1 } {
            random.draw(&mut order, problem.labels.len());
            pass(&mut walk, &order);
            passes += 1;
        }
        let weights = walk.rebuild(sweep);
        let shares = vec![T::ZERO; walk.shares.len()];
        let mut state = State::at(problem, sweep, weights, shares, passes);
        let drift = walk.drift(&state.weights);
        let gap = divergences(&walk.shares, &state.shares) + 0.5 * problem.precision * drift;
        let known = &mut state.progress.certificate;
        if gap < known.gap {
            *known = Certificate::new(known.objective, gap, problem.precision);
        }
        let relative = known.relative();
        let wish = observe(&state.progress);
        let outcome = if relative <= goal.accuracy {
            Some(Outcome::Certified)
        } else if wish.is_break() {
            Some(Outcome::Interrupted)
        } else {
            None
        };
        if outcome.is_some() || passes >= goal.passes || gap * WORTH > last {
            return Start { state, outcome };
        }
        last = gap;
    }
}

impl<T: Real> State<T> {
    /// Everything about these weights, certified by their gradient.
    pub fn at(
        problem: &Problem<'_, T>,
        sweep: &Sweep<'_, T>,
        weights: Vec<T>,
        mut shares: Vec<T>,
        passes: u32,
    ) -> Self {
        let (objective, gradient) = objective(problem, sweep, &weights, &mut shares);
        let gap = of_gradient(&gradient, problem.precision);
        let certificate = Certificate::new(objective, gap, problem.precision);
        let progress = Progress { passes, steps: 0, products: 0, certificate };
        Self { weights, shares, gradient, progress }
    }
}

/// P(W) and its gradient; shares ← softmax(Wη).
pub(super) fn objective<T: Real>(
    problem: &Problem<'_, T>,
    sweep: &Sweep<'_, T>,
    weights: &[T],
    shares: &mut [T],
) -> (f64, Vec<f64>) {
    let (loss, mut gradient) = sweep.evaluate(weights, shares);
    let mut square = 0.0;
    for (at, (gradient, weight)) in gradient.iter_mut().zip(weights).enumerate() {
        let anchor = problem.anchor.map_or(0.0, |anchor| anchor[at].to_f64());
        let difference = weight.to_f64() - anchor;
        square += difference * difference;
        *gradient += problem.precision * difference;
    }
    (loss + 0.5 * problem.precision * square, gradient)
}

impl<'a, T: Real> Walk<'a, T> {
    fn new(problem: &'a Problem<'a, T>, anchor: &[T]) -> Self {
        let classes = problem.classes;
        let squares = problem
            .features
            .each_row()
            .map(|row| T::from_f64(row.iter().map(|x| x.to_f64() * x.to_f64()).sum::<f64>() + 1.0));
        let mut shares = vec![T::ZERO; problem.labels.len() * classes];
        for (row, &label) in shares.chunks_exact_mut(classes).zip(problem.labels) {
            row[label] = T::ONE;
        }
        let (weights, bias) = (vec![T::ZERO; anchor.len() - classes], vec![T::ZERO; classes]);
        let mut walk = Self { problem, squares: squares.collect(), shares, weights, bias };
        walk.stand_at(anchor);
        walk
    }

    /// Takes over feature-major weights.
    fn stand_at(&mut self, weights: &[T]) {
        let (classes, columns) = (self.problem.classes, self.problem.features.columns());
        let (plain, bias) = weights.split_at(columns * classes);
        self.bias.copy_from_slice(bias);
        for (k, row) in self.weights.chunks_exact_mut(columns).enumerate() {
            let column = plain.iter().skip(k).step_by(classes);
            row.iter_mut().zip(column).for_each(|(to, &from)| *to = from);
        }
    }

    /// W ← V = W₀ + Σ(y − p)ηᵀ/Λ, so that rounding does not accumulate.
    fn rebuild(&mut self, sweep: &Sweep<'_, T>) -> Vec<T> {
        let inverse = 1.0 / self.problem.precision;
        let mut weights = sweep.pull(&mut self.shares);
        for (at, weight) in weights.iter_mut().enumerate() {
            let anchor = self.problem.anchor.map_or(0.0, |anchor| anchor[at].to_f64());
            *weight = anchor + inverse * *weight;
        }
        let weights: Vec<T> = weights.into_iter().map(T::from_f64).collect();
        self.stand_at(&weights);
        weights
    }

    /// ‖W − V‖² at most, W being V rounded.
    fn drift(&self, weights: &[T]) -> f64 {
        let unit = if T::BYTES > 4 { f64::EPSILON } else { f64::from(f32::EPSILON) };
        weights.iter().map(|weight| (unit * weight.to_f64()).powi(2)).sum()
    }
}

/// A pass in lanes for so many classes; none for more, which Newton's method takes alone.
fn pass_of<T: Real>(classes: usize) -> Option<Pass<T>> {
    match classes {
        0..=16 => Some(pass::<T, 16>),
        17..=64 => Some(pass::<T, 64>),
        _ => None,
    }
}

fn pass<T: Real, const LANES: usize>(walk: &mut Walk<'_, T>, order: &[u32]) {
    let Walk { problem, squares, shares, weights, bias } = walk;
    let (classes, columns) = (problem.classes, problem.features.columns());
    let precision = T::from_f64(problem.precision);
    let inverse_precision = T::from_f64(1.0 / problem.precision);
    vectorised(
        #[inline(always)]
        || {
            for &sample in order {
                let sample = sample as usize;
                let features = problem.features.row(sample);
                let own = &mut shares[sample * classes..(sample + 1) * classes];
                let kappa = precision / squares[sample];
                let mut beta = [no_class(kappa); LANES];
                for (k, row) in weights.chunks_exact(columns).enumerate() {
                    beta[k] = own[k] + kappa * (bias[k] + dot(row, features));
                }
                let mut top = beta[0];
                for &beta in &beta[1..classes] {
                    top = if beta > top { beta } else { top };
                }
                for beta in &mut beta[..classes] {
                    *beta -= top;
                }
                let new = softmax(kappa, beta);
                for (k, row) in weights.chunks_exact_mut(columns).enumerate() {
                    let step = (own[k] - new[k]) * inverse_precision;
                    own[k] = new[k];
                    bias[k] += step;
                    row.iter_mut().zip(features).for_each(|(w, &x)| *w += step * x);
                }
            }
        },
    );
}
