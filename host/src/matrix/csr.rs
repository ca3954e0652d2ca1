//! Sparse matrices, compressed by rows.

mod combine;

use std::ops::Range;

use super::{View, ViewMut, each_block};
use crate::real::Real;
use combine::AddRows;

/// Rows of a product that one thread computes.
const BLOCK: usize = 256;

/// A sparse matrix: for each row the columns that are not zero, in order, and their values.
#[derive(Clone, Debug, PartialEq)]
pub struct Csr<T> {
    columns: usize,
    starts: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<T>,
}

impl<T> Default for Csr<T> {
    /// Nothing.
    fn default() -> Self {
        Self { columns: 0, starts: vec![0], indices: vec![], values: vec![] }
    }
}

impl<T: Real> Csr<T> {
    /// From entries (row, column, value) in any order; what is given twice is added up.
    ///
    /// # Panics
    /// When an entry lies outside of `rows × columns`, or there are 2³² columns.
    pub fn new(rows: usize, columns: usize, mut entries: Vec<(usize, usize, T)>) -> Self {
        assert!(u32::try_from(columns).is_ok(), "{columns} columns");
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
                indices.push(column as u32);
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
        (0..self.rows()).flat_map(|row| {
            let (indices, values) = self.row(row);
            let entries = indices.iter().zip(values);
            entries.map(move |(&column, &value)| (row, column as usize, value))
        })
    }

    fn row(&self, row: usize) -> (&[u32], &[T]) {
        let range = self.starts[row]..self.starts[row + 1];
        (&self.indices[range.clone()], &self.values[range])
    }

    /// The transpose.
    pub fn transposed(&self) -> Self {
        let mut into = Self::default();
        self.transpose_into(&mut into);
        into
    }

    /// into ← the transpose; allocates only while `into` grows.
    fn transpose_into(&self, into: &mut Self) {
        let (rows, entries) = (self.rows(), self.values.len());
        into.columns = rows;
        into.starts.clear();
        into.starts.resize(self.columns + 1, 0);
        into.indices.resize(entries, 0);
        into.values.resize(entries, T::ZERO);
        self.indices.iter().for_each(|&column| into.starts[column as usize + 1] += 1);
        (0..self.columns).for_each(|column| into.starts[column + 1] += into.starts[column]);
        for row in 0..rows {
            let (indices, values) = self.row(row);
            for (&column, &value) in indices.iter().zip(values) {
                // what begins a column is moved along it, and back below
                let at = &mut into.starts[column as usize];
                (into.indices[*at], into.values[*at]) = (row as u32, value);
                *at += 1;
            }
        }
        into.starts.copy_within(0..self.columns, 1);
        into.starts[0] = 0;
    }

    /// into ← blocks of so many rows with these numbers, in this order; allocates only while `into`
    /// grows.
    fn gather(&self, blocks: &[usize], height: usize, into: &mut Self) {
        into.columns = self.columns;
        into.starts.clear();
        into.indices.clear();
        into.values.clear();
        into.starts.push(0);
        for row in blocks.iter().flat_map(|block| block * height..(block + 1) * height) {
            let (indices, values) = self.row(row);
            into.indices.extend_from_slice(indices);
            into.values.extend_from_slice(values);
            into.starts.push(into.values.len());
        }
    }

    /// out ← self · x, blocks of rows shared between threads.
    ///
    /// # Panics
    /// When the shapes do not fit.
    pub fn multiply(&self, x: View<'_, T>, mut out: ViewMut<'_, T>) {
        assert_eq!([self.columns, self.rows()], [x.rows(), out.rows()], "shapes of the factors");
        out.values().fill(T::ZERO);
        each_block(out, BLOCK, &|first, out| {
            self.add_rows(first, 0..x.rows(), T::ONE, x, out);
        });
    }

    /// out ← out + scale·(rows from `first` on, columns in `within`)·x, where x begins with the first
    /// of these columns.
    ///
    /// # Panics
    /// When the shapes do not fit.
    pub fn add_rows(
        &self,
        first: usize,
        within: Range<usize>,
        scale: T,
        x: View<'_, T>,
        out: ViewMut<'_, T>,
    ) {
        assert_eq!([within.len(), x.columns()], [x.rows(), out.columns()], "shapes of the factors");
        pulp::Arch::new().dispatch(AddRows { matrix: self, first, within, scale, x, out });
    }
}

/// A sparse matrix that products go through both ways: features.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sparse<T> {
    by_row: Csr<T>,
    by_column: Csr<T>,
}

impl<T: Real> From<Csr<T>> for Sparse<T> {
    fn from(by_row: Csr<T>) -> Self {
        Self { by_column: by_row.transposed(), by_row }
    }
}

impl<T: Real> Sparse<T> {
    /// Rows.
    pub fn rows(&self) -> usize {
        self.by_row.rows()
    }

    /// Columns.
    pub fn columns(&self) -> usize {
        self.by_row.columns()
    }

    /// The entries (row, column, value) in order of rows, then columns.
    pub fn entries(&self) -> impl Iterator<Item = (usize, usize, T)> {
        self.by_row.entries()
    }

    /// The entries (column, value) of a row, in order of columns.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, T)> {
        let (indices, values) = self.by_row.row(row);
        indices.iter().zip(values).map(|(&column, &value)| (column as usize, value))
    }

    /// into ← blocks of so many rows with these numbers, in this order; allocates only while `into`
    /// grows.
    pub fn gather(&self, blocks: &[usize], height: usize, into: &mut Self) {
        self.by_row.gather(blocks, height, &mut into.by_row);
        into.by_row.transpose_into(&mut into.by_column);
    }

    /// out ← (these rows) · x, without threads.
    pub fn multiply(&self, rows: Range<usize>, x: View<'_, T>, mut out: ViewMut<'_, T>) {
        out.values().fill(T::ZERO);
        self.by_row.add_rows(rows.start, 0..self.columns(), T::ONE, x, out);
    }

    /// out ← out + scale·(these rows, `columns` of them)ᵀ · x, without threads.
    pub fn add_transposed(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        scale: T,
        x: View<'_, T>,
        out: ViewMut<'_, T>,
    ) {
        assert_eq!(columns.len(), out.rows(), "rows of the product");
        self.by_column.add_rows(columns.start, rows, scale, x, out);
    }
}
