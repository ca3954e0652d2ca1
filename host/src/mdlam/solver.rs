//! The loop: epochs of blocks, from below.
//!
//! Of every layer the product A·W is kept with the blocks it is made of, so an update of the first
//! layer, whose input is as wide as the data, takes two large products and no more; the spectrum of the
//! input is bounded once.

use crate::matrix::{Matrix, View};
use crate::model::Model;
use crate::real::Real;

use super::Error;
use super::activations::{Activations, Tie};
use super::bias::center;
use super::block::{Taken, advance};
use super::last::Last;
use super::network::{Criterion, Part, take_apart};
use super::objective::Fit;
use super::phase::Phase;
use super::room::{Room, multiply};
use super::scores::Scores;
use super::settings::{Settings, Variant};
use super::spectrum::Spectrum;
use super::variables::Variables;
use super::weights::Weights;
use super::{fista, penalty, published};

/// A block of variables; layers count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// W of a layer.
    Weights(usize),
    /// b of a layer.
    Bias(usize),
    /// Z of a layer.
    Scores(usize),
    /// A of a layer that is not the last.
    Activations(usize),
}

/// Alternating minimisation under way, on all examples at once.
pub struct Solver<'a, T> {
    pub(super) parts: Vec<Part>,
    pub(super) criterion: Criterion,
    pub(super) settings: Settings,
    pub(super) input: View<'a, T>,
    pub(super) target: View<'a, T>,
    pub(super) variables: Variables<T>,
    /// A·W of every layer.
    pub(super) products: Vec<Matrix<T>>,
    phase: Phase,
    epochs: u32,
    refused: u32,
    input_bound: f64,
    spectrum: Spectrum,
    room: Room<T>,
}

impl<'a, T: Real> Solver<'a, T> {
    /// From weights laid out as the model's point; scores and outputs are those of a pass forward, so
    /// that nothing is missing at first.
    ///
    /// # Errors
    /// [`Error`]: a layer, link or loss that is not trained like this, or a number that makes no sense.
    ///
    /// # Panics
    /// When the shapes are not the model's.
    pub fn new(
        model: &Model<T>,
        settings: Settings,
        point: Vec<T>,
        input: View<'a, T>,
        target: View<'a, T>,
    ) -> Result<Self, Error> {
        settings.check()?;
        assert_eq!(point.len(), model.parameters(), "length of the point");
        let (parts, criterion) = take_apart(model, settings.variant)?;
        let mut spectrum = Spectrum::default();
        let mut solver = Self {
            criterion,
            input_bound: spectrum.bound(input),
            phase: Phase::of(&settings, 0),
            settings,
            input,
            target,
            variables: Variables { previous_point: point.clone(), point, ..Variables::default() },
            products: vec![Matrix::default(); parts.len()],
            parts,
            epochs: 0,
            refused: 0,
            spectrum,
            room: Room::default(),
        };
        solver.ascend();
        if settings.variant == Variant::Published && criterion == Criterion::CrossEntropy {
            published::begin(&mut solver.variables.scores, target);
        }
        if settings.variant == Variant::Penalty {
            let length = target.values().len();
            solver.variables.shift = vec![T::ZERO; length];
        }
        Ok(solver)
    }

    /// Goes on from the variables of another solver of the same problem, so many epochs later; false
    /// where they do not fit.
    #[must_use]
    pub(super) fn restore(&mut self, point: &[T], state: &[Vec<T>], epochs: u32) -> bool {
        if point.len() != self.variables.point.len() || !self.variables.restore(state) {
            return false;
        }
        self.variables.point.copy_from_slice(point);
        self.epochs = epochs;
        (0..self.parts.len()).for_each(|layer| self.multiply(layer));
        true
    }

    /// Z and A by a pass forward.
    fn ascend(&mut self) {
        for layer in 0..self.parts.len() {
            self.multiply(layer);
            let (part, product) = (&self.parts[layer], &self.products[layer]);
            let bias = self.variables.bias(part);
            let mut scores = product.clone();
            for row in 0..scores.rows() {
                scores.row_mut(row).iter_mut().zip(bias).for_each(|(z, &b)| *z += b);
            }
            if layer + 1 < self.parts.len() {
                let mut outputs = Matrix::default();
                predict(part, scores.view(), &mut outputs);
                self.variables.previous_outputs.push(outputs.clone());
                self.variables.outputs.push(outputs);
            }
            self.variables.scores.push(scores);
        }
    }

    fn multiply(&mut self, layer: usize) {
        let below = match layer.checked_sub(1) {
            Some(below) => self.variables.outputs[below].view(),
            None => self.input,
        };
        let matrix = self.variables.matrix(&self.parts[layer]);
        multiply(below, matrix, &mut self.products[layer]);
    }

    /// Everything that is alternated over.
    pub fn variables(&self) -> &Variables<T> {
        &self.variables
    }

    /// Where the epoch stands that was begun last.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Epochs begun.
    pub fn epochs(&self) -> u32 {
        self.epochs
    }

    /// Extrapolations taken back so far.
    pub fn refused(&self) -> u32 {
        self.refused
    }

    /// The blocks in the order of an epoch.
    pub fn blocks(&self) -> impl Iterator<Item = Block> + use<T> {
        let layers = self.parts.len();
        (0..layers).flat_map(move |layer| {
            let own = [Block::Weights(layer), Block::Bias(layer), Block::Scores(layer)];
            let outputs = (layer + 1 < layers).then_some(Block::Activations(layer));
            own.into_iter().chain(outputs)
        })
    }

    /// One epoch.
    pub fn epoch(&mut self) {
        // on a thread of the pool, so that the many small sections need not be handed over one by one
        rayon::scope(|_| {
            self.begin();
            self.blocks().for_each(|block| self.update(block));
        });
    }

    /// Begins an epoch: in a new phase what is no longer feasible is projected, and nothing came before.
    pub fn begin(&mut self) {
        self.phase = Phase::of(&self.settings, self.epochs);
        self.epochs += 1;
        let is_exact = matches!(self.settings.variant, Variant::Accelerated | Variant::Plain);
        if self.phase.is_new && is_exact {
            for layer in 0..self.parts.len() - 1 {
                self.clamp(layer);
                self.multiply(layer + 1);
            }
            self.variables.forget();
        }
    }

    /// A ← clamp(A, h(Z) − ε, h(Z) + ε)
    fn clamp(&mut self, layer: usize) {
        let Self { parts, variables, room, .. } = self;
        predict(&parts[layer], variables.scores[layer].view(), &mut room.prediction);
        let epsilon = T::from_f64(self.phase.epsilon);
        let outputs = variables.outputs[layer].values_mut().iter_mut();
        for (output, &h) in outputs.zip(room.prediction.values()) {
            *output = output.max(h - epsilon).min(h + epsilon);
        }
    }

    /// Updates one block.
    ///
    /// # Panics
    /// When there is no such layer.
    pub fn update(&mut self, block: Block) {
        match block {
            Block::Weights(layer) => self.update_weights(layer),
            Block::Bias(layer) => self.update_bias(layer),
            Block::Scores(layer) if layer + 1 == self.parts.len() => self.update_last(),
            Block::Scores(layer) => self.update_scores(layer),
            Block::Activations(layer) => self.update_activations(layer),
        }
    }

    fn update_weights(&mut self, layer: usize) {
        let Self { parts, variables, products, settings, input, spectrum, .. } = self;
        let Variables { point, previous_point, scores, outputs, .. } = variables;
        let below = layer.checked_sub(1).map_or(*input, |below| outputs[below].view());
        let bound = if layer == 0 { self.input_bound } else { spectrum.bound(below) };
        let Part { matrix, bias, .. } = &parts[layer];
        let (lower, upper) = point.split_at_mut(bias.start);
        let mut weights = Weights {
            settings,
            below,
            fit: Fit { bias: &upper[..bias.len()], scores: scores[layer].view() },
            matrix: &mut lower[matrix.clone()],
            previous: &mut previous_point[matrix.clone()],
            product: &mut products[layer],
            modulus: modulus(settings.rho, bound),
            room: &mut self.room,
        };
        if settings.variant == Variant::Published {
            return weights.advance_as_published();
        }
        let taken = advance(&mut weights, self.phase.extrapolation);
        self.refused += u32::from(taken != Taken::AtOnce);
    }

    fn update_bias(&mut self, layer: usize) {
        if self.settings.variant == Variant::Published && published::keeps_bias(layer) {
            return;
        }
        let scores = self.variables.scores[layer].view();
        let bias = &mut self.variables.point[self.parts[layer].bias.clone()];
        center(self.products[layer].view(), scores, bias);
    }

    fn update_scores(&mut self, layer: usize) {
        let part = &self.parts[layer];
        let rule = Scores {
            link: part.link,
            epsilon: self.phase.epsilon,
            product: self.products[layer].view(),
            bias: &self.variables.point[part.bias.clone()],
            outputs: self.variables.outputs[layer].view(),
        };
        let scores = &mut self.variables.scores[layer];
        match self.settings.variant {
            Variant::Accelerated | Variant::Plain => rule.project(scores),
            Variant::Published => rule.project_as_published(scores),
            Variant::Penalty => rule.settle(scores),
        }
    }

    fn update_last(&mut self) {
        let top = self.parts.len() - 1;
        let mut scores = std::mem::take(&mut self.variables.scores[top]);
        let last = self.last();
        match self.settings.variant {
            Variant::Published => fista::approach(&last, &mut scores),
            _ => last.minimise(&mut scores),
        }
        if self.settings.variant == Variant::Penalty {
            self.variables.shift = penalty::lift(&last, &mut scores);
        }
        self.variables.scores[top] = scores;
    }

    /// The problem of the last scores.
    pub(super) fn last(&self) -> Last<'_, T> {
        let top = self.parts.len() - 1;
        Last {
            criterion: self.criterion,
            rho: self.settings.rho,
            product: self.products[top].view(),
            bias: self.variables.bias(&self.parts[top]),
            shift: &self.variables.shift,
            target: self.target,
        }
    }

    fn update_activations(&mut self, layer: usize) {
        let Self { parts, variables, products, settings, room, spectrum, .. } = self;
        predict(&parts[layer], variables.scores[layer].view(), &mut room.prediction);
        let Variables { point, scores, outputs, previous_outputs, .. } = variables;
        let above = &parts[layer + 1];
        let matrix = &point[above.matrix.clone()];
        let matrix = View::new(matrix.len() / above.outputs, above.outputs, matrix);
        let tie = match settings.variant {
            Variant::Penalty => Tie::Penalty,
            _ => Tie::Within(self.phase.epsilon),
        };
        let mut activations = Activations {
            settings,
            tie,
            outputs: &mut outputs[layer],
            previous: &mut previous_outputs[layer],
            above: matrix,
            fit: Fit { bias: &point[above.bias.clone()], scores: scores[layer + 1].view() },
            product: &mut products[layer + 1],
            modulus: modulus(settings.rho, spectrum.bound(matrix)),
            room,
        };
        if settings.variant == Variant::Published {
            return activations.advance_as_published();
        }
        let taken = advance(&mut activations, self.phase.extrapolation);
        self.refused += u32::from(taken != Taken::AtOnce);
    }
}

/// ρ·λ; any number above 0 will do where the product is zero.
fn modulus(rho: f64, bound: f64) -> f64 {
    if bound > 0.0 { rho * bound } else { rho }
}

/// out ← h(scores)
pub(super) fn predict<T: Real>(part: &Part, scores: View<'_, T>, out: &mut Matrix<T>) {
    out.reshape(scores.rows(), scores.columns());
    out.values_mut().copy_from_slice(scores.values());
    (0..out.rows()).for_each(|row| part.link.predict(out.row_mut(row)));
}
