//! Labelled examples for a network, one below the other.

use std::ops::Range;

use crate::layer::Shape;
use crate::matrix::{Input, Matrix, Sparse, View};
use crate::model::Batch;
use crate::real::Real;

/// Inputs and what a model should say of them. An example has one row a site, in both; how many
/// rows follows from how many examples there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Examples<T> {
    input: Rows<T>,
    target: Matrix<T>,
    count: usize,
}

/// Inputs, all numbers of them or only those that are not zero.
#[derive(Clone, Debug, PartialEq)]
enum Rows<T> {
    Dense(Matrix<T>),
    Sparse(Box<Sparse<T>>),
}

impl<T: Default> Default for Rows<T> {
    fn default() -> Self {
        Self::Dense(Matrix::default())
    }
}

impl<T: Real> Rows<T> {
    fn input(&self) -> Input<'_, T> {
        match self {
            Self::Dense(matrix) => matrix.view().into(),
            Self::Sparse(matrix) => (&**matrix).into(),
        }
    }

    /// The numbers, which only a dense input has.
    fn dense_mut(&mut self) -> Option<&mut Matrix<T>> {
        match self {
            Self::Dense(matrix) => Some(matrix),
            Self::Sparse(_) => None,
        }
    }

    /// into ← blocks of so many rows.
    fn gather(&self, blocks: &[usize], height: usize, into: &mut Self) {
        match (self, into) {
            (Self::Dense(from), Self::Dense(into)) => gather(from, blocks, height, into),
            (Self::Sparse(from), Self::Sparse(into)) => from.gather(blocks, height, into),
            (Self::Dense(_), into) => {
                *into = Self::default();
                self.gather(blocks, height, into);
            }
            (Self::Sparse(_), into) => {
                *into = Self::Sparse(Box::default());
                self.gather(blocks, height, into);
            }
        }
    }
}

/// into ← blocks of so many rows with these numbers.
fn gather<T: Real>(from: &Matrix<T>, blocks: &[usize], height: usize, into: &mut Matrix<T>) {
    into.reshape(height * blocks.len(), from.columns());
    let length = (height * from.columns()).max(1);
    for (chunk, &block) in into.values_mut().chunks_exact_mut(length).zip(blocks) {
        chunk.copy_from_slice(&from.values()[block * length..(block + 1) * length]);
    }
}

impl<T: Real> Examples<T> {
    /// So many examples.
    ///
    /// # Panics
    /// When rows are left over.
    pub fn new(count: usize, input: Matrix<T>, target: Matrix<T>) -> Self {
        Self::of(count, Rows::Dense(input), target)
    }

    /// So many examples, of whose inputs only a few numbers are not zero; for models that begin with a
    /// dense or graph layer.
    ///
    /// # Panics
    /// As [`Examples::new`].
    pub fn sparse(count: usize, input: Sparse<T>, target: Matrix<T>) -> Self {
        Self::of(count, Rows::Sparse(Box::new(input)), target)
    }

    fn of(count: usize, input: Rows<T>, target: Matrix<T>) -> Self {
        for rows in [input.input().rows(), target.rows()] {
            assert!(rows == 0 || count > 0, "rows, but no examples");
            assert_eq!(rows % count.max(1), 0, "rows left over for {count} examples");
        }
        Self { input, target, count }
    }

    /// Whether only the numbers that are not zero are kept of the inputs.
    pub fn is_sparse(&self) -> bool {
        matches!(self.input, Rows::Sparse(_))
    }

    /// The same with every number of the inputs written out, for models that take no sparse ones.
    pub fn dense(self) -> Self {
        let Rows::Sparse(matrix) = self.input else { return self };
        let mut input = Matrix::zeros(matrix.rows(), matrix.columns());
        matrix.entries().for_each(|(row, column, value)| input.row_mut(row)[column] = value);
        Self { input: Rows::Dense(input), ..self }
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
    ///
    /// # Panics
    /// When they are sparse.
    pub fn input(&self) -> View<'_, T> {
        self.input.input().dense()
    }

    /// All targets.
    pub fn target(&self) -> View<'_, T> {
        self.target.view()
    }

    /// What an input and a target look like.
    pub fn shapes(&self) -> [Shape; 2] {
        let sides = [self.input.input(), self.target.view().into()];
        sides.map(|side| Shape { sites: side.rows() / self.count.max(1), channels: side.columns() })
    }

    /// Those of a range, as they lie.
    pub fn batch(&self, range: Range<usize>) -> Batch<'_, T> {
        let [input, target] = self.shapes().map(|shape| {
            let sites = shape.sites;
            range.start * sites..range.end * sites
        });
        Batch {
            input: self.input.input().rows_of(input),
            target: self.target.view().rows_of(target),
        }
    }

    /// into ← those with these numbers, in this order. Allocates only while `into` grows.
    pub fn gather(&self, numbers: &[usize], into: &mut Self) {
        let [input, target] = self.shapes().map(|shape| shape.sites);
        into.count = numbers.len();
        self.input.gather(numbers, input, &mut into.input);
        gather(&self.target, numbers, target, &mut into.target);
    }

    /// Those with these numbers.
    pub fn chosen(&self, numbers: &[usize]) -> Self {
        let mut chosen = Self::default();
        self.gather(numbers, &mut chosen);
        chosen
    }

    /// The same numbers with so many rows an input; false, and nothing done, where that leaves some
    /// over or the inputs are sparse.
    pub fn reshape_inputs(&mut self, sites: usize) -> bool {
        let Some(input) = self.input.dense_mut() else { return false };
        let numbers = input.values().len() / self.count.max(1);
        if sites == 0 || !numbers.is_multiple_of(sites) {
            return false;
        }
        input.reshape(self.count * sites, numbers / sites);
        true
    }

    /// Every number of every input through `map(channel, number)`, such as a standardisation.
    ///
    /// # Panics
    /// When the inputs are sparse: a map moves zeros as well.
    pub fn map_inputs(&mut self, map: impl Fn(usize, T) -> T) {
        let input = self.input.dense_mut().expect("a sparse input is taken as it is");
        let columns = input.columns().max(1);
        for (index, value) in input.values_mut().iter_mut().enumerate() {
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
    use crate::matrix::Csr;

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

    #[test]
    fn sparse_examples_are_gathered_as_dense_ones() {
        let numbers: Vec<f64> =
            (0..18).map(|k| if k % 4 == 1 { f64::from(k) } else { 0.0 }).collect();
        let entries = numbers.iter().enumerate().map(|(k, &x)| (k / 3, k % 3, x));
        let entries = entries.filter(|entry| entry.2 != 0.0).collect();
        let target = Matrix::new(3, 1, vec![0.0, 1.0, 2.0]);
        let sparse = Examples::sparse(3, Csr::new(6, 3, entries).into(), target.clone());
        let dense = Examples::new(3, Matrix::new(6, 3, numbers), target);
        assert_eq!(sparse.shapes(), dense.shapes());
        let mut batch = Examples::default();
        for chosen in [&[2, 0][..], &[1], &[0, 1, 2, 2]] {
            sparse.gather(chosen, &mut batch);
            let expected = dense.chosen(chosen);
            let Rows::Sparse(rows) = &batch.input else { panic!("sparse ones stay so") };
            assert_eq!(batch.clone().dense(), expected);
            // both ways of the same matrix
            assert_eq!(**rows, Csr::new(rows.rows(), 3, rows.entries().collect()).into());
        }
    }
}
