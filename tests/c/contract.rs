//! Whatever C gives that the contract does not forbid is answered with a status, and whatever is
//! refused leaves the head as it was.

#![expect(unsafe_code, reason = "the interface is C's; every buffer is as long as said")]

use std::collections::BTreeSet;
use std::ffi::CStr;
use std::ptr::{null, null_mut};

use fejer::c::*;
use fejer::{Anchored, Class, DEFAULT_PRECISION, Head, Link, Scalar, checkpoint};

use crate::macros::shapes;
use crate::support::{Random, random_features, random_head};

const FEATURES: usize = 64;
const ROWS: usize = FEATURES + 1;
const OUTPUTS: usize = 9;
const MEMORY: usize = 64;
type Solve<'a> = Anchored<'a, f32, Class, ROWS, OUTPUTS, MEMORY>;
const FULL: usize = checkpoint::full_length::<f32, Class, ROWS, OUTPUTS, MEMORY>();

/// Room for the largest head there is.
fn room() -> Vec<u64> {
    let most = shapes().iter().map(|shape| shape.storage).max().expect("a shape");
    vec![0x5a5a_5a5a_5a5a_5a5a; most.div_ceil(8)]
}

fn encoded<S: Scalar, const ROWS: usize, const OUTPUTS: usize>(
    head: &Head<S, ROWS, OUTPUTS>,
) -> Vec<u8> {
    checkpoint::encode_head(head, &mut vec![0; 1 << 16]).expect("room").to_vec()
}

fn factory() -> Head<f32, ROWS, OUTPUTS> {
    random_head(&mut Random::new(1), Link::Softmax)
}

fn init(storage: &mut [u64], factory: &[u8], memory: usize) -> (FejerStatus, *mut FejerHead) {
    let mut head = null_mut();
    let (room, length) = (storage.as_mut_ptr().cast(), size_of_val(storage));
    let (bytes, count) = (factory.as_ptr(), factory.len());
    let precision = DEFAULT_PRECISION;
    let status = unsafe { fejer_init(&mut head, room, length, bytes, count, memory, precision) };
    (status, head)
}

fn made(storage: &mut [u64]) -> *mut FejerHead {
    let (status, head) = init(storage, &encoded(&factory()), MEMORY);
    assert_eq!(status, FejerStatus::Good);
    head
}

fn learn(head: *mut FejerHead, features: &[f32], class: u8) -> FejerStatus {
    unsafe { fejer_learn_class(head, features.as_ptr(), features.len(), class) }
}

fn save(head: *const FejerHead) -> Vec<u8> {
    let (mut bytes, mut written) = (vec![0; FULL], 0);
    let status = unsafe { fejer_save(head, bytes.as_mut_ptr(), FULL, &mut written) };
    assert_eq!(status, FejerStatus::Good);
    bytes.truncate(written);
    bytes
}

fn taught(storage: &mut [u64]) -> *mut FejerHead {
    let head = made(storage);
    let mut random = Random::new(2);
    for label in 0..5 {
        assert_eq!(learn(head, &random_features::<_, FEATURES>(&mut random), label), GOOD);
    }
    head
}

const GOOD: FejerStatus = FejerStatus::Good;

#[test]
fn the_interface_does_what_core_does_to_the_last_bit() {
    let (mut storage, factory, mut random) = (room(), factory(), Random::new(7));
    let head = made(&mut storage);
    let mut solve = Solve::new(&factory).expect("sound");
    // More than it remembers.
    for label in 0..MEMORY + 9 {
        let features = random_features::<f32, FEATURES>(&mut random);
        let class = (label % OUTPUTS) as u8;
        assert_eq!(learn(head, &features, class), GOOD);
        solve.learn(&features, Class(class)).expect("sound");
        assert_eq!(unsafe { fejer_revisit(head, 3) }, GOOD);
        solve.revisit(3);
        let mut shares = [0.0; OUTPUTS];
        let (from, to) = (features.as_ptr(), shares.as_mut_ptr());
        assert_eq!(unsafe { fejer_predict(head, from, FEATURES, to, OUTPUTS) }, GOOD);
        assert_eq!(shares.map(f32::to_bits), solve.predict(&features).map(f32::to_bits));
    }
    assert_eq!(unsafe { fejer_forget(head, 3) }, GOOD);
    solve.forget(3);
    let mut found = FejerCertificate { gap: 0.0, drift: 0.0, distance: 0.0, residual: 0.0 };
    assert_eq!(unsafe { fejer_consolidate(head, 1, 0.0, &mut found) }, FejerStatus::Gap);
    let expected = solve.consolidate(1, 0.0).certificate;
    assert_eq!(
        [found.gap, found.drift, found.distance, found.residual],
        [expected.gap, expected.drift, expected.distance, expected.residual]
    );
    let gap = found.gap;
    assert_eq!(unsafe { fejer_certify(head, &mut found) }, GOOD);
    assert_eq!(found.gap, gap);
    assert_eq!(unsafe { fejer_consolidate(head, 0, gap, &mut found) }, GOOD);
    let (mut hash, mut remembered) = (0, 0);
    let mut shape = shapes()[0];
    assert_eq!(unsafe { fejer_hash(head, &mut hash) }, GOOD);
    assert_eq!(hash, solve.head().hash());
    assert_eq!(unsafe { fejer_describe(head, &mut shape, &mut remembered) }, GOOD);
    assert_eq!((shape.features, shape.outputs, remembered), (FEATURES, OUTPUTS, MEMORY - 1));
    let saved = save(head);
    assert_eq!(saved, checkpoint::encode(&solve, &mut vec![0; FULL]).expect("room"));

    let mut elsewhere = room();
    let other = made(&mut elsewhere);
    assert_eq!(unsafe { fejer_resume(other, saved.as_ptr(), saved.len()) }, GOOD);
    assert_eq!(save(other), saved);
}

#[test]
fn a_head_of_another_link_learns_from_numbers() {
    let factory: Head<f32, 5, 1> = random_head(&mut Random::new(4), Link::Identity);
    let mut storage = room();
    let (status, head) = init(&mut storage, &encoded(&factory), 32);
    assert_eq!(status, GOOD);
    let mut solve = Anchored::<f32, [f32; 1], 5, 1, 32>::new(&factory).expect("sound");
    let features = [0.5_f32, -1.0, 2.0, 0.25];
    let learn = |target: &[f32]| unsafe {
        fejer_learn_numbers(head, features.as_ptr(), 4, target.as_ptr(), target.len())
    };
    assert_eq!(learn(&[1.5]), GOOD);
    solve.learn(&features, [1.5]).expect("sound");
    let mut hash = 0;
    assert_eq!(unsafe { fejer_hash(head, &mut hash) }, GOOD);
    assert_eq!(hash, solve.head().hash());
    assert_eq!(learn(&[1.5, 2.0]), FejerStatus::Length);
    assert_eq!(learn(&[f32::NAN]), FejerStatus::Label);
    let class = unsafe { fejer_learn_class(head, features.as_ptr(), 4, 0) };
    assert_eq!(class, FejerStatus::Label);
    let mut other = room();
    let classes = made(&mut other);
    let many = [0.0; FEATURES];
    let numbers =
        unsafe { fejer_learn_numbers(classes, many.as_ptr(), FEATURES, many.as_ptr(), OUTPUTS) };
    assert_eq!(numbers, FejerStatus::Label);
}

#[test]
fn every_null_pointer_is_refused() {
    let mut storage = room();
    let head = taught(&mut storage);
    let before = save(head);
    let (features, mut shares, mut bytes) = ([0.5; FEATURES], [0.0; OUTPUTS], [0_u8; FULL]);
    let (from, to, buffer) = (features.as_ptr(), shares.as_mut_ptr(), bytes.as_mut_ptr());
    let mut shape = shapes()[0];
    let (none, mut count, mut hash) = (null_mut::<FejerHead>(), 0, 0);
    let mut certificate = FejerCertificate { gap: 0.0, drift: 0.0, distance: 0.0, residual: 0.0 };
    let factory = encoded(&factory());
    let (made_from, long) = (factory.as_ptr(), factory.len());
    let mut elsewhere = room();
    let (place, length) = (elsewhere.as_mut_ptr().cast(), size_of_val(&elsewhere[..]));
    let mut made = null_mut();
    let found = unsafe {
        [
            fejer_init(null_mut(), place, length, made_from, long, MEMORY, 0.3),
            fejer_init(&mut made, null_mut(), length, made_from, long, MEMORY, 0.3),
            fejer_init(&mut made, place, length, null(), long, MEMORY, 0.3),
            fejer_shape_at(0, null_mut()),
            fejer_describe(none, &mut shape, &mut count),
            fejer_describe(head, null_mut(), &mut count),
            fejer_describe(head, &mut shape, null_mut()),
            fejer_predict(none, from, FEATURES, to, OUTPUTS),
            fejer_predict(head, null(), FEATURES, to, OUTPUTS),
            fejer_predict(head, from, FEATURES, null_mut(), OUTPUTS),
            fejer_learn_class(none, from, FEATURES, 0),
            fejer_learn_class(head, null(), FEATURES, 0),
            fejer_learn_numbers(none, from, FEATURES, to, OUTPUTS),
            fejer_learn_numbers(head, null(), FEATURES, to, OUTPUTS),
            fejer_learn_numbers(head, from, FEATURES, null(), OUTPUTS),
            fejer_revisit(none, 1),
            fejer_consolidate(none, 1, 0.0, &mut certificate),
            fejer_consolidate(head, 1, 0.0, null_mut()),
            fejer_certify(none, &mut certificate),
            fejer_certify(head, null_mut()),
            fejer_forget(none, 0),
            fejer_save(none, buffer, FULL, &mut count),
            fejer_save(head, null_mut(), FULL, &mut count),
            fejer_save(head, buffer, FULL, null_mut()),
            fejer_resume(none, made_from, long),
            fejer_resume(head, null(), long),
            fejer_hash(none, &mut hash),
            fejer_hash(head, null_mut()),
        ]
    };
    assert_eq!(found, [FejerStatus::Null; 28]);
    assert_eq!(save(head), before);
}

#[test]
fn handles_that_are_none_are_refused() {
    let mut storage = room();
    let head = taught(&mut storage);
    let hash_of = |head: *const FejerHead| unsafe { fejer_hash(head, &mut 0) };
    // Never initialised, moved, crooked.
    assert_eq!(hash_of(room().as_ptr().cast()), FejerStatus::Handle);
    assert_eq!(hash_of(vec![0_u64; 100].as_ptr().cast()), FejerStatus::Handle);
    let moved = storage.clone();
    assert_eq!(hash_of(moved.as_ptr().cast()), FejerStatus::Handle);
    assert_eq!(hash_of(head.cast::<u8>().wrapping_add(4).cast()), FejerStatus::Alignment);
    assert_eq!(hash_of(head), GOOD);
    // The storage was given to a head that could not be made.
    let (status, none) = init(&mut storage, b"FJER", MEMORY);
    assert_eq!((status, none.is_null()), (FejerStatus::Truncated, true));
    assert_eq!(hash_of(storage.as_ptr().cast()), FejerStatus::Handle);
}

#[test]
fn memory_that_overlaps_or_is_crooked_is_refused() {
    let mut storage = room();
    let length = size_of_val(&storage[..]);
    let head = taught(&mut storage);
    let before = save(head);
    let inside = head.cast::<u8>().wrapping_add(64);
    let end = head.cast::<u8>().wrapping_add(shapes()[0].storage - 4);
    let mut numbers = [0.5_f32; FEATURES + OUTPUTS];
    let (from, to) = (numbers.as_mut_ptr(), numbers.as_mut_ptr().wrapping_add(FEATURES - 1));
    let crooked = from.cast::<u8>().wrapping_add(1).cast();
    let factory = encoded(&factory());
    let mut made = null_mut();
    let overlapping = unsafe {
        [
            fejer_learn_class(head, inside.cast(), FEATURES, 0),
            fejer_learn_class(head, end.cast(), FEATURES, 0),
            fejer_predict(head, from, FEATURES, inside.cast(), OUTPUTS),
            fejer_predict(head, from, FEATURES, to, OUTPUTS),
            fejer_learn_class(head, from, usize::MAX / 2, 0),
            fejer_resume(head, inside, 100),
            fejer_save(head, inside, 100, &mut 0),
            fejer_hash(head, inside.cast()),
            fejer_init(&mut made, inside.cast(), 64, inside, 64, MEMORY, 0.3),
        ]
    };
    assert_eq!(overlapping, [FejerStatus::Overlap; 9]);
    assert!(made.is_null());
    let crooked = unsafe {
        [
            fejer_learn_class(head, crooked, FEATURES, 0),
            fejer_predict(head, crooked, 4, to, OUTPUTS),
            fejer_init(
                &mut made,
                room().as_mut_ptr().cast::<u8>().wrapping_add(4).cast(),
                length - 4,
                factory.as_ptr(),
                factory.len(),
                MEMORY,
                0.3,
            ),
        ]
    };
    assert_eq!(crooked, [FejerStatus::Alignment; 3]);
    assert_eq!(save(head), before);
}

#[test]
fn what_does_not_fit_the_head_is_refused_and_leaves_it_as_it_was() {
    let mut storage = room();
    let head = taught(&mut storage);
    let before = save(head);
    let good = [0.5; FEATURES];
    let mut bad = good;
    bad[7] = f32::INFINITY;
    let (mut shares, mut written, mut small) = ([0.0; OUTPUTS + 1], 0, [0; 100]);
    let to = shares.as_mut_ptr();
    let found = unsafe {
        [
            learn(head, &good[1..], 0),
            learn(head, &[], 0),
            fejer_predict(head, good.as_ptr(), FEATURES, to, OUTPUTS + 1),
            fejer_predict(head, good.as_ptr(), FEATURES - 1, to, OUTPUTS),
            fejer_forget(head, 5),
            learn(head, &good, OUTPUTS as u8),
            learn(head, &bad, 0),
            fejer_predict(head, bad.as_ptr(), FEATURES, to, OUTPUTS),
            fejer_save(head, small.as_mut_ptr(), small.len(), &mut written),
        ]
    };
    use FejerStatus::{Buffer, Label, Length, Unsound};
    assert_eq!(found, [Length, Length, Length, Length, Length, Label, Unsound, Unsound, Buffer]);
    assert_eq!((written, save(head)), (0, before));
}

#[test]
fn heads_that_cannot_be_made_are_refused_by_name() {
    let softmax = factory();
    let bytes = encoded(&softmax);
    let mut random = Random::new(5);
    let double: Head<f64, ROWS, OUTPUTS> = random_head(&mut random, Link::Softmax);
    let narrow: Head<f32, ROWS, 2> = random_head(&mut random, Link::Softmax);
    let sigmoid: Head<f32, ROWS, OUTPUTS> = random_head(&mut random, Link::Sigmoid);
    let mut storage = room();
    let mut of = |factory: &[u8], memory| init(&mut storage, factory, memory).0;
    assert_eq!(of(&bytes, MEMORY), GOOD);
    assert_eq!(of(&bytes, MEMORY - 1), FejerStatus::Shape);
    assert_eq!(of(&encoded(&double), MEMORY), FejerStatus::Scalar);
    assert_eq!(of(&encoded(&narrow), MEMORY), FejerStatus::Shape);
    assert_eq!(of(&encoded(&sigmoid), MEMORY), FejerStatus::Shape);
    assert_eq!(init(&mut room()[..100], &bytes, MEMORY).0, FejerStatus::Storage);
    assert_eq!(init(&mut room()[..1], &bytes, MEMORY).0, FejerStatus::Storage);
    for precision in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let (mut storage, mut head) = (room(), null_mut());
        let (room, length) = (storage.as_mut_ptr().cast(), size_of_val(&storage[..]));
        let (from, count) = (bytes.as_ptr(), bytes.len());
        let status = unsafe { fejer_init(&mut head, room, length, from, count, MEMORY, precision) };
        assert_eq!((status, head.is_null()), (FejerStatus::Precision, true));
    }
}

#[test]
fn every_cut_and_every_flipped_bit_of_a_checkpoint_is_refused() {
    let mut storage = room();
    let head = taught(&mut storage);
    let before = save(head);
    let resume = |bytes: &[u8]| unsafe { fejer_resume(head, bytes.as_ptr(), bytes.len()) };
    for length in 0..before.len() {
        assert_ne!(resume(&before[..length]), GOOD, "{length}");
    }
    let mut spoilt = before.clone();
    for bit in 0..8 * before.len() {
        spoilt[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(resume(&spoilt), GOOD, "{bit}");
        spoilt[bit / 8] ^= 1 << (bit % 8);
    }
    assert_eq!(resume(&encoded(&factory())), FejerStatus::HeadAlone);
    assert_eq!(save(head), before);
    assert_eq!(resume(&before), GOOD);
}

#[test]
fn every_status_has_a_word_of_its_own() {
    // SAFETY: words are static strings.
    let word = |status| unsafe { CStr::from_ptr(fejer_word(status)) }.to_str().expect("ASCII");
    let words: BTreeSet<_> = (-1..100).map(word).collect();
    assert_eq!(words.len(), 24, "23 and `unknown`: {words:?}");
    assert_eq!((word(0), word(27), word(99)), ("good", "head-alone", "unknown"));
    assert_eq!(fejer_interface(), FEJER_INTERFACE);
}
