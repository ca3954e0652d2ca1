//! Batch normalisation (Ioffe & Szegedy 2015): each channel to mean 0 and variance 1 over the rows
//! of the batch, times γ plus β. It stands between a layer and its link, inside J of that layer: the
//! monotone field keeps its Jacobian, batch statistics included (svi.md §1.3, v4).

mod sums;

use std::ops::Range;

use super::{Cache, Error, Initialiser, Layer, Mode, Pass, Shape, Tensor, Wave};
use crate::matrix::{Input, Matrix, View, ViewMut, vectorised};
use crate::random::Random;
use crate::real::Real;
use sums::{COUNT, MEAN, ROWS, SQUARES, VARIANCE, first_row, sum_rows};

const EPSILON: f64 = 1e-5;
/// Weight of the newest batch in the running statistics.
const MOMENTUM: f64 = 0.1;

/// Normalises each channel. Weights: γ, then β; or none.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm<T> {
    is_affine: bool,
    is_frozen: bool,
    /// Row 0 the running mean, row 1 the running variance.
    running: Matrix<T>,
}

impl<T: Real> BatchNorm<T> {
    /// Added to a variance before its root is taken.
    pub(crate) const EPSILON: f64 = EPSILON;

    /// With γ and β for each of so many channels.
    pub fn new(channels: usize) -> Self {
        let mut running = Matrix::zeros(2, channels);
        running.row_mut(VARIANCE).fill(T::ONE);
        Self { is_affine: true, is_frozen: false, running }
    }

    /// Without weights: γ = 1, β = 0.
    pub fn without_weights(channels: usize) -> Self {
        Self { is_affine: false, ..Self::new(channels) }
    }

    /// The same with its running statistics from now on, in training too.
    pub fn frozen(self) -> Self {
        Self { is_frozen: true, ..self }
    }

    /// With these running statistics, channel by channel.
    ///
    /// # Panics
    /// When there is not one mean and one variance for each channel.
    pub fn with_statistics(mut self, mean: &[T], variance: &[T]) -> Self {
        self.running.row_mut(MEAN).copy_from_slice(mean);
        self.running.row_mut(VARIANCE).copy_from_slice(variance);
        self
    }

    fn channels(&self) -> usize {
        self.running.columns()
    }

    /// 1/√(variance + ε) and the mean of a channel.
    fn scale(&self, mode: Mode, shared: &Matrix<T>, channel: usize) -> (T, T) {
        let (variance, mean) = if mode == Mode::Train && !self.is_frozen {
            let variance = shared.row(SQUARES)[channel] / shared.row(COUNT)[channel];
            (variance, shared.row(MEAN)[channel])
        } else {
            (self.running.row(VARIANCE)[channel], self.running.row(MEAN)[channel])
        };
        (T::ONE / (variance + T::from_f64(EPSILON)).sqrt(), mean)
    }
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

    fn tensors(&self, input: Shape) -> Vec<Tensor> {
        let names: &[&str] = if self.is_affine { &["weight", "bias"] } else { &[] };
        let names = names.iter().chain(&["running_mean", "running_var"]);
        names.map(|name| Tensor::features(name, input)).collect()
    }

    fn initialise(&self, _rule: Initialiser, _random: &mut Random, weights: &mut [T]) {
        let (gamma, beta) = weights.split_at_mut(weights.len() / 2);
        gamma.fill(T::ONE);
        beta.fill(T::ZERO);
    }

    fn is_joint(&self) -> bool {
        !self.is_frozen
    }

    fn survey(&self, input: View<'_, T>, cache: &mut Cache<T>) {
        sums::survey(input, &mut cache.shared);
    }

    fn merge(&self, pass: Pass, known: &mut Matrix<T>, part: &Matrix<T>) {
        sums::merge(pass, known, part);
    }

    fn forward(
        &self,
        weights: &[T],
        input: Input<'_, T>,
        mode: Mode,
        cache: &mut Cache<T>,
        mut output: ViewMut<'_, T>,
    ) {
        let (input, channels) = (input.dense(), self.channels());
        cache.lifted.reshape(input.rows(), channels);
        cache.scratch.reshape(4, channels);
        for channel in 0..channels {
            let (inverse, mean) = self.scale(mode, &cache.shared, channel);
            cache.scratch.row_mut(0)[channel] = inverse;
            cache.scratch.row_mut(1)[channel] = mean;
            cache.scratch.row_mut(2)[channel] = weights.get(channel).copied().unwrap_or(T::ONE);
            let beta = weights.get(channels + channel);
            cache.scratch.row_mut(3)[channel] = beta.copied().unwrap_or(T::ZERO);
        }
        let [inverse, mean, gamma, beta] = [0, 1, 2, 3].map(|row| cache.scratch.row(row));
        let lifted = cache.lifted.values_mut().chunks_exact_mut(channels);
        let rows = output.values().chunks_exact_mut(channels).zip(lifted);
        vectorised(
            #[inline(always)]
            || {
                for (input, (output, lifted)) in input.values().chunks_exact(channels).zip(rows) {
                    for channel in 0..channels {
                        lifted[channel] = (input[channel] - mean[channel]) * inverse[channel];
                        output[channel] = gamma[channel] * lifted[channel] + beta[channel];
                    }
                }
            },
        );
    }

    fn survey_back(&self, wave: Wave, signal: View<'_, T>, cache: &mut Cache<T>) {
        let (first, channels) = (first_row(wave) * self.channels(), self.channels());
        let sums = &mut cache.shared.values_mut()[first..first + 2 * channels];
        let (sums, products) = sums.split_at_mut(channels);
        sum_rows(signal, cache.lifted.view(), sums, products);
    }

    /// γ/σ · (s − mean(s) − x̂·mean(s·x̂)), means over the rows of the batch; with running statistics
    /// γ/σ · s.
    fn pull_back(
        &self,
        _weights: &[T],
        wave: Wave,
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        mut below: ViewMut<'_, T>,
    ) {
        let (channels, first) = (self.channels(), first_row(wave));
        let [inverse, gamma] = [0, 2].map(|row| cache.scratch.row(row));
        let rows = signal.values().chunks_exact(channels);
        let below = below.values().chunks_exact_mut(channels);
        if self.is_frozen {
            for (signal, below) in rows.zip(below) {
                for (channel, below) in below.iter_mut().enumerate() {
                    *below = gamma[channel] * inverse[channel] * signal[channel];
                }
            }
            return;
        }
        let share = T::ONE / cache.shared.row(COUNT)[0];
        let [sum, product] = [first, first + 1].map(|row| cache.shared.row(row));
        let lifted = cache.lifted.values().chunks_exact(channels);
        vectorised(
            #[inline(always)]
            || {
                for ((signal, lifted), below) in rows.zip(lifted).zip(below) {
                    for channel in 0..channels {
                        let means =
                            sum[channel] * share + lifted[channel] * (product[channel] * share);
                        let centred = signal[channel] - means;
                        below[channel] = gamma[channel] * inverse[channel] * centred;
                    }
                }
            },
        );
    }

    fn collect(
        &self,
        _weights: &[T],
        _input: Input<'_, T>,
        drive: View<'_, T>,
        cache: &mut Cache<T>,
    ) {
        if self.is_affine {
            let channels = self.channels();
            cache.partial.reshape(2, channels);
            let (gamma, beta) = cache.partial.values_mut().split_at_mut(channels);
            sum_rows(drive, cache.lifted.view(), beta, gamma);
        }
    }

    fn add_field(
        &self,
        piece: Range<usize>,
        _input: Input<'_, T>,
        _drive: View<'_, T>,
        cache: &Cache<T>,
        scale: T,
        field: &mut [T],
    ) {
        cache.add_partial(piece, scale, field);
    }

    fn running(&self) -> &[T] {
        self.running.values()
    }

    fn running_mut(&mut self) -> &mut [T] {
        self.running.values_mut()
    }

    /// The running variance is the unbiased one, as PyTorch's. Nothing before the first pass.
    fn absorb(&mut self, cache: &Cache<T>) {
        if self.is_frozen || cache.shared.rows() < ROWS {
            return;
        }
        let (newest, shared) = (T::from_f64(MOMENTUM), &cache.shared);
        for channel in 0..self.channels() {
            let others = (shared.row(COUNT)[channel] - T::ONE).max(T::ONE);
            let variance = shared.row(SQUARES)[channel] / others;
            let batch = [(MEAN, shared.row(MEAN)[channel]), (VARIANCE, variance)];
            for (row, seen) in batch {
                let running = &mut self.running.row_mut(row)[channel];
                *running += newest * (seen - *running);
            }
        }
    }
}
