//! What the parts of a batch have to know of each other.

use crate::layer::{Pass, Wave};
use crate::matrix::{Matrix, View, vectorised};
use crate::real::Real;

// Rows of what the parts of a batch share: of the forward pass the mean, the sum of squares about
// it and in every channel the number of rows; of the backward pass sums over the rows.
pub(super) const MEAN: usize = 0;
/// Of the running statistics, below the mean.
pub(super) const VARIANCE: usize = 1;
pub(super) const SQUARES: usize = 1;
pub(super) const COUNT: usize = 2;
pub(super) const SIGNAL: usize = 3;
pub(super) const DRIVE: usize = 5;
pub(super) const ROWS: usize = 7;

/// shared ← mean, squares and count of these rows, and no sums yet.
pub(super) fn survey<T: Real>(input: View<'_, T>, shared: &mut Matrix<T>) {
    let channels = input.columns();
    shared.reshape(ROWS, channels);
    shared.values_mut().fill(T::ZERO);
    let rows = T::from_f64(input.rows() as f64);
    let (mean, rest) = shared.values_mut().split_at_mut(channels);
    let (squares, rest) = rest.split_at_mut(channels);
    rest[..channels].fill(rows);
    vectorised(
        #[inline(always)]
        || {
            for row in input.values().chunks_exact(channels) {
                mean.iter_mut().zip(row).for_each(|(mean, &value)| *mean += value);
            }
            mean.iter_mut().for_each(|mean| *mean = *mean / rows);
            for row in input.values().chunks_exact(channels) {
                for (channel, square) in squares.iter_mut().enumerate() {
                    let offset = row[channel] - mean[channel];
                    *square += offset * offset;
                }
            }
        },
    );
}

/// Means and squares as Chan, Golub & LeVeque 1979 join them; then the sums of the backward pass.
pub(super) fn merge<T: Real>(pass: Pass, known: &mut Matrix<T>, part: &Matrix<T>) {
    let channels = known.columns();
    match pass {
        Pass::Forward => {
            for channel in 0..channels {
                let [n, m] = [&*known, part].map(|side| side.row(COUNT)[channel]);
                let offset = part.row(MEAN)[channel] - known.row(MEAN)[channel];
                known.row_mut(MEAN)[channel] += offset * m / (n + m);
                let between = offset * offset * n * m / (n + m);
                known.row_mut(SQUARES)[channel] += part.row(SQUARES)[channel] + between;
                known.row_mut(COUNT)[channel] = n + m;
            }
        }
        Pass::Backward => {
            let sums = known.values_mut()[SIGNAL * channels..].iter_mut();
            sums.zip(&part.values()[SIGNAL * channels..]).for_each(|(sum, &part)| *sum += part);
        }
    }
}

/// sums ← Σ signal, products ← Σ signal·normalised, over the rows.
pub(super) fn sum_rows<T: Real>(
    signal: View<'_, T>,
    normalised: View<'_, T>,
    sums: &mut [T],
    products: &mut [T],
) {
    sums.fill(T::ZERO);
    products.fill(T::ZERO);
    vectorised(
        #[inline(always)]
        || {
            let rows = signal.values().chunks_exact(sums.len());
            for (signal, normalised) in rows.zip(normalised.values().chunks_exact(sums.len())) {
                for (channel, (sum, product)) in
                    sums.iter_mut().zip(products.iter_mut()).enumerate()
                {
                    *sum += signal[channel];
                    *product += signal[channel] * normalised[channel];
                }
            }
        },
    );
}

/// The first of the two rows that belong to a wave.
pub(super) fn first_row(wave: Wave) -> usize {
    match wave {
        Wave::Signal => SIGNAL,
        Wave::Drive => DRIVE,
    }
}
