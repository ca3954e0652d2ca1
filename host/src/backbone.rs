//! A network that `fejer train` wrote, taken apart: the last layer is a head, what is below it makes
//! features. Or a frozen network from elsewhere, [`onnx`].

pub mod onnx;

use std::path::{Path, PathBuf};

use fejer::Link;

use crate::experiment::{self, Criterion, Entry, Experiment, Part};
use crate::layer::Mode;
use crate::model::{Batch, Model};
use crate::trainer::{self, Checkpoint};

const CHECKPOINT: &str = "checkpoint.safetensors";

/// Why a network cannot be taken apart.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no checkpoint.
    #[error("{}: cannot be read: {source}; give the --out directory of a training", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is damaged.
    #[error("{}: {source}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: trainer::Error,
    },
    /// The experiment in it is none.
    #[error(transparent)]
    Experiment(#[from] experiment::Error),
    /// The data the model is built for.
    #[error(transparent)]
    Data(#[from] crate::dataset::Error),
    /// There are not as many weights as the experiment describes.
    #[error(
        "{}: {found} weights, but the experiment in it describes a model of {expected}; train it again",
        path.display()
    )]
    Weights {
        /// The file.
        path: PathBuf,
        /// Weights in it.
        found: usize,
        /// Weights of the model.
        expected: usize,
    },
    /// The last layer is no head.
    #[error(
        "{}: model.layers: the last layer is {found}, but a head is a dense layer on one row of features; \
         end the network with {{ dense = N }}", path.display()
    )]
    NoHead {
        /// The file.
        path: PathBuf,
        /// What the last layer is.
        found: String,
    },
}

/// A network with its weights.
pub struct Trained {
    path: PathBuf,
    /// As it was described.
    pub experiment: Experiment,
    point: Vec<f32>,
    running: Vec<f32>,
}

/// What `fejer train --out directory` wrote.
///
/// # Errors
/// See [`Error`].
pub fn read(directory: &Path) -> Result<Trained, Error> {
    let path = directory.join(CHECKPOINT);
    let bytes =
        std::fs::read(&path).map_err(|source| Error::Unreadable { path: path.clone(), source })?;
    let checkpoint = Checkpoint::<f32>::decode(&bytes)
        .map_err(|source| Error::Checkpoint { path: path.clone(), source })?;
    let experiment = Experiment::parse(&checkpoint.description, &path)?;
    Ok(Trained { path, experiment, point: checkpoint.point, running: checkpoint.running })
}

impl Trained {
    /// Link, outputs and weights (feature-major, the bias last) of the last layer.
    ///
    /// # Errors
    /// [`Error::NoHead`].
    pub fn head(&self) -> Result<(Link, usize, Vec<f32>), Error> {
        let (layer, outputs) = self.last()?;
        let layers = &self.experiment.model.layers;
        let link = match (layers.get(layer + 1), self.experiment.model.loss) {
            (Some(Entry(Part::Sigmoid)), _) | (None, Criterion::BinaryCrossEntropy) => {
                Link::Sigmoid
            }
            (Some(Entry(Part::Softmax)), _) | (None, Criterion::CrossEntropy) => Link::Softmax,
            (None, Criterion::SquaredError) => Link::Identity,
            (Some(Entry(Part::Identity)), _) => Link::Identity,
            (Some(Entry(Part::Relu)), _) => Link::Relu,
            (Some(Entry(Part::Softplus)), _) => Link::Softplus,
            (Some(Entry(Part::Tanh)), _) => Link::Tanh,
            (Some(Entry(Part::Probit)), _) => Link::Probit,
            (Some(Entry(other)), _) => return Err(self.no_head(other)),
        };
        let graph = || self.no_head(&"above a graph");
        let model = self.experiment.model.build(None, 0).map_err(|_| graph())?;
        let weights = self.point.get(model.weights(layer));
        let (path, found, expected) = (self.path.clone(), self.point.len(), model.parameters());
        let wrong = Error::Weights { path, found, expected };
        let weights = weights.filter(|_| found == expected).ok_or(wrong)?;
        Ok((link, outputs, weights.to_vec()))
    }

    /// The network without its last layer, and its weights.
    ///
    /// # Errors
    /// [`Error::NoHead`], or the experiment's.
    pub fn backbone(&self, data: &crate::dataset::Data) -> Result<(Model<f32>, Vec<f32>), Error> {
        let (layer, _) = self.last()?;
        let mut below = self.experiment.clone();
        below.model.layers.truncate(layer);
        let mut model = below.build(data, Some(("", &self.path)))?;
        let expected = model.parameters();
        let [weights, running] = [self.point.get(..expected), self.running.get(..)];
        let wrong =
            || Error::Weights { path: self.path.clone(), found: self.point.len(), expected };
        let (weights, running) = (weights.ok_or_else(wrong)?, running.unwrap_or_default());
        if model.running().len() != running.len() {
            return Err(wrong());
        }
        model.set_running(running);
        Ok((model, weights.to_vec()))
    }

    /// Features of these examples.
    pub fn features(model: &Model<f32>, weights: &[f32], examples: Batch<'_, f32>) -> Vec<f32> {
        let mut tape = model.tape();
        model.forward(weights, examples.input, Mode::Evaluate, &mut tape).values().to_vec()
    }

    fn no_head(&self, found: &impl std::fmt::Debug) -> Error {
        Error::NoHead { path: self.path.clone(), found: format!("{found:?}") }
    }

    /// Position and outputs of the last layer; a link may follow it.
    fn last(&self) -> Result<(usize, usize), Error> {
        let layers = &self.experiment.model.layers;
        let is_layer = |Entry(part): &Entry| matches!(part, Part::Dense(_));
        let last = layers.iter().rposition(is_layer).filter(|&at| at + 2 >= layers.len());
        match last.map(|at| (at, &layers[at].0)) {
            Some((at, &Part::Dense(outputs))) => Ok((at, outputs)),
            _ => Err(Error::NoHead {
                path: self.path.clone(),
                found: layers.last().map_or("none".into(), |Entry(part)| format!("{part:?}")),
            }),
        }
    }
}
