//! What a name in the list stands for.

use fejer::Link;
use fejer::link::Slope;

use super::{Below, Part, Reason};
use crate::layer::{
    BatchNorm, Chebyshev, Convolution, Dense, Dropout, Flatten, Graph, Image, Layer, Pool, Pooling,
    Select, Shape, SpectralNorm, TransposedConvolution,
};
use crate::matrix::Csr;
use crate::model::Stage;

impl Part {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Dense(_) => "dense",
            Self::SpectralDense(_) => "spectral_dense",
            Self::Select(_) => "select",
            Self::Graph(_) => "graph",
            Self::Convolution { .. } => "convolution",
            Self::SpectralConvolution { .. } => "spectral_convolution",
            Self::TransposedConvolution { .. } => "transposed_convolution",
            Self::AveragePool { .. } => "average_pool",
            Self::MaxPool { .. } => "max_pool",
            Self::Dropout(_) => "dropout",
            Self::Chebyshev(_) => "chebyshev",
            Self::Flatten => "flatten",
            Self::BatchNorm { .. } => "batch_norm",
            Self::Identity => "identity",
            Self::Sigmoid => "sigmoid",
            Self::Softmax => "softmax",
            Self::Relu => "relu",
            Self::LeakyRelu(_) => "leaky_relu",
            Self::Softplus => "softplus",
            Self::Tanh => "tanh",
            Self::Probit => "probit",
        }
    }

    /// The stage, and what it gives.
    pub(super) fn stage(
        &self,
        below: Below,
        graph: Option<&Csr<f32>>,
        seed: u64,
    ) -> Result<(Stage<f32>, Below), Reason> {
        let shape = below.shape();
        let channels = shape.channels;
        let image = match below {
            Below::Image(image) => Ok(image),
            Below::Rows(_) => Err(Reason::NoImage),
        };
        let link = |link| Ok((Stage::Link(link), below));
        match *self {
            Self::Dense(outputs) => {
                let shape = Shape { channels: outputs, ..shape };
                Ok((Stage::layer(Dense::new(channels, outputs)), Below::Rows(shape)))
            }
            Self::SpectralDense(outputs) => {
                let above = Below::Rows(Shape { channels: outputs, ..shape });
                Ok((Stage::layer(SpectralNorm::dense(channels, outputs, seed)), above))
            }
            Self::Select(ref kept) => {
                let layer = Select::new(shape.sites, kept.clone())?;
                Ok((Stage::layer(layer), Below::Rows(Shape { sites: kept.len(), ..shape })))
            }
            Self::Graph(outputs) => {
                let filter = graph.ok_or(Reason::NoGraph)?.clone();
                let shape = Shape { channels: outputs, ..shape };
                Ok((Stage::layer(Graph::new(filter, channels, outputs)?), Below::Rows(shape)))
            }
            Self::Convolution { filters, size, stride, padding } => {
                let layer = Convolution { image: image?, filters, size, stride, padding };
                Layer::<f32>::output(&layer, shape)?;
                Ok((Stage::layer(layer), Below::Image(layer.output_image())))
            }
            Self::SpectralConvolution { filters, size, stride, padding } => {
                let layer = Convolution { image: image?, filters, size, stride, padding };
                Layer::<f32>::output(&layer, shape)?;
                let above = Below::Image(layer.output_image());
                Ok((Stage::layer(SpectralNorm::convolution(layer, seed)), above))
            }
            Self::TransposedConvolution { channels, size, stride, padding } => {
                let layer = TransposedConvolution::new(image?, channels, size, stride, padding);
                Layer::<f32>::output(&layer, shape)?;
                Ok((Stage::layer(layer), Below::Image(layer.output_image())))
            }
            Self::AveragePool { size, stride } => pool(Pooling::Average, image?, size, stride),
            Self::MaxPool { size, stride } => pool(Pooling::Maximum, image?, size, stride),
            Self::Dropout(probability) => {
                Ok((Stage::layer(Dropout::new(probability, seed)?), below))
            }
            Self::Chebyshev(polynomials) => {
                let layer = Chebyshev::new(graph.ok_or(Reason::NoGraph)?.clone(), polynomials)?;
                let shape = Layer::<f32>::output(&layer, shape)?;
                Ok((Stage::layer(layer), Below::Rows(shape)))
            }
            Self::Flatten => {
                let shape = Shape::flat(shape.sites * channels);
                Ok((Stage::layer(Flatten), Below::Rows(shape)))
            }
            Self::BatchNorm { weights: true } => {
                Ok((Stage::layer(BatchNorm::new(channels)), below))
            }
            Self::BatchNorm { weights: false } => {
                Ok((Stage::layer(BatchNorm::without_weights(channels)), below))
            }
            Self::Identity => link(Link::Identity),
            Self::Sigmoid => link(Link::Sigmoid),
            Self::Softmax => link(Link::Softmax),
            Self::Relu => link(Link::Relu),
            Self::LeakyRelu(slope) => {
                link(Link::LeakyRelu(Slope::from_128ths(slope).ok_or(Reason::Slope(slope))?))
            }
            Self::Softplus => link(Link::Softplus),
            Self::Tanh => link(Link::Tanh),
            Self::Probit => link(Link::Probit),
        }
    }
}

fn pool(
    pooling: Pooling,
    image: Image,
    size: usize,
    stride: Option<usize>,
) -> Result<(Stage<f32>, Below), Reason> {
    let layer = Pool { pooling, image, size, stride: stride.unwrap_or(size) };
    Layer::<f32>::output(&layer, image.shape())?;
    Ok((Stage::layer(layer), Below::Image(layer.output_image())))
}
