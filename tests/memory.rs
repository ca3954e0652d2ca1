//! What a full memory gives up, and that giving up is exact.

mod support;

use fejer::memory::{Admission, Place, Policy};
use fejer::{Anchored, Class, Error, Head, Link};
use support::{Random, distance, largest_difference, random_features, random_head, teach};

const FEATURES: usize = 6;
const ROWS: usize = 7;
const OUTPUTS: usize = 4;
const MEMORY: usize = 12;
type Solve<'a, S> = Anchored<'a, S, Class, ROWS, OUTPUTS, MEMORY>;

fn draw(random: &mut Random) -> u32 {
    (random.uniform() * 4_294_967_296.0) as u32
}

#[test]
fn forgetting_any_sample_equals_never_having_seen_it() {
    for index in 0..MEMORY {
        let mut random = Random::new(index as u64);
        let factory = random_head::<f64, ROWS, OUTPUTS>(&mut random, Link::Softmax);
        let mut solve = Solve::new(&factory).expect("sound");
        teach::<f64, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut solve, &mut random, MEMORY);
        let mut codes: Vec<Vec<i8>> = solve.samples().map(|s| s.codes().to_vec()).collect();
        codes.remove(index);
        solve.forget(index);
        let left: Vec<Vec<i8>> = solve.samples().map(|s| s.codes().to_vec()).collect();
        assert_eq!(left, codes, "the others stay, in their order");
        let mut rebuilt = solve.clone();
        rebuilt.rebuild();
        let drift = distance(solve.head().point(), rebuilt.head().point());
        assert!(drift < 1e-11, "at once, before any pass: {drift:e}");
        let mut without = Solve::new(&factory).expect("sound");
        for sample in solve.samples() {
            let features: [f64; FEATURES] =
                core::array::from_fn(|k| f64::from(sample.codes()[k]) / 32.0);
            without.learn(&features, sample.target).expect("sound");
        }
        solve.consolidate(400, 1e-24);
        without.consolidate(400, 1e-24);
        let apart = largest_difference(solve.head().point(), without.head().point());
        assert!(apart < 1e-9, "{index}: {apart:e}");
    }
}

#[test]
fn forgetting_what_is_not_there_changes_nothing() {
    let mut random = Random::new(2);
    let factory = random_head::<f32, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let mut solve = Solve::new(&factory).expect("sound");
    solve.forget(0);
    teach::<f32, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut solve, &mut random, 5);
    let (hash, before) = (solve.head().hash(), solve.clone());
    for index in [5, MEMORY, usize::MAX] {
        solve.forget(index);
    }
    assert_eq!((solve.head().hash(), solve.samples().len()), (hash, 5));
    assert!(solve.samples().eq(before.samples()));
}

#[test]
fn a_ring_admits_bit_for_bit_as_learning_does() {
    let mut random = Random::new(7);
    let factory = random_head::<f32, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let mut plain = Solve::new(&factory).expect("sound");
    let mut admitted = plain.clone();
    let mut admission = Admission::new(Policy::Ring);
    for _ in 0..3 * MEMORY {
        let features = random_features::<f32, FEATURES>(&mut random);
        let class = Class(random.below(OUTPUTS) as u8);
        plain.learn(&features, class).expect("sound");
        let word = draw(&mut random);
        admitted.learn_admitted(&features, class, &mut admission, word).expect("sound");
        assert_eq!(plain.head().hash(), admitted.head().hash());
    }
    assert!(plain.samples().eq(admitted.samples()));
    assert_eq!(admission.seen().iter().sum::<u32>(), 3 * MEMORY as u32);
}

/// Whatever is given up, W = W₀ + Σαη/Λ holds for what is left.
#[test]
fn every_policy_keeps_the_invariant_and_the_rare_classes_it_promises() {
    for policy in [Policy::Ring, Policy::Reservoir, Policy::ClassBalanced] {
        let mut random = Random::new(13);
        let factory = random_head::<f64, ROWS, OUTPUTS>(&mut random, Link::Softmax);
        let mut solve = Solve::new(&factory).expect("sound");
        let mut admission = Admission::new(policy);
        let mut places = [0; 3];
        for number in 0..400 {
            let features = random_features::<f64, FEATURES>(&mut random);
            // Class 3 comes twice, early.
            let class = Class(if number == 5 || number == 9 { 3 } else { number as u8 % 3 });
            let (before, word) = (solve.head().hash(), draw(&mut random));
            let place = solve.learn_admitted(&features, class, &mut admission, word);
            let place = place.expect("sound");
            assert_eq!(place == Place::Nowhere, solve.head().hash() == before);
            places[match place {
                Place::Free => 0,
                Place::InsteadOf(_) => 1,
                Place::Nowhere => 2,
            }] += 1;
            solve.revisit(1);
        }
        assert_eq!((places[0], places[0] + places[1] + places[2]), (MEMORY, 400), "{policy:?}");
        assert_eq!(places[2] > 0, policy != Policy::Ring, "{policy:?}: {places:?}");
        let mut rebuilt = solve.clone();
        rebuilt.rebuild();
        let drift = distance(solve.head().point(), rebuilt.head().point());
        assert!(drift < 1e-11, "{policy:?}: {drift:e}");
        let rare = solve.samples().filter(|sample| sample.target == Class(3)).count();
        assert!(policy != Policy::ClassBalanced || rare == 2, "{rare}");
        assert!(policy != Policy::Ring || rare == 0, "{rare}");
    }
}

#[test]
fn a_bad_sample_is_refused_wherever_it_would_have_gone() {
    let factory = Head::<f32, ROWS, OUTPUTS>::zeros(Link::Softmax);
    let mut solve = Solve::new(&factory).expect("sound");
    let mut admission = Admission::new(Policy::Reservoir);
    let mut random = Random::new(4);
    // The largest number gives the newcomer up as soon as the memory is full.
    for _ in 0..2 * MEMORY {
        let features = random_features::<f32, FEATURES>(&mut random);
        solve.learn_admitted(&features, Class(1), &mut admission, u32::MAX).expect("sound");
    }
    let (hash, before) = (solve.head().hash(), admission);
    for word in [0, u32::MAX] {
        let bad = solve.learn_admitted(&[f32::NAN; FEATURES], Class(1), &mut admission, word);
        assert_eq!(bad, Err(Error::Unsound));
        let none = solve.learn_admitted(&[0.0; FEATURES], Class(4), &mut admission, word);
        assert_eq!(none, Err(Error::Target));
    }
    assert_eq!((solve.head().hash(), admission), (hash, before));
    let place = solve.learn_admitted(&[0.5; FEATURES], Class(1), &mut admission, u32::MAX);
    assert_eq!((place, solve.head().hash()), (Ok(Place::Nowhere), hash));
}
