//! What dense, graph and convolution layers share: Z = η(X)·W + 1·bᵀ with the bias as last row of
//! the weights. The bias is added after the lift η (svi.md §1.1).

use super::Initialiser;
use crate::matrix::{View, ViewMut, matmul};
use crate::random::Random;
use crate::real::Real;

/// How many weights `inputs` lifted features and `outputs` have, bias included.
pub(super) const fn parameters(inputs: usize, outputs: usize) -> usize {
    (inputs + 1) * outputs
}

/// output ← lifted · W + 1·bᵀ.
pub(super) fn forward<T: Real>(weights: &[T], lifted: View<'_, T>, mut output: ViewMut<'_, T>) {
    let (matrix, bias) = parts(weights, output.columns());
    matmul(lifted, matrix, output.reborrow());
    for index in 0..output.rows() {
        for (value, &bias) in output.row(index).iter_mut().zip(bias) {
            *value += bias;
        }
    }
}

/// lifted ← signal · Wᵀ.
pub(super) fn pull_back<T: Real>(weights: &[T], signal: View<'_, T>, lifted: ViewMut<'_, T>) {
    let (matrix, _) = parts(weights, signal.columns());
    matmul(signal, matrix.transposed(), lifted);
}

/// field ← [liftedᵀ · drive; 1ᵀ · drive].
pub(super) fn field<T: Real>(lifted: View<'_, T>, drive: View<'_, T>, field: &mut [T]) {
    let outputs = drive.columns();
    let (matrix, bias) = field.split_at_mut(lifted.columns() * outputs);
    matmul(lifted.transposed(), drive, ViewMut::new(lifted.columns(), outputs, matrix));
    bias.fill(T::ZERO);
    for row in drive.each_row() {
        for (sum, &drive) in bias.iter_mut().zip(row) {
            *sum += drive;
        }
    }
}

/// Draws the matrix, then the bias. `fan_out` counts every output an input reaches.
pub(super) fn initialise<T: Real>(
    rule: Initialiser,
    random: &mut Random,
    fan_out: usize,
    outputs: usize,
    weights: &mut [T],
) {
    let (matrix, bias) = weights.split_at_mut(weights.len() - outputs);
    let fan_in = matrix.len() / outputs;
    rule.fill(random, fan_in, fan_out, matrix, bias);
}

fn parts<T: Real>(weights: &[T], outputs: usize) -> (View<'_, T>, &[T]) {
    let (matrix, bias) = weights.split_at(weights.len() - outputs);
    (View::new(matrix.len() / outputs, outputs, matrix), bias)
}
