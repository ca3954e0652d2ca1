//! Fixed point at the edges of its range.

use fejer::fixed::types::I16F16;
use fejer::{Anchored, Class, Head, Link};

#[test]
fn fixed_point_scores_are_rounded_once_and_clamp() {
    let last_place = I16F16::from_bits(1);
    let head = Head::new(Link::Identity, [[last_place], [last_place], [I16F16::ZERO]]);
    assert_eq!(head.scores(&[I16F16::from_num(0.5); 2]), [last_place]);
    let head = Head::new(Link::Identity, [[I16F16::from_num(16_000)], [I16F16::ZERO]]);
    assert_eq!(head.scores(&[I16F16::from_num(16)]), [I16F16::MAX]);
}

/// Scores far apart saturate instead of wrapping: shares stay shares.
#[test]
fn fixed_point_predicts_shares_however_far_apart_the_scores_are() {
    use fejer::fixed::types::I16F16;
    let q = I16F16::from_num::<i32>;
    let head = Head::<I16F16, 2, 2>::new(Link::Softmax, [[q(160), q(-160)], [q(0), q(0)]]);
    for x in [100, -100] {
        let shares = head.predict(&[q(x)]);
        assert!(shares.iter().all(|&share| share >= q(0) && share <= q(1)), "{shares:?}");
        assert_eq!(shares[0] + shares[1], q(1));
    }
}

/// A strong prior on a confident head: the step must not turn round in the units of a share.
#[test]
fn fixed_point_learns_as_floats_do_under_a_strong_prior() {
    use fejer::fixed::types::I16F16;
    let floats = Head::<f32, 2, 2>::new(Link::Softmax, [[0.0, 0.0], [8.0, -8.0]]);
    let fixed = Head::<I16F16, 2, 2>::from_f32(&floats);
    for class in 0..2 {
        let mut expected =
            Anchored::<f32, Class, 2, 2, 1>::with_precision(&floats, 7.5).expect("sound");
        expected.learn(&[0.0], Class(class)).expect("sound");
        let precision = I16F16::from_num(7.5);
        let mut found =
            Anchored::<I16F16, Class, 2, 2, 1>::with_precision(&fixed, precision).expect("sound");
        found.learn(&[I16F16::ZERO], Class(class)).expect("sound");
        for (found, expected) in found.head().point().iter().zip(expected.head().point()) {
            assert!((found.to_num::<f32>() - expected).abs() < 1e-3, "{found} {expected}");
        }
        let strong = I16F16::from_num(10);
        let refused = Anchored::<I16F16, Class, 2, 2, 1>::with_precision(&fixed, strong);
        assert!(refused.is_err(), "beyond the range of a unit");
    }
}

#[test]
fn a_nan_does_not_become_a_plausible_feature_in_fixed_point() {
    use fejer::features::Standardise;
    use fejer::fixed::types::I16F16;
    let standardise = Standardise { mean: [0.0; 2], inverse_deviation: [1.0; 2] };
    let features = standardise.apply::<I16F16>(&[f32::NAN, 1.0]);
    let head = Head::<I16F16, 3, 2>::zeros(Link::Softmax);
    let mut learner = Anchored::<I16F16, Class, 3, 2, 2>::new(&head).expect("sound");
    assert!(learner.learn(&features, Class(0)).is_err());
}
