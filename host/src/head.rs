//! Heads of any shape on the desktop: read from and written to core's checkpoints, imported from
//! scikit-learn and PyTorch, exported as Rust source.
//!
//! Core's types have their shape at compile time; a command line learns it from a file. The bytes are
//! those of [`fejer::checkpoint`], which draws them.

mod checkpoint;
mod import;
mod source;

use fejer::Link;

pub use checkpoint::{Error, decode, encode};
pub use import::{Error as ImportError, import};
pub use source::{parse, source};

/// Weights with a link, and what standardises the features before they meet them.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// The link.
    pub link: Link,
    /// Classes, or outputs.
    pub outputs: usize,
    /// Feature-major, a row a feature, the bias last.
    pub weights: Vec<f32>,
    /// Mean and one over the deviation of every feature; `None` where features come as they are.
    pub standardise: Option<Standardise>,
}

/// (x − mean) · inverse_deviation
#[derive(Clone, Debug, PartialEq)]
pub struct Standardise {
    /// Of every feature.
    pub mean: Vec<f32>,
    /// Of every feature.
    pub inverse_deviation: Vec<f32>,
}

impl Head {
    /// Features, without the 1 of the bias.
    pub fn features(&self) -> usize {
        (self.weights.len() / self.outputs.max(1)).saturating_sub(1)
    }

    /// Prediction for the features of one sample, before standardisation.
    ///
    /// # Panics
    /// When there are not as many features as the head has.
    pub fn predict(&self, features: &[f32]) -> Vec<f32> {
        assert_eq!(features.len(), self.features(), "features of the head");
        let (plain, bias) = self.weights.split_at(features.len() * self.outputs);
        let mut scores = bias.to_vec();
        for (at, (row, &x)) in plain.chunks_exact(self.outputs).zip(features).enumerate() {
            let x = self.standardise.as_ref().map_or(x, |standardise| {
                (x - standardise.mean[at]) * standardise.inverse_deviation[at]
            });
            scores.iter_mut().zip(row).for_each(|(score, weight)| *score += x * weight);
        }
        self.link.predict(&mut scores);
        scores
    }

    /// The same head for features as they come: the standardisation folded into the weights, in f64.
    #[must_use]
    pub fn folded(&self) -> Self {
        let Some(Standardise { mean, inverse_deviation }) = &self.standardise else {
            return self.clone();
        };
        let (plain, bias) = self.weights.split_at(self.features() * self.outputs);
        let mut bias: Vec<f64> = bias.iter().map(|&weight| f64::from(weight)).collect();
        let mut weights = Vec::with_capacity(self.weights.len());
        for (row, (&mean, &inverse)) in
            plain.chunks_exact(self.outputs).zip(mean.iter().zip(inverse_deviation))
        {
            for (bias, &weight) in bias.iter_mut().zip(row) {
                let folded = f64::from(weight) * f64::from(inverse);
                *bias -= folded * f64::from(mean);
                weights.push(folded as f32);
            }
        }
        weights.extend(bias.into_iter().map(|bias| bias as f32));
        Self { weights, standardise: None, ..self.clone() }
    }
}
