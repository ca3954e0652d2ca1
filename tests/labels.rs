//! Labels with a weight, smoothed labels, and classes that were not there at the factory.

mod support;

use fejer::fixed::types::{I8F24, I16F16};
use fejer::memory::Weight;
use fejer::{Anchored, Class, Head, Link, Scalar, Smoothed, Target, Weighted, checkpoint};
use support::{
    Random, distance, largest_difference, random_features, random_head, tolerance, value,
};

const FEATURES: usize = 4;
const ROWS: usize = 5;
const OUTPUTS: usize = 3;
const MEMORY: usize = 24;

type Solve<'a, S, T> = Anchored<'a, S, T, ROWS, OUTPUTS, MEMORY>;

fn weight(sixteenths: u8) -> Weight {
    Weight::from_16ths(sixteenths).expect("in range")
}

fn labelled<S: Scalar>(random: &mut Random, count: usize) -> Vec<([S; FEATURES], Class)> {
    (0..count).map(|_| (random_features(random), Class(random.below(OUTPUTS) as u8))).collect()
}

/// Learns every sample and consolidates.
fn learnt<'a, S: Scalar, T: Target<S, OUTPUTS>>(
    factory: &'a Head<S, ROWS, OUTPUTS>,
    samples: impl IntoIterator<Item = ([S; FEATURES], T)>,
    passes: u32,
) -> Solve<'a, S, T> {
    let mut solve = Solve::new(factory).expect("sound");
    for (features, target) in samples {
        solve.learn(&features, target).expect("sound");
        solve.revisit(1);
    }
    (0..passes).for_each(|_| solve.consolidate_pass());
    solve
}

fn weight_one_changes_no_bit<S: Scalar>() {
    let mut random = Random::new(1);
    for link in [Link::Softmax, Link::Sigmoid] {
        let factory = random_head::<S, ROWS, OUTPUTS>(&mut random, link);
        let samples = labelled::<S>(&mut random, 30);
        let weighted =
            |&(x, target): &([S; FEATURES], Class)| (x, Weighted { target, weight: weight(16) });
        let plain = learnt(&factory, samples.iter().copied(), 2);
        let weighted = learnt(&factory, samples.iter().map(weighted), 2);
        assert_eq!(plain.head().hash(), weighted.head().hash());
        assert_eq!(plain.certificate(), weighted.certificate());
    }
}

#[test]
fn a_weight_of_one_changes_no_bit() {
    weight_one_changes_no_bit::<f32>();
    weight_one_changes_no_bit::<f64>();
    weight_one_changes_no_bit::<I16F16>();
}

/// ‖F(W)‖_∞ with F(W) = Σ w (φ(Wη) − y) ηᵀ + Λ(W − W₀), from the definition, in f64.
fn violation(solve: &Solve<'_, f64, Weighted<Class>>, factory: &Head<f64, ROWS, OUTPUTS>) -> f64 {
    let mut field: Vec<f64> = solve
        .head()
        .point()
        .iter()
        .zip(factory.point())
        .map(|(w, anchor)| solve.precision() * (w - anchor))
        .collect();
    for sample in solve.samples() {
        let features: Vec<f64> = sample.features().collect();
        let scores: Vec<f64> = (0..OUTPUTS)
            .map(|k| (0..ROWS).map(|r| solve.head().weights()[r][k] * features[r]).sum())
            .collect();
        let prediction = support::links::predicted(factory.link(), &scores);
        for (row, feature) in features.iter().enumerate() {
            for (output, p) in prediction.iter().enumerate() {
                let wanted = f64::from(u8::from(usize::from(sample.target.target.0) == output));
                let counts: f64 = sample.target.weight.value();
                field[row * OUTPUTS + output] += counts * (p - wanted) * feature;
            }
        }
    }
    field.iter().fold(0.0, |most, f| most.max(f.abs()))
}

fn random_weights<S: Scalar>(
    random: &mut Random,
    count: usize,
) -> Vec<([S; FEATURES], Weighted<Class>)> {
    labelled(random, count)
        .into_iter()
        .map(|(x, target)| (x, Weighted { target, weight: weight(1 + random.below(128) as u8) }))
        .collect()
}

#[test]
fn a_weighted_solve_ends_where_the_weighted_field_vanishes() {
    let mut random = Random::new(2);
    for link in [Link::Softmax, Link::Sigmoid, Link::Identity, Link::Tanh] {
        let factory = random_head::<f64, ROWS, OUTPUTS>(&mut random, link);
        let solve = learnt(&factory, random_weights(&mut random, MEMORY), 3_000);
        let left = violation(&solve, &factory);
        assert!(left < tolerance::SOLVED, "{link:?}: {left:e}");
        assert!(solve.certificate().residual < tolerance::SOLVED);
    }
}

/// Σ w KL(p ‖ φ(Wη)) from the definition.
#[test]
fn the_duality_gap_counts_every_sample_with_its_weight() {
    let mut random = Random::new(8);
    let factory = random_head::<f64, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let solve = learnt(&factory, random_weights(&mut random, MEMORY), 1);
    let mut gap = 0.0;
    for sample in solve.samples() {
        let features: Vec<f64> = sample.features().collect();
        let scores: Vec<f64> = (0..OUTPUTS)
            .map(|k| (0..ROWS).map(|r| solve.head().weights()[r][k] * features[r]).sum())
            .collect();
        let counts: f64 = sample.target.weight.value();
        let wanted: [f64; OUTPUTS] = sample.target.expected();
        for (k, q) in support::links::predicted(Link::Softmax, &scores).into_iter().enumerate() {
            let p = wanted[k] - sample.dual[k];
            gap += counts * if p > 0.0 { p * (p / q).ln() } else { 0.0 };
        }
    }
    let found = solve.certificate().gap;
    assert!(gap > 1e-3 && (found - gap).abs() < 1e-6 * gap, "{found:e} {gap:e}");
}

/// Weight 2 is the sample twice.
#[test]
fn a_weight_of_two_is_the_sample_twice() {
    let mut random = Random::new(3);
    let factory = random_head::<f64, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let samples = labelled::<f64>(&mut random, MEMORY / 2);
    let heavy = samples.iter().map(|&(x, target)| (x, Weighted { target, weight: weight(32) }));
    let heavy = learnt(&factory, heavy, 800);
    let twice = learnt(&factory, samples.iter().chain(&samples).copied(), 800);
    let apart = distance(heavy.head().point(), twice.head().point());
    assert!(apart < tolerance::SOLVED, "{apart:e}");
    let once = learnt(&factory, samples.iter().copied(), 800);
    assert!(distance(heavy.head().point(), once.head().point()) > 1e-2, "weights matter");
}

/// The bound holds on every pass, in every number type, for weights from 1/16 to 8.
fn weighted_certificates_hold<S: Scalar>(precision: f32) {
    let mut random = Random::new(4);
    for link in [Link::Softmax, Link::Sigmoid] {
        for _ in 0..5 {
            let factory = random_head::<S, ROWS, OUTPUTS>(&mut random, link);
            let exact_factory = Head::new(link, factory.weights().map(|row| row.map(value)));
            let precision = S::from_f32(precision);
            let mut solve = Solve::with_precision(&factory, precision).expect("sound");
            let mut exact =
                Solve::<f64, _>::with_precision(&exact_factory, value(precision)).expect("sound");
            for (x, target) in random_weights::<S>(&mut random, MEMORY) {
                solve.learn(&x, target).expect("sound");
                exact.learn(&x.map(value), target).expect("sound");
            }
            (0..800).for_each(|_| exact.consolidate_pass());
            for _ in 0..20 {
                let truth = distance(solve.head().point(), exact.head().point());
                let bound = value(solve.certificate().distance);
                // Λ/w is rounded: in Q16.16 to a relative 8/(Λ 2¹⁷) at w = 8.
                let rounding = if S::TAG[0] == 3 { tolerance::WEIGHT_ROUNDING } else { 0.0 };
                assert!(truth <= bound * (1.0 + 1e-6) + rounding, "{link:?} {truth:e} {bound:e}");
                solve.consolidate_pass();
            }
        }
    }
}

#[test]
fn the_weighted_certificate_bounds_the_distance() {
    weighted_certificates_hold::<f64>(0.3);
    weighted_certificates_hold::<f32>(0.3);
    weighted_certificates_hold::<I16F16>(0.3);
}

#[test]
fn balanced_weights_make_every_class_count_the_same() {
    for (counts, expected) in [([30, 30, 30], [16, 16, 16]), ([10, 20, 60], [48, 24, 8])] {
        let total = counts.iter().sum();
        for (count, sixteenths) in counts.into_iter().zip(expected) {
            assert_eq!(Weight::balanced(count, total, 3), weight(sixteenths));
        }
    }
    assert_eq!(Weight::balanced(0, 90, 3), weight(128));
    assert_eq!(Weight::balanced(u32::MAX, 1, 9), weight(1));
    assert_eq!((Weight::from_16ths(0), Weight::from_16ths(129)), (None, None));
}

fn smoothing_is_the_target_it_says<S: Scalar>() {
    let mut random = Random::new(5);
    let factory = random_head::<S, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let samples = labelled::<S>(&mut random, MEMORY);
    for smoothing_256ths in [0, 26, 255] {
        let smoothed = |class| Smoothed { class, smoothing_256ths };
        for class in 0..OUTPUTS as u8 {
            let shares: [S; OUTPUTS] = smoothed(Class(class)).expected();
            let epsilon = f64::from(smoothing_256ths) / 256.0;
            let room = tolerance::resolvent::<S>();
            assert!((shares.map(value).iter().sum::<f64>() - 1.0).abs() <= room);
            for (output, &share) in shares.iter().enumerate() {
                let own = if output == usize::from(class) { 1.0 - epsilon } else { 0.0 };
                assert!((value(share) - own - epsilon / OUTPUTS as f64).abs() <= room);
            }
        }
        let ours = learnt(&factory, samples.iter().map(|&(x, class)| (x, smoothed(class))), 2);
        let theirs =
            learnt(&factory, samples.iter().map(|&(x, class)| (x, smoothed(class).expected())), 2);
        assert_eq!(ours.head().hash(), theirs.head().hash());
        if smoothing_256ths == 0 {
            let plain = learnt(&factory, samples.iter().copied(), 2);
            assert_eq!(ours.head().hash(), plain.head().hash());
        }
    }
}

#[test]
fn smoothing_changes_the_target_and_nothing_else() {
    smoothing_is_the_target_it_says::<f32>();
    smoothing_is_the_target_it_says::<f64>();
    smoothing_is_the_target_it_says::<I16F16>();
    let invalid = Smoothed { class: Class(3), smoothing_256ths: 26 };
    assert!(!Target::<f32, OUTPUTS>::is_valid(&invalid, Link::Softmax));
}

fn round_trip<S: Scalar, T: Target<S, OUTPUTS>>(target: impl Fn(Class) -> T) {
    let mut random = Random::new(6);
    let factory = random_head::<S, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let samples = labelled::<S>(&mut random, MEMORY + 3);
    let mut solve = learnt(&factory, samples.iter().map(|&(x, class)| (x, target(class))), 1);
    let mut buffer = vec![0; checkpoint::full_length::<S, T, ROWS, OUTPUTS, MEMORY>()];
    let bytes = checkpoint::encode(&solve, &mut buffer).expect("fits").to_vec();
    let mut back: Solve<'_, S, T> = checkpoint::decode(&bytes, &factory).expect("just written");
    // Learning goes on to the last bit.
    solve.consolidate_pass();
    back.consolidate_pass();
    assert_eq!(
        (solve.head().hash(), solve.certificate()),
        (back.head().hash(), back.certificate())
    );
    let other = checkpoint::decode::<S, Class, ROWS, OUTPUTS, MEMORY>(&bytes, &factory);
    assert_eq!(other.err(), Some(checkpoint::Error::Target), "another kind of label");
}

#[test]
fn checkpoints_keep_weights_and_smoothing() {
    let smoothed = |class| Smoothed { class, smoothing_256ths: 26 };
    round_trip::<f32, _>(smoothed);
    round_trip::<I16F16, _>(smoothed);
    round_trip::<f32, _>(|target| Weighted { target, weight: weight(1 + target.0) });
    round_trip::<f64, _>(|target| Weighted { target: smoothed(target), weight: weight(99) });
    // A weight of 0 is no weight.
    let read = |bytes: &[u8]| <Weighted<Class> as Target<f32, OUTPUTS>>::read(bytes);
    assert_eq!(read(&[16, 2]), Some(Weighted { target: Class(2), weight: weight(16) }));
    assert_eq!((read(&[0, 2]), read(&[129, 2]), read(&[16])), (None, None, None));
}

/// A head of five outputs that left the factory with three classes; the fourth is shown in the
/// field, the fifth never is.
fn a_class_at_run_time<S: Scalar>(precision: f32) {
    const CAPACITY: usize = 5;
    let centres: [[f64; FEATURES]; CAPACITY] = [
        [1.5, 0.0, 0.0, 0.0],
        [0.0, 1.5, 0.0, 0.0],
        [0.0, 0.0, 1.5, 0.0],
        [0.0, 0.0, 0.0, 1.5],
        [-1.5, -1.5, 0.0, 0.0],
    ];
    let mut random = Random::new(7);
    let mut near = |class: usize| -> [S; FEATURES] {
        core::array::from_fn(|k| S::from_f32((centres[class][k] + 0.2 * random.normal()) as f32))
    };
    let precision = S::from_f32(precision);
    let blank = Head::<S, ROWS, CAPACITY>::zeros(Link::Softmax);
    let mut lab =
        Anchored::<S, Class, ROWS, CAPACITY, 30>::with_precision(&blank, precision).expect("sound");
    assert!(!(0..CAPACITY).any(|output| lab.knows(output)));
    for index in 0..30 {
        lab.learn(&near(index % 3), Class((index % 3) as u8)).expect("sound");
    }
    lab.consolidate_pass();
    // The spare columns leave the factory empty.
    let mut weights = *lab.head().weights();
    weights.iter_mut().for_each(|row| row[3..].fill(S::ZERO));
    let factory = Head::new(Link::Softmax, weights);
    let mut field = Anchored::<S, Class, ROWS, CAPACITY, 12>::with_precision(&factory, precision)
        .expect("sound");
    let known = |solve: &Anchored<'_, S, Class, ROWS, CAPACITY, 12>| -> Vec<bool> {
        (0..CAPACITY).map(|output| solve.knows(output)).collect()
    };
    assert_eq!(known(&field), [true, true, true, false, false]);
    for index in 0..200 {
        assert!(field.decide(&near(index % CAPACITY)) < 3, "a spare is never decided for");
    }
    for index in 0..8 {
        let class = if index % 2 == 0 { 3 } else { (index / 2) % 3 };
        field.learn(&near(class), Class(class as u8)).expect("sound");
    }
    field.consolidate_pass();
    assert_eq!(known(&field), [true, true, true, true, false]);
    for index in 0..400 {
        let class = index % 4;
        assert_eq!(field.decide(&near(class)), class, "learnt, and nothing forgotten");
        assert!(field.decide(&near(4)) < 4);
    }
    // Which outputs are known is kept, because it follows from what is kept.
    let mut buffer = vec![0; checkpoint::full_length::<S, Class, ROWS, CAPACITY, 12>()];
    let bytes = checkpoint::encode(&field, &mut buffer).expect("fits");
    let mut back = field.clone();
    while back.samples().len() > 0 {
        back.forget_oldest();
    }
    checkpoint::resume(bytes, &mut back).expect("just written");
    assert_eq!(known(&back), known(&field));
    while field.samples().len() > 0 {
        field.forget_oldest();
    }
    assert_eq!(known(&field), [true, true, true, false, false]);
    field.rebuild();
    assert!(largest_difference(field.head().point(), factory.point()) == 0.0);
}

#[test]
fn a_class_is_added_at_run_time() {
    a_class_at_run_time::<f32>(0.3);
    a_class_at_run_time::<f64>(0.3);
    a_class_at_run_time::<I16F16>(0.3);
    // Q8.24 holds ±64: a full memory must not carry a weight beyond it.
    a_class_at_run_time::<I8F24>(4.0);
}

/// Where the factory's scores are all below the 0 of a spare, only what is known is decided for.
#[test]
fn a_spare_with_the_highest_score_is_left_out() {
    let factory = Head::new(Link::Softmax, [[1.0_f32, -1.0, 0.0], [-5.0, -5.0, 0.0]]);
    let mut field = Anchored::<_, Class, 2, 3, 4>::new(&factory).expect("sound");
    assert_eq!(
        (field.decide(&[1.0]), field.decide(&[-1.0]), field.head().decide(&[1.0])),
        (0, 1, 2)
    );
    field.learn(&[0.0], Class(2)).expect("sound");
    assert_eq!(field.decide(&[1.0]), 2, "known now, and the scores say so");
}
