//! y ~ Bernoulli(Φ(xβ + b)) with the truth of arXiv 2202.08876: β ~ N(−.05, 1)^p and b ~ N(−.1, 1) by
//! NumPy's legacy generator, seed 1, from a committed file; x ~ N(.05, 1)^p; each example has a seed
//! of its own (svi.md §2.2).

use fejer::Link;

use super::super::Examples;
use crate::matrix::Matrix;
use crate::random::numpy::RandomState;

/// Standard normals; `golden.py` beside it makes it.
const NORMALS: &str = include_str!("probit.csv");
/// Features there are numbers for.
pub const MOST_FEATURES: usize = 200;

/// β, then b.
///
/// # Panics
/// Beyond [`MOST_FEATURES`].
pub fn truth(features: usize) -> Vec<f64> {
    assert!(features <= MOST_FEATURES, "{features} features");
    let normals = NORMALS.lines().skip(1).map(|line| line.parse().expect("a committed number"));
    let mut truth: Vec<f64> = normals.take(features + 1).collect();
    truth.iter_mut().take(features).for_each(|weight| *weight -= 0.05);
    truth[features] -= 0.1;
    truth
}

/// So many examples for this truth, those of `seed`, `seed` + 1, …
pub fn examples(truth: &[f64], count: usize, seed: u32) -> Examples<f32> {
    let features = truth.len() - 1;
    let mut inputs = Vec::with_capacity(count * features);
    let mut targets = Vec::with_capacity(count);
    for example in 0..count as u32 {
        let mut random = RandomState::new(seed.wrapping_add(example));
        let input: Vec<f64> = (0..features).map(|_| 0.05 + random.normal()).collect();
        let score: f64 = input.iter().zip(truth).map(|(x, weight)| x * weight).sum();
        let mut probability = [score + truth[features]];
        Link::Probit.predict(&mut probability);
        targets.push(f32::from(random.is_one(probability[0])));
        inputs.extend(input.iter().map(|&x| x as f32));
    }
    Examples::new(count, Matrix::new(count, features, inputs), Matrix::new(count, 1, targets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_numbers_are_those_our_generator_draws() {
        let mut random = RandomState::new(1);
        for (index, weight) in truth(200).into_iter().enumerate() {
            let mean = if index == 200 { -0.1 } else { -0.05 };
            assert!((weight - (mean + random.normal())).abs() < 1e-15, "number {index}");
        }
    }
}
