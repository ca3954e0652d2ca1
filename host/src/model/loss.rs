//! What is minimised by the gradient, and what the monotone field starts from.

use fejer::Link;

use crate::matrix::{View, ViewMut};
use crate::real::Real;

/// A loss of a batch: the mean over examples of a sum over everything in them. A site whose target
/// is NaN is not asked for: it adds nothing, as the nodes of a graph that have no label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// ½ Σ (p − y)² on predictions, the output of the last link. Its signal (p − y)/examples makes
    /// the last layer's monotone field the operator ηᵀ(φ(ηΘ) − Y) of svi.md §1.1. PyTorch's
    /// `mse_loss` is 2/(sites · channels) of it.
    SquaredError,
    /// The matching loss of a link on scores: the model ends without a link, and its signal is
    /// (φ(scores) − y)/examples. [`Loss::CROSS_ENTROPY`] is the one of softmax.
    Matching(Link),
}

impl Loss {
    /// Softmax and cross-entropy on scores.
    pub const CROSS_ENTROPY: Self = Self::Matching(Link::Softmax);

    /// Turns the model's output, row by row, into predictions.
    pub fn predict<T: Real>(self, output: &mut [T]) {
        match self {
            Self::SquaredError => {}
            Self::Matching(link) => link.predict(output),
        }
    }

    /// signal ← ∂L/∂output.
    pub fn signal<T: Real>(
        self,
        examples: usize,
        output: View<'_, T>,
        target: View<'_, T>,
        mut signal: ViewMut<'_, T>,
    ) {
        let share = T::ONE / T::from_f64(examples as f64);
        for (index, (output, target)) in output.each_row().zip(target.each_row()).enumerate() {
            let signal = signal.row(index);
            signal.copy_from_slice(output);
            self.predict(signal);
            for (signal, &target) in signal.iter_mut().zip(target) {
                *signal = if is_asked(target) { (*signal - target) * share } else { T::ZERO };
            }
        }
    }

    /// L itself, for reports.
    pub fn value<T: Real>(self, examples: usize, output: View<'_, T>, target: View<'_, T>) -> f64 {
        let rows = output.each_row().zip(target.each_row());
        let rows = rows.filter(|(_, target)| target.iter().copied().all(is_asked));
        let sum: f64 = rows
            .map(|(output, target)| match self {
                Self::SquaredError => {
                    let errors = output.iter().zip(target).map(|(&p, &y)| (p - y).to_f64());
                    0.5 * errors.map(|error| error * error).sum::<f64>()
                }
                Self::Matching(link) => link.matching_loss(output, target).to_f64(),
            })
            .sum();
        sum / examples as f64
    }
}

/// Whether a target is a number.
pub(crate) fn is_asked<T: Real>(target: T) -> bool {
    !target.to_f64().is_nan()
}
