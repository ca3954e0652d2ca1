//! The forward and the backward sweep; the one place where the two fields differ.

use super::tape::{Source, Tape};
use super::{Field, Model, Stage};
use crate::layer::Mode;
use crate::matrix::View;
use crate::real::Real;

impl<T: Real> Model<T> {
    /// The output of the last stage: predictions, or scores where the loss has the link.
    ///
    /// # Panics
    /// When a length or shape is not the model's.
    pub fn forward<'t>(
        &self,
        point: &[T],
        input: View<'_, T>,
        mode: Mode,
        tape: &'t mut Tape<T>,
    ) -> View<'t, T> {
        let shape = self.shapes[0];
        assert_eq!(input.columns(), shape.channels, "channels of the input");
        let (rows, sites) = (input.rows(), shape.sites);
        assert!(rows > 0 && rows.is_multiple_of(sites), "rows of the input: examples · sites");
        assert_eq!(point.len(), self.parameters(), "length of the point");
        tape.fit(self, input.rows() / shape.sites);
        for (index, stage) in self.stages.iter().enumerate() {
            let (below, rest) = tape.outputs.split_at_mut(index);
            let input = below.last().map_or(input, |matrix| matrix.view());
            let output = &mut rest[0];
            match stage {
                Stage::Layer(layer) => {
                    let weights = &point[self.weights[index].clone()];
                    layer.forward(weights, input, mode, &mut tape.caches[index], output.view_mut());
                }
                Stage::Link(link) => {
                    output.values_mut().copy_from_slice(input.values());
                    (0..output.rows()).for_each(|row| link.predict(output.row_mut(row)));
                }
            }
        }
        tape.outputs[self.stages.len() - 1].view()
    }

    /// From the signal at the output down: true signals everywhere, and the drive of every layer.
    pub(super) fn backward(&self, point: &[T], field: Field, tape: &mut Tape<T>) {
        let last = self.stages.len() - 1;
        tape.sources[last] = Source::Signal(last);
        for index in (1..=last).rev() {
            let below = index - 1;
            let (lower, upper) = tape.signals.split_at_mut(index);
            let (through, signal) = (&mut lower[below], &upper[0]);
            tape.sources[below] = match &self.stages[index] {
                Stage::Link(link) => {
                    through.values_mut().copy_from_slice(signal.values());
                    let (scores, prediction) = (&tape.outputs[below], &tape.outputs[index]);
                    for row in 0..through.rows() {
                        link.pull_back(scores.row(row), prediction.row(row), through.row_mut(row));
                    }
                    // The whole difference between gradient and monotone training.
                    match field {
                        Field::Gradient => Source::Signal(below),
                        Field::Monotone => Source::Signal(index),
                    }
                }
                Stage::Layer(layer) => {
                    let weights = &point[self.weights[index].clone()];
                    let cache = &mut tape.caches[index];
                    layer.pull_back(weights, signal.view(), cache, through.view_mut());
                    self.drive_down(point, index, tape)
                }
            };
        }
    }

    /// The drive at the output of the stage below a layer: the true signal where it is that of the
    /// layer, else pulled back as well.
    fn drive_down(&self, point: &[T], index: usize, tape: &mut Tape<T>) -> Source {
        let below = index - 1;
        let is_needed = self.is_driven_through(below);
        let (Stage::Layer(layer), true) = (&self.stages[index], is_needed) else {
            return Source::Signal(below);
        };
        let (lower, upper) = tape.drives.split_at_mut(index);
        let drive = match tape.sources[index] {
            Source::Signal(at) if at == index => return Source::Signal(below),
            Source::Signal(at) => tape.signals[at].view(),
            Source::Drive(_) => upper[0].view(),
        };
        let weights = &point[self.weights[index].clone()];
        layer.pull_back(weights, drive, &mut tape.caches[index], lower[below].view_mut());
        Source::Drive(below)
    }
}
