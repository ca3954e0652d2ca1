//! The anchored solve.

use fejer::anchored::Certificate;
use fejer::checkpoint::{self, decode, encode};
use fejer::fixed::types::I16F16;
use fejer::{Anchored, Class, Error, Head, Link};

use super::stored::forged;
use super::support::{Random, assert_close, distance, random_head};
use super::*;

#[test]
fn the_certificate_sees_weights_that_no_dual_value_explains() {
    let factory = factory::<f32>();
    let moved = (factory.weights()[0][0] + 0.5).to_le_bytes();
    let bytes = forged(&Solve::new(&factory).expect("sound"), 40, &moved);
    let solve: Solve<'_, f32> = decode(&bytes, &factory).expect("whole");
    let certificate = solve.certificate();
    // Nothing is remembered, so the solution is the factory head, 0.5 away.
    assert!(certificate.drift >= 0.5 && certificate.distance >= 0.5, "{certificate:?}");
    assert_close(certificate.residual.into(), 0.15, 1e-6, "Λ·0.5");
}

#[test]
fn the_certificate_never_claims_more_than_the_arithmetic_can_know() {
    let (factory, unit) = (factory::<f32>(), 1.0 / f64::from(1 << 24));
    let mut solve = Solve::new(&factory).expect("sound");
    let norm = distance(factory.point(), &[0.0; ROWS * OUTPUTS]);
    let drift = f64::from(solve.certificate().drift);
    assert!(drift >= 0.99 * (MEMORY + OUTPUTS + 3) as f64 * unit * norm, "{drift:e}");
    solve.learn(&[0.5, -1.0, 0.25, 2.0], Class(1)).expect("sound");
    solve.consolidate(50, 0.0);
    let norm = distance(solve.head().point(), &[0.0; ROWS * OUTPUTS]);
    let error = (ROWS + 1) as f64 * unit * norm * (1.0 + 0.25 + 1.0 + 0.0625 + 4.0_f64).sqrt();
    let gap = f64::from(solve.certificate().gap);
    assert!(gap >= 0.99 * 0.25 * error * error, "{gap:e} {error:e}");
}

#[test]
fn a_decision_is_certain_beyond_root_two_norms_times_the_distance() {
    let certificate = Certificate { gap: 0.0, drift: 0.0, distance: 0.5, residual: 0.0 };
    let edge = 2.0_f64.sqrt() * 3.0 * 0.5;
    assert!(
        !certificate.is_certain(edge * 0.999, 9.0) && certificate.is_certain(edge * 1.001, 9.0)
    );
}

#[test]
fn a_pass_leaves_the_weights_its_dual_values_stand_for() {
    let factory = factory::<f32>();
    let mut solve = taught(&factory);
    solve.revisit(500);
    solve.consolidate_pass();
    let mut rebuilt = solve.clone();
    rebuilt.rebuild();
    assert_eq!(solve.head().hash(), rebuilt.head().hash());
}

#[test]
fn consolidation_stops_at_the_first_pass_that_is_good_enough() {
    let factory = factory::<f32>();
    let (mut solve, mut by_hand) = (taught(&factory), taught(&factory));
    let mut passes = 0;
    while by_hand.certificate().gap > 1e-3 {
        by_hand.consolidate_pass();
        passes += 1;
    }
    let done = solve.consolidate(passes + 10, 1e-3);
    assert!(done.converged && passes > 0, "{done:?}");
    assert_eq!((done.passes, solve.head().hash()), (passes, by_hand.head().hash()));
    assert!(!solve.consolidate(2, 0.0).converged);
}

#[test]
fn another_precision_is_used_and_kept_over_a_reset() {
    let factory = factory::<f32>();
    let mut solve = Solve::with_precision(&factory, 3.0).expect("sound");
    solve.learn(&[0.5, -1.0, 0.25, 2.0], Class(1)).expect("sound");
    let mut room = [0; checkpoint::full_length::<f32, Class, ROWS, OUTPUTS, MEMORY>()];
    let bytes = encode(&solve, &mut room).expect("room");
    let resumed: Solve<'_, f32> = decode(bytes, &factory).expect("whole");
    assert_eq!((solve.precision(), resumed.precision()), (3.0, 3.0));
    let dual = solve.samples().next().expect("learnt").dual;
    for (output, dual) in dual.iter().enumerate() {
        let moved = solve.head().weights()[FEATURES][output] - factory.weights()[FEATURES][output];
        assert_close(moved.into(), f64::from(dual / 3.0), 1e-6, "bias");
    }
}

#[test]
fn softmax_dual_values_add_up_to_nothing() {
    let factory = factory::<I16F16>();
    let mut solve = taught(&factory);
    solve.revisit(100);
    for sample in solve.samples() {
        assert_eq!(sample.dual.iter().fold(I16F16::ZERO, |sum, &dual| sum + dual), I16F16::ZERO);
    }
}

#[test]
fn a_regression_that_would_overflow_is_refused() {
    let factory = Head::<I16F16, 2, 1>::zeros(Link::Identity);
    let mut solve = Anchored::<_, [I16F16; 1], 2, 1, 2>::new(&factory).expect("sound");
    let target = [I16F16::from_num(16_000)];
    assert_eq!(solve.learn(&[I16F16::ZERO], target), Err(Error::Unsound));
    assert_eq!((solve.samples().len(), solve.head()), (0, &factory));
}

#[test]
fn targets_a_link_cannot_predict_are_refused() {
    for (link, target, valid) in [
        (Link::Softmax, [0.25, 0.75], true),
        (Link::Softmax, [0.5, 0.1], false),
        (Link::Softmax, [1.5, -0.5], false),
        (Link::Sigmoid, [1.5, 0.0], false),
        (Link::Tanh, [-1.0, 1.0], true),
        (Link::Identity, [7.0, -9.0], true),
        (Link::Identity, [f32::NAN, 0.0], false),
    ] {
        let factory = Head::<f32, 2, 2>::zeros(link);
        let mut solve = Anchored::<_, [f32; 2], 2, 2, 2>::new(&factory).expect("sound");
        let expected = if valid { Ok(()) } else { Err(Error::Target) };
        assert_eq!(solve.learn(&[0.5], target), expected, "{link:?} {target:?}");
    }
}

#[test]
fn a_visit_is_solved_for_a_weak_prior_too() {
    for link in support::links() {
        let factory = random_head::<f64, ROWS, OUTPUTS>(&mut Random::new(6), link);
        let mut solve =
            Anchored::<_, [f64; OUTPUTS], ROWS, OUTPUTS, 1>::with_precision(&factory, 1e-3)
                .expect("sound");
        solve.learn(&[1.0, -2.0, 0.5, 3.0], [0.0, 1.0, 0.0]).expect("sound");
        let dual = solve.samples().next().expect("learnt").dual;
        for (output, prediction) in solve.predict(&[1.0, -2.0, 0.5, 3.0]).iter().enumerate() {
            let target = f64::from(u8::from(output == 1));
            assert_close(target - dual[output], *prediction, 1e-7, &format!("{link:?}"));
        }
    }
}
