//! Rows of a sparse matrix times a dense one: sums of few rows of the dense one, in vectors.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::Csr;
use crate::matrix::{View, ViewMut, lanes, load, load_whole, numbers_mut, store};
use crate::real::Real;

/// out ← out + scale·(rows from `first` on, columns in `within`)·x, where x begins with the first of
/// these columns.
pub(super) struct AddRows<'a, T> {
    pub(super) matrix: &'a Csr<T>,
    pub(super) first: usize,
    pub(super) within: Range<usize>,
    pub(super) scale: T,
    pub(super) x: View<'a, T>,
    pub(super) out: ViewMut<'a, T>,
}

impl<T: Real> AddRows<'_, T> {
    /// The entries of a row that count.
    #[inline(always)]
    fn entries(&self, row: usize) -> (&[u32], &[T]) {
        let (indices, values) = self.matrix.row(row);
        if self.within.start == 0 && self.within.end == self.matrix.columns {
            return (indices, values);
        }
        let at = |column: usize| indices.partition_point(|&at| (at as usize) < column);
        let (from, to) = (at(self.within.start), at(self.within.end));
        (&indices[from..to], &values[from..to])
    }

    /// Σ value·(row of x) over the entries, `VECTORS` vectors from column `done` on: those of even and
    /// of odd number apart, so that no sum waits for the one before.
    #[inline(always)]
    fn sums<S: Simd, const VECTORS: usize, const IS_WHOLE: bool>(
        &self,
        simd: S,
        (indices, values): (&[u32], &[T]),
        done: usize,
    ) -> [T::Vector<S>; VECTORS] {
        let mut sums = [[T::splat(simd, T::ZERO); VECTORS]; 2];
        let (pairs, last) = indices.as_chunks::<2>();
        let (pair_values, last_value) = values.as_chunks::<2>();
        for (indices, values) in pairs.iter().zip(pair_values) {
            self.add::<S, VECTORS, IS_WHOLE>(simd, (indices[0], values[0]), done, &mut sums[0]);
            self.add::<S, VECTORS, IS_WHOLE>(simd, (indices[1], values[1]), done, &mut sums[1]);
        }
        for (&index, &value) in last.iter().zip(last_value) {
            self.add::<S, VECTORS, IS_WHOLE>(simd, (index, value), done, &mut sums[0]);
        }
        let [mut even, odd] = sums;
        for vector in 0..VECTORS {
            even[vector] = T::sum(simd, even[vector], odd[vector]);
        }
        even
    }

    /// One entry of them.
    #[inline(always)]
    fn add<S: Simd, const VECTORS: usize, const IS_WHOLE: bool>(
        &self,
        simd: S,
        (index, value): (u32, T),
        done: usize,
        sums: &mut [T::Vector<S>; VECTORS],
    ) {
        let at = (index as usize - self.within.start) * self.x.columns() + done;
        let value = T::splat(simd, value);
        for (vector, sum) in sums.iter_mut().enumerate() {
            let at = at + vector * lanes::<T, S>();
            let x = match IS_WHOLE {
                true => load_whole::<T, S>(self.x.values(), at),
                false => load::<T, S>(self.x.values(), at),
            };
            *sum = T::multiply_add(simd, value, x, *sum);
        }
    }

    /// Ones in the first lanes, zeros in the others.
    #[inline(always)]
    fn ones<S: Simd>(simd: S, count: usize) -> T::Vector<S> {
        let mut ones = T::splat(simd, T::ZERO);
        numbers_mut::<T, S>(&mut ones).iter_mut().take(count).for_each(|lane| *lane = T::ONE);
        ones
    }
}

impl<T: Real> WithSimd for AddRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let (lanes, columns) = (lanes::<T, S>(), self.x.columns());
        let (scale, zero) = (T::splat(simd, self.scale), T::splat(simd, T::ZERO));
        let one = T::splat(simd, T::ONE);
        let rest = Self::ones(simd, columns % lanes);
        for row in 0..self.out.rows() {
            let mut done = 0;
            macro_rules! strips {
                ($($vectors:literal),*) => {$(
                    while columns - done >= $vectors * lanes {
                        let entries = self.entries(self.first + row);
                        let sums = self.sums::<S, $vectors, true>(simd, entries, done);
                        for (vector, sum) in sums.into_iter().enumerate() {
                            let at = row * columns + done + vector * lanes;
                            let out = load::<T, S>(self.out.values(), at);
                            let sum = T::multiply_add(simd, scale, sum, out);
                            store::<T, S>(self.out.values(), at, sum);
                        }
                        done += $vectors * lanes;
                    }
                )*};
            }
            strips!(4, 2, 1);
            if done < columns {
                let entries = self.entries(self.first + row);
                let [sum] = self.sums::<S, 1, false>(simd, entries, done);
                // nothing is added to the lanes beyond the columns: they belong to the next row
                let sum = T::where_equal(simd, [rest, one], [sum, zero]);
                let at = row * columns + done;
                let out = load::<T, S>(self.out.values(), at);
                let sum = T::multiply_add(simd, scale, sum, out);
                store::<T, S>(self.out.values(), at, sum);
            }
        }
    }
}
