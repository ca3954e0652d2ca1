//! A citation graph as one example: `edges.npy` (edges × 2, each written once), the bag of words as
//! `feature_indptr.npy` and `feature_indices.npy`, `labels.npy`, and the public split
//! (`train_nodes.npy`, `test_nodes.npy`).
//!
//! Every row of words is divided by its sum, and only what is not zero is kept: 1 % of Cora. The filter
//! is that of [`gcn_norm`] with every edge both ways. Targets of nodes that are not asked for are NaN.
//!
//! Reference: Yang, Cohen & Salakhutdinov 2016; Kipf & Welling 2017.

use std::path::Path;

use super::{Error, Examples, npy};
use crate::layer::gcn_norm;
use crate::matrix::{Csr, Matrix, Sparse};

const MISSING: &str =
    "the folder needs edges, feature_indptr, feature_indices, labels, train_nodes and test_nodes";

/// The nodes to train on, those of the test, the filter, and how many classes there are.
pub(super) struct Citations {
    pub(super) train: Examples<f32>,
    pub(super) test: Examples<f32>,
    pub(super) filter: Csr<f32>,
    pub(super) classes: usize,
}

/// What is in the folder.
pub(super) struct Folder {
    /// The class of every node.
    pub(super) labels: Vec<usize>,
    pub(super) classes: usize,
    /// The words of every node.
    pub(super) words: Vec<Vec<usize>>,
    /// How many words there are.
    pub(super) vocabulary: usize,
    /// D^−½(A + I)D^−½
    pub(super) filter: Csr<f32>,
    pub(super) train: Vec<usize>,
    pub(super) test: Vec<usize>,
}

pub(super) fn open(directory: &Path) -> Result<Folder, Error> {
    let whole = |name: &str, limit: usize| -> Result<Vec<usize>, Error> {
        let path = directory.join(name);
        let (_, values) = npy::read_any(&path, MISSING)?;
        let is_bad = |&value: &f64| value < 0.0 || value.fract() != 0.0 || value >= limit as f64;
        match values.iter().position(is_bad) {
            None => Ok(values.into_iter().map(|value| value as usize).collect()),
            Some(at) => Err(Error::Content {
                path,
                place: format!("number {at}"),
                reason: format!(
                    "{}, but whole numbers from 0 to {} are needed",
                    values[at],
                    limit - 1
                ),
                remedy: "correct it, or the file that says how many there are",
            }),
        }
    };
    let labels = whole("labels.npy", 1 << 16)?;
    let (nodes, classes) = (labels.len(), labels.iter().max().map_or(0, |&label| label + 1));
    let indices = whole("feature_indices.npy", 1 << 24)?;
    let starts = whole("feature_indptr.npy", indices.len() + 1)?;
    if starts.len() != nodes + 1 || !starts.is_sorted() || nodes == 0 {
        return Err(Error::Content {
            path: directory.join("feature_indptr.npy"),
            place: "shape".into(),
            reason: format!("{} starts of rows for {nodes} nodes, or not in order", starts.len()),
            remedy: "save indptr of a CSR matrix with one row a node",
        });
    }
    let path = directory.join("edges.npy");
    let ends = whole("edges.npy", usize::MAX)?;
    let (edges, _) = ends.as_chunks::<2>();
    let both: Vec<(usize, usize)> =
        edges.iter().flat_map(|&[from, to]| [(from, to), (to, from)]).collect();
    Ok(Folder {
        classes,
        vocabulary: indices.iter().max().map_or(0, |&word| word + 1),
        words: starts.windows(2).map(|ends| indices[ends[0]..ends[1]].to_vec()).collect(),
        filter: gcn_norm(nodes, &both).map_err(|source| Error::Graph { path, source })?,
        train: whole("train_nodes.npy", nodes)?,
        test: whole("test_nodes.npy", nodes)?,
        labels,
    })
}

pub(super) fn read(directory: &Path) -> Result<Citations, Error> {
    let Folder { labels, classes, words, vocabulary, filter, train, test } = open(directory)?;
    let nodes = labels.len();
    let entries = words
        .iter()
        .enumerate()
        .flat_map(|(node, own)| own.iter().map(move |&word| (node, word, 1.0 / own.len() as f32)));
    let input = Sparse::from(Csr::new(nodes, vocabulary, entries.collect()));
    let asked = |chosen: &[usize]| {
        let mut target = Matrix::new(nodes, classes, vec![f32::NAN; nodes * classes]);
        for &node in chosen {
            target.row_mut(node).fill(0.0);
            target.row_mut(node)[labels[node]] = 1.0;
        }
        Examples::sparse(1, input.clone(), target)
    };
    Ok(Citations { train: asked(&train), test: asked(&test), filter, classes })
}
