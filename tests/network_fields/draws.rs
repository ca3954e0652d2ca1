//! Batches and weights for the networks, and their fields.

use fejer::Link;
use fejer_host::matrix::Matrix;
use fejer_host::model::{Batch, Field, Model};

use crate::support::Random;

/// A matrix of about standard normal numbers.
pub fn normal(random: &mut Random, rows: usize, columns: usize) -> Matrix<f64> {
    Matrix::new(rows, columns, (0..rows * columns).map(|_| random.normal()).collect())
}

pub fn weights(random: &mut Random, model: &Model<f64>) -> Vec<f64> {
    (0..model.parameters()).map(|_| 0.7 * random.normal()).collect()
}

/// Rows that sum to 1.
pub fn shares(random: &mut Random, rows: usize, columns: usize) -> Matrix<f64> {
    let mut matrix = normal(random, rows, columns);
    (0..rows).for_each(|row| Link::Softmax.predict(matrix.row_mut(row)));
    matrix
}

/// The field of all weights.
pub fn field(
    model: &Model<f64>,
    point: &[f64],
    input: &Matrix<f64>,
    target: &Matrix<f64>,
    field: Field,
) -> Vec<f64> {
    let mut out = vec![f64::NAN; model.parameters()];
    let batch = Batch::new(input.view(), target.view());
    model.field(point, batch, field, &mut model.tape(), &mut out);
    out
}

/// Central differences of a function of `at`, in every coordinate.
pub fn differences(at: &[f64], mut function: impl FnMut(&[f64]) -> f64) -> Vec<f64> {
    const WIDTH: f64 = 1e-5;
    let mut at = at.to_vec();
    (0..at.len())
        .map(|k| {
            let centre = at[k];
            let [up, down] = [centre + WIDTH, centre - WIDTH].map(|value| {
                at[k] = value;
                function(&at)
            });
            at[k] = centre;
            (up - down) / (2.0 * WIDTH)
        })
        .collect()
}
