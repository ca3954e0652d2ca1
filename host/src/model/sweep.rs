//! The forward and the backward sweep; the one place where the two fields differ.
//!
//! Every part of a batch goes up and down by itself, on any thread; the parts wait for each other
//! where a joint layer begins a new *section* of the stages.

use std::ops::Range;

use super::tape::{Part, Source, Tape};
use super::{Batch, Field, Model, Stage, link};
use crate::layer::{Layer, Mode, Pass, Wave};
use crate::matrix::{Input, each};
use crate::real::Real;

impl<T: Real> Model<T> {
    /// Every part up; what `at_the_top` does to it then follows without waiting for the others.
    pub(super) fn ascend(
        &self,
        point: &[T],
        input: Input<'_, T>,
        mode: Mode,
        tape: &mut Tape<T>,
        at_the_top: &(impl Fn(&mut Part<T>) + Sync),
    ) {
        let shape = self.shapes[0];
        assert_eq!(input.columns(), shape.channels, "channels of the input");
        let (rows, sites) = (input.rows(), shape.sites);
        assert!(rows > 0 && rows.is_multiple_of(sites), "rows of the input: examples · sites");
        assert_eq!(point.len(), self.parameters(), "length of the point");
        tape.fit(self, rows / sites);
        for (section, stages) in self.sections.iter().enumerate() {
            let next = self.sections.get(section + 1);
            each(tape.parts_mut(), &|part| {
                stages.clone().for_each(|index| self.rise(index, point, input, mode, part));
                match next.map(|next| &self.stages[next.start]) {
                    Some(Stage::Layer(joint)) if mode == Mode::Train => {
                        let mut cache = std::mem::take(&mut part.caches[stages.end]);
                        joint.survey(self.input_at(stages.end, input, part).dense(), &mut cache);
                        part.caches[stages.end] = cache;
                    }
                    Some(_) => {}
                    None => at_the_top(part),
                }
            });
            if let (Some(next), Mode::Train) = (next, mode) {
                tape.share(self, next.start, Pass::Forward);
            }
        }
    }

    /// One part through one stage.
    fn rise(&self, index: usize, point: &[T], input: Input<'_, T>, mode: Mode, part: &mut Part<T>) {
        let (below, rest) = part.outputs.split_at_mut(index);
        let output = &mut rest[0];
        match &self.stages[index] {
            Stage::Layer(layer) => {
                let input = match below.last() {
                    Some(matrix) => matrix.view().into(),
                    None => self.input_of(part.examples.clone(), input),
                };
                let (weights, cache) = (&point[self.weights(index)], &mut part.caches[index]);
                layer.forward(weights, input, mode, cache, output.view_mut());
            }
            Stage::Link(link) => {
                let scores = below.last().map_or_else(|| input.dense(), |matrix| matrix.view());
                link::predict(*link, scores, output.view_mut());
            }
        }
    }

    /// Every part up and down: true signals everywhere, and the drive of every layer.
    pub(super) fn sweep(&self, point: &[T], batch: Batch<'_, T>, field: Field, tape: &mut Tape<T>) {
        let (input, target, shape) = (batch.input, batch.target, self.output());
        let (last, top) = (self.stages.len() - 1, self.sections.len() - 1);
        let examples = input.rows() / self.shapes[0].sites;
        let expected = [examples * shape.sites, shape.channels];
        assert_eq!([target.rows(), target.columns()], expected, "shape of the targets");
        self.ascend(point, input, Mode::Train, tape, &|part| {
            let rows = part.examples.start * shape.sites..part.examples.end * shape.sites;
            let signal = part.signals[last].view_mut();
            self.loss.signal(examples, part.outputs[last].view(), target.rows_of(rows), signal);
            part.sources[last] = Source::Signal(last);
            self.fall(self.sections[top].clone(), point, input, field, part);
        });
        for section in (1..=top).rev() {
            let (joint, below) = (self.sections[section].start, &self.sections[section - 1]);
            if joint <= self.lowest {
                return;
            }
            tape.share(self, joint, Pass::Backward);
            each(tape.parts_mut(), &|part| {
                self.step_down(joint, point, field, part);
                self.fall(below.clone(), point, input, field, part);
            });
        }
    }

    /// One part down through a section, but not through the joint layer it begins with.
    fn fall(
        &self,
        section: Range<usize>,
        point: &[T],
        input: Input<'_, T>,
        field: Field,
        part: &mut Part<T>,
    ) {
        for index in section.clone().rev() {
            if index < self.lowest {
                return;
            }
            if let Stage::Layer(layer) = &self.stages[index] {
                self.collect(index, layer.as_ref(), point, input, part);
                if index > self.lowest && index == section.start && layer.is_joint() {
                    return self.survey_back(index, layer.as_ref(), part);
                }
            }
            if index > self.lowest && index > 0 {
                self.step_down(index, point, field, part);
            }
        }
    }

    fn collect(
        &self,
        index: usize,
        layer: &dyn Layer<T>,
        point: &[T],
        input: Input<'_, T>,
        part: &mut Part<T>,
    ) {
        let weights = self.weights(index);
        if weights.is_empty() {
            return;
        }
        let mut cache = std::mem::take(&mut part.caches[index]);
        layer.collect(
            &point[weights],
            self.input_at(index, input, part),
            part.drive(index),
            &mut cache,
        );
        part.caches[index] = cache;
    }

    fn survey_back(&self, index: usize, layer: &dyn Layer<T>, part: &mut Part<T>) {
        let cache = &mut part.caches[index];
        layer.survey_back(Wave::Signal, part.signals[index].view(), cache);
        let drive = match part.sources[index] {
            Source::Signal(at) if at == index => return,
            Source::Signal(at) => part.signals[at].view(),
            Source::Drive(at) => part.drives[at].view(),
        };
        layer.survey_back(Wave::Drive, drive, cache);
    }

    /// The signal, and the drive where it is another, from the output of a stage to its input.
    fn step_down(&self, index: usize, point: &[T], field: Field, part: &mut Part<T>) {
        let below = index - 1;
        let (lower, upper) = part.signals.split_at_mut(index);
        let (through, signal) = (&mut lower[below], &upper[0]);
        part.sources[below] = match &self.stages[index] {
            Stage::Link(link) => {
                let (scores, prediction) = (part.outputs[below].view(), part.outputs[index].view());
                link::pull_back(*link, scores, prediction, signal.view(), through.view_mut());
                // The whole difference between gradient and monotone training.
                match field {
                    Field::Gradient => Source::Signal(below),
                    Field::Monotone => Source::Signal(index),
                }
            }
            Stage::Layer(layer) => {
                let weights = &point[self.weights(index)];
                let cache = &mut part.caches[index];
                layer.pull_back(weights, Wave::Signal, signal.view(), cache, through.view_mut());
                self.drive_down(point, index, part)
            }
        };
    }

    /// The drive at the output of the stage below a layer: the true signal where it is that of the
    /// layer, else pulled back as well.
    fn drive_down(&self, point: &[T], index: usize, part: &mut Part<T>) -> Source {
        let below = index - 1;
        let is_needed = self.is_driven_through(below);
        let (Stage::Layer(layer), true) = (&self.stages[index], is_needed) else {
            return Source::Signal(below);
        };
        let (lower, upper) = part.drives.split_at_mut(index);
        let drive = match part.sources[index] {
            Source::Signal(at) if at == index => return Source::Signal(below),
            Source::Signal(at) => part.signals[at].view(),
            Source::Drive(_) => upper[0].view(),
        };
        let (weights, cache) = (&point[self.weights(index)], &mut part.caches[index]);
        layer.pull_back(weights, Wave::Drive, drive, cache, lower[below].view_mut());
        Source::Drive(below)
    }

    /// What a stage was given, for one part of a batch.
    pub(super) fn input_at<'a>(
        &self,
        index: usize,
        input: Input<'a, T>,
        part: &'a Part<T>,
    ) -> Input<'a, T> {
        match index.checked_sub(1) {
            Some(below) => part.outputs[below].view().into(),
            None => self.input_of(part.examples.clone(), input),
        }
    }

    fn input_of<'a>(&self, examples: Range<usize>, input: Input<'a, T>) -> Input<'a, T> {
        let sites = self.shapes[0].sites;
        input.rows_of(examples.start * sites..examples.end * sites)
    }
}
