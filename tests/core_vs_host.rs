//! Core against code that shares nothing with it: features and learning steps in naive f64.

mod support;

use fejer::features::{WINDOW, log_bands};
use fejer::fixed::types::I16F16;
use fejer::{Anchored, Class, Head, Link, Scalar};
use fejer_host::oracle::steps::Learner;
use fejer_host::oracle::{self, Anchor, Sample, solution};
use support::{Random, random_features, random_head, tolerance, value};

fn noise(random: &mut Random, scale: f64) -> [f32; WINDOW] {
    core::array::from_fn(|_| (scale * random.normal()) as f32)
}

#[test]
fn features_are_those_of_a_direct_transform_in_f64() {
    let mut random = Random::new(1);
    for scale in [1e-3, 0.1, 1.0, 100.0] {
        for offset in [0.0, 3.0] {
            let window = noise(&mut random, scale).map(|x| x + (offset * scale) as f32);
            let expected = oracle::features::log_bands(&window, 64);
            let found = log_bands::<64>(&mut window.clone()).expect("sound");
            for (band, (found, expected)) in found.iter().zip(&expected).enumerate() {
                let off = (f64::from(*found) - expected).abs();
                assert!(off < tolerance::FEATURE, "scale {scale}, band {band}: off by {off:e}");
            }
        }
    }
}

#[test]
fn a_tone_lands_in_its_band() {
    for bin in [1, 5, 40, 200, 500] {
        let mut window: [f32; WINDOW] = core::array::from_fn(|n| {
            (core::f64::consts::TAU * bin as f64 * n as f64 / WINDOW as f64).sin() as f32
        });
        let bands = log_bands::<64>(&mut window).expect("sound");
        let loudest = (0..64).max_by(|&a, &b| bands[a].total_cmp(&bands[b])).expect("bands");
        assert_eq!(loudest, bin / 8);
    }
}

#[test]
fn a_window_that_is_not_sound_has_no_features() {
    for bad in [f32::NAN, f32::INFINITY, 1e30] {
        let mut window = [0.5; WINDOW];
        window[600] = bad;
        assert_eq!(log_bands::<64>(&mut window), Err(fejer::Error::Unsound));
    }
    assert!(log_bands::<64>(&mut [0.0; WINDOW]).is_ok(), "silence is sound");
}

const FEATURES: usize = 8;
const ROWS: usize = 9;
const OUTPUTS: usize = 5;
const MEMORY: usize = 10;

/// Learns past a full memory, with revisits and passes, beside the oracle.
fn learns_as_the_oracle<S: Scalar<Float = f32>>(bound: f64) {
    for seed in 0..5 {
        let mut random = Random::new(seed);
        let factory: Head<S, ROWS, OUTPUTS> = random_head(&mut random, Link::Softmax);
        let mut learner =
            Anchored::<S, Class, ROWS, OUTPUTS, MEMORY>::new(&factory).expect("sound");
        let anchor = Anchor {
            link: oracle::Link::Softmax,
            factory: factory.point().iter().map(|&weight| value(weight)).collect(),
            outputs: OUTPUTS,
            precision: 0.3,
        };
        let mut oracle = Learner::new(anchor.clone());
        for label in 0..16 {
            let features = random_features::<S, FEATURES>(&mut random);
            let class = random.below(OUTPUTS) as u8;
            learner.learn(&features, Class(class)).expect("sound");
            learner.revisit(3);
            let codes = learner.samples().last().expect("just learnt").codes().to_vec();
            let expected: Vec<i8> = features.iter().map(|&x| oracle::code(value(x))).collect();
            assert_eq!(codes, expected);
            oracle.learn(Sample::from_codes(&codes, class, OUTPUTS));
            if oracle.samples().len() > MEMORY {
                oracle.forget_oldest();
            }
            oracle.revisit(3);
            if label % 5 == 4 {
                learner.consolidate_pass();
                oracle.revisit(oracle.samples().len());
            }
            let largest = oracle
                .weights()
                .iter()
                .zip(learner.head().point())
                .map(|(oracle, &weight)| (oracle - value(weight)).abs())
                .fold(0.0, f64::max);
            assert!(largest <= bound, "seed {seed}, label {label}: {largest:e}");
        }
        let exact = solution::solve(&anchor, oracle.samples(), 1e-12);
        let distance = exact
            .weights
            .iter()
            .zip(learner.head().point())
            .map(|(exact, &weight)| (exact - value(weight)).powi(2))
            .sum::<f64>()
            .sqrt();
        let certified = f64::from(learner.certificate().distance);
        assert!(distance <= certified && distance > 0.0, "{distance:e} {certified:e}");
    }
}

#[test]
fn every_learning_step_is_the_oracles_in_f32() {
    learns_as_the_oracle::<f32>(tolerance::F32_ORACLE);
}

#[test]
fn every_learning_step_is_the_oracles_in_q16() {
    learns_as_the_oracle::<I16F16>(tolerance::Q16_ORACLE);
}
