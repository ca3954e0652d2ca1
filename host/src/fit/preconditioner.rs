//! The Hessian without what couples the classes, as a preconditioner:
//!
//! ```text
//! M_k = Σᵢ p_ik (1 − p_ik) ηᵢηᵢᵀ + ΛI,     z_k = M_k⁻¹ r_k − the mean of these over k
//! ```
//!
//! Shifting the scores of all classes alike changes no share, so the Hessian is Λ along such shifts and
//! steps have none; without the mean taken out, M would be far too stiff there. Each sum is estimated
//! from a few times as many samples as there are features, drawn evenly along the cumulated weights.

use super::Problem;
use super::cholesky::Cholesky;
use crate::matrix::{Matrix, each};
use crate::real::Real;

/// Samples drawn for a class, per feature.
const SAMPLES: usize = 3;
/// Bytes of all factors above which the diagonal of M is used alone.
const MOST_BYTES: usize = 1 << 30;

/// M⁻¹ for one class.
enum Block<T> {
    Whole(Cholesky<T>),
    /// One over the diagonal.
    Diagonal(Vec<T>),
}

/// M⁻¹.
pub(super) struct Preconditioner<T> {
    blocks: Vec<Block<T>>,
}

impl<T: Real> Preconditioner<T> {
    /// At these shares.
    pub fn new(problem: &Problem<'_, T>, shares: &[T]) -> Self {
        let size = problem.features.columns() + 1;
        let is_whole = size * size * problem.classes * size_of::<T>() <= MOST_BYTES;
        let mut blocks: Vec<(usize, Option<Block<T>>)> =
            (0..problem.classes).map(|class| (class, None)).collect();
        each(&mut blocks, &|(class, block)| {
            let rows = weighted_rows(problem, shares, *class);
            let ridge = T::from_f64(problem.precision);
            *block = Some(if is_whole {
                Block::Whole(Cholesky::new(rows.view(), ridge))
            } else {
                let mut squares = vec![ridge; size];
                for row in rows.view().each_row() {
                    squares.iter_mut().zip(row).for_each(|(sum, &x)| *sum += x * x);
                }
                Block::Diagonal(squares.into_iter().map(|square| T::ONE / square).collect())
            });
        });
        Self { blocks: blocks.into_iter().filter_map(|(_, block)| block).collect() }
    }

    /// z for a residual r, both feature-major.
    pub fn apply(&self, residual: &[f64]) -> Vec<f64> {
        let classes = self.blocks.len();
        let mut columns: Vec<(&Block<T>, Vec<T>)> = (0..classes)
            .map(|class| {
                let column = residual.iter().skip(class).step_by(classes);
                (&self.blocks[class], column.map(|&r| T::from_f64(r)).collect())
            })
            .collect();
        each(&mut columns, &|(block, column)| match block {
            Block::Whole(factor) => factor.solve(column),
            Block::Diagonal(inverse) => {
                column.iter_mut().zip(inverse).for_each(|(x, &scale)| *x *= scale);
            }
        });
        let mut steps = vec![0.0; residual.len()];
        for (at, row) in steps.chunks_exact_mut(classes).enumerate() {
            for (step, (_, column)) in row.iter_mut().zip(&columns) {
                *step = column[at].to_f64();
            }
            let mean = row.iter().sum::<f64>() / classes as f64;
            row.iter_mut().for_each(|step| *step -= mean);
        }
        steps
    }
}

/// Rows √w·η of the samples drawn for a class, so that their Gram matrix estimates Σ p(1 − p)ηηᵀ.
fn weighted_rows<T: Real>(problem: &Problem<'_, T>, shares: &[T], class: usize) -> Matrix<T> {
    let features = problem.features;
    let size = features.columns() + 1;
    let weights = shares.iter().skip(class).step_by(problem.classes).map(|p| {
        let p = p.to_f64();
        p * (1.0 - p)
    });
    let most = SAMPLES * size;
    let chosen: Vec<(usize, f64)> = if features.rows() <= most {
        weights.enumerate().collect()
    } else {
        let stride = weights.clone().sum::<f64>() / most as f64;
        let (mut below, mut chosen) = (0.0, vec![]);
        for (row, weight) in weights.enumerate() {
            let hits = ((below + weight) / stride).round() - (below / stride).round();
            below += weight;
            if hits > 0.0 {
                chosen.push((row, hits * stride));
            }
        }
        chosen
    };
    let mut rows = Matrix::zeros(chosen.len(), size);
    for (at, &(row, weight)) in chosen.iter().enumerate() {
        let root = T::from_f64(libm::sqrt(weight));
        let (plain, one) = rows.row_mut(at).split_at_mut(size - 1);
        plain.iter_mut().zip(features.row(row)).for_each(|(to, &x)| *to = root * x);
        one.fill(root);
    }
    rows
}
