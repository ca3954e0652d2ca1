//! Scaled AdamW.

use fejer::fixed::types::{I8F24, I16F16};
use fejer::low_rank::{Factors, LowRankHead, Moments, Order, ScaledAdamW};
use fejer::{Error, Link, Sample, Scalar};

use super::fixture::{FIELD, LEFT, RIGHT};
use super::head::{FEATURES, OUTPUTS, RANK, ROWS, samples};
use super::matrix::*;
use super::support::{Random, figure, largest_difference, random_head, tolerance};

const RULE: ScaledAdamW<f64> = ScaledAdamW {
    step: 8e-4,
    damping: 1e-6,
    kept: [0.7, 0.8],
    epsilon: 1e-6,
    decay: 0.01,
    order: Order::Sequential,
};

#[test]
fn the_first_step_makes_the_published_numbers() {
    let mut factors = Factors { left: LEFT, right: RIGHT };
    let mut moments = Moments::zeros();
    factors
        .scaled_adamw_step(&RULE, &mut moments, |at, out| {
            out.left = times(&FIELD, &transposed(&at.right));
            out.right = times(&transposed(&at.left), &FIELD);
        })
        .expect("sound");
    let right = [
        [0.999_192_01, 0.000_799_99, 2.000_783_99, -1.000_791_99],
        [0.000_799_99, 0.999_192_01, 1.000_791_97, 0.999_192_01],
    ];
    let left = [
        [1.000_791_99, 1.999_184_01],
        [-0.000_799_99, 0.999_192_01],
        [0.999_192_02, -0.999_192_04],
    ];
    let off = apart(&factors.right, &right).max(apart(&factors.left, &left));
    let pass = off < tolerance::EIGHT_DIGITS;
    figure("LoRA: scaled AdamW step of the fixture", "8 digits", format!("{off:.1e}"), pass);
    assert!(pass, "{factors:?}");
}

/// AdamW (Loshchilov & Hutter 2019) on plain numbers, from the definition; the moments of step t as
/// sums over all fields so far.
fn naive(values: &mut [f64], fields: &[Vec<f64>], rule: &ScaledAdamW<f64>) {
    let [first, second] = rule.kept;
    let made = fields.len() as i32;
    for (index, value) in values.iter_mut().enumerate() {
        let weighted = |kept: f64, power: i32| {
            let terms = (1..=made).zip(fields);
            let sum = terms.map(|(t, g)| kept.powi(made - t) * g[index].powi(power)).sum::<f64>();
            (1.0 - kept) * sum / (1.0 - kept.powi(made))
        };
        // ε is not scaled by the correction of v, as in the published code.
        let epsilon = rule.epsilon / (1.0 - second.powi(made)).sqrt();
        let moved =
            *value - rule.step * weighted(first, 1) / (weighted(second, 2).sqrt() + epsilon);
        *value = moved * (1.0 - rule.step * rule.decay);
    }
}

/// δ → ∞: the preconditioner is I/δ, and Adam does not see a common factor once ε is as small.
#[test]
fn under_heavy_damping_it_is_plain_adamw() {
    let rule = ScaledAdamW { damping: 1e12, epsilon: 1e-18, step: 0.05, ..RULE };
    let plain = ScaledAdamW { epsilon: 1e-6, ..rule };
    let mut factors = Factors { left: LEFT, right: RIGHT };
    let mut moments = Moments::zeros();
    let (mut left, mut right) = (LEFT, RIGHT);
    let (mut lefts, mut rights) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        factors
            .scaled_adamw_step(&rule, &mut moments, |at, out| {
                let error = combined(&times(&at.left, &at.right), -1.0, &FIELD);
                out.left = times(&error, &transposed(&at.right));
                out.right = times(&transposed(&at.left), &error);
            })
            .expect("sound");
        let error = combined(&times(&left, &right), -1.0, &FIELD);
        rights.push(times(&transposed(&left), &error).as_flattened().to_vec());
        naive(right.as_flattened_mut(), &rights, &plain);
        let error = combined(&times(&left, &right), -1.0, &FIELD);
        lefts.push(times(&error, &transposed(&right)).as_flattened().to_vec());
        naive(left.as_flattened_mut(), &lefts, &plain);
        assert!(apart(&factors.right, &right) < tolerance::HEAVY_DAMPING);
        assert!(apart(&factors.left, &left) < tolerance::HEAVY_DAMPING);
    }
}

/// At B = 0 the field of A is nothing, so only decay moves A.
#[test]
fn at_the_start_decay_alone_moves_the_right_factor() {
    let mut factors = Factors { left: [[0.0; 2]; 3], right: RIGHT };
    factors
        .scaled_adamw_step(&RULE, &mut Moments::zeros(), |at, out| {
            out.left = times(&FIELD, &transposed(&at.right));
            out.right = times(&transposed(&at.left), &FIELD);
        })
        .expect("sound");
    let decayed = RIGHT.map(|row| row.map(|a| a - RULE.step * RULE.decay * a));
    assert!(apart(&factors.right, &decayed) < tolerance::F64_REORDERED);
    assert!(factors.left.as_flattened().iter().all(|b| b.abs() > 0.0));
}

fn fine_tuned<S: Scalar>(order: Order) -> Vec<S> {
    let mut random = Random::new(3);
    let factory = random_head::<S, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let right = core::array::from_fn(|_| {
        core::array::from_fn(|_| S::from_f32(0.5 * random.normal() as f32))
    });
    let mut head = LowRankHead::<S, ROWS, OUTPUTS, RANK>::new(&factory, right);
    let batch = samples::<S>(&mut random, 12);
    let float = |x: f32| S::Float::from_f32(x);
    let rule = ScaledAdamW {
        step: float(0.02),
        damping: float(0.01),
        kept: [0.9, 0.99].map(float),
        epsilon: float(1e-3),
        decay: float(0.01),
        order,
    };
    let mut moments = Moments::zeros();
    let loss = |head: &LowRankHead<'_, S, ROWS, OUTPUTS, RANK>| {
        let each = batch.iter().map(|sample| {
            Link::Softmax.matching_loss(&head.scores(&sample.features), &sample.target).to_f32()
        });
        each.sum::<f32>()
    };
    let before = loss(&head);
    for _ in 0..30 {
        head.fine_tune_adamw(&batch, &rule, &mut moments).expect("sound");
    }
    assert!(loss(&head) < 0.9 * before, "{before} → {}", loss(&head));
    head.merged().point().to_vec()
}

#[test]
fn every_number_type_learns_to_the_same_weights() {
    for order in [Order::Simultaneous, Order::Sequential] {
        let exact = fine_tuned::<f64>(order);
        assert!(largest_difference(&fine_tuned::<f32>(order), &exact) < tolerance::ADAMW);
        assert!(largest_difference(&fine_tuned::<I8F24>(order), &exact) < tolerance::ADAMW);
        assert!(largest_difference(&fine_tuned::<I16F16>(order), &exact) < tolerance::ADAMW_Q16);
    }
}

#[test]
fn what_is_not_sound_is_refused_and_changes_nothing() {
    let factory = random_head::<f32, ROWS, OUTPUTS>(&mut Random::new(1), Link::Softmax);
    let mut head = LowRankHead::<f32, ROWS, OUTPUTS, RANK>::new(&factory, [[0.5, -0.5, 0.1]; RANK]);
    let rule = ScaledAdamW {
        step: 0.01,
        damping: 0.01,
        kept: [0.9, 0.99],
        epsilon: 1e-6,
        decay: 0.0,
        order: Order::Sequential,
    };
    let mut moments = Moments::zeros();
    let good = Sample { features: [0.5; FEATURES], target: [1.0, 0.0, 0.0] };
    head.fine_tune_adamw(&[good], &rule, &mut moments).expect("sound");
    let (factors, kept) = (*head.factors(), moments);
    let bad = Sample { features: [f32::NAN; FEATURES], ..good };
    let far = ScaledAdamW { step: f32::INFINITY, ..rule };
    assert_eq!(head.fine_tune_adamw(&[good, bad], &rule, &mut moments), Err(Error::Unsound));
    assert_eq!(head.fine_tune_adamw(&[good], &far, &mut moments), Err(Error::Unsound));
    assert_eq!(head.fine_tune_adamw::<FEATURES>(&[], &far, &mut moments), Ok(()));
    assert_eq!((*head.factors(), moments), (factors, kept));
}
