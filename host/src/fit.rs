//! The last layer alone, to a certified relative duality gap, on any number of samples.
//!
//! For features η with a 1 appended, classes y and a softmax head, the anchored problem
//!
//! ```text
//! min P(W) = Σᵢ [logsumexp(Wηᵢ) − (Wηᵢ)_yᵢ] + Λ/2 ‖W − W₀‖²       (the bias is anchored too)
//! ```
//!
//! is first solved as on the device, by anchored passes (`passes`), and, where these are slow (many
//! samples, small Λ), finished by Newton's method with preconditioned conjugate gradients
//! (`newton`). Both end by the same certificate ([`Certificate`]): P(W) − P(W*) ≤ gap.
//!
//! Products are of `f32` or `f64`, sums over samples and all that is certified of `f64`. Sums are taken
//! in an order that depends on the number of samples alone, so the bits do not depend on the threads.
//!
//! Reference: `fejer::anchored`.

mod certificate;
mod cholesky;
mod newton;
mod passes;
mod preconditioner;
mod resolvent;
mod sweep;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use crate::matrix::View;
use crate::real::Real;
pub use certificate::Certificate;
use sweep::Sweep;

/// What is to be solved.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a, T> {
    /// One row a sample, without the 1.
    pub features: View<'a, T>,
    /// The class of each.
    pub labels: &'a [usize],
    /// Number of classes.
    pub classes: usize,
    /// Λ.
    pub precision: f64,
    /// W₀, feature-major, the bias last; zeros if left out.
    pub anchor: Option<&'a [T]>,
}

/// How well, and for how long at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    /// Duality gap to reach, as a share of the objective.
    pub accuracy: f64,
    /// Most anchored passes before Newton's method.
    pub passes: u32,
    /// Most steps of Newton's method.
    pub steps: u32,
}

impl Default for Goal {
    fn default() -> Self {
        Self { accuracy: 1e-6, passes: 10, steps: 200 }
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Anchored passes made.
    pub passes: u32,
    /// Newton steps made.
    pub steps: u32,
    /// Products with the Hessian made.
    pub products: u32,
    /// How good the weights are.
    pub certificate: Certificate,
}

/// Why it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The gap asked for is certified.
    Certified,
    /// The steps allowed were made.
    Exhausted,
    /// No step lowers the objective any more: the goal is beyond the number type.
    Stalled,
    /// The observer wished to end.
    Interrupted,
}

/// Weights and what is known of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted<T> {
    /// W, feature-major, the bias last.
    pub weights: Vec<T>,
    /// Why it ended.
    pub outcome: Outcome,
    /// How it went.
    pub progress: Progress,
    /// Share of the samples decided as labelled.
    pub correct: f64,
}

/// Why a problem cannot be solved.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// Nothing to learn from.
    #[error("there are no samples or no features; give at least one row and one column")]
    Empty,
    /// Not one label a row.
    #[error("{labels} labels for {rows} rows of features; give one label a row")]
    Labels {
        /// How many labels there are.
        labels: usize,
        /// How many rows.
        rows: usize,
    },
    /// A label that is no class.
    #[error("row {row} has the label {label}, but there are {classes} classes counted from 0")]
    Label {
        /// The first such row, counted from 0.
        row: usize,
        /// Its label.
        label: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// A feature is NaN or infinite.
    #[error("row {row}, column {column}: the feature is not finite; repair or drop the row")]
    NotFinite {
        /// The first such row, counted from 0.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// Λ is no positive number.
    #[error("Λ = {0}: must be a finite number above 0")]
    Precision(f64),
    /// W₀ has another shape, or is not finite.
    #[error("the anchor must be {rows} rows of {classes} finite numbers, the bias last")]
    Anchor {
        /// Features and the bias.
        rows: usize,
        /// Classes.
        classes: usize,
    },
}

/// Solves; `observe` is told after every pass and step and may end it.
///
/// # Errors
/// See [`Error`].
pub fn fit<T: Real>(
    problem: &Problem<'_, T>,
    goal: Goal,
    observe: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
) -> Result<Fitted<T>, Error> {
    check(problem)?;
    let sweep = Sweep::new(problem);
    let start = passes::run(problem, &sweep, goal, observe);
    let (state, outcome) = match start.outcome {
        Some(outcome) => (start.state, outcome),
        None => newton::run(problem, &sweep, goal, start.state, observe),
    };
    Ok(Fitted {
        correct: sweep.correct(&state.shares),
        weights: state.weights,
        progress: state.progress,
        outcome,
    })
}

/// Weights with everything the next step needs to know of them.
struct State<T> {
    weights: Vec<T>,
    /// softmax(Wη), one row a sample.
    shares: Vec<T>,
    /// ∇P(W).
    gradient: Vec<f64>,
    progress: Progress,
}

fn check<T: Real>(problem: &Problem<'_, T>) -> Result<(), Error> {
    let Problem { features, labels, classes, precision, anchor } = *problem;
    if features.rows() == 0 || features.columns() == 0 || classes == 0 {
        return Err(Error::Empty);
    }
    if labels.len() != features.rows() {
        return Err(Error::Labels { labels: labels.len(), rows: features.rows() });
    }
    if let Some(row) = labels.iter().position(|&label| label >= classes) {
        return Err(Error::Label { row, label: labels[row], classes });
    }
    if let Some(at) = features.values().iter().position(|value| !value.is_sound()) {
        let [row, column] = [at / features.columns(), at % features.columns()];
        return Err(Error::NotFinite { row, column });
    }
    if !(precision.is_finite() && precision > 0.0) {
        return Err(Error::Precision(precision));
    }
    let rows = features.columns() + 1;
    let fits = |anchor: &[T]| anchor.len() == rows * classes && anchor.iter().all(|w| w.is_sound());
    if anchor.is_some_and(|anchor| !fits(anchor)) {
        return Err(Error::Anchor { rows, classes });
    }
    Ok(())
}
