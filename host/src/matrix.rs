//! Matrices: dense and row-major, or compressed by rows; views of them; one product.

mod csr;
mod product;

pub use csr::Csr;
pub use product::{Factor, matmul};

use crate::real::Real;

/// A dense matrix that owns its numbers, row after row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix<T> {
    values: Vec<T>,
    rows: usize,
    columns: usize,
}

/// A matrix to be read, row after row.
#[derive(Clone, Copy, Debug)]
pub struct View<'a, T> {
    values: &'a [T],
    rows: usize,
    columns: usize,
}

/// A matrix to be written, row after row.
#[derive(Debug)]
pub struct ViewMut<'a, T> {
    values: &'a mut [T],
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
        View { values: &self.values, rows: self.rows, columns: self.columns }
    }

    /// To be written.
    pub fn view_mut(&mut self) -> ViewMut<'_, T> {
        ViewMut { values: &mut self.values, rows: self.rows, columns: self.columns }
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
        self.view().row(index)
    }

    /// One row to be written.
    pub fn row_mut(&mut self, index: usize) -> &mut [T] {
        &mut self.values[index * self.columns..(index + 1) * self.columns]
    }
}

impl<'a, T: Real> View<'a, T> {
    /// These numbers as a matrix.
    ///
    /// # Panics
    /// When there are not `rows · columns` values.
    pub fn new(rows: usize, columns: usize, values: &'a [T]) -> Self {
        assert_eq!(values.len(), rows * columns, "a matrix of {rows} × {columns}");
        Self { values, rows, columns }
    }

    /// Rows.
    pub fn rows(self) -> usize {
        self.rows
    }

    /// Columns.
    pub fn columns(self) -> usize {
        self.columns
    }

    /// The numbers, row after row.
    pub fn values(self) -> &'a [T] {
        self.values
    }

    /// One row.
    pub fn row(self, index: usize) -> &'a [T] {
        &self.values[index * self.columns..(index + 1) * self.columns]
    }

    /// One row after the other.
    pub fn each_row(self) -> impl Iterator<Item = &'a [T]> {
        (0..self.rows).map(move |index| self.row(index))
    }

    /// Blocks of so many rows, one after the other.
    pub fn blocks(self, rows: usize) -> impl Iterator<Item = View<'a, T>> {
        let columns = self.columns;
        let blocks = self.values.chunks_exact((rows * columns).max(1));
        blocks.map(move |values| View { values, rows, columns })
    }

    /// The transpose, as a factor of a product.
    pub fn transposed(self) -> Factor<'a, T> {
        Factor::from(self).transposed()
    }
}

impl<T: Real> ViewMut<'_, T> {
    /// These numbers as a matrix.
    ///
    /// # Panics
    /// When there are not `rows · columns` values.
    pub fn new(rows: usize, columns: usize, values: &mut [T]) -> ViewMut<'_, T> {
        assert_eq!(values.len(), rows * columns, "a matrix of {rows} × {columns}");
        ViewMut { values, rows, columns }
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The same view for a shorter time.
    pub fn reborrow(&mut self) -> ViewMut<'_, T> {
        ViewMut { values: self.values, rows: self.rows, columns: self.columns }
    }

    /// The numbers, row after row.
    pub fn values(&mut self) -> &mut [T] {
        self.values
    }

    /// One row.
    pub fn row(&mut self, index: usize) -> &mut [T] {
        &mut self.values[index * self.columns..(index + 1) * self.columns]
    }

    /// Blocks of so many rows, one after the other.
    pub fn blocks(&mut self, rows: usize) -> impl Iterator<Item = ViewMut<'_, T>> {
        let columns = self.columns;
        let blocks = self.values.chunks_exact_mut((rows * columns).max(1));
        blocks.map(move |values| ViewMut { values, rows, columns })
    }
}
