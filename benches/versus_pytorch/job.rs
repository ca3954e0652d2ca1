//! The four jobs: a model, its data and its first weights, all from one seed.

use std::io::Write;
use std::path::Path;

use fejer::Link;
use fejer_host::layer::{
    Convolution, Dense, Flatten, Graph, Image, Initialiser, Pool, Pooling, Select, Shape, gcn_norm,
};
use fejer_host::matrix::{Csr, Input, Matrix, Sparse};
use fejer_host::model::{Batch, Loss, Model, Stage};
use fejer_host::random::Random;

/// Names of the jobs and how many steps one measurement has, about half a second's worth.
pub const JOBS: [(&str, usize); 4] = [("FC", 200), ("CNN", 60), ("GCN-16", 400), ("GCN-64", 200)];

const SAMPLES: usize = 1280;
const NODES: usize = 2708;
const FEATURES: usize = 1433;
const CLASSES: usize = 7;
const LABELLED: usize = 140;
/// Cora's numbers of citations and of words.
const EDGES: usize = 5278;
const WORDS: usize = 49216;

enum Data {
    Rows(Matrix<f32>),
    Graph { features: Box<Sparse<f32>>, filter: Csr<f32>, kept: Vec<usize> },
}

pub struct Job {
    pub model: Model<f32>,
    pub point: Vec<f32>,
    /// Examples in a batch.
    pub batch: usize,
    /// Step size of the mean over `rows`, which PyTorch takes.
    pub step: f32,
    /// Labelled rows a batch.
    pub rows: usize,
    data: Data,
    labels: Vec<usize>,
    targets: Matrix<f32>,
}

/// The job of this name.
pub fn job(name: &str) -> Option<Job> {
    match name {
        "FC" => Some(fc()),
        "CNN" => Some(cnn()),
        "GCN-16" => Some(gcn(16)),
        "GCN-64" => Some(gcn(64)),
        _ => None,
    }
}

impl Job {
    /// The batch of this step.
    pub fn batch(&self, step: usize) -> Batch<'_, f32> {
        match &self.data {
            Data::Rows(inputs) => {
                let first = step * self.batch % SAMPLES;
                let sites = inputs.rows() / SAMPLES;
                let rows = first * sites..(first + self.batch) * sites;
                let target = self.targets.view().rows_of(first..first + self.batch);
                Batch::new(inputs.view().rows_of(rows), target)
            }
            Data::Graph { features, .. } => {
                Batch::new(Input::from(&**features), self.targets.view())
            }
        }
    }

    /// Writes weights and data as `worker.py` reads them: numbers of four bytes.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut numbers = self.point.clone();
        let mut sparse = |entries: Vec<(usize, usize, f32)>| {
            numbers.push(entries.len() as f32);
            let flat = entries.iter().flat_map(|&(row, column, x)| [row as f32, column as f32, x]);
            numbers.extend(flat);
        };
        match &self.data {
            Data::Rows(inputs) => numbers.extend(inputs.values()),
            Data::Graph { features, filter, kept } => {
                sparse(features.entries().collect());
                sparse(filter.entries().collect());
                numbers.extend(kept.iter().map(|&node| node as f32));
            }
        }
        numbers.extend(self.labels.iter().map(|&label| label as f32));
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        std::fs::File::create(path)?.write_all(&bytes)
    }
}

fn one_hot(labels: &[usize], classes: usize) -> Matrix<f32> {
    let mut targets = Matrix::zeros(labels.len(), classes);
    labels.iter().enumerate().for_each(|(row, &label)| targets.row_mut(row)[label] = 1.0);
    targets
}

/// Ten noisy prototypes, so that there is something to learn.
fn pictures(random: &mut Random) -> (Vec<f32>, Vec<usize>) {
    let prototypes: Vec<f64> = (0..10 * 784).map(|_| random.normal()).collect();
    let labels: Vec<usize> = (0..SAMPLES).map(|_| random.below(10) as usize).collect();
    let pixels = labels.iter().flat_map(|&label| &prototypes[label * 784..(label + 1) * 784]);
    (pixels.map(|&pixel| (0.3 * pixel + 0.3 * random.normal()) as f32).collect(), labels)
}

fn relu() -> Stage<f32> {
    Stage::Link(Link::Relu)
}

/// A multilayer perceptron 784–512–512–10 on batches of 128.
fn fc() -> Job {
    let (pixels, labels) = pictures(&mut Random::new(1, 1));
    let stages = vec![
        Stage::layer(Dense::new(784, 512)),
        relu(),
        Stage::layer(Dense::new(512, 512)),
        relu(),
        Stage::layer(Dense::new(512, 10)),
    ];
    let inputs = Matrix::new(SAMPLES, 784, pixels);
    with_rows(Shape::flat(784), stages, inputs, labels, 0.1)
}

/// LeNet-5 with maxima on images of 28 × 28, batches of 128.
fn cnn() -> Job {
    let (pixels, labels) = pictures(&mut Random::new(2, 1));
    let image = Image { height: 28, width: 28, channels: 1 };
    let first = Convolution { image, filters: 6, size: 5, stride: 1, padding: 2 };
    let pooling = Pooling::Maximum;
    let pool = Pool { pooling, image: first.output_image(), size: 2, stride: 2 };
    let image = pool.output_image();
    let second = Convolution { image, filters: 16, size: 5, stride: 1, padding: 0 };
    let last = Pool { pooling, image: second.output_image(), size: 2, stride: 2 };
    let stages = vec![
        Stage::layer(first),
        relu(),
        Stage::layer(pool),
        Stage::layer(second),
        relu(),
        Stage::layer(last),
        Stage::layer(Flatten),
        Stage::layer(Dense::new(400, 120)),
        relu(),
        Stage::layer(Dense::new(120, 84)),
        relu(),
        Stage::layer(Dense::new(84, 10)),
    ];
    let inputs = Matrix::new(SAMPLES * 784, 1, pixels);
    with_rows(first.image.shape(), stages, inputs, labels, 0.05)
}

fn with_rows(
    shape: Shape,
    stages: Vec<Stage<f32>>,
    inputs: Matrix<f32>,
    labels: Vec<usize>,
    step: f32,
) -> Job {
    let model = Model::new(shape, stages, Loss::CROSS_ENTROPY).expect("shapes that fit");
    let point = model.initial_point(Initialiser::Torch, 1);
    let targets = one_hot(&labels, 10);
    Job { model, point, batch: 128, step, rows: 128, data: Data::Rows(inputs), labels, targets }
}

/// A graph network of two layers on a graph of Cora's size, all of it at once.
fn gcn(hidden: usize) -> Job {
    let mut random = Random::new(3, 1);
    let mut any = |bound: usize| random.below(bound as u32) as usize;
    let edges: Vec<_> = (0..EDGES).map(|_| (any(NODES), any(NODES))).collect();
    let both_ways: Vec<_> = edges.iter().flat_map(|&(a, b)| [(a, b), (b, a)]).collect();
    let words = (0..WORDS).map(|_| (any(NODES), any(FEATURES), 0.1)).collect();
    let labels: Vec<usize> = (0..LABELLED).map(|_| any(CLASSES)).collect();
    let kept: Vec<usize> = (0..LABELLED).map(|node| node * (NODES / LABELLED)).collect();
    let filter = gcn_norm(NODES, &both_ways).expect("edges between these nodes");
    let layer = |inputs, outputs| {
        Stage::layer(Graph::new(filter.clone(), inputs, outputs).expect("square"))
    };
    let select = Select::new(NODES, kept.clone()).expect("nodes of the graph");
    let stages =
        vec![layer(FEATURES, hidden), relu(), layer(hidden, CLASSES), Stage::layer(select)];
    let shape = Shape { sites: NODES, channels: FEATURES };
    let model = Model::new(shape, stages, Loss::CROSS_ENTROPY).expect("shapes that fit");
    let point = model.initial_point(Initialiser::Glorot, 1);
    let features = Box::new(Sparse::from(Csr::new(NODES, FEATURES, words)));
    let targets = one_hot(&labels, CLASSES);
    let data = Data::Graph { features, filter, kept };
    Job {
        model,
        point,
        batch: 1,
        step: 0.5 / LABELLED as f32,
        rows: LABELLED,
        data,
        labels,
        targets,
    }
}
