//! Matrices: dense and row-major, or compressed by rows; views of them; their products.

mod csr;
mod input;
mod lanes;
mod parallel;
mod product;
mod simd;
mod view;

pub use csr::{Csr, Sparse};
pub use input::Input;
pub use lanes::{Lanes, lanes, load, load_whole, numbers_mut, store};
pub use parallel::{each, each_block};
pub use product::{Factor, Multiply, add_product, matmul};
pub use simd::vectorised;
pub use view::{View, ViewMut};

use crate::real::Real;

/// A dense matrix that owns its numbers, row after row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix<T> {
    values: Vec<T>,
    rows: usize,
    columns: usize,
}

impl<T: Real> Matrix<T> {
    /// All zeros.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { values: vec![T::ZERO; rows * columns], rows, columns }
    }

    /// Row after row.
    ///
    /// # Panics
    /// When there are not `rows · columns` values.
    pub fn new(rows: usize, columns: usize, values: Vec<T>) -> Self {
        View::new(rows, columns, &values);
        Self { values, rows, columns }
    }

    /// Takes another shape; what it holds is then unspecified. Allocates only when it was never
    /// this large before.
    pub fn reshape(&mut self, rows: usize, columns: usize) {
        self.values.resize(rows * columns, T::ZERO);
        (self.rows, self.columns) = (rows, columns);
    }

    /// To be read.
    pub fn view(&self) -> View<'_, T> {
        View::new(self.rows, self.columns, &self.values)
    }

    /// To be written.
    pub fn view_mut(&mut self) -> ViewMut<'_, T> {
        ViewMut::new(self.rows, self.columns, &mut self.values)
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The numbers, row after row.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// The numbers, row after row, to be written.
    pub fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// One row.
    pub fn row(&self, index: usize) -> &[T] {
        &self.values[index * self.columns..(index + 1) * self.columns]
    }

    /// One row to be written.
    pub fn row_mut(&mut self, index: usize) -> &mut [T] {
        &mut self.values[index * self.columns..(index + 1) * self.columns]
    }
}
