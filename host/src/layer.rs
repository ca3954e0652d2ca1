//! Layers: the maps T between two links, Z = T(X; W), with explicit forward and backward passes.
//!
//! A layer knows neither links nor which field trains it. In the backward sweep it does two things:
//! it sends a signal down through its Jacobian's transpose, and it turns a *drive*, which the model
//! chooses (see [`crate::model::Field`]), into the field of its weights. Weights belong to the
//! model's flat point, buffers to a [`Cache`]; a layer owns shapes and, for batch normalisation,
//! running statistics.
//!
//! An example is a matrix of sites × channels (nodes of a graph, pixels of an image, or one row of
//! features), channels last; a batch is its examples one below the other. Weights of dense, graph
//! and convolution layers are laid out as a core head's: a row an input, the bias as last row.

mod affine;
mod batch_norm;
mod chebyshev;
mod convolution;
mod dense;
mod dropout;
mod error;
mod flatten;
mod graph;
mod initialiser;
mod pool;
mod select;
mod shape;
mod spectral_norm;
mod tensor;
mod transposed;

pub use batch_norm::BatchNorm;
pub use chebyshev::Chebyshev;
pub use convolution::Convolution;
pub use dense::Dense;
pub use dropout::Dropout;
pub use error::Error;
pub use flatten::Flatten;
pub use graph::{Graph, gcn_norm};
pub use initialiser::Initialiser;
pub use pool::{Pool, Pooling};
pub use select::Select;
pub use shape::{Image, Shape};
pub use spectral_norm::SpectralNorm;
pub use tensor::Tensor;
pub use transposed::TransposedConvolution;

use std::ops::Range;

use crate::matrix::{Input, Matrix, View, ViewMut};
use crate::random::Random;
use crate::real::Real;

/// Are batch statistics taken, or the running ones used?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Batch statistics; what a backward pass needs is kept.
    Train,
    /// Running statistics.
    Evaluate,
}

/// Which of the two things that travel down in a backward sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wave {
    /// ∂L/∂output.
    Signal,
    /// What drives the weights of the block, where it is not the signal.
    Drive,
}

/// Which way a sweep goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// From the input up.
    Forward,
    /// From the output down.
    Backward,
}

/// What a layer keeps from its forward to its backward pass, for one part of a batch. Sized by the
/// first pass over the largest batch; later passes allocate nothing.
#[derive(Clone, Debug, Default)]
pub struct Cache<T> {
    /// Where in the batch this part begins, in rows of the layer's input.
    pub(crate) first_row: usize,
    /// What all parts of the batch share: the sums of a joint layer.
    pub(crate) shared: Matrix<T>,
    /// The input as the weights see it: filtered, as patches, or normalised.
    lifted: Matrix<T>,
    /// Room for the backward pass.
    scratch: Matrix<T>,
    /// This part's share of the field, of layers with few weights.
    partial: Matrix<T>,
}

impl<T: Real> Cache<T> {
    /// field ← field + scale · the weights in `piece` of this part's share.
    fn add_partial(&self, piece: Range<usize>, scale: T, field: &mut [T]) {
        let partial = &self.partial.values()[piece];
        field.iter_mut().zip(partial).for_each(|(field, &share)| *field += scale * share);
    }
}

/// One map between two links; its input and output are parts of a batch as the module describes
/// them. Parts are computed by different threads; a *joint* layer, whose output at one example
/// depends on the others, surveys them first.
pub trait Layer<T: Real>: Send + Sync {
    /// For messages.
    fn name(&self) -> &'static str;

    /// Shape of the output for an example of this shape.
    ///
    /// # Errors
    /// [`Error::Shape`] when the layer cannot take it.
    fn output(&self, input: Shape) -> Result<Shape, Error>;

    /// How many weights it has.
    fn parameters(&self) -> usize {
        0
    }

    /// How many weights next to each other cannot be separated in [`Layer::add_field`].
    fn grain(&self) -> usize {
        self.parameters()
    }

    /// Its weights and then its running statistics, in order, as tensors of PyTorch; `input` is what
    /// an example looked like before it was flattened.
    fn tensors(&self, _input: Shape) -> Vec<Tensor> {
        vec![]
    }

    /// Fills the weights at the start of a training.
    fn initialise(&self, _rule: Initialiser, _random: &mut Random, _weights: &mut [T]) {}

    /// Does the output at one example depend on the others of the batch?
    fn is_joint(&self) -> bool {
        false
    }

    /// Joint layers, before [`Layer::forward`] in [`Mode::Train`]: the cache's `shared` ← what has
    /// to be known of this part of the batch.
    fn survey(&self, _input: View<'_, T>, _cache: &mut Cache<T>) {}

    /// Joint layers: adds what is known of one part to what is known of those before it.
    fn merge(&self, _pass: Pass, _known: &mut Matrix<T>, _part: &Matrix<T>) {}

    /// output ← T(input; weights).
    fn forward(
        &self,
        weights: &[T],
        input: Input<'_, T>,
        mode: Mode,
        cache: &mut Cache<T>,
        output: ViewMut<'_, T>,
    );

    /// Joint layers, before [`Layer::pull_back`]: the same for what travels down.
    fn survey_back(&self, _wave: Wave, _signal: View<'_, T>, _cache: &mut Cache<T>) {}

    /// below ← (∂T/∂input)ᵀ · signal, after a forward pass in [`Mode::Train`].
    fn pull_back(
        &self,
        weights: &[T],
        wave: Wave,
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        below: ViewMut<'_, T>,
    );

    /// Keeps what [`Layer::add_field`] needs of the drive of this part.
    fn collect(
        &self,
        _weights: &[T],
        _input: Input<'_, T>,
        _drive: View<'_, T>,
        _cache: &mut Cache<T>,
    ) {
    }

    /// field ← field + scale · (∂T/∂weights)ᵀ · drive for the weights in `piece`, whole grains, over
    /// one part of the batch, after [`Layer::collect`].
    fn add_field(
        &self,
        _piece: Range<usize>,
        _input: Input<'_, T>,
        _drive: View<'_, T>,
        _cache: &Cache<T>,
        _scale: T,
        _field: &mut [T],
    ) {
    }

    /// Takes over what the last forward pass in [`Mode::Train`] showed: running statistics.
    fn absorb(&mut self, _cache: &Cache<T>) {}

    /// What it knows besides its weights: running statistics. Kept in checkpoints.
    fn running(&self) -> &[T] {
        &[]
    }

    /// Goes to where so many steps were absorbed: what is drawn anew every step.
    fn stand_at(&mut self, _steps: u64) {}

    /// The same, to be read back from a checkpoint.
    fn running_mut(&mut self) -> &mut [T] {
        &mut []
    }
}

/// How many windows fit into `length` with this padding on both sides; none of side or stride 0.
pub(crate) fn windows(length: usize, size: usize, stride: usize, padding: usize) -> usize {
    match (length + 2 * padding).checked_sub(size) {
        Some(rest) if size > 0 && stride > 0 => rest / stride + 1,
        _ => 0,
    }
}
