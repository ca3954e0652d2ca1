//! What the rows go through: a frozen network, or nothing.

use std::ops::Range;
use std::path::PathBuf;

use crate::backbone::onnx::{self, Frozen};
use crate::backbone::{self, Trained};
use crate::dataset::Examples;
use crate::layer::Shape;
use crate::model::Model;

use super::super::{Failure, bad};
use super::Arguments;
use super::rows::{Rows, is_trained};

pub enum Backbone {
    /// Rows are features already.
    None,
    /// What `fejer train` wrote, without its last layer, and its weights.
    Trained(Model<f32>, Vec<f32>),
    /// An ONNX file.
    Onnx(Frozen),
}

/// The one asked for; a trained network is the backbone of its own data.
pub fn open(arguments: &Arguments, rows: &Rows) -> Result<Backbone, Failure> {
    let own = || is_trained(&arguments.from).then(|| arguments.from.clone());
    let path = match arguments.backbone.clone().or_else(own) {
        None => return Ok(Backbone::None),
        Some(path) if onnx::is_onnx(&path) => {
            let axes = in_order_of_onnx(rows);
            let frozen = Frozen::open(&path, arguments.output.as_deref(), &axes);
            return frozen.map(Backbone::Onnx).map_err(bad);
        }
        Some(path) => path,
    };
    if arguments.output.is_some() {
        return Err(bad(format!(
            "{}: --output names a node of an ONNX file; leave it out",
            path.display()
        )));
    }
    of_training(path, rows)
}

fn of_training(path: PathBuf, rows: &Rows) -> Result<Backbone, Failure> {
    let trained = backbone::read(&path).map_err(bad)?;
    let (model, weights) = trained.backbone(&rows.data).map_err(bad)?;
    let Shape { sites, .. } = model.output();
    if sites != 1 {
        return Err(bad(format!(
            "{}: the layer below the last gives {sites} rows an example; put \"flatten\" before it",
            path.display()
        )));
    }
    let [found, _] = rows.data.train.shapes();
    let numbers = |shape: Shape| shape.sites * shape.channels;
    if numbers(found) != numbers(model.input()) {
        return Err(bad(format!(
            "{}: model.input: the network takes {} numbers an example, but the data have {}; give the data it was \
             trained for",
            path.display(),
            numbers(model.input()),
            numbers(found)
        )));
    }
    Ok(Backbone::Trained(model, weights))
}

/// Channels first.
fn in_order_of_onnx(rows: &Rows) -> Vec<usize> {
    match rows.axes[..] {
        [height, width, channels] if rows.channels_last => vec![channels, height, width],
        _ => rows.axes.clone(),
    }
}

impl Backbone {
    /// Features of an example.
    pub fn features(&self, rows: &Rows) -> usize {
        match self {
            Self::None => rows.axes.iter().product(),
            Self::Trained(model, _) => model.output().channels,
            Self::Onnx(frozen) => frozen.features(),
        }
    }

    /// Features of some of the examples.
    pub fn apply(
        &self,
        rows: &Rows,
        examples: &Examples<f32>,
        range: Range<usize>,
    ) -> Result<Vec<f32>, Failure> {
        let first = range.start;
        match self {
            Self::None => Ok(examples.batch(range).input.dense().values().to_vec()),
            Self::Trained(model, weights) => {
                let mut part = examples.chosen(&range.collect::<Vec<_>>());
                part.reshape_inputs(model.input().sites);
                Ok(Trained::features(model, weights, part.batch(0..part.len())))
            }
            Self::Onnx(frozen) => {
                let part = examples.chosen(&range.collect::<Vec<_>>()).dense();
                let values = channels_first(rows, part.input().values());
                frozen.apply(first, &values).map_err(bad)
            }
        }
    }
}

/// Images with their channels first, where they are last.
fn channels_first(rows: &Rows, values: &[f32]) -> Vec<f32> {
    let [height, width, channels] = rows.axes[..] else { return values.to_vec() };
    if !rows.channels_last || channels < 2 {
        return values.to_vec();
    }
    let pixels = height * width;
    let image = |image: &[f32]| -> Vec<f32> {
        let at = |index: usize| image[index % pixels * channels + index / pixels];
        (0..pixels * channels).map(at).collect()
    };
    values.chunks_exact(pixels * channels).flat_map(image).collect()
}
