//! The data section of an experiment: where examples come from, how they are split and standardised.

mod kind;

use std::path::{Path, PathBuf};

pub use kind::Kind;
use serde::{Deserialize, Serialize};

use super::{Error, Examples, idx, planetoid, propagated, sounds, synthetic, tables};
use crate::matrix::{Csr, Matrix};
use crate::random::Random;

/// Where examples come from. Relative paths start from the experiment's file, or from `--data`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Which data.
    #[serde(deserialize_with = "crate::named::choice")]
    pub source: Kind,
    /// Share of the examples kept for the test, drawn at random, where the source has no test of
    /// its own.
    #[serde(default)]
    pub test: f64,
    /// Every feature to mean 0 and deviation 1 over the training examples; one that never changes
    /// keeps its unit. Not for the words of a graph, whose zeros are not kept.
    #[serde(default)]
    pub standardise: bool,
    /// Of the split, and of what is drawn.
    #[serde(default)]
    pub seed: u64,
}

/// What a training is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    /// To learn from.
    pub train: Examples<f32>,
    /// To be judged by; empty where none is kept.
    pub test: Examples<f32>,
    /// Filter of the graph layers, where the data are a graph.
    pub graph: Option<Csr<f32>>,
    /// Names of the classes, in the order of the targets' columns.
    pub classes: Vec<String>,
}

/// Rows with labels, before they become examples.
type Labelled = (Matrix<f32>, Vec<usize>);

impl Source {
    /// Reads or draws, splits and standardises.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn load(&self, directory: &Path) -> Result<Data, Error> {
        if !(0.0..1.0).contains(&self.test) {
            let remedy = "must be a share at least 0 and below 1".into();
            return Err(Error::Setting { field: "test", remedy });
        }
        let at = |path: &Path| directory.join(path);
        let pair = |one: &Option<PathBuf>, two: &Option<PathBuf>, read: Reader| match (one, two) {
            (Some(one), Some(two)) => read(&at(one), &at(two)).map(Some),
            (None, None) => Ok(None),
            _ => Err(Error::Setting {
                field: "source",
                remedy: "needs both the inputs and the labels of the test, or neither".into(),
            }),
        };
        let mut data = match &self.source {
            Kind::Moons { count, noise } => {
                if *count < 4 || !(noise.is_finite() && *noise >= 0.0) {
                    let remedy =
                        "moons needs a count of at least 4 and a noise of at least 0".into();
                    return Err(Error::Setting { field: "source", remedy });
                }
                self.split(synthetic::moons(*count, *noise, self.seed), names(2))
            }
            Kind::Probit { features, count } => {
                if *features == 0 || *features > synthetic::probit::MOST_FEATURES || *count == 0 {
                    let remedy = "probit needs 1 to 200 features and a count of at least 1".into();
                    return Err(Error::Setting { field: "source", remedy });
                }
                let truth = synthetic::probit::truth(*features);
                let seed = self.seed as u32;
                let train = synthetic::probit::examples(&truth, *count, seed);
                let test = synthetic::probit::examples(&truth, 500, seed.wrapping_add(12_312));
                Data { train, test, graph: None, classes: names(2) }
            }
            Kind::Recovery { nodes, layers, count } => {
                if *nodes == 0 || *count == 0 || !(2..=3).contains(layers) {
                    let remedy = "recovery needs nodes, a count, and 2 or 3 layers".into();
                    return Err(Error::Setting { field: "source", remedy });
                }
                let recovery = synthetic::recovery::Recovery::new(*nodes, *layers == 3);
                let graphs =
                    |first: usize| recovery.graphs(first as u32, *count, self.seed as u32).examples;
                let (train, test) = (graphs(0), graphs(*count));
                Data { train, test, graph: Some(recovery.filter), classes: names(2) }
            }
            Kind::Idx { images, labels, test_images, test_labels } => {
                let train = pictures(&at(images), &at(labels))?;
                self.labelled(train, pair(test_images, test_labels, pictures)?, labels)?
            }
            Kind::Npy { features, labels, test_features, test_labels } => {
                let train = arrays(&at(features), &at(labels))?;
                self.labelled(train, pair(test_features, test_labels, arrays)?, labels)?
            }
            Kind::Csv { file, label } => self.named(tables::csv(&at(file), label)?),
            Kind::Wav(folder) => self.named(sounds::read(&at(folder))?),
            Kind::Graph(folder) => {
                let read = planetoid::read(&at(folder))?;
                let classes = names(read.classes);
                Data { train: read.train, test: read.test, graph: Some(read.filter), classes }
            }
            Kind::Propagated { folder, hops, self_loops } => {
                if !(1..=8).contains(hops) || !(1..=2).contains(self_loops) {
                    let remedy = "propagated needs 1 to 8 hops and 1 or 2 self_loops".into();
                    return Err(Error::Setting { field: "source", remedy });
                }
                let ([train, test], classes) = propagated::read(&at(folder), *hops, *self_loops)?;
                Data { train, test, graph: None, classes: names(classes) }
            }
        };
        if self.standardise && data.train.is_sparse() {
            let remedy = "is not for a graph: the zeros among its words are not kept, and every row of words \
                          sums to 1 already; set it to false"
                .into();
            return Err(Error::Setting { field: "standardise", remedy });
        }
        if self.standardise {
            standardise(&mut data);
        }
        check_classes(&data, self.source.labels().map(|path| at(path)))?;
        Ok(data)
    }

    /// Keeps the last of a random order for the test.
    fn split(&self, all: Examples<f32>, classes: Vec<String>) -> Data {
        let mut numbers: Vec<usize> = (0..all.len()).collect();
        Random::new(self.seed, 1).draw(&mut numbers, all.len());
        let kept = (self.test * all.len() as f64).round() as usize;
        let (train, test) = numbers.split_at(all.len() - kept);
        Data { train: all.chosen(train), test: all.chosen(test), graph: None, classes }
    }

    fn named(&self, (input, labels): (Matrix<f32>, Vec<String>)) -> Data {
        let mut classes = labels.clone();
        classes.sort();
        classes.dedup();
        let number = |label| classes.binary_search(label).unwrap_or(0);
        let labels: Vec<usize> = labels.iter().map(number).collect();
        self.split(Examples::classified(input, &labels, classes.len()), classes)
    }

    fn labelled(
        &self,
        train: Labelled,
        test: Option<Labelled>,
        path: &Path,
    ) -> Result<Data, Error> {
        let classes = train.1.iter().max().map_or(0, |&label| label + 1);
        let examples = |(input, labels): Labelled| Examples::classified(input, &labels, classes);
        let Some(test) = test else { return Ok(self.split(examples(train), names(classes))) };
        if let Some(row) = test.1.iter().position(|&label| label >= classes) {
            return Err(Error::Content {
                path: path.to_owned(),
                place: "labels of the test".into(),
                reason: format!("row {row} has the label {}, beyond those trained on", test.1[row]),
                remedy: "the test may only have classes that occur in training",
            });
        }
        let (train, test) = (examples(train), examples(test));
        Ok(Data { train, test, graph: None, classes: names(classes) })
    }
}

type Reader = fn(&Path, &Path) -> Result<Labelled, Error>;

fn names(classes: usize) -> Vec<String> {
    (0..classes).map(|class| class.to_string()).collect()
}

fn arrays(features: &Path, labels: &Path) -> Result<Labelled, Error> {
    let features = tables::features(features)?;
    let labels = tables::labels(labels, features.rows())?;
    Ok((features, labels))
}

/// One row an image; an image model takes its pixels as sites later.
fn pictures(images: &Path, labels: &Path) -> Result<Labelled, Error> {
    let (shape, pixels) = idx::read(images)?;
    let (_, bytes) = idx::read(labels)?;
    let count = shape.first().copied().unwrap_or(0);
    if count == 0 || bytes.len() != count {
        return Err(Error::Content {
            path: labels.to_owned(),
            place: "shape".into(),
            reason: format!("{} labels for {count} images", bytes.len()),
            remedy: "give the labels that belong to these images",
        });
    }
    let values: Vec<f32> = pixels.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
    let input = Matrix::new(count, values.len() / count, values);
    Ok((input, bytes.into_iter().map(usize::from).collect()))
}

fn standardise(data: &mut Data) {
    let rows = data.train.input().rows().max(1) as f64;
    let columns = data.train.input().columns();
    let (mut mean, mut square) = (vec![0.0; columns], vec![0.0; columns]);
    for row in data.train.input().each_row() {
        row.iter().zip(&mut mean).for_each(|(&value, mean)| *mean += f64::from(value) / rows);
    }
    for row in data.train.input().each_row() {
        for (column, &value) in row.iter().enumerate() {
            square[column] += (f64::from(value) - mean[column]).powi(2) / rows;
        }
    }
    let inverse: Vec<f64> = square
        .iter()
        .map(|&variance| if variance > 1e-12 { 1.0 / libm::sqrt(variance) } else { 1.0 })
        .collect();
    for examples in [&mut data.train, &mut data.test] {
        examples.map_inputs(|column, value| {
            ((f64::from(value) - mean[column]) * inverse[column]) as f32
        });
    }
}

/// Every class needs an example to train on.
fn check_classes(data: &Data, path: Option<PathBuf>) -> Result<(), Error> {
    let target = data.train.target();
    if target.columns() < 2 {
        return Ok(());
    }
    let is_empty = |&class: &usize| target.each_row().all(|row| row[class] != 1.0);
    match (0..target.columns()).find(is_empty) {
        None => Ok(()),
        Some(class) => {
            let name = data.classes.get(class).cloned().unwrap_or_default();
            Err(Error::EmptyClass { path, class, name })
        }
    }
}

#[cfg(test)]
mod tests;
