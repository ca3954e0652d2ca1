//! The networks the tests look at, and batches for them.

use fejer::Link;
use fejer::link::Slope;
use fejer_host::layer::{
    BatchNorm, Chebyshev, Convolution, Dense, Dropout, Flatten, Graph, Image, Pool, Pooling,
    Select, Shape, TransposedConvolution, gcn_norm,
};
use fejer_host::model::{Loss, Model, Stage};

pub use crate::draws::{differences, field, normal, shares, weights};

pub struct Network {
    pub name: &'static str,
    pub input: Shape,
    /// Anew for every call: a stage cannot be copied.
    pub stages: fn() -> Vec<Stage<f64>>,
}

impl Network {
    pub fn model(&self, loss: Loss) -> Model<f64> {
        Model::new(self.input, (self.stages)(), loss).expect("shapes that fit")
    }
}

pub fn dense(inputs: usize, outputs: usize) -> Stage<f64> {
    Stage::layer(Dense::new(inputs, outputs))
}

/// Five nodes, edges one way only.
pub fn graph(inputs: usize, outputs: usize) -> Stage<f64> {
    let filter = gcn_norm(5, &[(0, 1), (0, 3), (1, 2), (2, 4), (3, 4), (1, 4)]).expect("5 nodes");
    Stage::layer(Graph::new(filter, inputs, outputs).expect("square"))
}

fn normalise(channels: usize) -> Stage<f64> {
    Stage::layer(BatchNorm::new(channels))
}

const PICTURE: Image = Image { height: 6, width: 5, channels: 2 };

const EVEN: Image = Image { height: 4, width: 2, channels: 3 };

const GREY: Image = Image { height: 4, width: 3, channels: 1 };

fn convolution() -> Convolution {
    Convolution { image: PICTURE, filters: 3, size: 3, stride: 1, padding: 1 }
}

fn pool(pooling: Pooling) -> Pool {
    Pool { pooling, image: convolution().output_image(), size: 2, stride: 2 }
}

/// Above the other one, with patches that overlap.
fn strided() -> Convolution {
    let image = convolution().output_image();
    Convolution { image, filters: 4, size: 3, stride: 2, padding: 1 }
}

/// Every kind of layer and every link, each with something above and below it. Between them, the
/// last but one have blocks of several layers: convolution, normalisation and pooling without a
/// link between.
pub fn networks() -> [Network; 13] {
    [
        Network {
            name: "dense",
            input: Shape::flat(3),
            stages: || {
                let leaky = Link::LeakyRelu(Slope::from_128ths(13).expect("in range"));
                vec![
                    dense(3, 5),
                    Stage::Link(Link::Softplus),
                    dense(5, 4),
                    Stage::Link(leaky),
                    dense(4, 4),
                    Stage::Link(Link::Tanh),
                    dense(4, 3),
                    Stage::Link(Link::Softmax),
                ]
            },
        },
        Network {
            name: "softmax below probit",
            input: Shape::flat(2),
            stages: || {
                vec![
                    dense(2, 4),
                    Stage::Link(Link::Softmax),
                    dense(4, 3),
                    Stage::Link(Link::Sigmoid),
                    dense(3, 2),
                    Stage::Link(Link::Probit),
                ]
            },
        },
        Network {
            name: "directed graph",
            input: Shape { sites: 5, channels: 2 },
            stages: || {
                vec![
                    graph(2, 4),
                    Stage::Link(Link::Relu),
                    graph(4, 3),
                    Stage::Link(Link::Tanh),
                    graph(3, 2),
                    Stage::Link(Link::Softmax),
                ]
            },
        },
        Network {
            name: "labelled nodes of a graph",
            input: Shape { sites: 5, channels: 3 },
            stages: || {
                vec![
                    graph(3, 2),
                    Stage::Link(Link::Softplus),
                    graph(2, 2),
                    Stage::layer(Select::new(5, vec![4, 0, 4]).expect("nodes of the graph")),
                    Stage::Link(Link::Sigmoid),
                ]
            },
        },
        Network {
            name: "filter bank with dropout",
            input: Shape { sites: 5, channels: 2 },
            stages: || {
                let edges = [(0, 1), (0, 3), (1, 2), (2, 4), (3, 4), (1, 4)];
                let filter = gcn_norm(5, &edges).expect("5 nodes");
                let bank = |filter| Stage::layer(Chebyshev::new(filter, 4).expect("square"));
                let dropout = || Stage::layer(Dropout::new(0.4, 7).expect("a probability"));
                vec![
                    bank(filter.clone()),
                    dense(8, 3),
                    Stage::Link(Link::Tanh),
                    dropout(),
                    bank(filter),
                    dense(12, 2),
                    dropout(),
                    Stage::Link(Link::Softplus),
                ]
            },
        },
        Network {
            name: "frozen normalisation",
            input: Shape::flat(3),
            stages: || {
                let frozen = BatchNorm::new(4)
                    .with_statistics(&[0.5, -1.0, 0.0, 2.0], &[0.3, 1.0, 2.0, 0.7]);
                vec![
                    dense(3, 4),
                    Stage::layer(frozen.frozen()),
                    Stage::Link(Link::Sigmoid),
                    dense(4, 2),
                    Stage::Link(Link::Softmax),
                ]
            },
        },
        Network {
            name: "grey convolutions",
            input: GREY.shape(),
            stages: || {
                let wide = Convolution { image: GREY, filters: 1, size: 3, stride: 1, padding: 2 };
                let image = wide.output_image();
                let narrow = Convolution { image, filters: 2, size: 2, stride: 1, padding: 3 };
                let sites = narrow.output_image().shape().sites;
                vec![
                    Stage::layer(wide),
                    Stage::Link(Link::Tanh),
                    Stage::layer(narrow),
                    Stage::Link(Link::Sigmoid),
                    Stage::layer(Flatten),
                    dense(sites * 2, 2),
                    Stage::Link(Link::Softplus),
                ]
            },
        },
        Network {
            name: "convolution",
            input: PICTURE.shape(),
            stages: || {
                vec![
                    Stage::layer(convolution()),
                    Stage::Link(Link::Relu),
                    Stage::layer(pool(Pooling::Average)),
                    Stage::layer(Flatten),
                    dense(3 * 2 * 3, 4),
                    Stage::Link(Link::Softplus),
                    dense(4, 3),
                    Stage::Link(Link::Softmax),
                ]
            },
        },
        Network {
            name: "normalised convolution",
            input: PICTURE.shape(),
            stages: || {
                vec![
                    Stage::layer(convolution()),
                    normalise(3),
                    Stage::layer(pool(Pooling::Maximum)),
                    Stage::Link(Link::Relu),
                    Stage::layer(Flatten),
                    dense(3 * 2 * 3, 4),
                    Stage::layer(BatchNorm::without_weights(4)),
                    Stage::Link(Link::Sigmoid),
                    dense(4, 3),
                    dense(3, 2),
                    Stage::Link(Link::Softmax),
                ]
            },
        },
        Network {
            name: "filters wider than a vector",
            input: PICTURE.shape(),
            stages: || {
                let wide =
                    Convolution { image: PICTURE, filters: 19, size: 2, stride: 1, padding: 1 };
                let image = wide.output_image();
                let narrow = Convolution { image, filters: 2, size: 4, stride: 1, padding: 0 };
                let overlapping = Pool { pooling: Pooling::Maximum, image, size: 2, stride: 1 };
                let again = Convolution { image: overlapping.output_image(), ..narrow };
                let sites = again.output_image().shape().sites;
                vec![
                    Stage::layer(wide),
                    Stage::layer(overlapping),
                    Stage::Link(Link::Tanh),
                    Stage::layer(again),
                    Stage::Link(Link::Softplus),
                    Stage::layer(Flatten),
                    dense(sites * 2, 2),
                    Stage::Link(Link::Softmax),
                ]
            },
        },
        Network {
            name: "maxima of all pixels",
            input: EVEN.shape(),
            stages: || {
                let first =
                    Convolution { image: EVEN, filters: 17, size: 1, stride: 1, padding: 0 };
                let image = first.output_image();
                let pool = Pool { pooling: Pooling::Maximum, image, size: 2, stride: 2 };
                vec![
                    Stage::layer(first),
                    Stage::Link(Link::Sigmoid),
                    Stage::layer(pool),
                    Stage::layer(Flatten),
                    dense(17 * 2, 2),
                    Stage::Link(Link::Softmax),
                ]
            },
        },
        Network {
            name: "transposed convolutions",
            input: GREY.shape(),
            stages: || {
                let first = TransposedConvolution::new(GREY, 3, 3, 2, 1);
                let second = TransposedConvolution::new(first.output_image(), 2, 2, 1, 0);
                let sites = second.output_image().shape().sites;
                vec![
                    Stage::layer(first),
                    Stage::Link(Link::Tanh),
                    Stage::layer(second),
                    Stage::Link(Link::Softplus),
                    Stage::layer(Flatten),
                    dense(sites * 2, 2),
                    Stage::Link(Link::Softmax),
                ]
            },
        },
        Network {
            name: "two convolutions and normalised dense",
            input: PICTURE.shape(),
            stages: || {
                vec![
                    Stage::layer(convolution()),
                    Stage::Link(Link::Relu),
                    Stage::layer(strided()),
                    Stage::Link(Link::Identity),
                    Stage::layer(Flatten),
                    dense(3 * 3 * 4, 4),
                    normalise(4),
                    Stage::Link(Link::Tanh),
                    dense(4, 2),
                    Stage::Link(Link::Sigmoid),
                ]
            },
        },
    ]
}
