//! What dense, graph and convolution layers share: Z = η(X)·W + 1·bᵀ with the bias as last row of
//! the weights. The bias is added after the lift η (svi.md §1.1).

use std::ops::Range;

use super::Initialiser;
use crate::matrix::{Factor, Input, View, ViewMut, add_product, each_block, matmul, vectorised};
use crate::random::Random;
use crate::real::Real;

/// Rows of a product that one thread computes.
const BLOCK: usize = 512;

/// How many weights `inputs` lifted features and `outputs` have, bias included.
pub(super) const fn parameters(inputs: usize, outputs: usize) -> usize {
    (inputs + 1) * outputs
}

/// output ← lifted · W + 1·bᵀ.
pub(super) fn forward<T: Real>(weights: &[T], lifted: Input<'_, T>, output: ViewMut<'_, T>) {
    let (_, bias) = parts(weights, output.columns());
    each_block(output, BLOCK, &|first, mut block| {
        let lifted = lifted.rows_of(first..first + block.rows());
        linear(weights, lifted, block.reborrow());
        add_bias(bias, block);
    });
}

/// output ← lifted · W.
pub(super) fn linear<T: Real>(weights: &[T], lifted: Input<'_, T>, output: ViewMut<'_, T>) {
    let (matrix, _) = parts(weights, output.columns());
    match lifted {
        Input::Dense(lifted) => matmul(lifted, matrix, output),
        Input::Sparse { matrix: sparse, first, rows } => {
            sparse.multiply(first..first + rows, matrix, output);
        }
    }
}

/// output ← output + 1·bᵀ.
pub(super) fn add_bias<T: Real>(bias: &[T], mut output: ViewMut<'_, T>) {
    vectorised(
        #[inline(always)]
        || {
            for row in output.values().chunks_exact_mut(bias.len()) {
                row.iter_mut().zip(bias).for_each(|(value, &bias)| *value += bias);
            }
        },
    );
}

/// lifted ← signal · Wᵀ.
pub(super) fn pull_back<T: Real>(weights: &[T], signal: View<'_, T>, lifted: ViewMut<'_, T>) {
    let (matrix, _) = parts(weights, signal.columns());
    each_block(lifted, BLOCK, &|first, lifted| {
        let signal = signal.rows_of(first..first + lifted.rows());
        matmul(signal, matrix.transposed(), lifted);
    });
}

/// field ← field + scale · [liftedᵀ · drive; 1ᵀ · drive], the rows of `piece`. Where they are given,
/// `bias_drive` drives the bias instead.
pub(super) fn add_field<T: Real>(
    piece: Range<usize>,
    lifted: Input<'_, T>,
    drive: View<'_, T>,
    bias_drive: View<'_, T>,
    scale: T,
    field: &mut [T],
) {
    let (outputs, inputs) = (drive.columns(), lifted.columns());
    let (first, end) = (piece.start / outputs, piece.end / outputs);
    let inputs_in_piece = first.min(inputs)..end.min(inputs);
    let (matrix, bias) = field.split_at_mut(inputs_in_piece.len() * outputs);
    let matrix = ViewMut::new(inputs_in_piece.len(), outputs, matrix);
    match lifted {
        Input::Dense(lifted) => {
            let lifted = Factor::from(lifted).columns(inputs_in_piece).transposed();
            add_product(scale, lifted, drive, matrix);
        }
        Input::Sparse { matrix: sparse, first, rows } => {
            sparse.add_transposed(first..first + rows, inputs_in_piece, scale, drive, matrix);
        }
    }
    if !bias.is_empty() {
        add_sum_of_rows(scale, bias_drive, bias);
    }
}

/// sums ← sums + scale · 1ᵀ · rows.
pub(super) fn add_sum_of_rows<T: Real>(scale: T, rows: View<'_, T>, sums: &mut [T]) {
    vectorised(
        #[inline(always)]
        || {
            for row in rows.values().chunks_exact(sums.len()) {
                sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += scale * value);
            }
        },
    );
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

/// The matrix and the bias.
pub(super) fn parts<T: Real>(weights: &[T], outputs: usize) -> (View<'_, T>, &[T]) {
    let (matrix, bias) = weights.split_at(weights.len() - outputs);
    (View::new(matrix.len() / outputs, outputs, matrix), bias)
}
