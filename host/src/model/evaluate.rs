//! What a model says, and what is known of it besides its weights.

use super::{Batch, Model, Stage, Tape};
use crate::layer::{Mode, Shape};
use crate::matrix::View;
use crate::real::Real;

impl<T: Real> Model<T> {
    /// Shape of an example at the input.
    pub fn input(&self) -> Shape {
        self.shapes[0]
    }

    /// Layers and links together.
    pub fn stages(&self) -> usize {
        self.stages.len()
    }

    /// The loss of the batch that [`Model::field`] saw last on this tape, without another pass.
    pub fn seen_loss(&self, target: View<'_, T>, tape: &Tape<T>) -> f64 {
        let output = &tape.outputs[self.stages.len() - 1];
        self.loss.value(tape.examples, output.view(), target)
    }

    /// Loss and predictions for a batch, with running statistics.
    pub fn judge<'t>(
        &self,
        point: &[T],
        batch: Batch<'_, T>,
        tape: &'t mut Tape<T>,
    ) -> (f64, View<'t, T>) {
        self.forward(point, batch.input, Mode::Evaluate, tape);
        let loss = self.seen_loss(batch.target, tape);
        let output = &mut tape.outputs[self.stages.len() - 1];
        (0..output.rows()).for_each(|row| self.loss.predict(output.row_mut(row)));
        (loss, output.view())
    }

    /// Running statistics of all layers, one after the other.
    pub fn running(&self) -> Vec<T> {
        let layers = self.stages.iter().filter_map(|stage| match stage {
            Stage::Layer(layer) => Some(layer.running()),
            Stage::Link(_) => None,
        });
        layers.flatten().copied().collect()
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
