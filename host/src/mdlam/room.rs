//! What the blocks share: room for a candidate, products and sums split between threads in pieces that
//! depend on the shapes alone.

use std::ops::Range;

use crate::matrix::{Matrix, View, ViewMut, each_block, matmul};
use crate::real::Real;

/// Buffers of a block's update. They get their size in the first epoch.
#[derive(Clone, Debug, Default)]
pub(super) struct Room<T> {
    /// v + ω(v − v₋)
    pub base: Vec<T>,
    /// The new value of the block.
    pub candidate: Matrix<T>,
    /// The product A·W that belongs to `base`, then to the candidate.
    pub product: Matrix<T>,
    /// A·W + 1·bᵀ − Z at `base`.
    pub residual: Matrix<T>,
    /// h(Z)
    pub prediction: Matrix<T>,
}

/// Rows that one thread computes: four pieces of a small matrix, more of a large one.
pub(super) fn rows_at_once(rows: usize) -> usize {
    rows.div_ceil(4).clamp(1, 512)
}

/// out ← a·w
pub(super) fn multiply<T: Real>(a: View<'_, T>, w: View<'_, T>, out: &mut Matrix<T>) {
    out.reshape(a.rows(), w.columns());
    each_block(out.view_mut(), rows_at_once(a.rows()), &|first, block| {
        matmul(a.rows_of(first..first + block.rows()), w, block);
    });
}

/// out ← product + 1·biasᵀ − scores
pub(super) fn residual<T: Real>(
    product: View<'_, T>,
    bias: &[T],
    scores: View<'_, T>,
    out: &mut Matrix<T>,
) {
    out.reshape(product.rows(), product.columns());
    let rows = product.each_row().zip(scores.each_row());
    for (index, (product, scores)) in rows.enumerate() {
        let numbers = product.iter().zip(bias).zip(scores);
        let out = out.row_mut(index).iter_mut();
        out.zip(numbers).for_each(|(out, ((&p, &b), &z))| *out = p + b - z);
    }
}

/// out ← v + ω(v − v₋)
pub(super) fn extrapolate<T: Real>(value: &[T], previous: &[T], share: f64, out: &mut Vec<T>) {
    out.resize(value.len(), T::ZERO);
    let (share, columns) = (T::from_f64(share), value.len());
    let out = ViewMut::new(1, columns, out);
    each_slice(out, &|range, out| {
        let pairs = value[range.clone()].iter().zip(&previous[range]);
        out.iter_mut().zip(pairs).for_each(|(out, (&v, &p))| *out = v + share * (v - p));
    });
}

/// Numbers that one thread computes.
const SLICE: usize = 1 << 14;

/// Calls `work` on pieces of a row of numbers, with where they are.
fn each_slice<T: Real>(row: ViewMut<'_, T>, work: &(impl Fn(Range<usize>, &mut [T]) + Sync)) {
    let mut row = row;
    let values = row.values();
    let whole = values.len() / SLICE * SLICE;
    let (pieces, rest) = values.split_at_mut(whole);
    let pieces = ViewMut::new(whole / SLICE, SLICE, pieces);
    each_block(pieces, 1, &|index, mut piece| {
        if piece.rows() > 0 {
            work(index * SLICE..(index + 1) * SLICE, piece.values());
        }
    });
    work(whole..whole + rest.len(), rest);
}

/// Σ over 0..length of what `work` gives for a piece: the same order for any number of threads.
pub(super) fn sum(length: usize, work: &(impl Fn(Range<usize>) -> f64 + Sync)) -> f64 {
    sum_of(0..length, work)
}

fn sum_of(range: Range<usize>, work: &(impl Fn(Range<usize>) -> f64 + Sync)) -> f64 {
    if range.len() <= SLICE {
        return work(range);
    }
    let middle = range.start + range.len() / 2;
    let (lower, upper) =
        rayon::join(|| sum_of(range.start..middle, work), || sum_of(middle..range.end, work));
    lower + upper
}

/// ‖a − b‖²
pub(super) fn squared_distance<T: Real>(a: &[T], b: &[T]) -> f64 {
    sum(a.len(), &|range| {
        let pairs = a[range.clone()].iter().zip(&b[range]);
        pairs.map(|(&a, &b)| (a.to_f64() - b.to_f64()) * (a.to_f64() - b.to_f64())).sum()
    })
}
