//! The kinds of data an experiment can name.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Kinds of data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// Two half moons; see [`crate::dataset::moons`].
    Moons {
        /// Examples.
        #[serde(default = "thousand")]
        count: usize,
        /// Deviation of the noise.
        #[serde(default = "tenth")]
        noise: f64,
    },
    /// The probit model of arXiv 2202.08876, with its 500 test examples.
    Probit {
        /// Features, up to 200.
        features: usize,
        /// Training examples.
        #[serde(default = "two_thousand")]
        count: usize,
    },
    /// Recovery of a graph network of arXiv 2202.08876, with as many graphs for the test.
    Recovery {
        /// Nodes of the graph.
        #[serde(default = "fifteen")]
        nodes: usize,
        /// Layers of the true network, 2 or 3.
        #[serde(default = "two")]
        layers: usize,
        /// Training examples.
        #[serde(default = "two_thousand")]
        count: usize,
    },
    /// Images and labels as LeCun's IDX files, .gz or not; pixels become 0 to 1.
    Idx {
        /// Images to train on.
        images: PathBuf,
        /// Their labels.
        labels: PathBuf,
        /// Images of the test.
        #[serde(default)]
        test_images: Option<PathBuf>,
        /// Their labels.
        #[serde(default)]
        test_labels: Option<PathBuf>,
    },
    /// Features (rows first) and labels as .npy files.
    Npy {
        /// Features to train on.
        features: PathBuf,
        /// Their labels.
        labels: PathBuf,
        /// Features of the test.
        #[serde(default)]
        test_features: Option<PathBuf>,
        /// Their labels.
        #[serde(default)]
        test_labels: Option<PathBuf>,
    },
    /// A CSV file with a header; classes are the sorted names of the label column.
    Csv {
        /// The file.
        file: PathBuf,
        /// Name of the label column.
        label: String,
    },
    /// A folder of {class}_{anything}.wav, 8 kHz, mono, 16 bit; 160 log-mel features each.
    Wav(PathBuf),
    /// A folder with a citation graph as .npy files, one example, and its public split.
    Graph(PathBuf),
    /// The same folder for networks without graph layers: every labelled node an example, its words
    /// averaged over neighbours 0 to `hops` times, side by side (GA-MLP).
    Propagated {
        /// The folder.
        folder: PathBuf,
        /// How often, 1 to 8.
        #[serde(default = "four")]
        hops: usize,
        /// How often a node is its own neighbour, 1 or 2; as published 2.
        #[serde(default = "both")]
        self_loops: u8,
    },
}

impl Kind {
    /// The file or folder the labels are in, unless they are made.
    pub fn labels(&self) -> Option<&PathBuf> {
        match self {
            Self::Moons { .. } | Self::Probit { .. } | Self::Recovery { .. } => None,
            Self::Idx { labels, .. } | Self::Npy { labels, .. } => Some(labels),
            Self::Csv { file, .. } => Some(file),
            Self::Wav(folder) | Self::Graph(folder) | Self::Propagated { folder, .. } => {
                Some(folder)
            }
        }
    }
}

fn four() -> usize {
    4
}
fn both() -> u8 {
    2
}
fn thousand() -> usize {
    1000
}
fn two() -> usize {
    2
}
fn fifteen() -> usize {
    15
}
fn two_thousand() -> usize {
    2000
}
fn tenth() -> f64 {
    0.1
}
