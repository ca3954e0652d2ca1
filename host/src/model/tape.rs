//! What one pass through a model leaves behind.

use std::ops::Range;

use super::{Model, Stage};
use crate::layer::{Cache, Pass};
use crate::matrix::{Matrix, View};
use crate::real::Real;

/// Where the drive of a layer's weights is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// In the true signal at the output of this stage.
    Signal(usize),
    /// In the drive pulled back to the output of this stage, inside one block of layers.
    Drive(usize),
}

/// The buffers of some examples of a batch, which one thread computes.
#[derive(Clone, Debug)]
pub(super) struct Part<T> {
    pub(super) examples: Range<usize>,
    /// Output of each stage.
    pub(super) outputs: Vec<Matrix<T>>,
    /// ∂L/∂output of each stage.
    pub(super) signals: Vec<Matrix<T>>,
    /// The drive at the output of each stage, where it is neither of the signals.
    pub(super) drives: Vec<Matrix<T>>,
    /// Where the drive of each stage is.
    pub(super) sources: Vec<Source>,
    pub(super) caches: Vec<Cache<T>>,
}

/// The buffers of one model. They get their size from the largest batch seen; steps on batches no
/// larger allocate nothing (but what `gemm` packs).
///
/// A batch is split into parts whose number depends on nothing but the batch, so the bits of a pass
/// do not depend on the number of threads.
#[derive(Clone, Debug)]
pub struct Tape<T> {
    stages: usize,
    parts: Vec<Part<T>>,
    /// How many parts the last batch had.
    used: usize,
    /// How many examples the last batch had.
    pub(super) examples: usize,
    /// The output of all parts, one below the other.
    pub(super) output: Matrix<T>,
}

impl<T: Real> Part<T> {
    fn new(stages: usize) -> Self {
        Self {
            examples: 0..0,
            outputs: vec![Matrix::default(); stages],
            signals: vec![Matrix::default(); stages],
            drives: vec![Matrix::default(); stages],
            sources: vec![Source::Signal(0); stages],
            caches: vec![Cache::default(); stages],
        }
    }

    fn fit(&mut self, model: &Model<T>, examples: Range<usize>) {
        for index in 0..model.stages.len() {
            let shape = model.shapes[index + 1];
            let (rows, columns) = (examples.len() * shape.sites, shape.channels);
            self.outputs[index].reshape(rows, columns);
            self.signals[index].reshape(rows, columns);
            if model.is_driven_through(index) {
                self.drives[index].reshape(rows, columns);
            }
            self.caches[index].first_row = examples.start * model.shapes[index].sites;
        }
        self.examples = examples;
    }

    /// The drive at the output of this stage.
    pub(super) fn drive(&self, index: usize) -> View<'_, T> {
        match self.sources[index] {
            Source::Signal(at) => self.signals[at].view(),
            Source::Drive(at) => self.drives[at].view(),
        }
    }
}

impl<T: Real> Tape<T> {
    pub(super) fn new(stages: usize) -> Self {
        Self { stages, parts: vec![], used: 0, examples: 0, output: Matrix::default() }
    }

    /// Splits so many examples into parts of nearly equal length.
    pub(super) fn fit(&mut self, model: &Model<T>, examples: usize) {
        (self.examples, self.used) = (examples, examples.div_ceil(model.part));
        while self.parts.len() < self.used {
            self.parts.push(Part::new(self.stages));
        }
        for index in 0..self.used {
            let [start, end] = [index, index + 1].map(|index| examples * index / self.used);
            self.parts[index].fit(model, start..end);
        }
    }

    /// The parts of the last batch.
    pub(super) fn parts(&self) -> &[Part<T>] {
        &self.parts[..self.used]
    }

    /// The parts of the last batch, to be written.
    pub(super) fn parts_mut(&mut self) -> &mut [Part<T>] {
        &mut self.parts[..self.used]
    }

    /// Joins what a joint layer has to know of every part, and tells it to all.
    pub(super) fn share(&mut self, model: &Model<T>, stage: usize, pass: Pass) {
        let (Some(Stage::Layer(layer)), Some((first, others))) =
            (model.stages.get(stage), self.parts[..self.used].split_first_mut())
        else {
            return;
        };
        let known = &mut first.caches[stage].shared;
        for part in others.iter() {
            layer.merge(pass, known, &part.caches[stage].shared);
        }
        for part in others {
            part.caches[stage].shared.values_mut().copy_from_slice(known.values());
        }
    }

    /// Puts the outputs of all parts below each other.
    pub(super) fn gather(&mut self, model: &Model<T>) {
        let shape = model.output();
        self.output.reshape(self.examples * shape.sites, shape.channels);
        let mut rest = self.output.values_mut();
        for part in &self.parts[..self.used] {
            let values = part.outputs[self.stages - 1].values();
            let (upper, lower) = rest.split_at_mut(values.len());
            upper.copy_from_slice(values);
            rest = lower;
        }
    }
}

impl<T: Real> Model<T> {
    /// Does a drive other than a signal have to come to the output of this stage? Yes where a layer
    /// stands above it without a link between and weights below it, down to the next link.
    pub(super) fn is_driven_through(&self, index: usize) -> bool {
        let is_layer = |stage: Option<&Stage<T>>| matches!(stage, Some(Stage::Layer(_)));
        let block = self.stages[..=index].iter().rev().take_while(|stage| is_layer(Some(stage)));
        let has_weights = |stage: &Stage<T>| match stage {
            Stage::Layer(layer) => layer.parameters() > 0,
            Stage::Link(_) => false,
        };
        is_layer(self.stages.get(index + 1)) && block.into_iter().any(has_weights)
    }
}
