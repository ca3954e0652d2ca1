//! Spectral normalisation (Miyato et al. 2018): a layer's matrix W divided by its largest singular
//! value σ, which power iteration follows from step to step as in PyTorch's
//! `parametrizations.spectral_norm`; its vectors u and v count as constants of σ = vᵀ·W·u.

use std::ops::Range;

use super::{
    Cache, Convolution, Dense, Error, Initialiser, Layer, Mode, Shape, Tensor, Wave, affine,
};
use crate::matrix::{Input, View, ViewMut};
use crate::random::Random;
use crate::real::Real;

/// Iterations before the first step, as PyTorch makes them.
const FIRST_ITERATIONS: usize = 15;

/// A layer whose weights are divided by their largest singular value; not its bias.
#[derive(Clone, Debug, PartialEq)]
pub struct SpectralNorm<L, T> {
    layer: L,
    inputs: usize,
    outputs: usize,
    /// v, one number an input, then u, one an output; v is 0 before the first step.
    vectors: Vec<T>,
}

impl<T: Real> SpectralNorm<Dense, T> {
    /// A dense layer; the seed draws the first u.
    pub fn dense(inputs: usize, outputs: usize, seed: u64) -> Self {
        Self::new(Dense::new(inputs, outputs), inputs, outputs, seed)
    }
}

impl<T: Real> SpectralNorm<Convolution, T> {
    /// A convolution, whose filters are the columns of the matrix; the seed draws the first u.
    pub fn convolution(layer: Convolution, seed: u64) -> Self {
        let inputs = layer.size * layer.size * layer.image.channels;
        Self::new(layer, inputs, layer.filters, seed)
    }
}

impl<L, T: Real> SpectralNorm<L, T> {
    fn new(layer: L, inputs: usize, outputs: usize, seed: u64) -> Self {
        let mut random = Random::new(seed, 0);
        let mut vectors = vec![T::ZERO; inputs + outputs];
        vectors[inputs..].fill_with(|| T::from_f64(random.normal()));
        normalise(&mut vectors[inputs..]);
        Self { layer, inputs, outputs, vectors }
    }

    /// Lengths of what is kept of a pass: the weights the layer sees, v, u, σ, the field.
    fn kept<'a>(&self, shared: &'a mut [T]) -> [&'a mut [T]; 4] {
        let weights = affine::parameters(self.inputs, self.outputs);
        let (seen, rest) = shared.split_at_mut(weights);
        let (vectors, rest) = rest.split_at_mut(self.inputs + self.outputs);
        let (sigma, field) = rest.split_at_mut(1);
        [seen, vectors, sigma, field]
    }

    /// The vectors of this pass, σ and the weights divided by it.
    fn divide(&self, weights: &[T], mode: Mode, cache: &mut Cache<T>) {
        let numbers = 2 * weights.len() + self.vectors.len() + 1;
        cache.shared.reshape(1, numbers);
        let [seen, vectors, sigma, _] = self.kept(cache.shared.values_mut());
        vectors.copy_from_slice(&self.vectors);
        let (v, u) = vectors.split_at_mut(self.inputs);
        let (matrix, bias) = affine::parts(weights, self.outputs);
        let is_first = v.iter().all(|&number| number == T::ZERO);
        if is_first {
            through(matrix, u, v);
            normalise(v);
        }
        let iterations = match mode {
            Mode::Train => 1,
            Mode::Evaluate => 0,
        };
        for _ in 0..iterations + if is_first { FIRST_ITERATIONS } else { 0 } {
            u.fill(T::ZERO);
            for (row, &v) in matrix.each_row().zip(&*v) {
                row.iter().zip(&mut *u).for_each(|(&weight, u)| *u += v * weight);
            }
            normalise(u);
            through(matrix, u, v);
            normalise(v);
        }
        sigma[0] = matrix.each_row().zip(&*v).fold(T::ZERO, |sum, (row, &v)| sum + v * dot(row, u));
        let (scaled, seen_bias) = seen.split_at_mut(matrix.values().len());
        scaled.iter_mut().zip(matrix.values()).for_each(|(seen, &w)| *seen = w / sigma[0]);
        seen_bias.copy_from_slice(bias);
    }

    /// Calls `pass` with the weights the layer sees.
    fn with_seen(&self, cache: &mut Cache<T>, pass: impl FnOnce(&[T], &mut Cache<T>)) {
        let mut shared = std::mem::take(&mut cache.shared);
        let [seen, ..] = self.kept(shared.values_mut());
        pass(seen, cache);
        cache.shared = shared;
    }
}

/// v ← W·u
fn through<T: Real>(matrix: View<'_, T>, u: &[T], v: &mut [T]) {
    v.iter_mut().zip(matrix.each_row()).for_each(|(v, row)| *v = dot(row, u));
}

fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    a.iter().zip(b).fold(T::ZERO, |sum, (&a, &b)| sum + a * b)
}

fn normalise<T: Real>(vector: &mut [T]) {
    // the least length is PyTorch's
    let length = libm::sqrt(dot(vector, vector).to_f64()).max(1e-12);
    vector.iter_mut().for_each(|number| *number = *number / T::from_f64(length));
}

impl<T: Real, L: Layer<T>> Layer<T> for SpectralNorm<L, T> {
    fn name(&self) -> &'static str {
        "spectral_norm"
    }

    fn output(&self, input: Shape) -> Result<Shape, Error> {
        self.layer.output(input)
    }

    fn parameters(&self) -> usize {
        self.layer.parameters()
    }

    fn grain(&self) -> usize {
        self.outputs
    }

    fn tensors(&self, input: Shape) -> Vec<Tensor> {
        let mut tensors = self.layer.tensors(input);
        let [inputs, outputs] = ["parametrizations.weight.0._v", "parametrizations.weight.0._u"];
        tensors[0].name = "parametrizations.weight.original";
        let v = tensors[0].inputs(inputs);
        tensors.extend([v, Tensor::vector(outputs, self.outputs)]);
        tensors
    }

    fn initialise(&self, rule: Initialiser, random: &mut Random, weights: &mut [T]) {
        self.layer.initialise(rule, random, weights);
    }

    fn forward(
        &self,
        weights: &[T],
        input: Input<'_, T>,
        mode: Mode,
        cache: &mut Cache<T>,
        output: ViewMut<'_, T>,
    ) {
        self.divide(weights, mode, cache);
        self.with_seen(cache, |seen, cache| self.layer.forward(seen, input, mode, cache, output));
    }

    fn pull_back(
        &self,
        _weights: &[T],
        wave: Wave,
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        below: ViewMut<'_, T>,
    ) {
        self.with_seen(cache, |seen, cache| {
            self.layer.pull_back(seen, wave, signal, cache, below);
        });
    }

    /// The field G of W/σ makes (G − ⟨G, W/σ⟩·v·uᵀ)/σ that of W.
    fn collect(
        &self,
        _weights: &[T],
        input: Input<'_, T>,
        drive: View<'_, T>,
        cache: &mut Cache<T>,
    ) {
        let mut shared = std::mem::take(&mut cache.shared);
        let [seen, vectors, sigma, field] = self.kept(shared.values_mut());
        self.layer.collect(seen, input, drive, cache);
        field.fill(T::ZERO);
        self.layer.add_field(0..field.len(), input, drive, cache, T::ONE, field);
        let (v, u) = vectors.split_at(self.inputs);
        let (matrix, _) = field.split_at_mut(self.inputs * self.outputs);
        let along = dot(matrix, seen);
        for (row, &v) in matrix.chunks_exact_mut(self.outputs).zip(v) {
            for (field, &u) in row.iter_mut().zip(u) {
                *field = (*field - along * v * u) / sigma[0];
            }
        }
        cache.shared = shared;
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
        let shared = cache.shared.values();
        let own = &shared[shared.len() - self.layer.parameters()..][piece];
        field.iter_mut().zip(own).for_each(|(field, &own)| *field += scale * own);
    }

    fn absorb(&mut self, cache: &Cache<T>) {
        let start = self.layer.parameters();
        let vectors = &cache.shared.values()[start..start + self.vectors.len()];
        self.vectors.copy_from_slice(vectors);
        self.layer.absorb(cache);
    }

    fn running(&self) -> &[T] {
        &self.vectors
    }

    fn running_mut(&mut self) -> &mut [T] {
        &mut self.vectors
    }
}
