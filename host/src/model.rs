//! Models: a list of layers and links, one forward and one backward sweep, and the two fields.
//!
//! Between two links stands a *block*, Z = T(X; W), of one layer or several; the link makes
//! X⁺ = φ(Z) of it. The gradient of a loss L drives the weights of a block by the signal pulled back
//! through the link, φ'(Z)ᵀ·∂L/∂X⁺; the monotone field (SVI, Xu, Cheng & Xie, arXiv 2202.08876)
//! drives them by ∂L/∂X⁺ itself. What travels to the block below is the true signal in both.
//!
//! A model owns the shapes, not the weights: those are one flat point, moved by any of core's
//! methods.

mod evaluate;
mod link;
mod loss;
mod operator;
mod sweep;
mod tape;
mod update;

use std::ops::Range;

use fejer::Link;

pub use loss::Loss;
pub(crate) use loss::is_asked;
pub use operator::ModelOperator;
pub use tape::Tape;

use crate::layer::{self, Initialiser, Layer, Shape};
use crate::matrix::{Input, View};
use crate::random::Random;
use crate::real::Real;
use update::Piece;

/// Which signal drives the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The gradient of the loss.
    Gradient,
    /// The monotone field: each block's own link is left out. Monotone, with theory, for the weights
    /// of the last layer, the others held (svi.md §1.1); for all layers together it is a heuristic,
    /// neither monotone nor a descent direction in general.
    Monotone,
}

/// A layer, or the link above it.
pub enum Stage<T> {
    /// A map with or without weights.
    Layer(Box<dyn Layer<T>>),
    /// A monotone map of the scores; softmax acts on the channels of one site.
    Link(Link),
}

impl<T: Real> Stage<T> {
    /// This layer.
    pub fn layer(layer: impl Layer<T> + 'static) -> Self {
        Self::Layer(Box::new(layer))
    }

    /// For messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Layer(layer) => layer.name(),
            Self::Link(_) => "link",
        }
    }
}

/// Examples, one below the other, and what the model should say of them.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, T> {
    /// examples · sites rows of the model's input channels.
    pub input: Input<'a, T>,
    /// As many rows as the output has, of its channels: probabilities, one-hot classes or numbers.
    pub target: View<'a, T>,
}

impl<'a, T: Real> Batch<'a, T> {
    /// These rows with these targets.
    pub fn new(input: impl Into<Input<'a, T>>, target: View<'a, T>) -> Self {
        Self { input: input.into(), target }
    }
}

/// Layers and links with a loss; weights are passed to every call.
pub struct Model<T> {
    stages: Vec<Stage<T>>,
    /// Input of each stage, then the output of the last.
    shapes: Vec<Shape>,
    /// Where in the point the weights of each stage are.
    weights: Vec<Range<usize>>,
    /// Runs of stages, each but the first beginning with a joint layer.
    sections: Vec<Range<usize>>,
    /// The first stage with weights: no signal has to go below it.
    lowest: usize,
    /// Examples that one thread computes.
    part: usize,
    /// The weights in pieces that one thread updates.
    pieces: Vec<Piece>,
    loss: Loss,
}

/// Enough rows for a product of matrices at full speed.
const MOST_EXAMPLES: usize = 64;
const LEAST_EXAMPLES: usize = 8;

/// So many numbers, what a stage gives for a part, stay in a cache.
const CACHED: usize = 1 << 17;

/// Examples that one thread computes; a power of two, so that usual batches split evenly.
fn part_of(shapes: &[Shape]) -> usize {
    let widest = shapes.iter().map(|shape| shape.sites * shape.channels).max().unwrap_or(1);
    let fitting = (CACHED / widest.max(1)).clamp(LEAST_EXAMPLES, MOST_EXAMPLES);
    1 << fitting.ilog2()
}

/// A layer that does not fit where it stands.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("stage {stage} ({name}): {source}")]
pub struct Error {
    /// Its position in the list, from 0.
    pub stage: usize,
    /// What kind of layer it is.
    pub name: &'static str,
    /// What does not fit.
    pub source: layer::Error,
}

impl<T: Real> Model<T> {
    /// A model of these stages, from the input up.
    ///
    /// # Errors
    /// [`Error`]: a layer does not take what the one below it gives, or there is none.
    pub fn new(input: Shape, stages: Vec<Stage<T>>, loss: Loss) -> Result<Self, Error> {
        if stages.is_empty() {
            let (shape, name) = (input, "none");
            return Err(Error { stage: 0, name, source: layer::Error::Empty { shape } });
        }
        let mut shapes = vec![input];
        let (mut weights, mut pieces, mut starts) = (vec![], vec![], vec![0]);
        let (mut shape, mut end) = (input, 0);
        for (stage, kind) in stages.iter().enumerate() {
            let start = end;
            if let Stage::Layer(layer) = kind {
                let fits = layer.output(shape);
                shape = fits.map_err(|source| Error { stage, name: kind.name(), source })?;
                end += layer.parameters();
                pieces.extend(update::pieces(stage, layer.parameters(), layer.grain()));
                if layer.is_joint() {
                    starts.push(stage);
                }
            }
            if shape.sites * shape.channels == 0 {
                let name = kind.name();
                return Err(Error { stage, name, source: layer::Error::Empty { shape } });
            }
            shapes.push(shape);
            weights.push(start..end);
        }
        let lowest = weights.iter().position(|range: &Range<usize>| !range.is_empty());
        let lowest = lowest.unwrap_or(stages.len());
        let ends = starts.iter().skip(1).copied().chain([stages.len()]);
        let sections = starts.iter().zip(ends).map(|(&start, end)| start..end).collect();
        let part = part_of(&shapes);
        Ok(Self { stages, shapes, weights, sections, lowest, part, pieces, loss })
    }

    /// Length of the point.
    pub fn parameters(&self) -> usize {
        self.weights.last().map_or(0, |range| range.end)
    }

    /// Where in the point the weights of this stage are; empty for a link. Those of a dense layer
    /// are laid out as [`fejer::Head::point`]: a row a feature, the bias last.
    pub fn weights(&self, stage: usize) -> Range<usize> {
        self.weights[stage].clone()
    }

    /// Shape of an example at the output.
    pub fn output(&self) -> Shape {
        self.shapes[self.stages.len()]
    }

    /// Weights to start from; each stage draws from a stream of its own.
    pub fn initial_point(&self, rule: Initialiser, seed: u64) -> Vec<T> {
        let mut point = vec![T::ZERO; self.parameters()];
        for ((stage, range), stream) in self.stages.iter().zip(&self.weights).zip(0..) {
            if let Stage::Layer(layer) = stage {
                let mut random = Random::new(seed, stream);
                if !range.is_empty() {
                    layer.initialise(rule, &mut random, &mut point[range.clone()]);
                }
            }
        }
        point
    }

    /// Buffers for this model.
    pub fn tape(&self) -> Tape<T> {
        Tape::new(self.stages.len())
    }

    /// out ← the field of the weights over a batch, as long as the point.
    ///
    /// # Panics
    /// When a length or shape is not the model's.
    pub fn field(
        &self,
        point: &[T],
        batch: Batch<'_, T>,
        field: Field,
        tape: &mut Tape<T>,
        out: &mut [T],
    ) {
        out.fill(T::ZERO);
        self.accumulate(point, batch, field, T::ONE, tape, out);
    }

    /// out ← out + scale · field.
    ///
    /// # Panics
    /// As [`Model::field`].
    pub fn accumulate(
        &self,
        point: &[T],
        batch: Batch<'_, T>,
        field: Field,
        scale: T,
        tape: &mut Tape<T>,
        out: &mut [T],
    ) {
        in_pool(|| {
            self.sweep(point, batch, field, tape);
            self.add_field(batch.input, tape, scale, out);
        });
    }

    /// point ← point − step · field, without a buffer for the field.
    ///
    /// # Panics
    /// As [`Model::field`].
    pub fn descend(
        &self,
        point: &mut [T],
        batch: Batch<'_, T>,
        field: Field,
        step: T,
        tape: &mut Tape<T>,
    ) {
        in_pool(|| {
            self.sweep(point, batch, field, tape);
            self.add_field(batch.input, tape, T::ZERO - step, point);
        });
    }

    /// Takes over the running statistics of the last [`Model::field`] or [`Model::loss`] on this
    /// tape.
    pub fn absorb(&mut self, tape: &Tape<T>) {
        let Some(part) = tape.parts().first() else { return };
        for (stage, cache) in self.stages.iter_mut().zip(&part.caches) {
            if let Stage::Layer(layer) = stage {
                layer.absorb(cache);
            }
        }
    }
}

/// Runs a pass on a thread of the pool, so that its many small sections need not be handed over one
/// by one.
fn in_pool<R: Send>(pass: impl FnOnce() -> R + Send) -> R {
    if rayon::current_thread_index().is_some() { pass() } else { rayon::scope(|_| pass()) }
}
