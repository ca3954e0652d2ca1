//! Operators and the plain steps.

mod support;

use fejer::fixed::types::I16F16;
use fejer::{Error, Extragradient, Free, Head, HeadOperator, L2Ball, Link, Method, Operator};
use fejer::{Outcome, ProjectedStep, Sample, Scalar, StepSize, Stop, solve};
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
    let step = StepSize::Constant(0.5);
    let report = solve(&rotation, &ball, &mut method, step, stop, &mut point, &mut scratch);
    assert_eq!(report.outcome, Outcome::Converged);
    let mut point = [1.0, 0.5];
    let mut method = ProjectedStep([0.0; 2]);
    let report = solve(&rotation, &ball, &mut method, step, stop, &mut point, &mut scratch);
    assert_eq!(report.outcome, Outcome::Exhausted);
    assert!((point[0].hypot(point[1]) - 2.0).abs() < 1e-9, "it ends on the boundary");
}

#[test]
fn a_step_too_long_is_reported_as_diverged_and_beyond_all_numbers_as_unsound() {
    fn outcome<S: Scalar>(check_every: u32) -> Outcome {
        let grow = |point: &[S], out: &mut [S]| out[0] = S::from_scaled(10, 0) * point[0];
        let residual = S::from_scaled(1, 14);
        let stop = Stop { iterations: 1_000, check_every, residual };
        let (mut point, mut scratch) = ([S::from_scaled(1, 6)], [S::ZERO]);
        let (step, mut method) = (StepSize::Constant(S::ONE), ProjectedStep([S::ZERO]));
        solve(&grow, &Free, &mut method, step, stop, &mut point, &mut scratch).outcome
    }
    assert_eq!(outcome::<f32>(1), Outcome::Diverged);
    assert_eq!(outcome::<f64>(1), Outcome::Diverged);
    assert_eq!(outcome::<I16F16>(1), Outcome::Diverged);
    assert_eq!(outcome::<f32>(1_000), Outcome::Unsound);
    assert_eq!(outcome::<f64>(1_000), Outcome::Unsound);
}

proptest! {
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
