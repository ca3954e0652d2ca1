//! Labelled examples for a network, one below the other.

use std::ops::Range;

use crate::layer::Shape;
use crate::matrix::{Matrix, View};
use crate::model::Batch;
use crate::real::Real;

/// Inputs and what a model should say of them. An example has one row a site, in both; how many
/// rows follows from how many examples there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Examples<T> {
    input: Matrix<T>,
    target: Matrix<T>,
    count: usize,
}

impl<T: Real> Examples<T> {
    /// So many examples.
    ///
    /// # Panics
    /// When rows are left over.
    pub fn new(count: usize, input: Matrix<T>, target: Matrix<T>) -> Self {
        for matrix in [&input, &target] {
            assert!(matrix.rows() == 0 || count > 0, "rows, but no examples");
            assert_eq!(matrix.rows() % count.max(1), 0, "rows left over for {count} examples");
        }
        Self { input, target, count }
    }

    /// Examples of one site each, with their classes as one-hot targets.
    ///
    /// # Panics
    /// When a label is no class or there are not as many labels as rows.
    pub fn classified(input: Matrix<T>, labels: &[usize], classes: usize) -> Self {
        assert_eq!(input.rows(), labels.len(), "labels");
        let target = one_hot(labels, classes);
        Self::new(labels.len(), input, target)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All inputs.
    pub fn input(&self) -> View<'_, T> {
        self.input.view()
    }

    /// All targets.
    pub fn target(&self) -> View<'_, T> {
        self.target.view()
    }

    /// What an input and a target look like.
    pub fn shapes(&self) -> [Shape; 2] {
        [&self.input, &self.target].map(|matrix| Shape {
            sites: matrix.rows() / self.count.max(1),
            channels: matrix.columns(),
        })
    }

    /// Those of a range, as they lie.
    pub fn batch(&self, range: Range<usize>) -> Batch<'_, T> {
        let [input, target] = [&self.input, &self.target].map(|matrix| {
            let rows = matrix.rows() / self.count.max(1);
            let numbers = rows * matrix.columns();
            let values = &matrix.values()[range.start * numbers..range.end * numbers];
            View::new(rows * range.len(), matrix.columns(), values)
        });
        Batch::new(input, target)
    }

    /// into ← those with these numbers, in this order. Allocates only while `into` grows.
    pub fn gather(&self, numbers: &[usize], into: &mut Self) {
        into.count = numbers.len();
        for (from, to) in [(&self.input, &mut into.input), (&self.target, &mut into.target)] {
            let rows = from.rows() / self.count.max(1);
            to.reshape(rows * numbers.len(), from.columns());
            let length = (rows * from.columns()).max(1);
            let chunks = to.values_mut().chunks_exact_mut(length);
            for (chunk, &number) in chunks.zip(numbers) {
                chunk.copy_from_slice(&from.values()[number * length..(number + 1) * length]);
            }
        }
    }

    /// Those with these numbers.
    pub fn chosen(&self, numbers: &[usize]) -> Self {
        let mut chosen = Self::default();
        self.gather(numbers, &mut chosen);
        chosen
    }

    /// The same numbers with so many rows an input; false, and nothing done, where that leaves some
    /// over.
    pub fn reshape_inputs(&mut self, sites: usize) -> bool {
        let numbers = self.input.values().len() / self.count.max(1);
        if sites == 0 || !numbers.is_multiple_of(sites) {
            return false;
        }
        self.input.reshape(self.count * sites, numbers / sites);
        true
    }

    /// Every number of every input through `map(channel, number)`, such as a standardisation.
    pub fn map_inputs(&mut self, map: impl Fn(usize, T) -> T) {
        let columns = self.input.columns().max(1);
        for (index, value) in self.input.values_mut().iter_mut().enumerate() {
            *value = map(index % columns, *value);
        }
    }
}

/// One row a label, 1 in the column of its class.
pub(crate) fn one_hot<T: Real>(labels: &[usize], classes: usize) -> Matrix<T> {
    let mut target = Matrix::zeros(labels.len(), classes);
    for (row, &label) in labels.iter().enumerate() {
        target.row_mut(row)[label] = T::ONE;
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathering_takes_whole_examples_in_the_order_asked_for() {
        let input = Matrix::new(6, 2, (0..12).map(f64::from).collect());
        let target = Matrix::new(3, 1, vec![0.0, 1.0, 2.0]);
        let examples = Examples::new(3, input, target);
        let chosen = examples.chosen(&[2, 0]);
        assert_eq!(chosen.input().values(), [8.0, 9.0, 10.0, 11.0, 0.0, 1.0, 2.0, 3.0]);
        assert_eq!(chosen.target().values(), [2.0, 0.0]);
        assert_eq!(examples.shapes().map(|shape| shape.sites), [2, 1]);
        let batch = examples.batch(1..3);
        assert_eq!(batch.input.dense().values(), &examples.input().values()[4..]);
        assert_eq!(batch.target.values(), [1.0, 2.0]);
    }
}
