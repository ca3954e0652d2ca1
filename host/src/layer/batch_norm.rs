//! Batch normalisation (Ioffe & Szegedy 2015): each channel to mean 0 and variance 1 over the rows
//! of the batch, times γ plus β. It stands between a layer and its link, inside J of that layer: the
//! monotone field keeps its Jacobian, batch statistics included (svi.md §1.3, v4).

use super::{Cache, Error, Initialiser, Layer, Mode, Shape};
use crate::matrix::{Matrix, View, ViewMut};
use crate::random::Random;
use crate::real::Real;

const EPSILON: f64 = 1e-5;
/// Weight of the newest batch in the running statistics.
const MOMENTUM: f64 = 0.1;

// rows of the cache's scratch
const MEAN: usize = 0;
const VARIANCE: usize = 1;
const SIGNAL: usize = 2;
const SIGNAL_TIMES_NORMALISED: usize = 3;
const UNBIASED: usize = 4;
const ROWS: usize = 5;

/// Normalises each channel. Weights: γ, then β; or none.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm<T> {
    is_affine: bool,
    /// Row 0 the running mean, row 1 the running variance.
    running: Matrix<T>,
}

impl<T: Real> BatchNorm<T> {
    /// With γ and β for each of so many channels.
    pub fn new(channels: usize) -> Self {
        let mut running = Matrix::zeros(2, channels);
        running.row_mut(VARIANCE).fill(T::ONE);
        Self { is_affine: true, running }
    }

    /// Without weights: γ = 1, β = 0.
    pub fn without_weights(channels: usize) -> Self {
        Self { is_affine: false, ..Self::new(channels) }
    }

    fn channels(&self) -> usize {
        self.running.columns()
    }

    /// output ← (input − mean)/√(variance + ε), and the same to `kept`.
    fn normalise(statistics: &Matrix<T>, input: View<'_, T>, kept: &mut Matrix<T>) {
        let (mean, variance) = (statistics.row(MEAN), statistics.row(VARIANCE));
        for (index, row) in input.each_row().enumerate() {
            for (channel, kept) in kept.row_mut(index).iter_mut().enumerate() {
                *kept = (row[channel] - mean[channel]) * inverse_deviation(variance[channel]);
            }
        }
    }
}

fn inverse_deviation<T: Real>(variance: T) -> T {
    T::ONE / (variance + T::from_f64(EPSILON)).sqrt()
}

/// Writes the mean over the rows of `term(row, channel)` to `means`.
fn mean_over_rows<T: Real>(rows: usize, means: &mut [T], term: impl Fn(usize, usize) -> T) {
    means.fill(T::ZERO);
    for row in 0..rows {
        for (channel, mean) in means.iter_mut().enumerate() {
            *mean += term(row, channel);
        }
    }
    let share = T::ONE / T::from_f64(rows as f64);
    means.iter_mut().for_each(|mean| *mean *= share);
}

impl<T: Real> Layer<T> for BatchNorm<T> {
    fn name(&self) -> &'static str {
        "batch_norm"
    }

    fn output(&self, input: Shape) -> Result<Shape, Error> {
        if input.channels != self.channels() {
            let expected = format!("{} channels", self.channels());
            let remedy = "give it as many channels as the layer below has outputs";
            return Err(Error::Shape { expected, found: input, remedy });
        }
        Ok(input)
    }

    fn parameters(&self) -> usize {
        if self.is_affine { 2 * self.channels() } else { 0 }
    }

    fn initialise(&self, _rule: Initialiser, _random: &mut Random, weights: &mut [T]) {
        let (gamma, beta) = weights.split_at_mut(weights.len() / 2);
        gamma.fill(T::ONE);
        beta.fill(T::ZERO);
    }

    fn forward(
        &self,
        weights: &[T],
        input: View<'_, T>,
        mode: Mode,
        cache: &mut Cache<T>,
        mut output: ViewMut<'_, T>,
    ) {
        let (rows, channels) = (input.rows(), self.channels());
        cache.lifted.reshape(rows, channels);
        if mode == Mode::Train {
            cache.scratch.reshape(ROWS, channels);
            let (mean, rest) = cache.scratch.values_mut().split_at_mut(channels);
            mean_over_rows(rows, mean, |row, channel| input.row(row)[channel]);
            mean_over_rows(rows, &mut rest[..channels], |row, channel| {
                let offset = input.row(row)[channel] - mean[channel];
                offset * offset
            });
            let unbiased = T::from_f64(rows as f64 / (rows as f64 - 1.0).max(1.0));
            for channel in 0..channels {
                let variance = cache.scratch.row(VARIANCE)[channel];
                cache.scratch.row_mut(UNBIASED)[channel] = unbiased * variance;
            }
            Self::normalise(&cache.scratch, input, &mut cache.lifted);
        } else {
            Self::normalise(&self.running, input, &mut cache.lifted);
        }
        let gamma = |channel: usize| weights.get(channel).copied().unwrap_or(T::ONE);
        let beta = |channel: usize| weights.get(channels + channel).copied().unwrap_or(T::ZERO);
        for (index, normalised) in cache.lifted.view().each_row().enumerate() {
            for (channel, output) in output.row(index).iter_mut().enumerate() {
                *output = gamma(channel) * normalised[channel] + beta(channel);
            }
        }
    }

    /// γ/σ · (s − mean(s) − x̂·mean(s·x̂)), means over the rows of the batch.
    fn pull_back(
        &self,
        weights: &[T],
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        mut below: ViewMut<'_, T>,
    ) {
        let (rows, normalised) = (signal.rows(), cache.lifted.view());
        mean_over_rows(rows, cache.scratch.row_mut(SIGNAL), |row, c| signal.row(row)[c]);
        mean_over_rows(rows, cache.scratch.row_mut(SIGNAL_TIMES_NORMALISED), |row, c| {
            signal.row(row)[c] * normalised.row(row)[c]
        });
        let statistics = cache.scratch.view();
        let [variance, mean, product] =
            [VARIANCE, SIGNAL, SIGNAL_TIMES_NORMALISED].map(|row| statistics.row(row));
        for index in 0..rows {
            let (signal, normalised) = (signal.row(index), normalised.row(index));
            for (c, below) in below.row(index).iter_mut().enumerate() {
                let gamma = weights.get(c).copied().unwrap_or(T::ONE);
                let centred = signal[c] - mean[c] - normalised[c] * product[c];
                *below = gamma * inverse_deviation(variance[c]) * centred;
            }
        }
    }

    fn field(&self, _input: View<'_, T>, drive: View<'_, T>, cache: &Cache<T>, field: &mut [T]) {
        field.fill(T::ZERO);
        let (gamma, beta) = field.split_at_mut(field.len() / 2);
        for (drive, normalised) in drive.each_row().zip(cache.lifted.view().each_row()) {
            for (channel, (gamma, beta)) in gamma.iter_mut().zip(beta.iter_mut()).enumerate() {
                *gamma += drive[channel] * normalised[channel];
                *beta += drive[channel];
            }
        }
    }

    fn running(&self) -> &[T] {
        self.running.values()
    }

    fn running_mut(&mut self) -> &mut [T] {
        self.running.values_mut()
    }

    /// The running variance is the unbiased one, as PyTorch's. Nothing before the first pass.
    fn absorb(&mut self, cache: &Cache<T>) {
        if cache.scratch.rows() < ROWS {
            return;
        }
        let newest = T::from_f64(MOMENTUM);
        for (row, seen) in [(MEAN, MEAN), (VARIANCE, UNBIASED)] {
            let batch = cache.scratch.row(seen);
            for (running, &batch) in self.running.row_mut(row).iter_mut().zip(batch) {
                *running += newest * (batch - *running);
            }
        }
    }
}
