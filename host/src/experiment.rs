//! An experiment in a TOML file: data, model and training. The same structs can be built in code.
//!
//! ```toml
//! [data]
//! source = { moons = { noise = 0.1 } }
//! test = 0.5                                # share kept for the test
//!
//! [model]
//! input = [2]                               # features; [nodes, features]; [height, width, channels]
//! layers = [{ dense = 64 }, "relu", { dense = 2 }, "softmax"]
//! loss = "squared_error"
//! initialiser = "torch"
//!
//! [training]
//! field = "monotone"
//! update = { sgd = { momentum = 0.9 } }
//! step = 0.02
//! batch = 100
//! epochs = 100
//! seed = 1
//! ```
//!
//! An unknown name, a missing entry or a layer that does not fit is an error that names file and line.

mod course;
mod error;
mod history;
mod network;
mod run;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use error::{Error, Fault, Reason};
pub use history::{Epoch, from_csv, to_csv};
pub use network::{Criterion, Entry, Network, Part};
pub use run::{Ended, Step, train};

use crate::dataset::{Data, Examples, Source};
use crate::model::Model;
use crate::trainer::Recipe;

/// Everything a training needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// What to learn from.
    pub data: Source,
    /// What learns.
    pub model: Network,
    /// How.
    pub training: Recipe,
}

impl Experiment {
    /// From a file.
    ///
    /// # Errors
    /// [`Error`] names the file, the line and the remedy.
    pub fn read(path: &Path) -> Result<(Self, String), Error> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
        Ok((Self::parse(&text, path)?, text))
    }

    /// From text; `path` is for messages.
    ///
    /// # Errors
    /// As [`Experiment::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let experiment: Self = toml::from_str(text).map_err(|error| Error::Text {
            path: path.to_owned(),
            line: error.span().map_or(1, |span| line(text, span.start)),
            reason: error.message().to_owned(),
        })?;
        experiment.training.check().map_err(|error| Error::Text {
            path: path.to_owned(),
            line: section(text, "training"),
            reason: error.to_string(),
        })?;
        Ok(experiment)
    }

    /// The data, in the shape the model takes where the numbers are as many; relative paths start
    /// from `directory`.
    ///
    /// # Errors
    /// See [`crate::dataset::Error`].
    pub fn load(&self, directory: &Path) -> Result<Data, crate::dataset::Error> {
        let mut data = self.data.load(directory)?;
        if data.train.is_sparse() && !self.takes_sparse(&data) {
            [data.train, data.test] = [data.train, data.test].map(Examples::dense);
        }
        let sites = match *self.model.input.as_slice() {
            [height, width, _] => height * width,
            [sites, _] => sites,
            _ => 1,
        };
        for examples in [&mut data.train, &mut data.test] {
            if examples.shapes()[0].sites == 1 {
                examples.reshape_inputs(sites);
            }
        }
        Ok(data)
    }

    /// Whether the first layer does; a model that does not fit is left to [`Experiment::build`].
    fn takes_sparse(&self, data: &Data) -> bool {
        let model = self.model.build(data.graph.as_ref(), self.training.seed);
        model.is_ok_and(|model| model.takes_sparse())
    }

    /// The model for these data; `file` says where it was described, for messages.
    ///
    /// # Errors
    /// [`Error::Layer`]: a layer does not fit where it stands.
    pub fn build(&self, data: &Data, file: Option<(&str, &Path)>) -> Result<Model<f32>, Error> {
        self.model.build(data.graph.as_ref(), self.training.seed).map_err(|fault| Error::Layer {
            path: file.map_or_else(PathBuf::new, |(_, path)| path.to_owned()),
            line: file.map_or(0, |(text, _)| layer_line(text, fault.layer)),
            fault,
        })
    }
}

/// The line, from 1, of a byte of the text.
fn line(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count()
}

fn section(text: &str, name: &str) -> usize {
    let header = format!("[{name}]");
    1 + text.lines().position(|line| line.trim() == header).unwrap_or(0)
}

/// The line of an entry of model.layers.
fn layer_line(text: &str, layer: usize) -> usize {
    let find = || {
        let table = toml::de::DeTable::parse(text).ok()?;
        let layers = table.get_ref().get("model")?.get_ref().get("layers")?.get_ref().as_array()?;
        Some(line(text, layers.get(layer)?.span().start))
    };
    find().unwrap_or_else(|| section(text, "model"))
}

#[cfg(test)]
mod tests;
