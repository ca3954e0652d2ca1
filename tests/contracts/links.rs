//! What every link promises.

use fejer::{Link, Scalar};
use proptest::prelude::*;

use super::support::links::LINKS;
use super::support::{self, Random, dot, norm, tolerance, value};
use super::{exact, minus};

for_every_scalar!(links_equal_their_slow_twin, links_are_monotone_with_their_moduli);

fn random_scores<S: Scalar>(random: &mut Random, spread: f64) -> [S; 4] {
    core::array::from_fn(|_| S::from_f32((spread * random.normal()) as f32))
}

fn predicted<S: Scalar>(link: Link, scores: &[S]) -> Vec<f64> {
    let mut prediction = scores.to_vec();
    link.predict(&mut prediction);
    exact(&prediction)
}

fn links_equal_their_slow_twin<S: Scalar>() {
    let mut random = Random::new(17);
    for (link, twin) in LINKS {
        for index in 0..300 {
            let scores = random_scores::<S>(&mut random, [0.1, 1.0, 3.0][index % 3]);
            let expected = twin(&exact(&scores));
            let apart = support::largest_difference(&predicted(link, &scores), &expected);
            assert!(apart <= tolerance::link::<S>(), "{link:?}: {apart:e} at {scores:?}");
        }
    }
}

fn links_are_monotone_with_their_moduli<S: Scalar>() {
    let mut random = Random::new(23);
    for link in support::links() {
        for index in 0..600 {
            let spread = [0.1, 1.0, 10.0][index % 3];
            let a = random_scores::<S>(&mut random, spread);
            let b = random_scores::<S>(&mut random, spread);
            let apart = minus(&exact(&a), &exact(&b));
            let change = minus(&predicted(link, &a), &predicted(link, &b));
            let product = dot(&change, &apart);
            let room = 2.0 * tolerance::link::<S>() * (1.0 + norm(&apart));
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
