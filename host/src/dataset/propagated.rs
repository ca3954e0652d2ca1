//! GA-MLP features: the words of a citation graph, averaged over neighbours once, twice and so on, side
//! by side, so that a network without graph layers sees the graph (Chen, Bruna & Chen 2021).
//!
//! ```text
//! X = [SᵏH, …, S²H, SH, H],   S = D^−½(A + I)D^−½ + (loops − 1)·I,   H: 1 where a node has a word
//! ```
//!
//! Every labelled node is an example of its own. The words are not divided by their number. The code of
//! mDLAM adds the identity a second time (mdlam_rapp.md A5.9), so its S has the norm 2.

use std::path::Path;

use super::planetoid::{self, Folder};
use super::{Error, Examples};
use crate::matrix::Matrix;

/// The nodes to train on and those of the test, and how many classes there are.
pub(super) fn read(
    directory: &Path,
    hops: usize,
    loops: u8,
) -> Result<([Examples<f32>; 2], usize), Error> {
    let folder = planetoid::open(directory)?;
    let Folder { vocabulary, classes, .. } = folder;
    let nodes = folder.labels.len();
    let mut words = Matrix::zeros(nodes, vocabulary);
    for (node, own) in folder.words.iter().enumerate() {
        own.iter().for_each(|&word| words.row_mut(node)[word] = 1.0);
    }
    let sets = [&folder.train, &folder.test];
    let mut inputs = sets.map(|set| Matrix::zeros(set.len(), (hops + 1) * vocabulary));
    let mut next = Matrix::zeros(nodes, vocabulary);
    for hop in 0..=hops {
        if hop > 0 {
            folder.filter.multiply(words.view(), next.view_mut());
            if loops > 1 {
                let pairs = next.values_mut().iter_mut().zip(words.values());
                pairs.for_each(|(next, word)| *next += word);
            }
            std::mem::swap(&mut words, &mut next);
        }
        let start = (hops - hop) * vocabulary;
        for (input, set) in inputs.iter_mut().zip(sets) {
            for (row, &node) in set.iter().enumerate() {
                let place = &mut input.row_mut(row)[start..start + vocabulary];
                place.copy_from_slice(words.row(node));
            }
        }
    }
    let [train, test] = inputs;
    let examples = |input, set: &[usize]| {
        let labels: Vec<usize> = set.iter().map(|&node| folder.labels[node]).collect();
        Examples::classified(input, &labels, classes)
    };
    Ok(([examples(train, &folder.train), examples(test, &folder.test)], classes))
}
