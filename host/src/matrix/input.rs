//! What the first layer of a model is given.

use std::ops::Range;

use super::{Sparse, View};
use crate::real::Real;

/// Rows of features, all of them or only those that are not zero.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a, T> {
    /// All numbers.
    Dense(View<'a, T>),
    /// Rows of a sparse matrix, which dense and graph layers take.
    Sparse {
        /// The matrix.
        matrix: &'a Sparse<T>,
        /// The first of its rows that counts.
        first: usize,
        /// How many count.
        rows: usize,
    },
}

impl<'a, T: Real> From<View<'a, T>> for Input<'a, T> {
    fn from(view: View<'a, T>) -> Self {
        Self::Dense(view)
    }
}

impl<'a, T: Real> From<&'a Sparse<T>> for Input<'a, T> {
    fn from(matrix: &'a Sparse<T>) -> Self {
        Self::Sparse { matrix, first: 0, rows: matrix.rows() }
    }
}

impl<'a, T: Real> Input<'a, T> {
    /// Rows.
    pub fn rows(self) -> usize {
        match self {
            Self::Dense(view) => view.rows(),
            Self::Sparse { rows, .. } => rows,
        }
    }

    /// Columns.
    pub fn columns(self) -> usize {
        match self {
            Self::Dense(view) => view.columns(),
            Self::Sparse { matrix, .. } => matrix.columns(),
        }
    }

    /// Some of its rows.
    pub fn rows_of(self, range: Range<usize>) -> Self {
        match self {
            Self::Dense(view) => Self::Dense(view.rows_of(range)),
            Self::Sparse { matrix, first, rows } => {
                assert!(range.end <= rows, "rows {range:?} of {rows}");
                Self::Sparse { matrix, first: first + range.start, rows: range.len() }
            }
        }
    }

    /// The numbers, for a layer that takes no sparse input.
    ///
    /// # Panics
    /// When the input is sparse.
    pub fn dense(self) -> View<'a, T> {
        match self {
            Self::Dense(view) => view,
            Self::Sparse { .. } => {
                panic!("only dense and graph layers take sparse rows: make them dense")
            }
        }
    }
}
