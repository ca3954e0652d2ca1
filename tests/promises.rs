//! Promises no other test holds to: found by breaking the code on purpose.

mod support;

use fejer::anchored::Certificate;
use fejer::checkpoint::{self, Error as Bad, decode, encode};
use fejer::features::Standardise;
use fejer::fixed::types::I16F16;
use fejer::history::Record;
use fejer::{
    Anchored, Class, Error, Extragradient, Free, Head, HeadOperator, L2Ball, Link, Method,
};
use fejer::{Operator, Outcome, ProjectedStep, Sample, Scalar, StepSize, Stop, solve};
use support::{Random, assert_close, distance, random_features, random_head, teach, value};

const FEATURES: usize = 4;
const ROWS: usize = 5;
const OUTPUTS: usize = 3;
const MEMORY: usize = 6;
type Solve<'a, S> = Anchored<'a, S, Class, ROWS, OUTPUTS, MEMORY>;

fn factory<S: Scalar>() -> Head<S, ROWS, OUTPUTS> {
    random_head(&mut Random::new(1), Link::Softmax)
}

fn taught<S: Scalar>(factory: &Head<S, ROWS, OUTPUTS>) -> Solve<'_, S> {
    let mut solve = Solve::new(factory).expect("sound");
    teach::<S, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut solve, &mut Random::new(2), 8);
    solve
}

/// A checkpoint with some bytes replaced and the checksum put right: what a wrong writer makes.
fn forged(solve: &Solve<'_, f32>, at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut room = [0; checkpoint::full_length::<f32, Class, ROWS, OUTPUTS, MEMORY>()];
    let mut forged = encode(solve, &mut room).expect("room").to_vec();
    forged[at..at + bytes.len()].copy_from_slice(bytes);
    let end = forged.len() - 4;
    let crc = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&forged[..end]);
    forged[end..].copy_from_slice(&crc.to_le_bytes());
    forged
}

#[test]
fn a_well_sealed_checkpoint_with_bad_numbers_is_refused() {
    let factory = factory::<f32>();
    let solve = taught(&factory);
    let sample = 40 + 4 * ROWS * OUTPUTS;
    let nan = f32::NAN.to_le_bytes();
    for (what, at, bytes) in [
        ("weight", 40, &nan[..]),
        ("label", sample + FEATURES, &[OUTPUTS as u8]),
        ("dual", sample + FEATURES + 1, &nan),
        ("precision NaN", 24, &nan),
        ("precision 0", 24, &0.0_f32.to_le_bytes()),
        ("precision -1", 24, &(-1.0_f32).to_le_bytes()),
    ] {
        let found = decode::<_, Class, _, _, MEMORY>(&forged(&solve, at, bytes), &factory).err();
        assert_eq!(found, Some(Bad::Unsound), "{what}");
    }
}

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
fn every_weight_and_the_link_are_in_the_hash() {
    let head = factory::<f32>();
    for index in 0..ROWS * OUTPUTS {
        let mut other = head;
        other.point_mut()[index] += 1e-3;
        assert_ne!(other.hash(), head.hash(), "weight {index}");
    }
    assert_ne!(Head::new(Link::Sigmoid, *head.weights()).hash(), head.hash());
}

#[test]
fn the_first_of_equal_scores_decides() {
    assert_eq!(Head::<f32, ROWS, OUTPUTS>::zeros(Link::Softmax).decide(&[1.0; FEATURES]), 0);
}

#[test]
fn fixed_point_scores_are_rounded_once_and_clamp() {
    let last_place = I16F16::from_bits(1);
    let head = Head::new(Link::Identity, [[last_place], [last_place], [I16F16::ZERO]]);
    assert_eq!(head.scores(&[I16F16::from_num(0.5); 2]), [last_place]);
    let head = Head::new(Link::Identity, [[I16F16::from_num(16_000)], [I16F16::ZERO]]);
    assert_eq!(head.scores(&[I16F16::from_num(16)]), [I16F16::MAX]);
}

#[test]
fn links_are_strongly_monotone_with_their_modulus() {
    for link in support::links() {
        for radius in [0.1_f64, 1.0, 4.0] {
            let modulus: f64 = link.strong_monotonicity(radius);
            for step in 0..20 {
                let (a, b) = (radius * f64::from(step) / 20.0 - radius, radius);
                let (mut p, mut q) = ([a, -a], [b, -b]);
                link.predict(&mut p);
                link.predict(&mut q);
                let product = (p[0] - q[0]) * (a - b) + (p[1] - q[1]) * (b - a);
                assert!(product >= 2.0 * modulus * (a - b) * (a - b) - 1e-12, "{link:?} {radius}");
            }
        }
    }
}

#[test]
fn the_fenchel_young_gap_is_the_bregman_distance_where_it_is_closed() {
    let (u, v) = ([0.7_f64, -0.4, 1.9], [0.2, -1.1, 0.8]);
    for link in support::links() {
        let mut p = v;
        link.predict(&mut p);
        let exact = link.matching_loss(&u, &p) - link.matching_loss(&v, &p);
        // Tight for ReLU too: Ψ*(p) is attained wherever p > 0 or v ≤ 0.
        if !matches!(link, Link::Softplus | Link::Probit) {
            assert_close(link.fenchel_young_gap(&u, &p), exact, 1e-12, &format!("{link:?}"));
        }
    }
}

#[test]
fn standardised_is_less_the_mean_times_the_inverse_deviation() {
    let lab = Standardise { mean: [1.0, -2.0], inverse_deviation: [4.0, 0.25] };
    assert_eq!(lab.apply::<f32>(&[1.5, 2.0]), [2.0, 1.0]);
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

#[test]
fn methods_stay_in_the_set_and_find_a_solution_on_its_edge() {
    let ball = L2Ball { radius: 1.0 };
    // Zero at (3, 4), outside: the solution in the ball is (0.6, 0.8).
    let pull = |point: &[f64], out: &mut [f64]| {
        assert!(point[0].hypot(point[1]) <= 1.0 + 1e-9, "evaluated outside the set");
        (out[0], out[1]) = (point[0] - 3.0, point[1] - 4.0);
    };
    let stop = Stop { iterations: 500, check_every: 7, residual: 1e-9 };
    let mut extragradient = Extragradient::new([0.0; 2]);
    let mut projected = ProjectedStep([0.0; 2]);
    for method in [&mut extragradient as &mut dyn Method<f64>, &mut projected] {
        let (mut point, mut scratch) = ([0.0, 0.0], [0.0; 2]);
        let report =
            solve(&pull, &ball, method, StepSize::Constant(0.5), stop, &mut point, &mut scratch);
        assert_eq!(report.outcome, Outcome::Converged);
        assert!((point[0] - 0.6).abs() < 1e-8 && (point[1] - 0.8).abs() < 1e-8, "{point:?}");
    }
}

#[test]
fn a_solve_makes_no_more_steps_than_allowed() {
    let shrink = |point: &[f64], out: &mut [f64]| out[0] = point[0];
    let stop = Stop { iterations: 7, check_every: 5, residual: 0.0 };
    let (mut point, mut scratch) = ([1.0], [0.0]);
    let mut method = ProjectedStep([0.0]);
    let report =
        solve(&shrink, &Free, &mut method, StepSize::Constant(0.1), stop, &mut point, &mut scratch);
    assert_eq!((report.outcome, report.iterations), (Outcome::Exhausted, 7));
    assert_close(point[0], 0.9_f64.powi(7), 1e-12, "seven steps");
}

#[test]
fn the_field_of_a_batch_is_the_mean() {
    let mut random = Random::new(3);
    let sample =
        Sample { features: random_features::<f64, FEATURES>(&mut random), target: [1.0, 0.0, 0.0] };
    let head = factory::<f64>();
    let (mut one, mut two) = ([0.0; ROWS * OUTPUTS], [0.0; ROWS * OUTPUTS]);
    HeadOperator { link: head.link(), samples: &[sample] }.eval(head.point(), &mut one);
    HeadOperator { link: head.link(), samples: &[sample; 2] }.eval(head.point(), &mut two);
    assert!(support::largest_difference(&one, &two) < 1e-15 && value(one[0]) != 0.0);
}

#[test]
fn every_record_of_a_history_comes_back() {
    for record in [
        Record::Window { number: 0, label: Some(0) },
        Record::Window { number: u32::MAX, label: Some(254) },
        Record::Window { number: 7, label: None },
        Record::Idle { number: 9 },
    ] {
        assert_eq!(Record::decode(&record.encode()), Some(record));
    }
    assert_eq!(Record::decode(&[2, 0, 0, 0, 0, 0, 0, 0]), None);
    assert_eq!(Record::decode(&[0, 0, 1, 0, 0, 0, 0, 0]), None);
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
