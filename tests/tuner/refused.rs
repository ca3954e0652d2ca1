//! Bad input is refused and leaves everything as it was.

use fejer::tuner::Clean;
use fejer::{Class, Error, Settings, Tuner};

use crate::world::{Factory, Place, bytes, teach, windows};

#[test]
fn what_is_not_sound_or_no_class_changes_nothing() {
    let factory = Factory::<f32>::new();
    let mut device = factory.device();
    teach(&mut device, &windows::<f32>(Place::Field, 27, 31));
    let before = bytes(&device);
    // The next label would be held out, in the place of none and, later, of the oldest.
    for _ in 0..2 {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let features = [0.0, bad, 0.0];
            assert_eq!(device.learn(&features, Class(0)), Err(Error::Unsound));
            assert!(device.predict(&features).is_rejected);
        }
        assert_eq!(device.learn(&[0.0; 3], Class(3)), Err(Error::Target));
    }
    assert_eq!(bytes(&device), before);
    assert!(device.is_settled());
}

#[test]
fn a_clean_set_that_does_not_fit_is_refused() {
    let factory = Factory::<f32>::new();
    let new = |codes: &[i8], targets: &[Class]| {
        let clean = Clean { codes, targets };
        Tuner::<f32, Class, 4, 3, 40, 6>::new(&factory.head, clean, Settings::new()).map(|_| ())
    };
    assert_eq!(new(&[0; 6], &[Class(0), Class(2)]), Ok(()));
    assert_eq!(new(&[0; 5], &[Class(0), Class(2)]), Err(Error::Target));
    assert_eq!(new(&[0; 6], &[Class(0), Class(3)]), Err(Error::Target));
    let settings = Settings { precision: 0.0, ..Settings::new() };
    let none = Tuner::<f32, Class, 4, 3, 40, 6>::new(&factory.head, Clean::NONE, settings);
    assert_eq!(none.map(|_| ()), Err(Error::Precision));
}

#[test]
fn a_prediction_below_the_confidence_is_rejected() {
    let factory = Factory::<f32>::new();
    let mut device = factory.device_with(Settings { confidence: 0.8, ..Settings::new() });
    for (features, _) in windows::<f32>(Place::Field, 60, 32) {
        let prediction = device.predict(&features);
        let share = prediction.outputs[prediction.class];
        assert!(prediction.outputs.iter().all(|&other| other <= share));
        assert_eq!(prediction.is_rejected, share < 0.8);
        assert_eq!(prediction.outputs, factory.head.predict(&features));
    }
}
