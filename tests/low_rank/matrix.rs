//! Matrices of known shape, in f64.

use super::support::{Random, largest_difference};

pub type Matrix<const ROWS: usize, const COLUMNS: usize> = [[f64; COLUMNS]; ROWS];

pub fn times<const I: usize, const J: usize, const K: usize>(
    a: &Matrix<I, J>,
    b: &Matrix<J, K>,
) -> Matrix<I, K> {
    core::array::from_fn(|i| core::array::from_fn(|k| (0..J).map(|j| a[i][j] * b[j][k]).sum()))
}

pub fn transposed<const I: usize, const J: usize>(a: &Matrix<I, J>) -> Matrix<J, I> {
    core::array::from_fn(|j| core::array::from_fn(|i| a[i][j]))
}

pub fn combined<const I: usize, const J: usize>(
    a: &Matrix<I, J>,
    factor: f64,
    b: &Matrix<I, J>,
) -> Matrix<I, J> {
    core::array::from_fn(|i| core::array::from_fn(|j| a[i][j] + factor * b[i][j]))
}

pub fn apart<const I: usize, const J: usize>(a: &Matrix<I, J>, b: &Matrix<I, J>) -> f64 {
    largest_difference(a.as_flattened(), b.as_flattened())
}

pub fn frobenius<const I: usize, const J: usize>(a: &Matrix<I, J>) -> f64 {
    super::support::twin::norm(a.as_flattened())
}

/// Orthonormal columns from random ones (Gram–Schmidt, twice).
pub fn orthonormal<const I: usize, const R: usize>(random: &mut Random) -> Matrix<R, I> {
    let mut columns: Matrix<R, I> =
        core::array::from_fn(|_| core::array::from_fn(|_| random.normal()));
    for _ in 0..2 {
        for k in 0..R {
            for j in 0..k {
                let overlap: f64 = (0..I).map(|i| columns[k][i] * columns[j][i]).sum();
                columns[k] = core::array::from_fn(|i| columns[k][i] - overlap * columns[j][i]);
            }
            let length = super::support::twin::norm(&columns[k]);
            columns[k] = columns[k].map(|x| x / length);
        }
    }
    columns
}
