//! A checkpoint gives back what it was given, to the last bit, or says what is wrong with it.

mod support;

use fejer::checkpoint::{self, Error, decode, decode_head, encode, encode_head};
use fejer::fixed::types::I16F16;
use fejer::{Anchored, Class, Head, Link, Scalar};
use support::{Random, random_head, teach};

const FEATURES: usize = 4;
const ROWS: usize = 5;
const OUTPUTS: usize = 3;
const MEMORY: usize = 6;
const LENGTH: usize = checkpoint::full_length::<f64, Class, ROWS, OUTPUTS, MEMORY>();
type Solve<'a, S> = Anchored<'a, S, Class, ROWS, OUTPUTS, MEMORY>;

fn factory<S: Scalar>() -> Head<S, ROWS, OUTPUTS> {
    random_head(&mut Random::new(1), Link::Softmax)
}

fn learnt<S: Scalar>(factory: &Head<S, ROWS, OUTPUTS>) -> Solve<'_, S> {
    let mut solve = Solve::new(factory).expect("sound");
    teach::<S, FEATURES, ROWS, OUTPUTS, MEMORY>(&mut solve, &mut Random::new(2), 8);
    solve
}

fn bytes_of<S: Scalar>(solve: &Solve<'_, S>) -> Vec<u8> {
    encode(solve, &mut [0; LENGTH]).expect("room").to_vec()
}

fn learning_goes_on_to_the_last_bit<S: Scalar>() {
    let factory = factory::<S>();
    let mut uncut = learnt(&factory);
    let bytes = bytes_of(&uncut);
    assert_eq!(bytes.len(), checkpoint::full_length::<S, Class, ROWS, OUTPUTS, MEMORY>());
    let mut resumed: Solve<'_, S> = decode(&bytes, &factory).expect("whole");
    assert_eq!(bytes_of(&resumed), bytes);
    for solve in [&mut uncut, &mut resumed] {
        teach::<S, FEATURES, ROWS, OUTPUTS, MEMORY>(solve, &mut Random::new(9), 5);
        solve.consolidate_pass();
    }
    assert_eq!(uncut.head().hash(), resumed.head().hash());
    assert_eq!(bytes_of(&uncut), bytes_of(&resumed));
}

#[test]
fn learning_goes_on_after_a_reset_to_the_last_bit_in_every_number_type() {
    learning_goes_on_to_the_last_bit::<f32>();
    learning_goes_on_to_the_last_bit::<f64>();
    learning_goes_on_to_the_last_bit::<I16F16>();
}

#[test]
fn every_truncated_prefix_and_every_flipped_bit_is_refused() {
    let factory = factory::<f32>();
    let bytes = bytes_of(&learnt(&factory));
    for length in 0..bytes.len() {
        assert!(
            decode::<f32, Class, _, _, MEMORY>(&bytes[..length], &factory).is_err(),
            "{length}"
        );
        assert!(decode_head::<f32, ROWS, OUTPUTS>(&bytes[..length]).is_err(), "{length}");
    }
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(decode::<f32, Class, _, _, MEMORY>(&flipped, &factory).is_err(), "bit {bit}");
    }
}

#[test]
fn a_longer_buffer_is_read_as_the_checkpoint_at_its_start() {
    let factory = factory::<f32>();
    let mut bytes = bytes_of(&learnt(&factory));
    bytes.extend([0xff; 100]);
    assert!(decode::<f32, Class, _, _, MEMORY>(&bytes, &factory).is_ok());
}

#[test]
fn every_mismatch_is_named() {
    let made = factory::<f32>();
    let bytes = bytes_of(&learnt(&made));
    assert_eq!(
        decode_head::<f32, 6, OUTPUTS>(&bytes).err(),
        Some(Error::Shape { rows: ROWS, outputs: OUTPUTS })
    );
    assert_eq!(decode_head::<f64, ROWS, OUTPUTS>(&bytes).err(), Some(Error::Scalar([1, 0])));
    let other = random_head::<f32, ROWS, OUTPUTS>(&mut Random::new(77), Link::Softmax);
    assert_eq!(decode::<_, Class, _, _, MEMORY>(&bytes, &other).err(), Some(Error::Factory));
    assert_eq!(decode::<_, Class, _, _, 2>(&bytes, &made).err(), Some(Error::Memory(MEMORY)));
    assert_eq!(decode::<_, [f32; OUTPUTS], _, _, MEMORY>(&bytes, &made).err(), Some(Error::Target));
    let mut version = bytes.clone();
    version[4] = 9;
    assert_eq!(decode_head::<f32, ROWS, OUTPUTS>(&version).err(), Some(Error::Version(9)));
    assert_eq!(decode_head::<f32, ROWS, OUTPUTS>(&[0xff; 400]).err(), Some(Error::NotACheckpoint));
    let mut room = [0; LENGTH];
    let alone = encode_head(&made, &mut room).expect("room");
    assert_eq!(decode_head::<f32, ROWS, OUTPUTS>(alone).expect("whole"), made);
    assert_eq!(decode::<_, Class, _, _, MEMORY>(alone, &made).err(), Some(Error::HeadAlone));
    assert_eq!(encode_head(&made, &mut [0; 20]).err(), Some(Error::BufferTooSmall));
}

/// The bytes of version 1, so that a change of the format cannot go unnoticed.
#[test]
fn the_bytes_of_version_1_stay() {
    let head = Head::<f32, 2, 2>::new(Link::Sigmoid, [[1.0, -2.0], [0.5, 0.0]]);
    let mut room = [0; 64];
    let bytes = encode_head(&head, &mut room).expect("room");
    let golden = "464a4552 01010100 3c000000 02000200 00000000 00000000 0000000000000000 \
                  0000000000000000 0000803f 000000c0 0000003f 00000000";
    let found: String = bytes[..56].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found, golden.replace(' ', ""));
    assert_eq!(decode_head::<f32, 2, 2>(bytes).expect("whole"), head);
}
