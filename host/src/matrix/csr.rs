//! Sparse matrices, compressed by rows.

use super::{View, ViewMut};
use crate::real::Real;

/// A sparse matrix: for each row the columns that are not zero, in order, and their values.
#[derive(Clone, Debug, PartialEq)]
pub struct Csr<T> {
    columns: usize,
    starts: Vec<usize>,
    indices: Vec<usize>,
    values: Vec<T>,
}

impl<T: Real> Csr<T> {
    /// From entries (row, column, value) in any order; what is given twice is added up.
    ///
    /// # Panics
    /// When an entry lies outside of `rows × columns`.
    pub fn new(rows: usize, columns: usize, mut entries: Vec<(usize, usize, T)>) -> Self {
        entries.sort_by_key(|&(row, column, _)| (row, column));
        let mut starts = vec![0; rows + 1];
        let mut indices = Vec::with_capacity(entries.len());
        let mut values: Vec<T> = Vec::with_capacity(entries.len());
        let mut before = None;
        for (row, column, value) in entries {
            assert!(
                row < rows && column < columns,
                "entry ({row}, {column}) of {rows} × {columns}"
            );
            if before == Some((row, column)) {
                *values.last_mut().expect("an entry came before") += value;
            } else {
                indices.push(column);
                values.push(value);
                starts[row + 1] += 1;
            }
            before = Some((row, column));
        }
        (0..rows).for_each(|row| starts[row + 1] += starts[row]);
        Self { columns, starts, indices, values }
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The entries (row, column, value) in order of rows, then columns.
    pub fn entries(&self) -> impl Iterator<Item = (usize, usize, T)> {
        (0..self.rows())
            .flat_map(|row| self.row(row).map(move |(column, value)| (row, column, value)))
    }

    fn row(&self, row: usize) -> impl Iterator<Item = (usize, T)> {
        let range = self.starts[row]..self.starts[row + 1];
        self.indices[range.clone()].iter().copied().zip(self.values[range].iter().copied())
    }

    /// The transpose.
    pub fn transposed(&self) -> Self {
        let entries = self.entries().map(|(row, column, value)| (column, row, value)).collect();
        Self::new(self.columns, self.rows(), entries)
    }

    /// out ← self · x.
    ///
    /// # Panics
    /// When the shapes do not fit.
    pub fn multiply(&self, x: View<'_, T>, mut out: ViewMut<'_, T>) {
        assert_eq!([self.columns, x.columns()], [x.rows(), out.columns()], "shapes of the factors");
        assert_eq!(self.rows(), out.rows(), "rows of the product");
        for row in 0..self.rows() {
            let out = out.row(row);
            out.fill(T::ZERO);
            for (column, value) in self.row(row) {
                for (out, &x) in out.iter_mut().zip(x.row(column)) {
                    *out += value * x;
                }
            }
        }
    }
}
