//! The exact solution of the anchored problem by damped Newton steps.
//!
//! F is the gradient of a Λ-strongly convex function; each Newton equation is solved by conjugate
//! gradients, and the step is halved until the function falls or, where rounding hides that, F.
//!
//! Reference: Nocedal & Wright, *Numerical Optimization*, 2006, chapter 7.

use super::{Anchor, Link, Sample, log_sum_exp, predict, scores};

// far from the solution softmax is almost piecewise constant, and steps are short
const STEPS: usize = 10_000;

/// Weights with the proof of how exact they are.
#[derive(Clone, Debug)]
pub struct Solution {
    /// W.
    pub weights: Vec<f64>,
    /// The largest entry of |F(W)|.
    pub residual: f64,
    /// Newton steps taken.
    pub steps: usize,
}

/// The natural residual: the largest entry of |Σᵢ (φ(W ηᵢ) − yᵢ) ηᵢᵀ + Λ (W − W₀)|.
pub fn residual(anchor: &Anchor, samples: &[Sample], weights: &[f64]) -> f64 {
    largest(&field(anchor, samples, weights).0)
}

/// Solves to the given residual, or as far as f64 allows: compare [`Solution::residual`].
pub fn solve(anchor: &Anchor, samples: &[Sample], tolerance: f64) -> Solution {
    let mut weights = anchor.factory.clone();
    let (mut field_here, mut predictions) = field(anchor, samples, &weights);
    let mut steps = 0;
    while largest(&field_here) > tolerance && steps < STEPS {
        let direction = newton_direction(anchor, samples, &predictions, &field_here);
        let slope = dot(&direction, &field_here);
        let value = objective(anchor, samples, &weights);
        let mut length = 1.0;
        let moved = loop {
            let trial: Vec<f64> =
                weights.iter().zip(&direction).map(|(w, d)| w + length * d).collect();
            let (field_there, predictions_there) = field(anchor, samples, &trial);
            let fallen = objective(anchor, samples, &trial) <= value + 1e-4 * length * slope
                && length * slope.abs() > 1e-12 * (1.0 + value.abs());
            if fallen || norm(&field_there) < 0.9 * norm(&field_here) {
                (weights, field_here, predictions) = (trial, field_there, predictions_there);
                break true;
            }
            length /= 2.0;
            if length < 1e-10 {
                break false;
            }
        };
        steps += 1;
        if !moved {
            break;
        }
    }
    Solution { residual: largest(&field_here), weights, steps }
}

/// F(W), and φ(W ηᵢ) of every sample.
fn field(anchor: &Anchor, samples: &[Sample], weights: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut field: Vec<f64> = weights
        .iter()
        .zip(&anchor.factory)
        .map(|(weight, factory)| anchor.precision * (weight - factory))
        .collect();
    let mut predictions = Vec::with_capacity(samples.len());
    for sample in samples {
        let prediction = predict(anchor.link, &scores(weights, &sample.features, anchor.outputs));
        let signal: Vec<f64> = prediction.iter().zip(&sample.target).map(|(p, y)| p - y).collect();
        add_outer(&mut field, &sample.features, &signal);
        predictions.push(prediction);
    }
    (field, predictions)
}

/// Σᵢ (Ψ(W ηᵢ) − ⟨yᵢ, W ηᵢ⟩) + (Λ/2)‖W − W₀‖², whose gradient is F.
fn objective(anchor: &Anchor, samples: &[Sample], weights: &[f64]) -> f64 {
    let anchored: f64 =
        weights.iter().zip(&anchor.factory).map(|(w, factory)| (w - factory).powi(2)).sum();
    let mut value = anchor.precision / 2.0 * anchored;
    for sample in samples {
        let scores = scores(weights, &sample.features, anchor.outputs);
        value -= dot(&scores, &sample.target);
        value += match anchor.link {
            Link::Identity => scores.iter().map(|score| score * score / 2.0).sum(),
            Link::Sigmoid => scores.iter().map(|&score| log_sum_exp(&[0.0, score])).sum(),
            Link::Softmax => log_sum_exp(&scores),
        };
    }
    value
}

/// The d with J d = −F, J the derivative of F.
fn newton_direction(
    anchor: &Anchor,
    samples: &[Sample],
    predictions: &[Vec<f64>],
    field: &[f64],
) -> Vec<f64> {
    let mut direction = vec![0.0; field.len()];
    let mut rest: Vec<f64> = field.iter().map(|value| -value).collect();
    let mut search = rest.clone();
    let mut square = dot(&rest, &rest);
    let goal = 1e-22 * square;
    for _ in 0..4 * field.len() {
        if square <= goal {
            break;
        }
        let image = derivative(anchor, samples, predictions, &search);
        let length = square / dot(&search, &image);
        for ((d, r), (s, i)) in direction.iter_mut().zip(&mut rest).zip(search.iter().zip(&image)) {
            *d += length * s;
            *r -= length * i;
        }
        let before = std::mem::replace(&mut square, dot(&rest, &rest));
        for (s, r) in search.iter_mut().zip(&rest) {
            *s = r + square / before * *s;
        }
    }
    direction
}

/// J d = Σᵢ (φ′(W ηᵢ) d ηᵢ) ηᵢᵀ + Λ d.
fn derivative(
    anchor: &Anchor,
    samples: &[Sample],
    predictions: &[Vec<f64>],
    direction: &[f64],
) -> Vec<f64> {
    let mut image: Vec<f64> = direction.iter().map(|value| anchor.precision * value).collect();
    for (sample, p) in samples.iter().zip(predictions) {
        let change = scores(direction, &sample.features, anchor.outputs);
        let mean = dot(p, &change);
        let signal: Vec<f64> = p
            .iter()
            .zip(&change)
            .map(|(p, change)| match anchor.link {
                Link::Identity => *change,
                Link::Sigmoid => p * (1.0 - p) * change,
                Link::Softmax => p * (change - mean),
            })
            .collect();
        add_outer(&mut image, &sample.features, &signal);
    }
    image
}

fn add_outer(weights: &mut [f64], features: &[f64], signal: &[f64]) {
    for (row, feature) in weights.chunks_mut(signal.len()).zip(features) {
        for (weight, signal) in row.iter_mut().zip(signal) {
            *weight += signal * feature;
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}

fn largest(vector: &[f64]) -> f64 {
    // a NaN must not pass for a small residual
    vector.iter().map(|value| value.abs()).fold(0.0, |a, b| if b <= a { a } else { b })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_samples_the_solution_is_the_factory_head() {
        let anchor =
            Anchor { link: Link::Softmax, factory: vec![1.0, -2.0], outputs: 2, precision: 0.3 };
        let solution = solve(&anchor, &[], 1e-12);
        assert_eq!(solution.weights, anchor.factory);
        assert_eq!(solution.steps, 0);
    }

    #[test]
    fn ridge_regression_satisfies_the_normal_equations_by_hand() {
        // one feature and the bias, two samples: (1, 1) → 1, (−1, 1) → 0; Λ = 1, W₀ = 0
        // (ΣηηᵀI + Λ) w = Σ y η  ⇒  3 w = (1, 1)
        let anchor =
            Anchor { link: Link::Identity, factory: vec![0.0; 2], outputs: 1, precision: 1.0 };
        let sample =
            |feature: f64, target| Sample { features: vec![feature, 1.0], target: vec![target] };
        let solution = solve(&anchor, &[sample(1.0, 1.0), sample(-1.0, 0.0)], 1e-13);
        for weight in solution.weights {
            assert!((weight - 1.0 / 3.0).abs() < 1e-13);
        }
    }

    #[test]
    fn a_start_far_away_still_converges() {
        // scores of several hundred: undamped Newton steps would leave the field here
        let factory: Vec<f64> = (0..12).map(|index| 90.0 * f64::from(index % 5) - 200.0).collect();
        let anchor = Anchor { link: Link::Softmax, factory, outputs: 3, precision: 1e-3 };
        let samples: Vec<Sample> = (0..9_i8)
            .map(|index| Sample::from_codes(&[index * 9, 40 - index, 7], (index % 3) as u8, 3))
            .collect();
        let solution = solve(&anchor, &samples, 1e-12);
        assert!(solution.residual <= 1e-12, "{solution:?}");
    }
}
