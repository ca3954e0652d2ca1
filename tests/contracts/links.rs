//! What every link promises.

use fejer::{Link, Scalar};
use proptest::prelude::*;

use super::support::{self, Random, tolerance, twin, value};
use super::{dot, exact, minus};

fn random_scores<S: Scalar>(random: &mut Random, spread: f64) -> [S; 4] {
    core::array::from_fn(|_| S::from_f32((spread * random.normal()) as f32))
}

fn predicted<S: Scalar>(link: Link, scores: &[S]) -> Vec<f64> {
    let mut prediction = scores.to_vec();
    link.predict(&mut prediction);
    exact(&prediction)
}

pub fn links_equal_their_slow_twin<S: Scalar>() {
    let mut random = Random::new(17);
    for link in support::links() {
        for index in 0..300 {
            let scores = random_scores::<S>(&mut random, [0.1, 1.0, 3.0][index % 3]);
            let expected = twin::link(link, &exact(&scores));
            let apart = support::largest_difference(&predicted(link, &scores), &expected);
            assert!(apart <= tolerance::link::<S>(), "{link:?}: {apart:e} at {scores:?}");
        }
    }
}

pub fn links_are_monotone_with_their_moduli<S: Scalar>() {
    let mut random = Random::new(23);
    for link in support::links() {
        for index in 0..600 {
            let spread = [0.1, 1.0, 10.0][index % 3];
            let a = random_scores::<S>(&mut random, spread);
            let b = random_scores::<S>(&mut random, spread);
            let apart = minus(&exact(&a), &exact(&b));
            let change = minus(&predicted(link, &a), &predicted(link, &b));
            let product = dot(&change, &apart);
            let room = 2.0 * tolerance::link::<S>() * (1.0 + twin::norm(&apart));
            assert!(product >= -room, "{link:?} is not monotone: {product:e}");
            // Cocoercive with 1/L, which for a gradient is the same as L-Lipschitz.
            let lipschitz = value(link.lipschitz::<S>());
            let excess = dot(&change, &change) - lipschitz * product;
            assert!(excess <= 2.0 * room, "{link:?} exceeds its modulus: {excess:e}");
            let radius = exact(&a).iter().chain(&exact(&b)).fold(0.0_f64, |r, x| r.max(x.abs()));
            let strong = value(link.strong_monotonicity(S::from_f32(radius as f32)));
            let short = strong * dot(&apart, &apart) - product;
            let room = room + tolerance::link::<S>() * dot(&apart, &apart);
            assert!(short <= room, "{link:?} is less than {strong}-strongly monotone: {short:e}");
        }
    }
}

proptest! {
    #[test]
    fn the_fenchel_young_gap_is_zero_at_the_link_and_positive_elsewhere(seed: u64) {
        let mut random = Random::new(seed);
        let scores: [f64; 4] = core::array::from_fn(|_| 3.0 * random.normal());
        for link in support::links() {
            let mut p = scores;
            link.predict(&mut p);
            // Φ⁻¹ and ln(eᵖ − 1) cost digits where p is near the end of its range.
            prop_assert!(link.fenchel_young_gap(&scores, &p) < 1e-12, "{link:?}");
            // Scores above 0.1, where every link is strictly increasing.
            let above: [f64; 4] = core::array::from_fn(|k| scores[k].abs() + 0.1);
            let mut other: [f64; 4] = core::array::from_fn(|k| above[k] + 0.1 + random.uniform() * k as f64);
            let others = other;
            link.predict(&mut other);
            let gap = link.fenchel_young_gap(&above, &other);
            prop_assert!(gap > 0.0, "{link:?}");
            // Never below the Bregman distance Ψ(u) − Ψ(v) − ⟨φ(v), u − v⟩, which it equals or bounds.
            let exact = link.matching_loss(&above, &other) - link.matching_loss(&others, &other);
            prop_assert!(gap >= exact - 1e-6, "{link:?}: {gap} {exact}");
            prop_assert!(gap <= exact + 0.5 * (0..4).map(|k| (above[k] - others[k]).powi(2)).sum::<f64>() + 1e-6);
        }
    }

    /// T1 of the notes: φ(u) − y is the gradient of the matching loss.
    #[test]
    fn the_field_is_the_gradient_of_the_matching_loss(seed: u64) {
        let mut random = Random::new(seed);
        let scores: [f64; 4] = core::array::from_fn(|_| 2.0 * random.normal());
        let target: [f64; 4] = core::array::from_fn(|_| random.uniform());
        for link in support::links() {
            let mut prediction = scores;
            link.predict(&mut prediction);
            for k in 0..4 {
                let h = 1e-5;
                let (mut up, mut down) = (scores, scores);
                up[k] += h;
                down[k] -= h;
                let slope = (link.matching_loss(&up, &target) - link.matching_loss(&down, &target)) / (2.0 * h);
                prop_assert!((slope - (prediction[k] - target[k])).abs() < 1e-5, "{link:?} {slope}");
            }
        }
    }

    #[test]
    fn pulling_back_is_the_transposed_jacobian(seed: u64) {
        let mut random = Random::new(seed);
        let scores: [f64; 4] = core::array::from_fn(|_| 0.05 + 2.0 * random.normal());
        let signal: [f64; 4] = core::array::from_fn(|_| random.normal());
        for link in support::links() {
            let mut prediction = scores;
            link.predict(&mut prediction);
            let mut pulled = signal;
            link.pull_back(&scores, &prediction, &mut pulled);
            for k in 0..4 {
                let h = 1e-6;
                let (mut up, mut down) = (scores, scores);
                up[k] += h;
                down[k] -= h;
                link.predict(&mut up);
                link.predict(&mut down);
                let slope: f64 = (0..4).map(|j| signal[j] * (up[j] - down[j]) / (2.0 * h)).sum();
                prop_assert!((slope - pulled[k]).abs() < 1e-6 || scores[k].abs() < 2.0 * h, "{link:?}");
            }
        }
    }
}
