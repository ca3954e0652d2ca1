//! How good a model is on examples.

use serde::{Deserialize, Serialize};

use crate::dataset::Examples;
use crate::matrix::View;
use crate::model::{Model, Tape, is_asked};
use crate::real::Real;

/// Examples in a pass; larger ones would only cost memory.
const CHUNK: usize = 500;

/// Sums and shares over all examples and sites that have a target. A decision is the channel with the largest number,
/// or, where there is one channel, whether it is above ½.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// The model's loss, mean over examples.
    pub loss: f64,
    /// Mean over all numbers of (p − y)²: PyTorch's `mse_loss`.
    pub squared_error: f64,
    /// Share of wrong decisions.
    pub error: f64,
    /// F1 of each class, weighted by how often it occurs, as scikit-learn's `f1_score`.
    pub weighted_f1: f64,
    /// How often each decision was made: rows are the truth, columns the prediction.
    pub confusion: Vec<Vec<u64>>,
}

impl Scores {
    /// 1 − error.
    pub fn accuracy(&self) -> f64 {
        1.0 - self.error
    }
}

/// Scores of a model with running statistics. All 0 where there is no example.
///
/// # Panics
/// When the shapes are not the model's.
pub fn evaluate<T: Real>(
    model: &Model<T>,
    point: &[T],
    examples: &Examples<T>,
    tape: &mut Tape<T>,
) -> Scores {
    let mut scores = Scores { confusion: empty(model.output().channels), ..Scores::default() };
    let (mut loss, mut squares, mut numbers) = (0.0, 0.0, 0_usize);
    for start in (0..examples.len()).step_by(CHUNK) {
        let end = examples.len().min(start + CHUNK);
        let batch = examples.batch(start..end);
        let (mean, prediction) = model.judge(point, batch, tape);
        loss += mean * (end - start) as f64;
        for (&p, &y) in prediction.values().iter().zip(batch.target.values()) {
            if is_asked(y) {
                squares += (p - y).to_f64() * (p - y).to_f64();
                numbers += 1;
            }
        }
        count(prediction, batch.target, &mut scores.confusion);
    }
    scores.loss = loss / examples.len().max(1) as f64;
    scores.squared_error = squares / numbers.max(1) as f64;
    let total: u64 = scores.confusion.iter().flatten().sum();
    let right: u64 = scores.confusion.iter().enumerate().map(|(class, row)| row[class]).sum();
    scores.error = (total - right) as f64 / total.max(1) as f64;
    scores.weighted_f1 = weighted_f1(&scores.confusion);
    scores
}

fn empty(channels: usize) -> Vec<Vec<u64>> {
    let classes = channels.max(2);
    vec![vec![0; classes]; classes]
}

fn count<T: Real>(prediction: View<'_, T>, target: View<'_, T>, confusion: &mut [Vec<u64>]) {
    for (p, y) in prediction.each_row().zip(target.each_row()) {
        if y.iter().copied().all(is_asked) {
            confusion[decision(y)][decision(p)] += 1;
        }
    }
}

/// The class a row of probabilities speaks for, the first of equals.
pub fn decision<T: Real>(row: &[T]) -> usize {
    match row {
        [single] => usize::from(single.to_f64() > 0.5),
        _ => (1..row.len()).fold(0, |best, at| if row[at] > row[best] { at } else { best }),
    }
}

fn weighted_f1(confusion: &[Vec<u64>]) -> f64 {
    let total: u64 = confusion.iter().flatten().sum();
    let of_class = |class: usize| {
        let support: u64 = confusion[class].iter().sum();
        let predicted: u64 = confusion.iter().map(|row| row[class]).sum();
        let right = confusion[class][class];
        let both = (support + predicted).max(1);
        support as f64 * 2.0 * right as f64 / both as f64
    };
    (0..confusion.len()).map(of_class).sum::<f64>() / total.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scikit-learn: f1_score([0,0,0,1,1,2], [0,0,1,1,2,2], average="weighted") = .6777…
    #[test]
    fn the_weighted_f1_is_that_of_scikit_learn() {
        let confusion = [vec![2, 1, 0], vec![0, 1, 1], vec![0, 0, 1]];
        let expected = (3.0 * 0.8 + 2.0 * 0.5 + 1.0 * (2.0 / 3.0)) / 6.0;
        assert!((weighted_f1(&confusion) - expected).abs() < 1e-15);
        assert_eq!(weighted_f1(&[vec![0, 0], vec![0, 0]]), 0.0);
    }

    #[test]
    fn a_decision_is_the_largest_or_more_than_a_half() {
        assert_eq!(decision(&[0.2, 0.4, 0.4]), 1);
        assert_eq!([decision(&[0.5]), decision(&[0.51])], [0, 1]);
    }
}
