//! Links over the rows of a matrix. ReLU, the one that every hidden unit passes, in vectors; the
//! others as core computes them.

use fejer::Link;

use crate::matrix::{View, ViewMut, each_block, vectorised};
use crate::real::Real;

/// Rows that one thread computes.
const BLOCK: usize = 512;

/// output ← φ(scores).
pub(super) fn predict<T: Real>(link: Link, scores: View<'_, T>, output: ViewMut<'_, T>) {
    each_block(output, BLOCK, &|first, mut output| {
        let scores = scores.rows_of(first..first + output.rows()).values();
        match link {
            Link::Relu => vectorised(
                #[inline(always)]
                || {
                    let pairs = output.values().iter_mut().zip(scores);
                    pairs.for_each(|(p, &u)| *p = if u > T::ZERO { u } else { T::ZERO });
                },
            ),
            _ => {
                output.values().copy_from_slice(scores);
                (0..output.rows()).for_each(|row| link.predict(output.row(row)));
            }
        }
    });
}

/// through ← φ'(scores)ᵀ · signal.
pub(super) fn pull_back<T: Real>(
    link: Link,
    scores: View<'_, T>,
    prediction: View<'_, T>,
    signal: View<'_, T>,
    through: ViewMut<'_, T>,
) {
    each_block(through, BLOCK, &|first, mut through| {
        let rows = first..first + through.rows();
        let [scores, prediction, signal] =
            [scores, prediction, signal].map(|view| view.rows_of(rows.clone()));
        match link {
            Link::Relu => vectorised(
                #[inline(always)]
                || {
                    let pairs = through.values().iter_mut().zip(signal.values());
                    for ((through, &signal), &p) in pairs.zip(prediction.values()) {
                        *through = if p > T::ZERO { signal } else { T::ZERO };
                    }
                },
            ),
            _ => {
                through.values().copy_from_slice(signal.values());
                for row in 0..through.rows() {
                    link.pull_back(scores.row(row), prediction.row(row), through.row(row));
                }
            }
        }
    });
}
