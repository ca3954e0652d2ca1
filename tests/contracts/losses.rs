//! What the matching loss and the Fenchel–Young gap of every link promise.

use proptest::prelude::*;

use super::support::{self, Random};

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
}
