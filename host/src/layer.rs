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
mod convolution;
mod dense;
mod flatten;
mod graph;
mod initialiser;
mod pool;

pub use batch_norm::BatchNorm;
pub use convolution::Convolution;
pub use dense::Dense;
pub use flatten::Flatten;
pub use graph::{Graph, gcn_norm};
pub use initialiser::Initialiser;
pub use pool::{Pool, Pooling};

use crate::matrix::{Matrix, View, ViewMut};
use crate::random::Random;
use crate::real::Real;

/// What one example looks like between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Rows: nodes, pixels, or 1.
    pub sites: usize,
    /// Columns: features, channels or classes.
    pub channels: usize,
}

impl Shape {
    /// Plain features.
    pub const fn flat(features: usize) -> Self {
        Self { sites: 1, channels: features }
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} × {}", self.sites, self.channels)
    }
}

/// An image, row after row of pixels, channels last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Pixels from top to bottom.
    pub height: usize,
    /// Pixels from left to right.
    pub width: usize,
    /// Numbers a pixel.
    pub channels: usize,
}

impl Image {
    /// Its shape between two layers.
    pub const fn shape(self) -> Shape {
        Shape { sites: self.height * self.width, channels: self.channels }
    }
}

/// Are batch statistics taken, or the running ones used?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Batch statistics; what a backward pass needs is kept.
    Train,
    /// Running statistics.
    Evaluate,
}

/// What a layer keeps from its forward to its backward pass. Sized by the first forward pass of the
/// largest batch; later passes allocate nothing.
#[derive(Clone, Debug, Default)]
pub struct Cache<T> {
    /// The input as the weights see it: filtered, as patches, or normalised.
    lifted: Matrix<T>,
    /// Room for the backward pass; a batch normalisation's statistics.
    scratch: Matrix<T>,
    /// Which input each maximum came from.
    chosen: Vec<usize>,
}

/// One map between two links; its input and output are batches as the module describes them.
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

    /// Fills the weights at the start of a training.
    fn initialise(&self, _rule: Initialiser, _random: &mut Random, _weights: &mut [T]) {}

    /// output ← T(input; weights).
    fn forward(
        &self,
        weights: &[T],
        input: View<'_, T>,
        mode: Mode,
        cache: &mut Cache<T>,
        output: ViewMut<'_, T>,
    );

    /// below ← (∂T/∂input)ᵀ · signal, after a forward pass in [`Mode::Train`].
    fn pull_back(
        &self,
        weights: &[T],
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        below: ViewMut<'_, T>,
    );

    /// field ← (∂T/∂weights)ᵀ · drive, after a forward pass in [`Mode::Train`] on this input.
    fn field(&self, _input: View<'_, T>, _drive: View<'_, T>, _cache: &Cache<T>, _field: &mut [T]) {
    }

    /// Takes over what the last forward pass in [`Mode::Train`] showed: running statistics.
    fn absorb(&mut self, _cache: &Cache<T>) {}

    /// What it knows besides its weights: running statistics. Kept in checkpoints.
    fn running(&self) -> &[T] {
        &[]
    }

    /// The same, to be read back from a checkpoint.
    fn running_mut(&mut self) -> &mut [T] {
        &mut []
    }
}

/// What layers cannot be built from.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Two neighbours do not fit.
    #[error("takes examples of {expected}, but gets {found}; {remedy}")]
    Shape {
        /// What the layer takes, in words.
        expected: String,
        /// What comes from below.
        found: Shape,
        /// What to do about it.
        remedy: &'static str,
    },
    /// A window does not fit into the image.
    #[error(
        "a window of {size} × {size} does not fit into an image of {height} × {width}, or its side or stride is 0; \
         make the window smaller, the padding larger or the stride 1"
    )]
    Window {
        /// Side of the window.
        size: usize,
        /// Height of the image with its padding.
        height: usize,
        /// Width of the image with its padding.
        width: usize,
    },
    /// Nothing to compute on.
    #[error(
        "leaves nothing to compute on, {shape} an example; give at least one layer, site and channel"
    )]
    Empty {
        /// What is empty, or has no stage above it.
        shape: Shape,
    },
    /// An edge names a node that does not exist.
    #[error(
        "edge {edge} goes from node {from} to node {to}, but there are only {nodes} nodes, 0 to {}; \
         correct the edge list or the number of nodes", nodes.wrapping_sub(1)
    )]
    Edge {
        /// Position in the list, from 0.
        edge: usize,
        /// Where it starts.
        from: usize,
        /// Where it ends.
        to: usize,
        /// How many nodes there are.
        nodes: usize,
    },
    /// The filter has other columns than rows.
    #[error("a graph filter of {rows} × {columns}; give a square one, as gcn_norm makes them")]
    Filter {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
}

/// How many windows fit into `length` with this padding on both sides; none of side or stride 0.
fn windows(length: usize, size: usize, stride: usize, padding: usize) -> usize {
    match (length + 2 * padding).checked_sub(size) {
        Some(rest) if size > 0 && stride > 0 => rest / stride + 1,
        _ => 0,
    }
}
