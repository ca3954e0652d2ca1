//! A reset loses nothing that was stored.

use fejer::checkpoint::{self, Error, encode_tuner, resume_tuner};
use fejer::fixed::types::I16F16;
use fejer::{Class, Scalar};

use crate::world::{Factory, LENGTH, Place, bytes, teach, windows};

fn goes_on<S: Scalar>() {
    let factory = Factory::<S>::new();
    let labels = windows::<S>(Place::Field, 70, 21);
    for cut in [0, 1, 4, 29, 60] {
        let mut whole = factory.device();
        teach(&mut whole, &labels[..cut]);
        let stored = bytes(&whole);
        let mut resumed = factory.device();
        resume_tuner(&stored, &mut resumed).expect("whole");
        assert_eq!(bytes(&resumed), stored);
        assert_eq!(resumed.head().hash(), whole.head().hash());
        for device in [&mut whole, &mut resumed] {
            for (features, _) in windows::<S>(Place::Field, 9, 22) {
                device.predict(&features);
            }
            teach(device, &labels[cut..]);
        }
        assert_eq!(bytes(&resumed), bytes(&whole), "cut after {cut}");
    }
}

#[test]
fn learning_goes_on_after_a_reset_to_the_last_bit_in_every_number_type() {
    goes_on::<f32>();
    goes_on::<f64>();
    goes_on::<I16F16>();
}

#[test]
fn stored_with_work_to_do_it_is_done_after_the_reset() {
    let factory = Factory::<f32>::new();
    let mut device = factory.device();
    for (features, class) in windows::<f32>(Place::Field, 10, 23) {
        device.learn(&features, class).expect("sound");
    }
    let mut resumed = factory.device();
    resume_tuner(&bytes(&device), &mut resumed).expect("whole");
    assert!(!resumed.is_settled());
    assert_eq!(resumed.settle(), device.settle());
}

#[test]
fn every_truncated_prefix_and_every_flipped_bit_is_refused_and_nothing_changes() {
    let factory = Factory::<f32>::new();
    let mut taught = factory.device();
    teach(&mut taught, &windows::<f32>(Place::Field, 9, 24));
    let stored = bytes(&taught);
    let mut device = factory.device();
    teach(&mut device, &windows::<f32>(Place::Field, 3, 25));
    let before = bytes(&device);
    let mut refuses = |damaged: &[u8], what: &dyn Fn() -> String| {
        assert!(resume_tuner(damaged, &mut device).is_err(), "{}", what());
        assert_eq!(bytes(&device), before, "{}", what());
    };
    for length in 0..stored.len() {
        refuses(&stored[..length], &|| format!("{length} bytes"));
    }
    for bit in 0..stored.len() * 8 {
        let mut flipped = stored.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        refuses(&flipped, &|| format!("bit {bit}"));
    }
}

#[test]
fn its_beginning_is_the_checkpoint_of_its_learner() {
    let factory = Factory::<f32>::new();
    let mut device = factory.device();
    teach(&mut device, &windows::<f32>(Place::Field, 9, 26));
    let head = checkpoint::decode_head::<f32, 4, 3>(&bytes(&device)).expect("a checkpoint");
    assert_eq!(head.hash(), device.learner().head().hash());
    let mut room = [0; 64];
    assert_eq!(encode_tuner(&device, &mut room), Err(Error::BufferTooSmall));
    let exact = checkpoint::tuner_length::<f32, Class, 4, 3, 40, 6>();
    assert!(exact <= LENGTH);
    teach(&mut device, &windows::<f32>(Place::Field, 60, 27));
    let mut room = vec![0; exact];
    assert!(encode_tuner(&device, &mut room).is_ok_and(|bytes| bytes.len() == exact));
}
