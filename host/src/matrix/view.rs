//! Views: dense matrices that somebody else owns.

use std::ops::Range;

use super::Factor;
use crate::real::Real;

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

    /// Some of its rows.
    pub fn rows_of(self, range: Range<usize>) -> View<'a, T> {
        let values = &self.values[range.start * self.columns..range.end * self.columns];
        View { values, rows: range.len(), columns: self.columns }
    }

    /// The transpose, as a factor of a product.
    pub fn transposed(self) -> Factor<'a, T> {
        Factor::from(self).transposed()
    }
}

impl<'a, T: Real> ViewMut<'a, T> {
    /// These numbers as a matrix.
    ///
    /// # Panics
    /// When there are not `rows · columns` values.
    pub fn new(rows: usize, columns: usize, values: &'a mut [T]) -> Self {
        assert_eq!(values.len(), rows * columns, "a matrix of {rows} × {columns}");
        Self { values, rows, columns }
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

    /// The first `rows` rows and the others.
    pub fn split(self, rows: usize) -> [Self; 2] {
        let (upper, lower) = self.values.split_at_mut(rows * self.columns);
        [Self::new(rows, self.columns, upper), Self::new(self.rows - rows, self.columns, lower)]
    }
}
