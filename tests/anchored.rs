//! The anchored solve keeps its promises, in every number type.

mod support;

use fejer::fixed::types::I16F16;
use fejer::{Anchored, AnchoredOperator, Class, Error, Extragradient, Free, Head, Link, Sample};
use fejer::{Operator, Scalar, Stop, solve};
use proptest::prelude::*;
use support::{Random, assert_close, distance, largest_difference, random_features, random_head};
use support::{teach, tolerance, value};

const FEATURES: usize = 6;
const ROWS: usize = 7;
const OUTPUTS: usize = 4;
const MEMORY: usize = 12;
type Solve<'a, S> = Anchored<'a, S, Class, ROWS, OUTPUTS, MEMORY>;

/// The exact solution of the problem as `solve` stores it: the same samples, consolidated in f64.
fn exact<S: Scalar>(solve: &Solve<'_, S>) -> Head<f64, ROWS, OUTPUTS> {
    let factory =
        Head::new(solve.factory().link(), solve.factory().weights().map(|row| row.map(value)));
    let precision = value(solve.precision());
    let mut twin =
        Anchored::<f64, Class, ROWS, OUTPUTS, MEMORY>::with_precision(&factory, precision)
            .expect("a sound factory");
    for sample in solve.samples() {
        let features: [f64; FEATURES] =
            core::array::from_fn(|index| f64::from(sample.codes()[index]) / 32.0);
        twin.learn(&features, sample.target).expect("sound features");
    }
    let done = twin.consolidate(400, 1e-22);
    assert!(done.certificate.distance < tolerance::F64_EXACT, "{done:?}");
    *twin.head()
}

/// Σ −Ψ*(pᵢ) + the rest of the dual objective, up to a constant, for softmax.
fn dual_objective(solve: &Solve<'_, f64>) -> f64 {
    let precision = solve.precision();
    let mut moved = [[0.0; OUTPUTS]; ROWS];
    let mut entropy = 0.0;
    let mut linear = 0.0;
    for sample in solve.samples() {
        let expected: [f64; OUTPUTS] = fejer::Target::<f64, OUTPUTS>::expected(&sample.target);
        for (row, feature) in sample.features().enumerate() {
            let factory = &solve.factory().weights()[row];
            for ((moved, dual), factory) in moved[row].iter_mut().zip(sample.dual).zip(factory) {
                *moved += dual * feature / precision;
                linear -= dual * feature * factory;
            }
        }
        for (expected, dual) in expected.iter().zip(sample.dual) {
            let share = expected - dual;
            entropy -= if share > 0.0 { share * share.ln() } else { 0.0 };
        }
    }
    let square: f64 = moved.iter().flatten().map(|weight| weight * weight).sum();
    entropy + linear - precision / 2.0 * square
}

fn certificate_bounds_the_distance<S: Scalar>(seed: u64, labels: usize, passes: u32) {
    let mut random = Random::new(seed);
    let factory = random_head::<S, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let mut solve = Solve::<S>::new(&factory).expect("sound");
    teach::<S, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut solve, &mut random, labels);
    (0..passes).for_each(|_| solve.consolidate_pass());
    let certificate = solve.certificate();
    let truth = exact(&solve);
    let bound = value(certificate.distance);
    let found = distance(solve.head().point(), truth.point());
    assert!(found <= bound, "{found:e} > {bound:e}: {certificate:?}");
    for _ in 0..20 {
        let features = random_features::<S, FEATURES>(&mut random);
        let mut scores = solve.head().scores(&features).map(value);
        let decision = solve.head().decide(&features);
        scores.sort_by(f64::total_cmp);
        let margin = S::Float::from_f32((scores[OUTPUTS - 1] - scores[OUTPUTS - 2]) as f32);
        let norm: f64 = 1.0 + features.iter().map(|&x| value(x) * value(x)).sum::<f64>();
        if certificate.is_certain(margin, S::Float::from_f32(norm as f32)) {
            assert_eq!(decision, truth.decide(&features.map(value)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_certificate_bounds_the_true_distance_in_f32(seed: u64, labels in 1..15_usize, passes in 0..6_u32) {
        certificate_bounds_the_distance::<f32>(seed, labels, passes);
    }

    #[test]
    fn the_certificate_bounds_the_true_distance_in_q16(seed: u64, labels in 1..15_usize, passes in 0..6_u32) {
        certificate_bounds_the_distance::<I16F16>(seed, labels, passes);
    }

    #[test]
    fn no_visit_lowers_the_dual_objective(seed: u64) {
        let mut random = Random::new(seed);
        let factory = random_head::<f64, ROWS, OUTPUTS>(&mut random, Link::Softmax);
        let mut solve = Solve::new(&factory).expect("sound");
        teach::<f64, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut solve, &mut random, MEMORY);
        let mut before = dual_objective(&solve);
        for _ in 0..3 * MEMORY {
            solve.revisit(1);
            let after = dual_objective(&solve);
            prop_assert!(after >= before - tolerance::F64_REORDERED * before.abs(), "{before} {after}");
            before = after;
        }
    }

    #[test]
    fn forgetting_equals_never_having_seen(seed: u64) {
        let mut random = Random::new(seed);
        let factory = random_head::<f64, ROWS, OUTPUTS>(&mut random, Link::Softmax);
        let mut solve = Solve::new(&factory).expect("sound");
        teach::<f64, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut solve, &mut random, MEMORY);
        solve.forget_oldest();
        let mut without = Solve::new(&factory).expect("sound");
        for sample in solve.samples() {
            let features: [f64; FEATURES] = core::array::from_fn(|k| f64::from(sample.codes()[k]) / 32.0);
            without.learn(&features, sample.target).expect("sound");
        }
        solve.consolidate(400, 1e-24);
        without.consolidate(400, 1e-24);
        let apart = largest_difference(solve.head().point(), without.head().point());
        prop_assert!(apart < 1e-9, "{apart:e}");
    }
}

#[test]
fn a_full_memory_forgets_its_oldest_sample() {
    let mut random = Random::new(3);
    let factory = random_head::<f32, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let mut solve = Solve::new(&factory).expect("sound");
    teach::<f32, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut solve, &mut random, MEMORY);
    let second: Vec<i8> = solve.samples().nth(1).expect("a second sample").codes().to_vec();
    teach::<f32, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut solve, &mut random, 1);
    assert_eq!(solve.samples().len(), MEMORY);
    assert_eq!(solve.samples().next().expect("a sample").codes(), second);
}

/// The step, by the module's equation, against a bisection that knows nothing of it.
#[test]
fn one_visit_solves_the_proximal_point_equation() {
    for link in support::links() {
        for seed in 0..20 {
            let mut random = Random::new(seed);
            let factory = random_head::<f64, ROWS, OUTPUTS>(&mut random, link);
            let mut solve =
                Anchored::<f64, [f64; OUTPUTS], ROWS, OUTPUTS, 1>::new(&factory).expect("sound");
            let features = random_features::<f64, FEATURES>(&mut random)
                .map(|x| (x * 32.0).round().clamp(-127.0, 127.0) / 32.0);
            let mut target = [0.0; OUTPUTS];
            target[random.below(OUTPUTS)] = 1.0;
            solve.learn(&features, target).expect("sound");
            // W = W₀ − (φ(Wη) − y)ηᵀ/Λ: the implicit step, checked at the new weights.
            let prediction = solve.predict(&features);
            for (row, feature) in features.iter().chain(&[1.0]).enumerate() {
                for output in 0..OUTPUTS {
                    let implicit = factory.weights()[row][output]
                        - (prediction[output] - target[output]) * feature / solve.precision();
                    assert_close(solve.head().weights()[row][output], implicit, 1e-8, "weight");
                }
            }
        }
    }
}

#[test]
fn the_solution_is_a_zero_of_the_operator_and_extragradients_solution() {
    let mut random = Random::new(11);
    let factory = random_head::<f64, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let mut learner = Solve::new(&factory).expect("sound");
    teach::<f64, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut learner, &mut random, 8);
    learner.consolidate(400, 1e-24);
    let samples: Vec<Sample<f64, FEATURES, OUTPUTS>> = learner
        .samples()
        .map(|sample| Sample {
            features: core::array::from_fn(|k| f64::from(sample.codes()[k]) / 32.0),
            target: fejer::Target::<f64, OUTPUTS>::expected(&sample.target),
        })
        .collect();
    let operator =
        AnchoredOperator { factory: &factory, precision: learner.precision(), samples: &samples };
    let mut field = [0.0; ROWS * OUTPUTS];
    operator.eval(learner.head().point(), &mut field);
    let residual = field.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    assert!(residual < 1e-9, "{residual:e}");
    assert_close(learner.certificate().residual, residual, 1e-9, "certified residual");

    let mut head = factory;
    let mut method = Extragradient::new(vec![0.0; ROWS * OUTPUTS]);
    let stop = Stop { iterations: 20_000, check_every: 50, residual: 1e-11 };
    let mut scratch = [0.0; ROWS * OUTPUTS];
    let point = head.point_mut();
    let step = fejer::StepSize::Constant(0.02);
    let report = solve(&operator, &Free, &mut method, step, stop, point, &mut scratch);
    assert_eq!(report.outcome, fejer::Outcome::Converged, "{report:?}");
    assert!(largest_difference(head.point(), learner.head().point()) < 1e-8);
}

fn refuses_and_stays<S: Scalar>(bad: S) {
    let mut random = Random::new(5);
    let factory = random_head::<S, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let mut solve = Solve::<S>::new(&factory).expect("sound");
    teach::<S, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut solve, &mut random, 5);
    let (hash, visits) = (solve.head().hash(), solve.visits());
    for position in 0..FEATURES {
        let mut features = random_features::<S, FEATURES>(&mut random);
        features[position] = bad;
        assert_eq!(solve.learn(&features, Class(0)), Err(Error::Unsound));
    }
    let features = random_features::<S, FEATURES>(&mut random);
    assert_eq!(solve.learn(&features, Class(OUTPUTS as u8)), Err(Error::Target));
    assert_eq!((solve.head().hash(), solve.visits(), solve.samples().len()), (hash, visits, 5));
}

#[test]
fn bad_features_and_labels_leave_the_head_untouched() {
    refuses_and_stays(f32::NAN);
    refuses_and_stays(f32::INFINITY);
    refuses_and_stays(f64::NEG_INFINITY);
    refuses_and_stays(I16F16::MAX);
    refuses_and_stays(I16F16::MIN);
}

#[test]
fn a_head_that_could_overflow_cannot_be_made() {
    let zeros = Head::<I16F16, ROWS, OUTPUTS>::zeros(Link::Softmax);
    let tiny = I16F16::from_num(0.000_2); // 4/Λ is beyond the range
    assert_eq!(Solve::with_precision(&zeros, tiny).err(), Some(Error::Unsound));
    let zeros = Head::zeros(Link::Softmax);
    for precision in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(Solve::<f32>::with_precision(&zeros, precision).err(), Some(Error::Precision));
    }
    let nan = Head::new(Link::Softmax, [[f32::NAN; OUTPUTS]; ROWS]);
    assert_eq!(Solve::new(&nan).err(), Some(Error::Unsound));
}

/// One sample cannot overflow, a full memory could: steps are checked, and refused in time.
#[test]
fn a_weight_never_leaves_its_range() {
    let mut weights = [[I16F16::ZERO; OUTPUTS]; ROWS];
    weights[2][1] = I16F16::from_num(16_380);
    let factory = Head::new(Link::Identity, weights);
    let mut solve =
        Anchored::<I16F16, [I16F16; OUTPUTS], ROWS, OUTPUTS, MEMORY>::new(&factory).expect("sound");
    let mut features = [I16F16::ZERO; FEATURES];
    features[2] = I16F16::from_num(0.03);
    let mut target = [I16F16::ZERO; OUTPUTS];
    target[1] = I16F16::from_num(16_000);
    let mut refused = 0;
    for _ in 0..MEMORY {
        let before = *solve.head();
        if solve.learn(&features, target).is_err() {
            refused += 1;
            assert_eq!(*solve.head(), before);
        }
        solve.revisit(3);
        assert!(solve.head().point().iter().all(|weight| weight.is_sound()));
    }
    assert!(refused > 0, "it is never in danger");
}

#[test]
fn every_number_type_learns_the_same_head() {
    fn learnt<S: Scalar>() -> [f64; ROWS * OUTPUTS] {
        let mut random = Random::new(21);
        let factory = random_head::<S, ROWS, OUTPUTS>(&mut random, Link::Softmax);
        let mut solve = Solve::<S>::new(&factory).expect("sound");
        teach::<S, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut solve, &mut random, MEMORY);
        core::array::from_fn(|index| value(solve.head().point()[index]))
    }
    let exact = learnt::<f64>();
    assert!(largest_difference(&learnt::<f32>(), &exact) < tolerance::F32_ORACLE);
    assert!(largest_difference(&learnt::<I16F16>(), &exact) < tolerance::Q16_ORACLE);
}
