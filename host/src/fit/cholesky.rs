//! BᵀB + ridge·I = LLᵀ, column block after column block, left-looking: the Gram matrix is never stored.
//!
//! Reference: Golub & Van Loan, *Matrix Computations*, 2013, algorithm 4.2.2 in blocks.

use super::resolvent::dot;
use crate::matrix::{Factor, Matrix, View, add_product, matmul, vectorised};
use crate::real::Real;

/// Columns of a block.
const BLOCK: usize = 64;

/// L, with the inverse of its diagonal in its place; above it nothing is said.
pub(super) struct Cholesky<T> {
    lower: Matrix<T>,
}

impl<T: Real> Cholesky<T> {
    /// Of some rows B. A pivot that rounding made too small becomes the ridge.
    pub fn new(rows: View<'_, T>, ridge: T) -> Self {
        let size = rows.columns();
        let mut lower = Matrix::zeros(size, size);
        let mut panel = Matrix::default();
        for first in (0..size).step_by(BLOCK) {
            let end = size.min(first + BLOCK);
            panel.reshape(size - first, end - first);
            let part = |range| Factor::from(rows).columns(range);
            matmul(part(first..size).transposed(), part(first..end), panel.view_mut());
            (0..end - first).for_each(|k| panel.row_mut(k)[k] += ridge);
            if first > 0 {
                let done = |range| Factor::from(lower.view().rows_of(range)).columns(0..first);
                let upper = done(first..end).transposed();
                add_product(-T::ONE, done(first..size), upper, panel.view_mut());
            }
            vectorised(
                #[inline(always)]
                || factor_panel(&mut panel, ridge),
            );
            for row in first..size {
                lower.row_mut(row)[first..end].copy_from_slice(panel.row(row - first));
            }
        }
        Self { lower }
    }

    /// x ← (LLᵀ)⁻¹ x
    pub fn solve(&self, x: &mut [T]) {
        vectorised(
            #[inline(always)]
            || {
                for row in 0..x.len() {
                    let (done, rest) = x.split_at_mut(row);
                    let numbers = self.lower.row(row);
                    rest[0] = (rest[0] - dot(&numbers[..row], done)) * numbers[row];
                }
                for row in (0..x.len()).rev() {
                    let (open, rest) = x.split_at_mut(row);
                    let numbers = self.lower.row(row);
                    rest[0] *= numbers[row];
                    let known = rest[0];
                    open.iter_mut().zip(numbers).for_each(|(x, &l)| *x -= known * l);
                }
            },
        );
    }
}

/// Factors the square at the top of the panel and solves the rows below against it.
#[inline(always)]
fn factor_panel<T: Real>(panel: &mut Matrix<T>, ridge: T) {
    let width = panel.columns();
    // the square, transposed: columns of L as rows
    let mut columns = [[T::ZERO; BLOCK]; BLOCK];
    let mut inverse = [T::ZERO; BLOCK];
    for at in 0..panel.rows() {
        let row = panel.row_mut(at);
        for pivot in 0..width.min(at + 1) {
            if pivot == at {
                let square = if row[at] > ridge { row[at] } else { ridge };
                inverse[at] = T::ONE / square.sqrt();
                row[at] = inverse[at];
                break;
            }
            let solved = row[pivot] * inverse[pivot];
            row[pivot] = solved;
            if at < width {
                columns[pivot][at] = solved;
            }
            let column = &columns[pivot][pivot + 1..width];
            row[pivot + 1..].iter_mut().zip(column).for_each(|(x, &l)| *x -= solved * l);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solving_undoes_the_gram_matrix_and_the_ridge_over_several_blocks() {
        for size in [1, 63, 64, 150] {
            let rows = 40;
            let values = (0..rows * size).map(|k| ((k * 37 + 11) % 101) as f64 / 50.0 - 1.0);
            let rows = Matrix::new(rows, size, values.collect());
            let factor = Cholesky::new(rows.view(), 0.5);
            let x: Vec<f64> = (0..size).map(|k| (k % 7) as f64 - 3.0).collect();
            let mut solved: Vec<f64> = x.iter().map(|x| 0.5 * x).collect();
            for row in rows.view().each_row() {
                let along: f64 = row.iter().zip(&x).map(|(a, b)| a * b).sum();
                solved.iter_mut().zip(row).for_each(|(sum, a)| *sum += along * a);
            }
            factor.solve(&mut solved);
            // condition 10³, a hundred roundings
            for (solved, x) in solved.iter().zip(&x) {
                assert!((solved - x).abs() < 1e-10, "{size}: {solved} {x}");
            }
        }
    }
}
