//! The learning steps of the device, one after the other, in f64.
//!
//! The state is the dual values α alone. Before each step the weights are rebuilt from their
//! definition, so no update can drift:
//!
//! ```text
//! W = W₀ + (1/Λ) Σᵢ αᵢ ηᵢᵀ        c = ‖ηᵢ‖²/Λ
//! visit i:   u + c φ(u) = W ηᵢ − c αᵢ + c yᵢ,   αᵢ ← yᵢ − φ(u)
//! ```
//!
//! Reference: Shalev-Shwartz & Zhang, *Stochastic dual coordinate ascent methods for regularized
//! loss minimization*, 2013.

use super::{Anchor, Link, Sample, predict, resolvent, scores};

/// A head that learns, as plain numbers.
#[derive(Clone, Debug)]
pub struct Learner {
    anchor: Anchor,
    samples: Vec<Sample>,
    duals: Vec<Vec<f64>>,
    visits: u64,
}

impl Learner {
    /// A head at its factory weights that remembers nothing.
    pub fn new(anchor: Anchor) -> Self {
        Self { anchor, samples: Vec::new(), duals: Vec::new(), visits: 0 }
    }

    /// Remembers a sample as the newest and visits it.
    pub fn learn(&mut self, sample: Sample) {
        self.duals.push(vec![0.0; self.anchor.outputs]);
        self.samples.push(sample);
        self.visit(self.samples.len() - 1);
    }

    /// Visits a remembered sample; position 0 is the oldest.
    pub fn visit(&mut self, position: usize) {
        let Anchor { link, outputs, precision, .. } = self.anchor;
        let weights = self.weights();
        let Sample { features, target } = &self.samples[position];
        let c = features.iter().map(|feature| feature * feature).sum::<f64>() / precision;
        let mut b = scores(&weights, features, outputs);
        for ((b, dual), target) in b.iter_mut().zip(&self.duals[position]).zip(target) {
            *b += c * (target - dual);
        }
        let prediction = resolvent(link, c, &b);
        self.duals[position] =
            target.iter().zip(prediction).map(|(target, share)| target - share).collect();
    }

    /// Visits `count` remembered samples in the order of the device.
    pub fn revisit(&mut self, count: usize) {
        for _ in 0..if self.samples.is_empty() { 0 } else { count } {
            self.visit(device_order(self.visits, self.samples.len() as u64) as usize);
            self.visits += 1;
        }
    }

    /// Drops the oldest sample and its share of the weights.
    pub fn forget_oldest(&mut self) {
        if !self.samples.is_empty() {
            self.samples.remove(0);
            self.duals.remove(0);
        }
    }

    /// The remembered samples, oldest first.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// W₀ + (1/Λ) Σᵢ αᵢ ηᵢᵀ.
    pub fn weights(&self) -> Vec<f64> {
        let mut weights = self.anchor.factory.clone();
        for (sample, dual) in self.samples.iter().zip(&self.duals) {
            for (row, feature) in weights.chunks_mut(self.anchor.outputs).zip(&sample.features) {
                for (weight, dual) in row.iter_mut().zip(dual) {
                    *weight += dual * feature / self.anchor.precision;
                }
            }
        }
        weights
    }

    /// The duality gap, a sum of Fenchel–Young gaps: Σ KL(pᵢ ‖ φ(W ηᵢ)) with pᵢ = yᵢ − αᵢ
    /// (Σ ½‖pᵢ − W ηᵢ‖² for the identity). The distance to the solution is at most √(gap/Λ).
    pub fn gap(&self) -> f64 {
        let weights = self.weights();
        let mut gap = 0.0;
        for (sample, dual) in self.samples.iter().zip(&self.duals) {
            let scores = scores(&weights, &sample.features, self.anchor.outputs);
            let predicted = predict(self.anchor.link, &scores);
            for ((target, dual), q) in sample.target.iter().zip(dual).zip(predicted) {
                let p = target - dual;
                gap += match self.anchor.link {
                    Link::Identity => (p - q) * (p - q) / 2.0,
                    Link::Sigmoid => divergence(p, q) + divergence(1.0 - p, 1.0 - q),
                    Link::Softmax => divergence(p, q),
                };
            }
        }
        gap
    }
}

/// The device's walk over `count` samples: in its pass `visit / count` it strides by the first
/// number that shares no factor with `count`, from the golden ratio's multiple upwards.
fn device_order(visit: u64, count: u64) -> u64 {
    let (pass, position) = (visit / count, visit % count);
    let golden = ((pass + 1) * 0x9e37_79b9) % (1 << 32);
    let shares_a_factor = |stride: u64| {
        (2..=count).any(|factor| stride.is_multiple_of(factor) && count.is_multiple_of(factor))
    };
    let first = (golden * count / (1 << 32)).max(1);
    let stride = (first..).find(|&stride| !shares_a_factor(stride)).unwrap_or(1);
    (position * stride + pass) % count
}

/// p ln(p/q) − p + q ≥ 0, as q·h(p/q − 1) with h(t) = (1+t) ln(1+t) − t; the plain form cancels.
fn divergence(p: f64, q: f64) -> f64 {
    let t = (p - q) / q;
    let h = if t.abs() < 1e-3 {
        t * t * (0.5 - t / 6.0 + t * t / 12.0)
    } else if t <= -1.0 {
        1.0
    } else {
        (1.0 + t) * t.ln_1p() - t
    };
    q * h
}

#[cfg(test)]
mod tests {
    use super::super::solution::{residual, solve};
    use super::*;
    use crate::random::Random;

    fn problem(link: Link, outputs: usize, seed: u64) -> (Anchor, Vec<Sample>) {
        let mut random = Random::new(seed, 0);
        let factory = (0..6 * outputs).map(|_| random.normal()).collect();
        let anchor = Anchor { link, factory, outputs, precision: 0.3 };
        let samples = (0..12)
            .map(|_| {
                let codes = [(); 5].map(|()| super::super::code(random.normal()));
                Sample::from_codes(&codes, random.below(outputs as u32) as u8, outputs)
            })
            .collect();
        (anchor, samples)
    }

    #[test]
    fn passes_converge_to_the_exact_solution_within_the_certified_distance() {
        for (link, outputs) in [(Link::Identity, 2), (Link::Sigmoid, 2), (Link::Softmax, 4)] {
            let (anchor, samples) = problem(link, outputs, 5);
            let exact = solve(&anchor, &samples, 1e-12);
            assert!(exact.residual <= 1e-12, "{link:?} {:e}", exact.residual);
            let mut learner = Learner::new(anchor.clone());
            samples.iter().for_each(|sample| learner.learn(sample.clone()));
            for pass in 0..400 {
                let weights = learner.weights();
                let distance = weights.iter().zip(&exact.weights).map(|(a, b)| (a - b).powi(2));
                let distance = distance.sum::<f64>().sqrt();
                let bound = (learner.gap() / anchor.precision).sqrt();
                assert!(distance <= bound + 1e-11, "{link:?} pass {pass}: {distance} > {bound}");
                (0..samples.len()).for_each(|position| learner.visit(position));
            }
            assert!(residual(&anchor, &samples, &learner.weights()) < 1e-9, "{link:?}");
        }
    }

    #[test]
    fn one_sample_is_solved_by_one_visit_and_stays() {
        let (anchor, samples) = problem(Link::Softmax, 3, 9);
        let mut learner = Learner::new(anchor.clone());
        learner.learn(samples[0].clone());
        assert!(residual(&anchor, &samples[..1], &learner.weights()) < 1e-12);
        let before = learner.weights();
        learner.visit(0);
        for (before, after) in before.iter().zip(learner.weights()) {
            assert!((before - after).abs() < 1e-12);
        }
    }

    #[test]
    fn ridge_regression_of_one_sample_has_a_closed_form() {
        // identity: W = W₀ + (y − W₀η) ηᵀ / (Λ + ‖η‖²)
        let (anchor, samples) = problem(Link::Identity, 2, 3);
        let Sample { features, target } = &samples[0];
        let mut learner = Learner::new(anchor.clone());
        learner.learn(samples[0].clone());
        let score = scores(&anchor.factory, features, 2);
        let square: f64 = features.iter().map(|feature| feature * feature).sum();
        for (index, weight) in learner.weights().iter().enumerate() {
            let (row, output) = (index / 2, index % 2);
            let step = (target[output] - score[output]) * features[row] / (0.3 + square);
            assert!((weight - anchor.factory[index] - step).abs() < 1e-12);
        }
    }

    #[test]
    fn what_was_forgotten_leaves_no_trace_after_consolidation() {
        let (anchor, samples) = problem(Link::Softmax, 4, 21);
        let mut learner = Learner::new(anchor.clone());
        samples.iter().for_each(|sample| learner.learn(sample.clone()));
        learner.forget_oldest();
        assert_eq!(learner.samples(), &samples[1..]);
        (0..400).for_each(|_| (0..11).for_each(|position| learner.visit(position)));
        let exact = solve(&anchor, &samples[1..], 1e-12);
        for (weight, exact) in learner.weights().iter().zip(&exact.weights) {
            assert!((weight - exact).abs() < 1e-8);
        }
    }
}
