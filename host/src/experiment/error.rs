//! What an experiment's file can get wrong.

use std::path::PathBuf;

use crate::layer;

/// Each names the file, the line and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is not there or not to be read.
    #[error("{}: cannot be read: {source}; give the path of an experiment's TOML file", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is no experiment.
    #[error("{}, line {line}: {reason}; correct it (`fejer train --help` shows a whole file)", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A layer does not fit where it stands.
    #[error("{}, line {line}: model.layers, {fault}", path.display())]
    Layer {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// Which, and why.
        fault: Fault,
    },
}

/// A layer that cannot be built.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("number {} ({name}): {reason}", layer + 1)]
pub struct Fault {
    /// Its position in the list, from 0.
    pub layer: usize,
    /// Its name.
    pub name: &'static str,
    /// What is wrong, and the remedy.
    pub reason: Reason,
}

/// Why a layer cannot be built.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// What comes from below is no image.
    #[error(
        "needs an image, but what comes from below is none; give model.input = [height, width, channels] and no \
         flatten or dense layer below it"
    )]
    NoImage,
    /// The data have no graph.
    #[error(
        "needs a graph, but the data have none; give data.source = {{ graph = … }}, or use dense"
    )]
    NoGraph,
    /// The input's shape has no or too many axes, or an empty one.
    #[error(
        "model.input = {0:?} is no shape; give [features], [nodes, features] or [height, width, channels], each at \
         least 1"
    )]
    Input(Vec<usize>),
    /// A slope that keeps the link monotone is needed.
    #[error("the slope must be 1 to 128 (in 128ths), not {0}")]
    Slope(u8),
    /// What the layer itself refuses.
    #[error(transparent)]
    Layer(#[from] layer::Error),
}
