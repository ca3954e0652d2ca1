//! The block b of a layer: the exact minimiser, the mean over examples of Z − A·W.

use crate::matrix::View;
use crate::real::Real;

/// Moves every bias to the mean of what is missing, where that does not raise the coupling: a mean
/// that is rounded may be further off than the last one.
pub(super) fn center<T: Real>(product: View<'_, T>, scores: View<'_, T>, bias: &mut [T]) {
    let rows = product.rows() as f64;
    for (column, bias) in bias.iter_mut().enumerate() {
        let at = |view: View<'_, T>, row: usize| view.values()[row * view.columns() + column];
        let missing = |row| at(scores, row).to_f64() - at(product, row).to_f64();
        let before = bias.to_f64();
        let short: f64 = (0..product.rows()).map(|row| missing(row) - before).sum();
        let moved = T::from_f64(before + short / rows);
        let step = moved.to_f64() - before;
        let change = step * (0.5 * rows * step - short);
        if change <= 0.0 {
            *bias = moved;
        }
    }
}
