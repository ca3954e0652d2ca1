//! What may be chosen of an experiment.

use std::path::PathBuf;

use super::Experiment;
use crate::dataset::Examples;

/// What may be chosen.
pub struct Setting<'a> {
    /// Where the data sets are, for the experiments that need one.
    pub data: Option<PathBuf>,
    /// One repetition a seed; the published ones if left empty.
    pub seeds: Vec<u64>,
    /// Only the contenders whose names begin so; all if left empty.
    pub only: Vec<String>,
    /// Stop after so many epochs; a shortened run has no bars.
    pub epochs: Option<u32>,
    /// Train on the first so many examples; a shortened run has no bars.
    pub examples: Option<usize>,
    /// Told after every epoch of every training: how many are done, and how many there are.
    pub observe: &'a (dyn Fn(u64, u64) + Sync),
}

impl Setting<'_> {
    /// With the published seeds where none was chosen.
    pub(super) fn seeded(&self, experiment: Experiment) -> Self {
        let seeds = match self.seeds.as_slice() {
            [] => experiment.seeds(),
            chosen => chosen.to_vec(),
        };
        Self { data: self.data.clone(), seeds, only: self.only.clone(), ..*self }
    }

    /// The epochs to measure after, as far as this run goes.
    pub(super) fn marks(&self, published: &[u32]) -> Vec<u32> {
        let last = self.epochs.unwrap_or(u32::MAX);
        let mut marks: Vec<u32> = published.iter().map(|&mark| mark.min(last)).collect();
        marks.dedup();
        marks
    }

    /// The examples to train on, as far as this run goes.
    pub(super) fn few(&self, train: Examples<f32>) -> Examples<f32> {
        match self.examples {
            Some(most) if most < train.len() => {
                let numbers: Vec<usize> = (0..most).collect();
                train.chosen(&numbers)
            }
            _ => train,
        }
    }

    pub(super) fn takes(&self, contender: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| contender.starts_with(only))
    }

    pub(super) fn is_shortened(&self) -> bool {
        self.epochs.is_some() || self.examples.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::Matrix;

    #[test]
    fn a_shortened_run_ends_where_it_is_told() {
        let of = |epochs, examples| Setting {
            data: None,
            seeds: vec![],
            only: vec![],
            epochs,
            examples,
            observe: &|_, _| (),
        };
        assert_eq!(of(None, None).marks(&[20, 100]), [20, 100]);
        assert_eq!(of(Some(50), None).marks(&[20, 100]), [20, 50]);
        assert_eq!(of(Some(3), None).marks(&[20, 100]), [3]);
        let train = || {
            let [input, target] = [(); 2].map(|()| Matrix::new(4, 1, vec![0.0, 1.0, 2.0, 3.0]));
            Examples::new(4, input, target)
        };
        assert_eq!(of(None, None).few(train()), train());
        assert_eq!(of(None, Some(9)).few(train()), train());
        assert_eq!(of(None, Some(2)).few(train()).input().values(), [0.0, 1.0]);
    }
}
