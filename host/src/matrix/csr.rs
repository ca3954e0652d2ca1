//! Sparse matrices, compressed by rows.

use std::ops::Range;

use super::{View, ViewMut, each_block, vectorised};
use crate::real::Real;

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
        let entries = self.entries().map(|(row, column, value)| (column, row, value)).collect();
        Self::new(self.columns, self.rows(), entries)
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
        mut out: ViewMut<'_, T>,
    ) {
        assert_eq!([within.len(), x.columns()], [x.rows(), out.columns()], "shapes of the factors");
        vectorised(
            #[inline(always)]
            || {
                for index in 0..out.rows() {
                    let (indices, values) = self.row(first + index);
                    let at = |column: usize| indices.partition_point(|&at| (at as usize) < column);
                    let (from, to) = if within.start == 0 && within.end == self.columns {
                        (0, indices.len())
                    } else {
                        (at(within.start), at(within.end))
                    };
                    let entries = (&indices[from..to], &values[from..to]);
                    combine(entries, within.start, scale, x.values(), out.row(index));
                }
            },
        );
    }
}

/// out ← out + scale·Σ value·(row of x), in as wide strips of columns as registers hold.
#[inline(always)]
fn combine<T: Real>(entries: (&[u32], &[T]), first: usize, scale: T, x: &[T], out: &mut [T]) {
    let columns = out.len();
    let mut done = 0;
    macro_rules! strips {
        ($($width:literal),*) => {$(
            while columns - done >= $width {
                strip::<T, $width>(entries, first, scale, &x[done.min(x.len())..], columns, &mut out[done..done + $width]);
                done += $width;
            }
        )*};
    }
    strips!(64, 16, 4, 1);
}

#[inline(always)]
fn strip<T: Real, const WIDTH: usize>(
    (indices, values): (&[u32], &[T]),
    first: usize,
    scale: T,
    x: &[T],
    columns: usize,
    out: &mut [T],
) {
    let mut sums = [T::ZERO; WIDTH];
    for (&index, &value) in indices.iter().zip(values) {
        let start = (index as usize - first) * columns;
        let row = &x[start..start + WIDTH];
        for (sum, &x) in sums.iter_mut().zip(row) {
            *sum += value * x;
        }
    }
    for (out, sum) in out.iter_mut().zip(sums) {
        *out += scale * sum;
    }
}

/// A sparse matrix that products go through both ways: features.
#[derive(Clone, Debug, PartialEq)]
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
