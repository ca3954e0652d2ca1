//! What a model says, and what is known of it besides its weights.

use super::{Batch, Loss, Model, Stage, Tape, in_pool};
use crate::layer::{Mode, Shape, Tensor};
use crate::matrix::{Input, View};
use crate::real::Real;

impl<T: Real> Model<T> {
    /// Shape of an example at the input.
    pub fn input(&self) -> Shape {
        self.shapes[0]
    }

    /// Whether its first layer takes rows of which only the numbers that are not zero are kept.
    pub fn takes_sparse(&self) -> bool {
        let name = self.stages.first().map_or("none", Stage::name);
        ["dense", "graph", "dropout"].contains(&name)
    }

    /// Layers and links together.
    pub fn stages(&self) -> usize {
        self.stages.len()
    }

    /// One of them, and the shape of what it gives for an example.
    pub(crate) fn stage(&self, index: usize) -> (&Stage<T>, Shape) {
        (&self.stages[index], self.shapes[index + 1])
    }

    /// What is minimised.
    pub(crate) fn criterion(&self) -> Loss {
        self.loss
    }

    /// The output of the last stage: predictions, or scores where the loss has the link.
    ///
    /// # Panics
    /// When a length or shape is not the model's.
    pub fn forward<'t, 'a>(
        &self,
        point: &[T],
        input: impl Into<Input<'a, T>>,
        mode: Mode,
        tape: &'t mut Tape<T>,
    ) -> View<'t, T> {
        self.ascend_alone(point, input.into(), mode, tape);
        tape.gather(self);
        tape.output.view()
    }

    fn ascend_alone(&self, point: &[T], input: Input<'_, T>, mode: Mode, tape: &mut Tape<T>) {
        in_pool(|| self.ascend(point, input, mode, tape, &|_| {}));
    }

    /// What the loss makes of the outputs of the last pass.
    fn predictions<'t>(&self, tape: &'t mut Tape<T>) -> View<'t, T> {
        tape.gather(self);
        let output = &mut tape.output;
        (0..output.rows()).for_each(|row| self.loss.predict(output.row_mut(row)));
        output.view()
    }

    /// Predictions for these inputs, with running statistics.
    pub fn predict<'t, 'a>(
        &self,
        point: &[T],
        input: impl Into<Input<'a, T>>,
        tape: &'t mut Tape<T>,
    ) -> View<'t, T> {
        self.ascend_alone(point, input.into(), Mode::Evaluate, tape);
        self.predictions(tape)
    }

    /// The loss of a batch, with its own statistics.
    pub fn loss(&self, point: &[T], batch: Batch<'_, T>, tape: &mut Tape<T>) -> f64 {
        self.ascend_alone(point, batch.input, Mode::Train, tape);
        self.seen_loss(batch.target, tape)
    }

    /// The loss of the batch that [`Model::field`] saw last on this tape, without another pass.
    pub fn seen_loss(&self, target: View<'_, T>, tape: &Tape<T>) -> f64 {
        let (last, sites) = (self.stages.len() - 1, self.output().sites);
        let parts = tape.parts().iter().map(|part| {
            let target = target.rows_of(part.examples.start * sites..part.examples.end * sites);
            self.loss.value(tape.examples, part.outputs[last].view(), target)
        });
        parts.sum()
    }

    /// Loss and predictions for a batch, with running statistics.
    pub fn judge<'t>(
        &self,
        point: &[T],
        batch: Batch<'_, T>,
        tape: &'t mut Tape<T>,
    ) -> (f64, View<'t, T>) {
        self.ascend_alone(point, batch.input, Mode::Evaluate, tape);
        let loss = self.seen_loss(batch.target, tape);
        (loss, self.predictions(tape))
    }

    /// For every layer with weights or running statistics, from below, what they are in PyTorch.
    pub fn tensors(&self) -> Vec<Vec<Tensor>> {
        let stages = self.stages.iter().enumerate().filter_map(|(index, stage)| match stage {
            Stage::Layer(layer) => Some((index, layer)),
            Stage::Link(_) => None,
        });
        let tensors = stages.map(|(index, layer)| layer.tensors(self.before_flatten(index)));
        tensors.filter(|tensors| !tensors.is_empty()).collect()
    }

    /// Shape of the input of a stage, before it was flattened if it was and kept its order since.
    fn before_flatten(&self, index: usize) -> Shape {
        let keeps_order = |stage: &Stage<T>| match stage {
            Stage::Layer(layer) => ["batch_norm", "dropout"].contains(&layer.name()),
            Stage::Link(_) => true,
        };
        let below = (0..index).rev().find(|&below| !keeps_order(&self.stages[below]));
        match below.map(|below| (below, self.stages[below].name())) {
            Some((below, "flatten")) => self.shapes[below],
            _ => Shape::flat(self.shapes[index].channels),
        }
    }

    /// Running statistics of all layers, one after the other.
    pub fn running(&self) -> Vec<T> {
        let layers = self.stages.iter().filter_map(|stage| match stage {
            Stage::Layer(layer) => Some(layer.running()),
            Stage::Link(_) => None,
        });
        layers.flatten().copied().collect()
    }

    /// Draws from here on as after so many steps: a dropout's masks are those of a training that never
    /// stopped.
    pub fn stand_at(&mut self, steps: u64) {
        for stage in &mut self.stages {
            if let Stage::Layer(layer) = stage {
                layer.stand_at(steps);
            }
        }
    }

    /// Takes running statistics as [`Model::running`] gives them.
    ///
    /// # Panics
    /// When there are more or fewer of them.
    pub fn set_running(&mut self, mut values: &[T]) {
        for stage in &mut self.stages {
            if let Stage::Layer(layer) = stage {
                let running = layer.running_mut();
                let (own, rest) = values.split_at(running.len());
                running.copy_from_slice(own);
                values = rest;
            }
        }
        assert!(values.is_empty(), "{} running statistics too many", values.len());
    }
}
