//! The products of dense matrices, on the `gemm` crates, single-threaded: who calls it splits the
//! rows (host notes §1), and the bits do not depend on the number of threads. The crates of `f32` and
//! `f64` are taken by themselves: the one over them builds complex products too.

use std::ops::Range;

use gemm_common::Parallelism;

use super::{View, ViewMut};
use crate::real::Real;

/// dst ← alpha·dst + beta·lhs·rhs: rows, columns, inner; then each matrix with the steps to the next
/// column and row, `dst` with whether it is read; alpha, beta; three conjugations; threads. It wants
/// `dst` by columns.
type Kernel<T> = unsafe fn(
    usize,
    usize,
    usize,
    *mut T,
    isize,
    isize,
    bool,
    *const T,
    isize,
    isize,
    *const T,
    isize,
    isize,
    T,
    T,
    bool,
    bool,
    bool,
    Parallelism,
);

/// Numbers whose matrices can be multiplied.
pub trait Multiply: Copy {
    /// The kernel for the processor this runs on.
    fn kernel() -> Kernel<Self>;
}

impl Multiply for f32 {
    fn kernel() -> Kernel<Self> {
        gemm_f32::gemm::f32::get_gemm_fn()
    }
}

impl Multiply for f64 {
    fn kernel() -> Kernel<Self> {
        gemm_f64::gemm::f64::get_gemm_fn()
    }
}

/// A factor of a product: a matrix or its transpose.
#[derive(Clone, Copy, Debug)]
pub struct Factor<'a, T> {
    view: View<'a, T>,
    /// The columns of the view that count.
    columns: (usize, usize),
    is_transposed: bool,
}

impl<'a, T: Real> From<View<'a, T>> for Factor<'a, T> {
    fn from(view: View<'a, T>) -> Self {
        Self { view, columns: (0, view.columns()), is_transposed: false }
    }
}

impl<T: Real> Factor<'_, T> {
    /// The transpose.
    pub fn transposed(self) -> Self {
        Self { is_transposed: !self.is_transposed, ..self }
    }

    /// Some of the columns, of a matrix that is not transposed yet.
    ///
    /// # Panics
    /// When it has fewer columns.
    pub fn columns(self, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= self.view.columns(), "columns {range:?}");
        Self { columns: (range.start, range.end), ..self }
    }

    fn values(&self) -> &[T] {
        &self.view.values()[self.columns.0..]
    }

    fn shape(self) -> [usize; 2] {
        let [rows, columns] = [self.view.rows(), self.columns.1 - self.columns.0];
        if self.is_transposed { [columns, rows] } else { [rows, columns] }
    }

    /// How far apart neighbours in a column and in a row are.
    fn strides(self) -> [isize; 2] {
        let row = self.view.columns().cast_signed();
        if self.is_transposed { [1, row] } else { [row, 1] }
    }
}

/// out ← a·b.
///
/// # Panics
/// When the shapes do not fit.
pub fn matmul<'a, T: Real>(
    a: impl Into<Factor<'a, T>>,
    b: impl Into<Factor<'a, T>>,
    out: ViewMut<'_, T>,
) {
    multiply(a.into(), b.into(), T::ZERO, T::ONE, out);
}

/// out ← out + scale·a·b.
///
/// # Panics
/// When the shapes do not fit.
pub fn add_product<'a, T: Real>(
    scale: T,
    a: impl Into<Factor<'a, T>>,
    b: impl Into<Factor<'a, T>>,
    out: ViewMut<'_, T>,
) {
    multiply(a.into(), b.into(), T::ONE, scale, out);
}

/// out ← keep·out + scale·a·b, `keep` 0 or 1.
#[expect(unsafe_code, reason = "gemm takes pointers; the shapes are checked and views are dense")]
fn multiply<T: Real>(
    a: Factor<'_, T>,
    b: Factor<'_, T>,
    keep: T,
    scale: T,
    mut out: ViewMut<'_, T>,
) {
    let ([rows, inner], [also_inner, columns]) = (a.shape(), b.shape());
    assert_eq!(inner, also_inner, "columns of the left factor and rows of the right");
    assert_eq!([rows, columns], [out.rows(), out.columns()], "shape of the product");
    let is_added = keep != T::ZERO;
    if rows == 0 || columns == 0 || inner == 0 {
        if !is_added {
            out.values().fill(T::ZERO);
        }
        return;
    }
    let ([a_row, a_column], [b_row, b_column]) = (a.strides(), b.strides());
    // SAFETY: a view holds exactly rows · columns numbers, which its constructors check, and the
    // strides stay inside it, from the first column of a range on; `out` is borrowed mutably, so it
    // overlaps neither factor. The rows of `out` are the columns of its transpose, bᵀ·aᵀ.
    unsafe {
        T::kernel()(
            columns,
            rows,
            inner,
            out.values().as_mut_ptr(),
            columns.cast_signed(),
            1,
            is_added,
            b.values().as_ptr(),
            b_row,
            b_column,
            a.values().as_ptr(),
            a_row,
            a_column,
            keep,
            scale,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::Matrix;

    fn filled(rows: usize, columns: usize) -> Matrix<f64> {
        // small integers, so that every order of summation is exact
        let values = (0..rows * columns).map(|k| ((k * 7 + 3) % 11) as f64 - 5.0).collect();
        Matrix::new(rows, columns, values)
    }

    #[test]
    fn products_with_transposed_factors_equal_the_sum_of_products() {
        for [rows, inner, columns] in [[1, 1, 1], [3, 5, 2], [17, 9, 33], [64, 130, 1], [2, 0, 3]] {
            let (a, b) = (filled(rows, inner), filled(inner, columns));
            let flip = |m: &Matrix<f64>| {
                let mut flipped = Matrix::zeros(m.columns(), m.rows());
                for row in 0..m.rows() {
                    (0..m.columns()).for_each(|c| flipped.row_mut(c)[row] = m.row(row)[c]);
                }
                flipped
            };
            let (a_flipped, b_flipped) = (flip(&a), flip(&b));
            let mut expected = Matrix::zeros(rows, columns);
            for row in 0..rows {
                for column in 0..columns {
                    expected.row_mut(row)[column] =
                        (0..inner).map(|k| a.row(row)[k] * b.row(k)[column]).sum();
                }
            }
            let factors = [
                (Factor::from(a.view()), Factor::from(b.view())),
                (a_flipped.view().transposed(), b.view().into()),
                (a.view().into(), b_flipped.view().transposed()),
                (a_flipped.view().transposed(), b_flipped.view().transposed()),
            ];
            for (left, right) in factors {
                let mut out = filled(rows, columns);
                matmul(left, right, out.view_mut());
                assert_eq!(out, expected, "{rows}×{inner}×{columns}");
                add_product(-1.0, left, right, out.view_mut());
                assert_eq!(out, Matrix::zeros(rows, columns), "{rows}×{inner}×{columns}");
            }
        }
    }
}
