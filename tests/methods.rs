//! Links, operators and the plain steps.

mod support;

use fejer::fixed::types::I16F16;
use fejer::{Error, Extragradient, Free, Head, HeadOperator, L2Ball, Link, Method, Operator};
use fejer::{Outcome, ProjectedStep, Prox, Sample, Scalar, Stop, solve};
use proptest::prelude::*;
use support::{Random, largest_difference, random_features, random_head, tolerance, value};

const FEATURES: usize = 5;
const ROWS: usize = 6;
const OUTPUTS: usize = 3;

fn streaming_equals_batch<S: Scalar>(tolerance: f64) {
    for link in support::links() {
        for seed in 0..10 {
            let mut random = Random::new(seed);
            let head = random_head::<S, ROWS, OUTPUTS>(&mut random, link);
            let mut target = [S::ZERO; OUTPUTS];
            target[random.below(OUTPUTS)] = S::ONE;
            let samples =
                [Sample { features: random_features::<S, FEATURES>(&mut random), target }];
            let operator = HeadOperator { link, samples: &samples };
            let step = S::from_f32(0.05);
            let zeros = vec![S::ZERO; ROWS * OUTPUTS];

            let (mut streaming, mut batch) = (head, head);
            streaming.projected_step(&samples[0], step).expect("sound");
            ProjectedStep(zeros.clone()).advance(&operator, &Free, step, batch.point_mut());
            let apart = largest_difference(streaming.point(), batch.point());
            assert!(apart < tolerance, "projected {link:?}: {apart:e}");

            let (mut streaming, mut batch) = (head, head);
            streaming.extragradient_step(&samples[0], step).expect("sound");
            Extragradient::new(zeros).advance(&operator, &Free, step, batch.point_mut());
            let apart = largest_difference(streaming.point(), batch.point());
            assert!(apart < tolerance, "extragradient {link:?}: {apart:e}");
            assert!(largest_difference(streaming.point(), head.point()) > 1e-3, "it moved");
        }
    }
}

#[test]
fn a_streaming_step_is_the_batch_step_on_a_one_sample_operator() {
    streaming_equals_batch::<f64>(tolerance::F64_REORDERED);
    streaming_equals_batch::<f32>(tolerance::F32_REORDERED);
    streaming_equals_batch::<I16F16>(tolerance::Q16_REORDERED);
}

#[test]
fn a_streaming_step_refuses_what_is_not_sound() {
    let head = random_head::<f32, ROWS, OUTPUTS>(&mut Random::new(1), Link::Softmax);
    let good = Sample { features: [0.5; FEATURES], target: [1.0, 0.0, 0.0] };
    let mut nan = good;
    nan.features[2] = f32::NAN;
    let mut endless = good;
    endless.target[1] = f32::INFINITY;
    for (sample, step) in [(nan, 0.1), (endless, 0.1), (good, f32::NAN), (good, 1e30)] {
        let mut tried = head;
        assert_eq!(tried.projected_step(&sample, step), Err(Error::Unsound));
        assert_eq!(tried.extragradient_step(&sample, step), Err(Error::Unsound));
        assert_eq!(tried.hash(), head.hash());
    }
}

/// F(x, y) = (y, −x): monotone, not strongly. The plain step spirals out, extragradient in.
#[test]
fn extragradient_solves_the_rotation_that_the_projected_step_circles() {
    let rotation = |point: &[f64], out: &mut [f64]| {
        out[0] = point[1];
        out[1] = -point[0];
    };
    let ball = L2Ball { radius: 2.0 };
    let stop = Stop { iterations: 2_000, check_every: 1, residual: 1e-9 };
    let (mut point, mut scratch) = ([1.0, 0.5], [0.0; 2]);
    let mut method = Extragradient::new([0.0; 2]);
    let report = solve(&rotation, &ball, &mut method, 0.5, stop, &mut point, &mut scratch);
    assert_eq!(report.outcome, Outcome::Converged);
    let mut point = [1.0, 0.5];
    let report =
        solve(&rotation, &ball, &mut ProjectedStep([0.0; 2]), 0.5, stop, &mut point, &mut scratch);
    assert_eq!(report.outcome, Outcome::Exhausted);
    assert!((point[0].hypot(point[1]) - 2.0).abs() < 1e-9, "it ends on the boundary");
}

#[test]
fn a_step_too_long_is_reported_as_unsound() {
    let grow = |point: &[f32], out: &mut [f32]| out[0] = 10.0 * point[0];
    let stop = Stop { iterations: 1_000, check_every: 1, residual: 1e-6 };
    let (mut point, mut scratch) = ([1.0], [0.0]);
    let report =
        solve(&grow, &Free, &mut ProjectedStep([0.0]), 1.0, stop, &mut point, &mut scratch);
    assert_eq!(report.outcome, Outcome::Unsound);
}

proptest! {
    #[test]
    fn links_are_monotone_with_their_modulus(seed: u64, spread in 0.1..30.0_f64) {
        let mut random = Random::new(seed);
        let a: [f64; 4] = core::array::from_fn(|_| spread * random.normal());
        let b: [f64; 4] = core::array::from_fn(|k| a[k] + random.normal());
        for link in support::links() {
            let (mut p, mut q) = (a, b);
            link.predict(&mut p);
            link.predict(&mut q);
            let product: f64 = (0..4).map(|k| (p[k] - q[k]) * (a[k] - b[k])).sum();
            let change: f64 = (0..4).map(|k| (p[k] - q[k]).powi(2)).sum();
            prop_assert!(product >= -1e-12);
            // Cocoercive with 1/L, which for a gradient is the same as L-Lipschitz.
            prop_assert!(product * link.lipschitz::<f64>() >= change - 1e-12, "{link:?}");
        }
    }

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

    #[test]
    fn heads_monotone_field(seed: u64) {
        let mut random = Random::new(seed);
        let samples: Vec<Sample<f64, FEATURES, OUTPUTS>> = (0..7).map(|_| Sample {
            features: random_features(&mut random), target: random_features(&mut random),
        }).collect();
        for link in support::links() {
            let operator = HeadOperator { link, samples: &samples };
            let a = random_head::<f64, ROWS, OUTPUTS>(&mut random, link);
            let b = random_head::<f64, ROWS, OUTPUTS>(&mut random, link);
            let (mut fa, mut fb) = (vec![0.0; ROWS * OUTPUTS], vec![0.0; ROWS * OUTPUTS]);
            operator.eval(a.point(), &mut fa);
            operator.eval(b.point(), &mut fb);
            let product: f64 = (0..fa.len()).map(|k| (fa[k] - fb[k]) * (a.point()[k] - b.point()[k])).sum();
            prop_assert!(product >= -1e-12);
        }
    }

    #[test]
    fn the_ball_projects_onto_itself(seed: u64) {
        let mut random = Random::new(seed);
        let ball = L2Ball { radius: 1.5 };
        let mut x: [f64; 6] = random_features(&mut random);
        let before = x;
        ball.prox(1.0, &mut x);
        let length: f64 = x.iter().map(|x| x * x).sum::<f64>().sqrt();
        prop_assert!(length <= 1.5 + 1e-12);
        // Optimal: what was taken away points along x, and nothing was where there was room.
        let lost: f64 = before.iter().zip(&x).map(|(b, x)| (b - x).abs()).sum();
        prop_assert!(lost < 1e-12 || (length - 1.5).abs() < 1e-12);
    }
}

#[test]
fn q16_factory_heads_round_to_nearest() {
    let head = random_head::<f32, ROWS, OUTPUTS>(&mut Random::new(4), Link::Softmax);
    let fixed = Head::<I16F16, ROWS, OUTPUTS>::from_f32(&head);
    for (&q, &w) in fixed.point().iter().zip(head.point()) {
        assert!((value(q) - value(w)).abs() <= 0.5 / 65_536.0);
        assert_eq!(q, <I16F16 as Scalar>::from_f32(w));
    }
}
