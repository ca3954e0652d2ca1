//! An independent answer in f64 to everything the device computes.
//!
//! This module and those below it share no code with `fejer`: features by direct sums, the resolvent
//! by bracketing, weights always rebuilt from their definition, the exact solution by Newton's
//! method. Speed does not matter here; being obviously right does.
//!
//! ```text
//! 0 = Σᵢ (φ(W ηᵢ) − yᵢ) ηᵢᵀ + Λ (W − W₀)
//! ```
//!
//! Weights are flat and feature-major, `weights[row · outputs + output]`, the bias in the last row.

pub mod features;
pub mod solution;
pub mod steps;

/// The monotone map from scores to predictions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// φ(u) = u.
    Identity,
    /// φ(u) = 1 / (1 + e⁻ᵘ), each output for itself.
    Sigmoid,
    /// φ(u)ₖ = eᵘᵏ / Σⱼ eᵘʲ.
    Softmax,
}

/// One labelled sample: the features with a 1 appended, and the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// η.
    pub features: Vec<f64>,
    /// y.
    pub target: Vec<f64>,
}

impl Sample {
    /// A sample as the device stores it: features in steps of 1/32, a class of `outputs`.
    pub fn from_codes(codes: &[i8], label: u8, outputs: usize) -> Self {
        let mut features: Vec<f64> = codes.iter().map(|&code| f64::from(code) / 32.0).collect();
        features.push(1.0);
        let target = (0..outputs).map(|output| f64::from(output == usize::from(label))).collect();
        Self { features, target }
    }
}

/// The anchored problem without its samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Anchor {
    /// φ.
    pub link: Link,
    /// W₀.
    pub factory: Vec<f64>,
    /// K.
    pub outputs: usize,
    /// Λ.
    pub precision: f64,
}

/// The code of a standardised feature: the nearest multiple of 1/32 (the upper of two), at most
/// ±127/32.
pub fn code(feature: f64) -> i8 {
    (32.0 * feature + 0.5).floor().clamp(-127.0, 127.0) as i8
}

/// W η.
pub fn scores(weights: &[f64], features: &[f64], outputs: usize) -> Vec<f64> {
    let mut scores = vec![0.0; outputs];
    for (row, feature) in weights.chunks(outputs).zip(features) {
        for (score, weight) in scores.iter_mut().zip(row) {
            *score += weight * feature;
        }
    }
    scores
}

/// φ(u).
pub fn predict(link: Link, scores: &[f64]) -> Vec<f64> {
    match link {
        Link::Identity => scores.to_vec(),
        Link::Sigmoid => scores.iter().map(|score| 1.0 / (1.0 + (-score).exp())).collect(),
        Link::Softmax => {
            let shift = log_sum_exp(scores);
            scores.iter().map(|score| (score - shift).exp()).collect()
        }
    }
}

/// The class with the highest score, the first of equals.
pub fn class(scores: &[f64]) -> u8 {
    let mut best = 0;
    for (output, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = output;
        }
    }
    best as u8
}

fn log_sum_exp(scores: &[f64]) -> f64 {
    let top = scores.iter().fold(f64::NEG_INFINITY, |top, &score| top.max(score));
    top + scores.iter().map(|score| (score - top).exp()).sum::<f64>().ln()
}

/// φ(u) of the one u with u + c φ(u) = b, for c > 0.
///
/// Softmax: with s = logsumexp(u) every p = φ(u) solves ln p + c p = b − s, and s is where these
/// shares sum to 1; the sum falls in s, from at least 1 at max b − c to less than 1 at
/// max b + ln K.
pub fn resolvent(link: Link, c: f64, b: &[f64]) -> Vec<f64> {
    match link {
        Link::Identity => b.iter().map(|b| b / (1.0 + c)).collect(),
        Link::Sigmoid => b
            .iter()
            .map(|&b| {
                let sigmoid = |u: f64| 1.0 / (1.0 + (-u).exp());
                sigmoid(rising_root(b - c, b, |u| u + c * sigmoid(u) - b))
            })
            .collect(),
        Link::Softmax => {
            let top = b.iter().fold(f64::NEG_INFINITY, |top, &b| top.max(b));
            let shares = |s: f64| b.iter().map(move |b| share(c, b - s));
            let low = top - c;
            let high = top + (b.len() as f64).ln();
            let shift = rising_root(low, high, |s| 1.0 - shares(s).sum::<f64>());
            shares(shift).collect()
        }
    }
}

/// The p with ln p + c p = t, sought as its logarithm: p ≤ 1 and so ln p ≥ t − c when t ≤ c,
/// p > 1 otherwise.
fn share(c: f64, t: f64) -> f64 {
    rising_root((t - c).min(0.0), t.max(0.0), |log| log + c * log.exp() - t).exp()
}

/// The root of a rising function between `low` and `high`: bisection until two floats are left.
fn rising_root(mut low: f64, mut high: f64, function: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if function(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low + (high - low) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn residual(link: Link, c: f64, b: &[f64], prediction: &[f64]) -> f64 {
        // u = b − c p must give the prediction p again
        let u: Vec<f64> = b.iter().zip(prediction).map(|(b, p)| b - c * p).collect();
        let again = predict(link, &u);
        again.iter().zip(prediction).map(|(a, p)| (a - p).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn the_resolvent_solves_its_equation_for_every_link() {
        let mut random = Random::new(11, 0);
        for link in [Link::Identity, Link::Sigmoid, Link::Softmax] {
            for c in [1e-3, 0.1, 3.0, 217.0, 1e4] {
                for outputs in [1, 2, 9] {
                    let b: Vec<f64> = (0..outputs).map(|_| 0.3 * c * random.normal()).collect();
                    let prediction = resolvent(link, c, &b);
                    let found = residual(link, c, &b, &prediction);
                    // an error of the prediction reaches φ(b − c p) multiplied by c
                    assert!(found <= 1e-14 * (1.0 + c), "{link:?} c={c} K={outputs}: {found:e}");
                }
            }
        }
    }

    #[test]
    fn softmax_of_two_outputs_is_the_sigmoid_of_their_difference() {
        for (c, b) in [(0.5, [0.2, -1.0]), (40.0, [3.0, 25.0]), (300.0, [0.0, 0.0])] {
            // the difference d of two scores solves d + 2c(σ(d) − ½) = b₀ − b₁
            let softmax = resolvent(Link::Softmax, c, &b);
            let sigmoid = resolvent(Link::Sigmoid, 2.0 * c, &[b[0] - b[1] + c]);
            assert!((softmax[0] - sigmoid[0]).abs() < 1e-13, "{softmax:?} {sigmoid:?}");
            assert!((softmax[0] + softmax[1] - 1.0).abs() < 1e-13);
        }
    }

    #[test]
    fn equal_scores_share_equally_and_one_output_takes_all() {
        for share in resolvent(Link::Softmax, 50.0, &[7.0; 4]) {
            assert!((share - 0.25).abs() < 1e-14);
        }
        assert!((resolvent(Link::Softmax, 50.0, &[7.0])[0] - 1.0).abs() < 1e-14);
    }

    #[test]
    fn codes_round_to_the_nearest_and_stop_at_127() {
        assert_eq!([0.0, 1.0, -1.0, 0.49 / 32.0, 9.0, -9.0].map(code), [0, 32, -32, 0, 127, -127]);
        let sample = Sample::from_codes(&[32, -16], 1, 3);
        assert_eq!(sample.features, [1.0, -0.5, 1.0]);
        assert_eq!(sample.target, [0.0, 1.0, 0.0]);
    }
}
