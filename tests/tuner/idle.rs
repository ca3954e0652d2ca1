//! Idle time comes in slices of any size, and they all end in the same bits.

use crate::support::Random;
use crate::world::{Factory, Place, bytes, teach, windows};

#[test]
fn slices_of_any_size_give_the_bits_of_one() {
    let factory = Factory::<f32>::new();
    let labels = windows::<f32>(Place::Field, 30, 3);
    let mut whole = factory.device();
    let verdicts = teach(&mut whole, &labels);
    for seed in 0..5 {
        let mut random = Random::new(seed);
        let mut device = factory.device();
        for ((features, class), expected) in labels.iter().zip(&verdicts) {
            device.learn(features, *class).expect("sound");
            let verdict = loop {
                // Predictions come in between and change nothing that is learnt.
                let slice = (random.uniform() * 9.0) as u32;
                if let Some(verdict) = device.idle(slice) {
                    break verdict;
                }
            };
            assert_eq!(verdict, *expected);
        }
        assert_eq!(bytes(&device), bytes(&whole));
    }
}

#[test]
fn nothing_is_done_where_nothing_is_to_do() {
    let factory = Factory::<f32>::new();
    let mut device = factory.device();
    assert!(device.is_settled());
    assert_eq!((device.idle(u32::MAX), device.settle()), (None, None));
    teach(&mut device, &windows::<f32>(Place::Field, 5, 4));
    let before = bytes(&device);
    assert_eq!((device.idle(100), device.settle()), (None, None));
    assert_eq!(bytes(&device), before);
}

#[test]
fn a_label_in_the_middle_starts_the_work_again() {
    let factory = Factory::<f32>::new();
    let labels = windows::<f32>(Place::Field, 12, 8);
    let mut device = factory.device();
    for (features, class) in &labels {
        device.learn(features, *class).expect("sound");
        assert_eq!(device.idle(3), None);
        assert!(!device.is_settled());
    }
    let verdict = device.settle().expect("a verdict");
    let again = device.learner().certificate();
    assert_eq!(verdict.certificate, again, "of the weights as they are");
}
