//! What one pass through a model leaves behind.

use super::{Model, Stage};
use crate::layer::Cache;
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

/// The buffers of one model. They get their size from the largest batch seen; steps on batches no
/// larger allocate nothing (but what `gemm` packs).
#[derive(Clone, Debug)]
pub struct Tape<T> {
    pub(super) examples: usize,
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

impl<T: Real> Tape<T> {
    pub(super) fn new(stages: usize) -> Self {
        Self {
            examples: 0,
            outputs: vec![Matrix::default(); stages],
            signals: vec![Matrix::default(); stages],
            drives: vec![Matrix::default(); stages],
            sources: vec![Source::Signal(0); stages],
            caches: vec![Cache::default(); stages],
        }
    }

    /// Shapes outputs and signals for so many examples.
    pub(super) fn fit(&mut self, model: &Model<T>, examples: usize) {
        self.examples = examples;
        for index in 0..model.stages.len() {
            let shape = model.shapes[index + 1];
            self.outputs[index].reshape(examples * shape.sites, shape.channels);
            self.signals[index].reshape(examples * shape.sites, shape.channels);
            if model.is_driven_through(index) {
                self.drives[index].reshape(examples * shape.sites, shape.channels);
            }
        }
    }

    /// The drive at the output of this stage.
    pub(super) fn drive(&self, index: usize) -> View<'_, T> {
        match self.sources[index] {
            Source::Signal(at) => self.signals[at].view(),
            Source::Drive(at) => self.drives[at].view(),
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
