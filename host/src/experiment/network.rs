//! Models as they are written down: a list of layers and links by name.

mod part;

use fejer::Link;
use serde::{Deserialize, Serialize};

use super::error::{Fault, Reason};
use crate::layer::{Image, Initialiser, Shape};
use crate::matrix::Csr;
use crate::model::{self, Loss, Model};

/// A model written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Features; nodes and features; or height, width and channels.
    pub input: Vec<usize>,
    /// From the input up.
    pub layers: Vec<Entry>,
    /// What is minimised by the gradient.
    #[serde(deserialize_with = "crate::named::choice")]
    pub loss: Criterion,
    /// Rule of the first weights.
    pub initialiser: Initialiser,
}

/// A layer or link in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Entry(#[serde(deserialize_with = "crate::named::choice")] pub Part);

/// A layer or link by name. Inputs follow from what stands below.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Part {
    /// So many outputs, connected with everything.
    Dense(usize),
    /// The same, its matrix divided by its largest singular value.
    SpectralDense(usize),
    /// Keeps the sites (nodes, pixels) with these numbers, from 0.
    Select(Vec<usize>),
    /// So many outputs at every node of the data's graph.
    Graph(usize),
    /// Square filters over an image.
    Convolution {
        /// How many.
        filters: usize,
        /// Their side, in pixels.
        size: usize,
        /// Pixels from one to the next.
        #[serde(default = "one")]
        stride: usize,
        /// Zeros around the image.
        #[serde(default)]
        padding: usize,
    },
    /// The same, each entry of the matrix of filters divided by its largest singular value.
    SpectralConvolution {
        /// How many.
        filters: usize,
        /// Their side, in pixels.
        size: usize,
        /// Pixels from one to the next.
        #[serde(default = "one")]
        stride: usize,
        /// Zeros around the image.
        #[serde(default)]
        padding: usize,
    },
    /// The adjoint of a convolution: every pixel times square filters, added where they overlap.
    TransposedConvolution {
        /// Channels of the image it gives.
        channels: usize,
        /// Side of a filter, in pixels.
        size: usize,
        /// Pixels from one to the next.
        #[serde(default = "one")]
        stride: usize,
        /// Pixels cut off from every side.
        #[serde(default)]
        padding: usize,
    },
    /// Means of square windows.
    AveragePool {
        /// Their side, in pixels.
        size: usize,
        /// Pixels from one to the next; the side if left out.
        #[serde(default)]
        stride: Option<usize>,
    },
    /// Maxima of square windows.
    MaxPool {
        /// Their side, in pixels.
        size: usize,
        /// Pixels from one to the next; the side if left out.
        #[serde(default)]
        stride: Option<usize>,
    },
    /// Each number set to 0 with this probability while training.
    Dropout(f64),
    /// The first so many Chebyshev polynomials of the data's graph, side by side.
    Chebyshev(usize),
    /// An example's sites behind each other.
    Flatten,
    /// Each channel to mean 0 and variance 1, then times γ plus β unless `weights = false`.
    BatchNorm {
        /// With γ and β.
        #[serde(default = "yes")]
        weights: bool,
    },
    /// φ(u) = u
    Identity,
    /// φ(u) = 1/(1 + e⁻ᵘ)
    Sigmoid,
    /// φ(u) = eᵘ/Σeᵘ over the channels of a site
    Softmax,
    /// φ(u) = max(0, u)
    Relu,
    /// φ(u) = u above 0, slope·u below; in 128ths, so 1 is close to .01.
    LeakyRelu(u8),
    /// φ(u) = ln(1 + eᵘ)
    Softplus,
    /// φ(u) = tanh u
    Tanh,
    /// φ(u) = Φ(u)
    Probit,
}

fn one() -> usize {
    1
}
fn yes() -> bool {
    true
}

/// A loss by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// ½Σ(p − y)² on predictions: the last entry of the list is a link.
    SquaredError,
    /// Softmax and cross-entropy on scores: the list ends without a link.
    CrossEntropy,
    /// Sigmoid and binary cross-entropy on scores.
    BinaryCrossEntropy,
}

/// Which channels lie where, while the list is walked.
#[derive(Clone, Copy)]
enum Below {
    Rows(Shape),
    Image(Image),
}

impl Below {
    fn shape(self) -> Shape {
        match self {
            Self::Rows(shape) => shape,
            Self::Image(image) => image.shape(),
        }
    }
}

impl Network {
    /// The model; `seed` draws what is dropped.
    ///
    /// # Errors
    /// [`Fault`]: names the layer that does not fit.
    pub fn build(&self, graph: Option<&Csr<f32>>, seed: u64) -> Result<Model<f32>, Fault> {
        let fault = |layer, name, reason| Fault { layer, name, reason };
        let input = match *self.input.as_slice() {
            [features] => Some(Below::Rows(Shape::flat(features))),
            [sites, channels] => Some(Below::Rows(Shape { sites, channels })),
            [height, width, channels] => Some(Below::Image(Image { height, width, channels })),
            _ => None,
        };
        let input = input.filter(|_| self.input.iter().all(|&axis| axis > 0));
        let input = input.ok_or_else(|| fault(0, "input", Reason::Input(self.input.clone())))?;
        let (mut below, mut stages) = (input, Vec::new());
        for (layer, Entry(part)) in self.layers.iter().enumerate() {
            let refuse = |reason| fault(layer, part.name(), reason);
            let (stage, above) =
                part.stage(below, graph, seed ^ ((layer as u64 + 1) << 40)).map_err(refuse)?;
            stages.push(stage);
            below = above;
        }
        let loss = match self.loss {
            Criterion::SquaredError => Loss::SquaredError,
            Criterion::CrossEntropy => Loss::CROSS_ENTROPY,
            Criterion::BinaryCrossEntropy => Loss::Matching(Link::Sigmoid),
        };
        Model::new(input.shape(), stages, loss).map_err(|error: model::Error| {
            let name = self.layers.get(error.stage).map_or("none", |Entry(part)| part.name());
            fault(error.stage, name, error.source.into())
        })
    }
}
