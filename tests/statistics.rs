//! The statistical bars of svi.md §4 that concern the core: B1, B2, B4.

mod support;

use fejer::{Free, HeadOperator, L2Ball, Link, Method, Operator};
use fejer::{ProjectedStep, Sample, StepSize};
use support::numpy::RandomState;
use support::{Random, assert_close, distance, dot, figure, norm, random_features, tolerance};

fn on_sphere<const DIMENSION: usize>(random: &mut Random, radius: f64) -> [f64; DIMENSION] {
    let point: [f64; DIMENSION] = core::array::from_fn(|_| random.normal());
    let length = norm(&point);
    point.map(|value| value * radius / length)
}

fn chance(link: Link, score: f64) -> f64 {
    let mut prediction = [score];
    link.predict(&mut prediction);
    prediction[0]
}

const CHECKS: [u32; 4] = [100, 1_000, 5_000, 20_000];

/// B1: E‖Θ_T − Θ*‖² of the projected step with γ_t = 1/(κ(t+1)), one fresh sample a step, x uniform
/// on the sphere of radius √5 in R⁵, ‖Θ*‖ = 2, in the ball of radius 3.
fn decay(link: Link, modulus: f64) -> [f64; 4] {
    const DIMENSION: usize = 5;
    const REPETITIONS: u64 = 200;
    let ball = L2Ball { radius: 3.0 };
    let steps = StepSize::InverseTime { modulus };
    let mut errors = [0.0; 4];
    for repetition in 0..REPETITIONS {
        let mut random = Random::new(repetition);
        let truth = on_sphere::<DIMENSION>(&mut random, 2.0);
        let mut point = [0.0; DIMENSION];
        let mut method = ProjectedStep([0.0; DIMENSION]);
        for made in 0..CHECKS[3] {
            let x = on_sphere::<DIMENSION>(&mut random, 5f64.sqrt());
            let label = if random.uniform() < chance(link, dot(&x, &truth)) { 1.0 } else { 0.0 };
            let field = |point: &[f64], out: &mut [f64]| {
                let violation = chance(link, dot(&x, point)) - label;
                out.iter_mut().zip(&x).for_each(|(out, x)| *out = violation * x);
            };
            method.advance(&field, &ball, steps.at(made), &mut point);
            if let Some(check) = CHECKS.iter().position(|&check| check == made + 1) {
                errors[check] += distance(&point, &truth).powi(2) / REPETITIONS as f64;
            }
        }
    }
    errors
}

fn check_decay(link: Link, modulus: f64, expected: [f64; 4]) -> [f64; 4] {
    let errors = decay(link, modulus);
    let off = errors.iter().zip(expected).map(|(error, expected)| (error / expected - 1.0).abs());
    let off = off.fold(0.0, f64::max);
    let line = format!("B1, {link:?}: squared errors {expected:?}");
    let bound = "within 20 %, below 4M²/(κ²(T+1))";
    // M² = 5: |φ − y| ≤ 1 and ‖x‖² = 5.
    let bounds = CHECKS.map(|steps| 4.0 * 5.0 / (modulus * modulus * f64::from(steps + 1)));
    let below = errors.iter().zip(bounds).all(|(&error, bound)| error <= bound);
    figure(line, bound, format!("{errors:.4?}"), below && off <= tolerance::MEAN_OF_200);
    assert!(below, "{link:?}: {errors:?} > {bounds:?}");
    for (error, expected) in errors.into_iter().zip(expected) {
        assert_close(error / expected, 1.0, tolerance::MEAN_OF_200, "squared error");
    }
    errors
}

/// The exponent of T between two of the checks.
fn slope(errors: &[f64; 4], from: usize, to: usize) -> f64 {
    (errors[to] / errors[from]).ln() / f64::from(CHECKS[to] / CHECKS[from]).ln()
}

fn is_one_over_steps(slope: f64) -> bool {
    (-1.15..=-0.85).contains(&slope)
}

#[test]
fn the_error_of_a_logistic_model_falls_as_one_over_the_number_of_steps() {
    let errors = check_decay(Link::Sigmoid, 0.0291, [1.290, 0.110, 0.0209, 0.00448]);
    let slope = slope(&errors, 1, 3);
    let line = "B1, Sigmoid: slope from 1000 to 20000 steps";
    figure(line, "in [−1.15, −.85]", format!("{slope:.3}"), is_one_over_steps(slope));
    assert!(is_one_over_steps(slope), "{slope}");
}

/// Below its bound and as in the notes; by their own figures it still falls as T^−1.16 between 1000
/// and 20000 steps, outside of the bar they set, and comes to 1/T only from 5000 on.
#[test]
fn the_error_of_a_probit_model_falls_as_one_over_the_number_of_steps_in_the_end() {
    let printed = [2.62, 0.216, 0.0296, 0.0066];
    let errors = check_decay(Link::Probit, 0.0116, printed);
    let late = slope(&errors, 2, 3);
    let found = format!(
        "{late:.3}; from 1000 {:.3}, outside of the bar as in the notes' own figures ({:.3})",
        slope(&errors, 1, 3),
        slope(&printed, 1, 3),
    );
    let line = "B1, Probit: slope from 5000 to 20000 steps";
    figure(line, "in [−1.15, −.85]", found, is_one_over_steps(late));
    assert!(is_one_over_steps(late), "{late}");
}

type Batch<const FEATURES: usize> = [Sample<f64, FEATURES, 1>];

/// The gradient of the mean squared error, where the monotone field has no Φ': 2(Φ − y)Φ'·(x, 1).
struct SquaredError<'a, const FEATURES: usize>(&'a Batch<FEATURES>);

impl<const FEATURES: usize> Operator<f64> for SquaredError<'_, FEATURES> {
    fn eval(&self, point: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for sample in self.0 {
            let score = [dot(&point[..FEATURES], &sample.features) + point[FEATURES]];
            let mut prediction = score;
            Link::Probit.predict(&mut prediction);
            let mut signal = [2.0 * (prediction[0] - sample.target[0]) / self.0.len() as f64];
            Link::Probit.pull_back(&score, &prediction, &mut signal);
            for (out, feature) in out.iter_mut().zip(sample.features.iter().chain(&[1.0])) {
                *out += signal[0] * feature;
            }
        }
    }
}

/// B2, svi.md §2.2: relative error of (β, b) after 200 epochs of steps with momentum .9 on a probit
/// model, 2000 samples, batches of 200; (squared error, monotone field). The truth is numpy's, from
/// seed 1; the samples are ours.
fn probit<const FEATURES: usize>(seed: u64) -> [f64; 2] {
    const BATCH: usize = 200;
    let mut numpy = RandomState::new(1);
    let mut truth: Vec<f64> = (0..FEATURES).map(|_| numpy.normal() - 0.05).collect();
    truth.push(numpy.normal() - 0.1);
    let mut random = Random::new(seed);
    let mut samples: Vec<Sample<f64, FEATURES, 1>> = (0..2_000)
        .map(|_| {
            let features: [f64; FEATURES] = core::array::from_fn(|_| random.normal() + 0.05);
            let score = dot(&features, &truth[..FEATURES]) + truth[FEATURES];
            let label = random.uniform() < chance(Link::Probit, score);
            Sample { features, target: [f64::from(u8::from(label))] }
        })
        .collect();
    let reach = 1.0 / (FEATURES as f64).sqrt();
    let start: Vec<f64> = truth.iter().map(|_| reach * (2.0 * random.uniform() - 1.0)).collect();
    let mut points = [start.clone(), start];
    let mut speeds = [vec![0.0; FEATURES + 1], vec![0.0; FEATURES + 1]];
    let mut field = vec![0.0; FEATURES + 1];
    for _ in 0..200 {
        for last in (1..samples.len()).rev() {
            samples.swap(last, random.below(last + 1));
        }
        for batch in samples.chunks(BATCH) {
            let monotone = HeadOperator { link: Link::Probit, samples: batch };
            let operators: [&dyn Operator<f64>; 2] = [&SquaredError(batch), &monotone];
            for ((point, speed), operator) in points.iter_mut().zip(&mut speeds).zip(operators) {
                operator.eval(point, &mut field);
                for ((x, v), g) in point.iter_mut().zip(speed).zip(&field) {
                    *v = 0.9 * *v + g;
                    *x -= 0.005 * *v;
                }
            }
        }
    }
    points.map(|point| distance(&point, &truth) / norm(&truth))
}

fn check_probit<const FEATURES: usize>(expected: [f64; 2]) {
    const SEEDS: u64 = 3;
    let mut mean = [0.0; 2];
    for seed in 0..SEEDS {
        let errors = probit::<FEATURES>(seed);
        (0..2).for_each(|k| mean[k] += errors[k] / SEEDS as f64);
    }
    let close = support::largest_difference(&mean, &expected) <= 0.01;
    let line = format!("B2, {FEATURES} probit parameters: relative errors");
    figure(line, format!("{expected:?} ± .01"), format!("{mean:.4?}"), close);
    for (mean, expected) in mean.into_iter().zip(expected) {
        assert_close(mean, expected, 0.01, &format!("{FEATURES} features"));
    }
}

#[test]
fn probit_parameters_come_back_as_far_as_the_notes_say() {
    check_probit::<50>([0.5956, 0.4844]);
    check_probit::<100>([0.6822, 0.5930]);
}

#[test]
fn two_hundred_probit_parameters_come_back_as_far_as_the_notes_say() {
    check_probit::<200>([0.7794, 0.7171]);
}

/// svi.md T6: W1, b1, W2, b2 are 1 + numpy's standard normals of seed 2, in this order.
#[test]
fn the_generator_is_numpys() {
    let mut random = RandomState::new(2);
    let printed = "0.5832 0.9437 −1.1362 2.6403 −0.7934 0.1583 1.5029 −0.2453 −0.0580";
    for expected in [0.5832, 0.9437, -1.1362, 2.6403, -0.7934, 0.1583, 1.5029, -0.2453, -0.0580] {
        assert_close(random.normal() + 1.0, expected, tolerance::FOUR_DECIMALS, "1 + normal");
    }
    figure("T6: weights of numpy's seed 2", printed, "all nine", true);
}

/// B4: from the wrong side, where Φ is flat, the squared error has no gradient to speak of and the
/// monotone field does. d = 10, ‖Θ*‖ = 1.5, fresh batches of 64, γ = .2.
#[test]
fn the_monotone_field_leaves_saturation_that_holds_the_squared_error() {
    const DIMENSION: usize = 10;
    const REPETITIONS: u64 = 10;
    for start in [8.0, 4.0] {
        let mut errors = [[0.0; 3]; 2];
        for repetition in 0..REPETITIONS {
            let mut random = Random::new(repetition);
            let truth = on_sphere::<DIMENSION>(&mut random, 1.5);
            let mut points = [truth.map(|value| -value * start / 1.5); 2];
            let mut method = ProjectedStep([0.0; DIMENSION]);
            for made in 1..=4_000 {
                let batch: [([f64; DIMENSION], f64); 64] = core::array::from_fn(|_| {
                    let x: [f64; DIMENSION] = random_features(&mut random);
                    let label = random.uniform() < chance(Link::Probit, dot(&x, &truth));
                    (x, f64::from(u8::from(label)))
                });
                for (through_link, point) in [true, false].into_iter().zip(&mut points) {
                    let field = |point: &[f64], out: &mut [f64]| {
                        out.fill(0.0);
                        for (x, label) in &batch {
                            let score = [dot(x, point)];
                            let prediction = score.map(|score| chance(Link::Probit, score));
                            let mut signal = [prediction[0] - label];
                            if through_link {
                                signal[0] *= 2.0;
                                Link::Probit.pull_back(&score, &prediction, &mut signal);
                            }
                            for (out, x) in out.iter_mut().zip(x) {
                                *out += signal[0] * x / batch.len() as f64;
                            }
                        }
                    };
                    method.advance(&field, &Free, 0.2, point);
                }
                if let Some(check) = [200, 1_000, 4_000].iter().position(|&check| check == made) {
                    for (errors, point) in errors.iter_mut().zip(&points) {
                        errors[check] += distance(point, &truth) / 1.5 / REPETITIONS as f64;
                    }
                }
            }
        }
        let [squared, monotone] = errors;
        let line = format!("B4, saturation from −{start}: monotone field, squared error");
        let found = format!("{:.3}, {:.3}", monotone[0], squared[0]);
        let bar = monotone[0] < 0.1 && squared[0] > 2.0;
        figure(line, "< .1 by step 200, > 2", found, bar);
        assert!(monotone[0] < 0.1, "{monotone:?}");
        assert!(squared[0] > 2.0, "{squared:?}");
    }
}
