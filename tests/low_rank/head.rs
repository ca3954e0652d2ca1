//! Fine-tuning a head.

use fejer::fixed::types::{I8F24, I16F16};
use fejer::low_rank::{Factors, LowRankHead, Order, ScaledStep};
use fejer::{Error, Link, Sample, Scalar};

use super::rule;
use super::support::{
    Random, assert_close, largest_difference, random_features, random_head, tolerance,
};

pub const FEATURES: usize = 5;
pub const ROWS: usize = 6;
pub const OUTPUTS: usize = 3;
pub const RANK: usize = 2;

pub fn samples<S: Scalar>(random: &mut Random, count: usize) -> Vec<Sample<S, FEATURES, OUTPUTS>> {
    (0..count)
        .map(|_| {
            let mut target = [S::ZERO; OUTPUTS];
            target[random.below(OUTPUTS)] = S::ONE;
            Sample { features: random_features(random), target }
        })
        .collect()
}

/// What reaches the factors is the gradient of the mean matching loss: a head with damping so large
/// that the preconditioner is I/δ moves along it.
#[test]
fn the_field_of_the_factors_is_the_gradient_of_the_matching_loss() {
    const DAMPING: f64 = 1e12;
    let mut random = Random::new(8);
    for link in super::support::links() {
        let factory = random_head::<f64, ROWS, OUTPUTS>(&mut random, link);
        let batch = samples::<f64>(&mut random, 4);
        let factors = Factors {
            left: core::array::from_fn(|_| core::array::from_fn(|_| random.normal())),
            right: core::array::from_fn(|_| core::array::from_fn(|_| random.normal())),
        };
        let loss = |factors: &Factors<f64, ROWS, OUTPUTS, RANK>| {
            let head = LowRankHead::with_factors(&factory, *factors);
            let losses =
                batch.iter().map(|s| link.matching_loss(&head.scores(&s.features), &s.target));
            losses.sum::<f64>() / batch.len() as f64
        };
        let mut head = LowRankHead::with_factors(&factory, factors);
        head.fine_tune(&batch, &rule(DAMPING, DAMPING, Order::Simultaneous)).expect("sound");
        let h = 1e-5;
        for (row, rank) in [(0, 0), (3, 1), (ROWS - 1, 0)] {
            let slope = |sign: f64| {
                let mut moved = factors;
                moved.left[row][rank] += sign * h;
                loss(&moved)
            };
            let expected = (slope(1.0) - slope(-1.0)) / (2.0 * h);
            let found = factors.left[row][rank] - head.factors().left[row][rank];
            assert_close(found, expected, tolerance::DIFFERENCE_QUOTIENT, "left");
        }
        for (rank, output) in [(0, 0), (1, 2)] {
            let slope = |sign: f64| {
                let mut moved = factors;
                moved.right[rank][output] += sign * h;
                loss(&moved)
            };
            let expected = (slope(1.0) - slope(-1.0)) / (2.0 * h);
            let found = factors.right[rank][output] - head.factors().right[rank][output];
            assert_close(found, expected, tolerance::DIFFERENCE_QUOTIENT, "right");
        }
    }
}

/// Twenty steps in a number type end near those in f64.
fn follows_f64<S: Scalar>(within: f64) {
    for order in [Order::Simultaneous, Order::Sequential] {
        let learnt = |random: &mut Random| fine_tuned::<S>(random, order);
        let found = learnt(&mut Random::new(4));
        let exact = fine_tuned::<f64>(&mut Random::new(4), order);
        let apart = largest_difference(&found, &exact);
        assert!(apart < within, "{order:?}: {apart:e}");
    }
}

fn fine_tuned<S: Scalar>(random: &mut Random, order: Order) -> Vec<S> {
    let n = S::from_f32;
    let factory = random_head::<S, ROWS, OUTPUTS>(random, Link::Softmax);
    let batch = samples::<S>(random, 6);
    let right = core::array::from_fn(|_| core::array::from_fn(|_| n(0.5 * random.normal() as f32)));
    let mut head = LowRankHead::<S, ROWS, OUTPUTS, RANK>::new(&factory, right);
    let rule = ScaledStep { step: n(0.25), damping: n(0.125), order };
    assert_eq!(head.merged().point(), factory.point(), "it starts at the factory head");
    for _ in 0..20 {
        head.fine_tune(&batch, &rule).expect("sound");
        // The streaming step is the batch step of a slice of one.
        head.fine_tune(&batch[..1], &rule).expect("sound");
    }
    let merged = head.merged();
    let scores =
        |s: &Sample<S, FEATURES, OUTPUTS>| (head.scores(&s.features), merged.scores(&s.features));
    for sample in &batch {
        let (ours, theirs) = scores(sample);
        assert!(largest_difference(&ours, &theirs) < tolerance::Q16_REORDERED);
    }
    merged.point().to_vec()
}

#[test]
fn every_number_type_fine_tunes_to_the_same_weights() {
    follows_f64::<f64>(tolerance::F64_REORDERED);
    follows_f64::<f32>(tolerance::F32_ORACLE);
    follows_f64::<I16F16>(tolerance::Q16_ORACLE);
    follows_f64::<I8F24>(tolerance::F32_ORACLE);
}

#[test]
fn fine_tuning_refuses_what_is_not_sound() {
    let mut random = Random::new(9);
    let factory = random_head::<f32, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let mut head = LowRankHead::<f32, ROWS, OUTPUTS, RANK>::new(&factory, [[0.5, -0.5, 0.1]; RANK]);
    let rule = ScaledStep { step: 0.1_f32, damping: 0.1, order: Order::Sequential };
    let good = samples::<f32>(&mut random, 2);
    head.fine_tune(&good, &rule).expect("sound");
    let before = *head.factors();
    let mut bad = good.clone();
    bad[1].features[2] = f32::NAN;
    assert_eq!(head.fine_tune(&bad, &rule), Err(Error::Unsound));
    let endless = ScaledStep { step: f32::INFINITY, ..rule };
    assert_eq!(head.fine_tune(&good, &endless), Err(Error::Unsound));
    head.fine_tune::<FEATURES>(&[], &rule).expect("nothing to do");
    assert_eq!(*head.factors(), before);
}
