//! Sums over all samples, in blocks whose rows stay in the cache from the product that reads them to
//! the one that sums them up. The samples fall into parts, which are shared between threads; parts
//! and blocks depend on nothing but the number of samples.

use std::ops::Range;

use super::Problem;
use super::certificate::divergence;
use crate::matrix::{Matrix, View, ViewMut, add_product, each, matmul, vectorised};
use crate::real::Real;

/// Rows of a block.
const BLOCK: usize = 256;
/// Most parts.
const PARTS: usize = 16;

/// The samples, ready for sums over them.
pub(super) struct Sweep<'a, T> {
    features: View<'a, T>,
    labels: &'a [usize],
    classes: usize,
    /// Samples of a part.
    part: usize,
}

/// What one part gives.
struct Part<'s, T> {
    first: usize,
    /// The rows of all parts' shares that are this part's.
    shares: &'s mut [T],
    /// Σ signal·ηᵀ, feature-major, the bias last.
    sums: Vec<f64>,
    total: f64,
}

/// Buffers of one part.
struct Scratch<T> {
    signal: Matrix<T>,
    product: Matrix<T>,
}

impl<'a, T: Real> Sweep<'a, T> {
    pub fn new(problem: &Problem<'a, T>) -> Self {
        let Problem { features, labels, classes, .. } = *problem;
        let part = features.rows().div_ceil(PARTS).next_multiple_of(BLOCK);
        Self { features, labels, classes, part }
    }

    /// Σᵢ losses; shares ← softmax(Wη); also Σᵢ (softmax(Wηᵢ) − yᵢ) ηᵢᵀ.
    pub fn evaluate(&self, weights: &[T], shares: &mut [T]) -> (f64, Vec<f64>) {
        self.over_parts(shares, &|rows, shares, scratch| {
            self.scores(rows.clone(), weights, ViewMut::new(rows.len(), self.classes, shares));
            let mut total = 0.0;
            let labels = &self.labels[rows];
            let signal = scratch.signal.values_mut().chunks_exact_mut(self.classes);
            for ((row, &label), signal) in
                shares.chunks_exact_mut(self.classes).zip(labels).zip(signal)
            {
                total += softmax(row, label);
                signal.copy_from_slice(row);
                signal[label] -= T::ONE;
            }
            total
        })
    }

    /// Σᵢ Jᵢ D ηᵢ ηᵢᵀ with J = diag(p) − ppᵀ at these shares.
    pub fn curvature(&self, direction: &[T], shares: &mut [T]) -> Vec<f64> {
        let classes = self.classes;
        let (_, sums) = self.over_parts(shares, &|rows, shares, scratch| {
            self.scores(rows, direction, scratch.signal.view_mut());
            let signal = scratch.signal.values_mut();
            vectorised(
                #[inline(always)]
                || {
                    for (row, p) in
                        signal.chunks_exact_mut(classes).zip(shares.chunks_exact(classes))
                    {
                        let mean = row.iter().zip(p).fold(T::ZERO, |sum, (&s, &p)| sum + s * p);
                        row.iter_mut().zip(p).for_each(|(s, &p)| *s = p * (*s - mean));
                    }
                },
            );
            0.0
        });
        sums
    }

    /// Σᵢ (yᵢ − pᵢ) ηᵢᵀ for any shares.
    pub fn pull(&self, shares: &mut [T]) -> Vec<f64> {
        let (_, sums) = self.over_parts(shares, &|rows, shares, scratch| {
            let signal = scratch.signal.values_mut();
            signal.iter_mut().zip(&*shares).for_each(|(signal, &share)| *signal = -share);
            for (row, &label) in signal.chunks_exact_mut(self.classes).zip(&self.labels[rows]) {
                row[label] += T::ONE;
            }
            0.0
        });
        sums
    }

    /// Share of the samples whose largest share is their label's.
    pub fn correct(&self, shares: &[T]) -> f64 {
        let decided =
            shares.chunks_exact(self.classes).zip(self.labels).filter(|&(row, &label)| {
                let best =
                    (0..row.len()).fold(0, |best, k| if row[k] > row[best] { k } else { best });
                best == label
            });
        decided.count() as f64 / self.labels.len() as f64
    }

    /// block ← Wη for some rows.
    fn scores(&self, rows: Range<usize>, weights: &[T], mut block: ViewMut<'_, T>) {
        let (plain, bias) = weights.split_at(self.features.columns() * self.classes);
        block.values().chunks_exact_mut(self.classes).for_each(|row| row.copy_from_slice(bias));
        let weights = View::new(self.features.columns(), self.classes, plain);
        add_product(T::ONE, self.features.rows_of(rows), weights, block);
    }

    /// `work` gets the rows of a block, their shares, and a signal to write, a row a sample; its
    /// numbers are summed, and signal·ηᵀ.
    fn over_parts(
        &self,
        shares: &mut [T],
        work: &(impl Fn(Range<usize>, &mut [T], &mut Scratch<T>) -> f64 + Sync),
    ) -> (f64, Vec<f64>) {
        let length = (self.features.columns() + 1) * self.classes;
        let parts = shares.chunks_mut(self.part * self.classes).enumerate();
        let mut parts: Vec<Part<'_, T>> = parts
            .map(|(part, shares)| {
                let first = part * self.part;
                Part { first, shares, sums: vec![0.0; length], total: 0.0 }
            })
            .collect();
        each(&mut parts, &|part| self.one_part(part, work));
        let mut parts = parts.into_iter();
        let first = parts.next().map_or((0.0, vec![0.0; length]), |part| (part.total, part.sums));
        parts.fold(first, |(total, mut sums), part| {
            sums.iter_mut().zip(&part.sums).for_each(|(sum, add)| *sum += add);
            (total + part.total, sums)
        })
    }

    fn one_part(
        &self,
        part: &mut Part<'_, T>,
        work: &impl Fn(Range<usize>, &mut [T], &mut Scratch<T>) -> f64,
    ) {
        let (columns, classes) = (self.features.columns(), self.classes);
        let mut scratch = Scratch {
            signal: Matrix::zeros(BLOCK, classes),
            product: Matrix::zeros(columns, classes),
        };
        let mut first = part.first;
        for shares in part.shares.chunks_mut(BLOCK * classes) {
            let rows = first..first + shares.len() / classes;
            first = rows.end;
            scratch.signal.reshape(rows.len(), classes);
            part.total += work(rows.clone(), shares, &mut scratch);
            let Scratch { signal, product } = &mut scratch;
            let features = self.features.rows_of(rows).transposed();
            matmul(features, signal.view(), product.view_mut());
            let (plain, bias) = part.sums.split_at_mut(columns * classes);
            let add = |(sum, &value): (&mut f64, &T)| *sum += value.to_f64();
            plain.iter_mut().zip(product.values()).for_each(add);
            for row in signal.values().chunks_exact(classes) {
                bias.iter_mut().zip(row).for_each(add);
            }
        }
    }
}

/// row ← softmax(row); the loss of this label.
fn softmax<T: Real>(row: &mut [T], label: usize) -> f64 {
    let top = row.iter().fold(row[0], |top, &score| top.max(score));
    let below = row[label] - top;
    let mut total = T::ZERO;
    for score in row.iter_mut() {
        *score = (*score - top).exp();
        total += *score;
    }
    let inverse = T::ONE / total;
    row.iter_mut().for_each(|share| *share *= inverse);
    libm::log(total.to_f64()) - below.to_f64()
}

/// Σ KL(p ‖ q), row against row.
pub(super) fn divergences<T: Real>(p: &[T], q: &[T]) -> f64 {
    p.iter().zip(q).map(|(p, q)| divergence(p.to_f64(), q.to_f64())).sum()
}
