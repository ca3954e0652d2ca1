//! A trained network in 8 bits, for a device to run in front of a head that learns.
//!
//! The last layer becomes the head, in `f32`; what is below it becomes what
//! [`fejer::extractor`] runs. Activations have one scale a layer, from the largest magnitude over
//! examples; filters one each, from their largest weight. The last layer with weights is scaled to
//! the head's stored features: its channels are centred and divided by their deviation, as a head
//! with a prior wants them, and the head's weights take that back.
//!
//! Batch normalisation with its running statistics is folded into the layer below, in f64.
//!
//! Reference: Jacob et al. 2018 (arXiv 1712.05877) §2, §3.2; Krishnamoorthi 2018 (arXiv 1806.08342)
//! §3.1 (scales per filter).

mod blob;
mod scale;
mod steps;

use std::path::PathBuf;

use fejer::extractor::Extractor;

use crate::backbone::{self, Trained};
use crate::dataset::{Data, Examples};
use crate::head::{Head, Standardise};
use crate::model::Model;
use scale::Scaled;
use steps::Kind;

/// Why a network cannot be put into 8 bits.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be taken apart.
    #[error(transparent)]
    Backbone(#[from] backbone::Error),
    /// A layer that a device cannot run.
    #[error(
        "{}: model.layers: {name} (layer {layer}) {reason}; a device runs dense, convolution, batch_norm right \
         above one of them, relu, average_pool, max_pool and flatten", path.display()
    )]
    Layer {
        /// The checkpoint.
        path: PathBuf,
        /// From 0.
        layer: usize,
        /// As in the experiment.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Too large for the format.
    #[error(
        "{}: layer {layer} is too large for a device: up to 65535 weights a filter, 65535 pixels or \
         channels a side and 255 layers", path.display()
    )]
    Large {
        /// The checkpoint.
        path: PathBuf,
        /// From 0.
        layer: usize,
    },
    /// No examples, or one that is not a number.
    #[error("{}: no sound examples to find scales with; give the data it was trained on", path.display())]
    Examples {
        /// The checkpoint.
        path: PathBuf,
    },
    /// What was written is not what a device takes.
    #[error("the extractor cannot be read back: {0}; this is an error in fejer, please report it")]
    Unreadable(fejer::extractor::Error),
}

/// A network for a device.
#[derive(Clone, Debug)]
pub struct Quantised {
    /// What [`Extractor::new`] reads.
    pub bytes: Vec<u8>,
    /// The last layer, for the features the extractor gives.
    pub head: Head,
}

/// Examples scales are found with: enough for the ranges, few enough to wait for.
pub const CALIBRATION: usize = 1024;

/// The network in 8 bits, its scales from the first training examples.
///
/// # Errors
/// [`Error`].
pub fn quantise(trained: &Trained, data: &Data) -> Result<Quantised, Error> {
    let (link, outputs, weights) = trained.head()?;
    let examples = calibration(&data.train);
    let examples = examples.filter(|examples| is_sound(examples.input().values()));
    let unsound = || Error::Examples { path: trained.path().to_owned() };
    let examples = examples.ok_or_else(unsound)?;
    let nothing = || Error::Layer {
        path: trained.path().to_owned(),
        layer: 0,
        name: "the network".into(),
        reason: "has no layer with weights below its last",
    };
    let below = trained.layers_below_head()?;
    if below == 0 {
        return Err(nothing());
    }
    let steps = steps::of(trained, data)?;
    let last = steps.iter().rposition(|step| matches!(step.kind, Kind::Filters(_)));
    let last = last.ok_or_else(nothing)?;
    let (model, _) = trained.below(data, below)?;
    if model.output().sites != 1 {
        return Err(Error::Layer {
            path: trained.path().to_owned(),
            layer: below,
            name: "the last layer".into(),
            reason: "stands on more than one row of features; put \"flatten\" before it",
        });
    }
    let activations = |layers| -> Result<Vec<f32>, Error> {
        let (model, point) = trained.below(data, layers)?;
        Ok(Trained::features(&model, &point, examples.batch(0..examples.len())))
    };
    let mut per_unit = scale::per_unit(examples.input().values());
    let mut blob = blob::Writer::new(&steps, per_unit);
    let mut features = Standardise { mean: vec![], inverse_deviation: vec![] };
    for (place, step) in steps.iter().enumerate() {
        let Kind::Filters(filters) = &step.kind else {
            blob.pool(step);
            continue;
        };
        let channels = filters.bias.len();
        let scaled = if place == last {
            // After the pools: what the head sees.
            let numbers = activations(below)?;
            features = scale::standardise(&numbers, channels);
            Scaled::features(filters, per_unit, &features)
        } else {
            let above = scale::per_unit(&activations(step.layers)?);
            let scaled = Scaled::codes(filters, per_unit, above);
            per_unit = above;
            scaled
        };
        blob.filters(step, &scaled);
    }
    let large = |layer| Error::Large { path: trained.path().to_owned(), layer };
    let bytes = blob.finish().map_err(large)?;
    Extractor::new(&bytes).map_err(Error::Unreadable)?;
    let head = Head { link, outputs, weights, standardise: None };
    Ok(Quantised { bytes, head: scale::head(&head, &features) })
}

/// The features of examples, row after row, as a head stores them.
///
/// # Errors
/// [`fejer::extractor::Error`]: the bytes are no extractor, or an example does not fit.
pub fn features(
    bytes: &[u8],
    examples: &Examples<f32>,
) -> Result<Vec<i8>, fejer::extractor::Error> {
    let extractor = Extractor::new(bytes)?;
    let mut buffers = [(); 2].map(|()| vec![0_i8; extractor.room()]);
    let mut all = Vec::with_capacity(examples.len() * extractor.features());
    for number in 0..examples.len() {
        let batch = examples.batch(number..number + 1);
        let [from, to] = &mut buffers;
        all.extend_from_slice(extractor.extract_in(batch.input.dense().values(), [from, to])?);
    }
    Ok(all)
}

/// How many of the examples a head decides rightly from the extractor's features.
pub fn correct(head: &Head, features: &[i8], examples: &Examples<f32>) -> usize {
    let rows = features.chunks_exact(head.features().max(1)).zip(examples.target().each_row());
    let is_right = |(codes, target): (&[i8], &[f32])| {
        let features: Vec<f32> = codes.iter().map(|&code| fejer::Stored::value(code)).collect();
        largest(&head.predict(&features)) == largest(target)
    };
    rows.filter(|&(codes, target)| is_right((codes, target))).count()
}

fn largest(numbers: &[f32]) -> usize {
    let mut best = 0;
    for (place, number) in numbers.iter().enumerate() {
        if *number > numbers[best] {
            best = place;
        }
    }
    best
}

/// The first examples, so that the same data give the same bytes.
fn calibration(examples: &Examples<f32>) -> Option<Examples<f32>> {
    let count = examples.len().min(CALIBRATION);
    (count > 0).then(|| examples.chosen(&(0..count).collect::<Vec<_>>()).dense())
}

fn is_sound(numbers: &[f32]) -> bool {
    numbers.iter().all(|number| number.is_finite())
}

/// Where the weights of a stage are.
fn weights_of<'p>(model: &Model<f32>, point: &'p [f32], stage: usize) -> &'p [f32] {
    &point[model.weights(stage)]
}
