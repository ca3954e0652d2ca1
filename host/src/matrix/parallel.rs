//! Work shared between threads in pieces that do not depend on how many threads there are: the same
//! bits on every machine. Nothing is allocated.

use super::ViewMut;
use crate::real::Real;

/// Calls `work` on every item, in any order.
pub fn each<I: Send>(items: &mut [I], work: &(impl Fn(&mut I) + Sync)) {
    match items {
        [] => {}
        [item] => work(item),
        items => {
            let (lower, upper) = items.split_at_mut(items.len() / 2);
            rayon::join(|| each(lower, work), || each(upper, work));
        }
    }
}

/// Calls `work` on blocks of at most `rows` rows, with the number of the first row.
pub fn each_block<T: Real>(
    matrix: ViewMut<'_, T>,
    rows: usize,
    work: &(impl Fn(usize, ViewMut<'_, T>) + Sync),
) {
    from_row(0, matrix, rows, work);
}

fn from_row<T: Real>(
    first: usize,
    matrix: ViewMut<'_, T>,
    rows: usize,
    work: &(impl Fn(usize, ViewMut<'_, T>) + Sync),
) {
    let blocks = matrix.rows().div_ceil(rows);
    if blocks <= 1 {
        return work(first, matrix);
    }
    let half = blocks / 2 * rows;
    let [upper, lower] = matrix.split(half);
    rayon::join(
        || from_row(first, upper, rows, work),
        || from_row(first + half, lower, rows, work),
    );
}
