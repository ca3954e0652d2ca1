//! Weights, losses and gradients against PyTorch's, stored in `tests/golden` by the script there; what
//! a file of weights may get wrong.

mod gradients;
mod refused;
#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;

use fejer::Link;
use fejer_host::layer::{
    BatchNorm, Convolution, Dense, Flatten, Graph, Image, Pool, Pooling, Shape, SpectralNorm,
    TransposedConvolution, gcn_norm,
};
use fejer_host::model::{Loss, Model, Stage};
use fejer_host::real::Real;

fn fixture() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/golden/pytorch.safetensors"))
}

/// A network of the script, and the names of its modules.
struct Network<T> {
    name: &'static str,
    model: Model<T>,
    modules: &'static [&'static str],
    /// Labelled rows an example, over which PyTorch's loss is a mean.
    rows: usize,
}

fn link<T: Real>(link: Link) -> Stage<T> {
    Stage::Link(link)
}

/// Spectral normalisation of both kinds, and transposed convolutions on both ways.
fn coder<T: Real>() -> Vec<Stage<T>> {
    let image = Image { height: 6, width: 6, channels: 2 };
    let down = Convolution { image, filters: 3, size: 3, stride: 2, padding: 1 };
    let up = TransposedConvolution::new(down.output_image(), 2, 3, 2, 1);
    let wider = TransposedConvolution::new(up.output_image(), 2, 2, 1, 0);
    vec![
        Stage::layer(SpectralNorm::convolution(down, 1)),
        link(Link::Relu),
        Stage::layer(up),
        link(Link::Tanh),
        Stage::layer(wider),
        Stage::layer(Flatten),
        Stage::layer(SpectralNorm::dense(72, 3, 2)),
    ]
}

fn networks<T: Real>() -> [Network<T>; 4] {
    let perceptron = vec![
        Stage::layer(Dense::new(6, 5)),
        link(Link::Relu),
        Stage::layer(Dense::new(5, 4)),
        link(Link::Tanh),
        Stage::layer(Dense::new(4, 3)),
    ];
    let image = Image { height: 8, width: 8, channels: 2 };
    let first = Convolution { image, filters: 3, size: 3, stride: 1, padding: 1 };
    let image = first.output_image();
    let pool = Pool { pooling: Pooling::Maximum, image, size: 2, stride: 2 };
    let image = pool.output_image();
    let second = Convolution { image, filters: 4, size: 3, stride: 2, padding: 1 };
    let lenet = vec![
        Stage::layer(first),
        Stage::layer(BatchNorm::new(3)),
        link(Link::Relu),
        Stage::layer(pool),
        Stage::layer(second),
        Stage::layer(BatchNorm::new(4)),
        link(Link::Relu),
        Stage::layer(Flatten),
        Stage::layer(Dense::new(16, 5)),
        link(Link::Relu),
        Stage::layer(Dense::new(5, 3)),
    ];
    let edges = [(0, 1), (0, 3), (1, 2), (2, 4), (3, 4), (1, 4)];
    let filter = gcn_norm(5, &edges).expect("edges of 5 nodes");
    let graph = |inputs, outputs| {
        Stage::layer(Graph::new(filter.clone(), inputs, outputs).expect("square"))
    };
    let graphs = vec![graph(4, 6), link(Link::Relu), graph(6, 3)];
    let model = |input, stages| Model::new(input, stages, Loss::CROSS_ENTROPY).expect("fits");
    let nodes = Shape { sites: 5, channels: 4 };
    [
        Network {
            name: "mlp",
            model: model(Shape::flat(6), perceptron),
            modules: &["0", "2", "4"],
            rows: 1,
        },
        Network {
            name: "cnn",
            model: model(first.image.shape(), lenet),
            modules: &["0", "1", "4", "5", "8", "10"],
            rows: 1,
        },
        Network {
            name: "coder",
            model: model(Image { height: 6, width: 6, channels: 2 }.shape(), coder()),
            modules: &["0", "2", "4", "6"],
            rows: 1,
        },
        Network { name: "gcn", model: model(nodes, graphs), modules: &["conv1", "conv2"], rows: 5 },
    ]
}

impl<T: Real> Network<T> {
    /// The modules under the prefix of this part of the fixture.
    fn modules(&self, part: &str) -> Vec<String> {
        self.modules.iter().map(|module| format!("{}.{part}.{module}", self.name)).collect()
    }
}
