//! Labels nobody checked.

use fejer::tuner::{Clean, Learnt, Ruling};
use fejer::{Class, Link, Settings, Tuner};

use crate::support::Random;
use crate::world::{Device, Factory, Place, Window, accuracy, teach, windows};

fn of_one_class(windows: &[Window<f32>]) -> Vec<Window<f32>> {
    windows.iter().map(|&(features, _)| (features, Class(1))).collect()
}

/// Wrong in a system: every class is called the next one.
fn renamed(windows: &[Window<f32>]) -> Vec<Window<f32>> {
    windows.iter().map(|&(features, Class(class))| (features, Class((class + 1) % 3))).collect()
}

fn partly_wrong(windows: &[Window<f32>], share: f64, seed: u64) -> Vec<Window<f32>> {
    let mut random = Random::new(seed);
    let mislabel = |&(features, Class(class)): &Window<f32>| {
        let wrong = (class + 1 + (random.uniform() * 2.0) as u8) % 3;
        (features, Class(if random.uniform() < share { wrong } else { class }))
    };
    windows.iter().map(mislabel).collect()
}

#[test]
fn clean_labels_come_into_use_after_a_streak_and_help() {
    let factory = Factory::<f32>::new();
    let before = accuracy(&factory.head);
    let mut device = factory.device();
    let verdicts = teach(&mut device, &windows::<f32>(Place::Field, 36, 5));
    let rulings: Vec<Ruling> = verdicts.iter().map(|verdict| verdict.ruling).collect();
    let first = rulings.iter().position(|&ruling| ruling == Ruling::Kept).expect("in use");
    assert!(first >= 9, "the tenth good verdict at the earliest");
    assert!(rulings[first - 9..first].iter().all(|&ruling| ruling == Ruling::Waiting));
    assert_eq!(rulings.last(), Some(&Ruling::Kept));
    let after = accuracy(device.head());
    assert!(before < 0.85 && after > 0.95, "{before} {after}");
    let last = verdicts.last().expect("a verdict");
    assert!(f64::from(last.certificate.gap) <= 1e-3 * device.learner().samples().len() as f64);
}

#[test]
fn labels_wrong_in_a_system_are_seen_by_the_clean_set_and_not_by_the_holdout() {
    let factory = Factory::<f32>::new();
    let labels = renamed(&windows::<f32>(Place::Field, 40, 6));
    let mut device = factory.device();
    let verdicts = teach(&mut device, &labels);
    assert_eq!(verdicts.last().map(|verdict| verdict.ruling), Some(Ruling::WorseOnClean));
    assert_eq!(device.head().hash(), factory.head.hash());

    let mut blind = blind(&factory);
    for (features, class) in &labels {
        blind.learn(features, *class).expect("sound");
        blind.settle();
    }
    assert!(blind.uses_learnt(), "with the holdout alone");
    let (with, without) = (accuracy(device.head()), accuracy(blind.head()));
    assert!(without < with - 0.2, "{with} {without}");
}

#[test]
fn labels_that_all_say_the_same_are_never_used_even_without_a_clean_set() {
    let factory = Factory::<f32>::new();
    let mut blind = blind(&factory);
    for (features, class) in of_one_class(&windows::<f32>(Place::Field, 40, 6)) {
        blind.learn(&features, class).expect("sound");
        let ruling = blind.settle().map(|verdict| verdict.ruling);
        assert_eq!(ruling, Some(Ruling::Unproven));
    }
    assert_eq!(blind.head().hash(), factory.head.hash());
}

/// A device without a clean set.
fn blind(factory: &Factory<f32>) -> Device<'_, f32> {
    Tuner::new(&factory.head, Clean::NONE, Settings::new()).expect("sound")
}

#[test]
fn mostly_wrong_labels_go_back_to_the_factory_head_and_good_ones_win_in_the_end() {
    let factory = Factory::<f32>::new();
    let good = windows::<f32>(Place::Field, 40, 7);
    let mut device = factory.device();
    teach(&mut device, &good);
    assert!(device.uses_learnt());
    // What was in use goes out of it with the first bad verdict.
    let verdicts = teach(&mut device, &partly_wrong(&windows::<f32>(Place::Field, 40, 8), 0.8, 9));
    assert!(!device.uses_learnt());
    let bad = |ruling| matches!(ruling, Ruling::WorseOnClean | Ruling::WorseOnHeld);
    assert!(verdicts.iter().any(|verdict| bad(verdict.ruling)));
    assert_eq!(device.head().hash(), factory.head.hash());
    // The memory gives up the wrong ones as good ones come.
    teach(&mut device, &windows::<f32>(Place::Field, 60, 10));
    assert!(device.uses_learnt() && accuracy(device.head()) > 0.95);
}

#[test]
fn a_verdict_is_what_its_losses_say() {
    let factory = Factory::<f32>::new();
    for (seed, share) in [(1, 0.0), (2, 0.3), (3, 0.6), (4, 1.0)] {
        let mut device = factory.device();
        for label in partly_wrong(&windows::<f32>(Place::Field, 30, seed), share, seed) {
            let verdict = teach(&mut device, &[label]).remove(0);
            let head = device.learner().head();
            let loss = |pairs: Vec<(Vec<i8>, Class)>, head: &fejer::Head<f32, 4, 3>| {
                let wrong = |(codes, class): &(Vec<i8>, Class)| {
                    let features: [f32; 3] = core::array::from_fn(|k| f32::from(codes[k]) / 32.0);
                    head.decide(&features) != usize::from(class.0)
                };
                pairs.iter().filter(|pair| wrong(pair)).count() as f32
            };
            let clean = || {
                let set = factory.clean();
                let codes = set.codes.chunks(3).map(<[i8]>::to_vec);
                codes.zip(set.targets.iter().copied()).collect::<Vec<_>>()
            };
            let held = || device.held().map(|s| (s.codes().to_vec(), s.target)).collect::<Vec<_>>();
            assert_eq!(verdict.clean, [loss(clean(), &factory.head), loss(clean(), head)]);
            assert_eq!(verdict.held, [loss(held(), &factory.head), loss(held(), head)]);
            let is_clean = verdict.clean[1] <= verdict.clean[0] + 3.0; // a tenth of 30
            let is_held = verdict.held[1] <= verdict.held[0];
            let is_good = matches!(verdict.ruling, Ruling::Kept | Ruling::Waiting);
            let count = |class| held().iter().filter(|&&(_, held)| held == Class(class)).count();
            let constant = held().len() - (0..3).map(count).max().unwrap_or(0);
            let is_proven = verdict.held[1] < constant as f32;
            assert_eq!(is_good, is_clean && is_held && is_proven, "{verdict:?}");
        }
    }
}

#[test]
fn a_label_held_out_is_learnt_when_its_place_is_needed() {
    let factory = Factory::<f32>::new();
    let mut device = factory.device();
    let labels = windows::<f32>(Place::Field, 44, 11);
    let mut held = Vec::new();
    for (number, (features, class)) in (1..).zip(&labels) {
        if device.learn(features, *class).expect("sound") == Learnt::Held {
            held.push(features.map(|feature| (feature * 32.0).round() as i8));
        }
        let kept = device.learner().samples().len() + device.held().len();
        assert_eq!(kept, number, "no label is lost");
    }
    let left = device.held().map(|sample| sample.codes().to_vec()).collect::<Vec<_>>();
    assert_eq!((held.len(), left.len()), (11, 6));
    assert_eq!(left, held[5..], "the five oldest were learnt since");
}

#[test]
fn labels_are_held_out_evenly_and_in_step_with_no_period() {
    const LABELS: u32 = 20_000;
    for every in 1..=8 {
        let settings = Settings::<f32> { held_every: every, ..Settings::new() };
        let held: Vec<u32> = (1..=LABELS).filter(|&number| settings.is_held(number)).collect();
        assert!(held.len().abs_diff((LABELS / every) as usize) <= 2, "one in {every}");
        assert!(held.windows(2).all(|pair| pair[1] - pair[0] <= 2 * every));
        for period in 1..=20 {
            for class in 0..period {
                let count = held.iter().filter(|&&number| number % period == class).count();
                let share = count as f64 * f64::from(every * period) / f64::from(LABELS);
                assert!((share - 1.0).abs() < 0.1, "class {class} of {period}, one in {every}");
            }
        }
    }
    let none = Settings::<f32> { held_every: 0, ..Settings::new() };
    assert!((1..=LABELS).all(|number| !none.is_held(number)));
}

#[test]
fn a_head_nobody_has_judged_for_long_is_not_used() {
    let factory = Factory::<f32>::new();
    let mut device = factory.device();
    teach(&mut device, &windows::<f32>(Place::Field, 30, 12));
    assert!(device.uses_learnt());
    for (count, (features, class)) in (1..).zip(windows::<f32>(Place::Field, 4, 13)) {
        device.learn(&features, class).expect("sound");
        assert_eq!(device.uses_learnt(), count < 4);
    }
    device.settle();
    assert!(device.uses_learnt(), "judged again");
}

#[test]
fn what_is_not_certified_is_not_used() {
    let factory = Factory::<f32>::new();
    let settings = Settings { gap: 0.0, passes: 2, ..Settings::new() };
    let mut device = factory.device_with(settings);
    let verdicts = teach(&mut device, &windows::<f32>(Place::Field, 20, 14));
    assert!(verdicts.iter().all(|verdict| verdict.ruling == Ruling::Uncertified));
    assert_eq!(device.head().hash(), factory.head.hash());
}

#[test]
fn a_class_or_everything_is_forgotten_as_if_never_seen() {
    let factory = Factory::<f64>::new();
    let labels = windows::<f64>(Place::Field, 32, 15);
    let mut device = factory.device_with(Settings { gap: 1e-20, passes: 5000, ..Settings::new() });
    for (features, class) in &labels {
        device.learn(features, *class).expect("sound");
    }
    device.forget(|class| *class == Class(2));
    assert!(device.learner().samples().all(|sample| sample.target != Class(2)));
    assert!(device.held().all(|sample| sample.target != Class(2)));
    let mut alone = fejer::Anchored::<f64, Class, 4, 3, 40>::new(&factory.head).expect("sound");
    for sample in device.learner().samples() {
        let features: [f64; 3] = core::array::from_fn(|k| f64::from(sample.codes()[k]) / 32.0);
        alone.learn(&features, sample.target).expect("sound");
    }
    alone.consolidate(5000, 1e-22);
    device.settle();
    let pairs = device.learner().head().point().iter().zip(alone.head().point());
    let apart = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(apart < 1e-8, "{apart:e}");

    device.forget_all();
    assert_eq!(crate::world::bytes(&device), crate::world::bytes(&factory.device()));
}

#[test]
fn a_regression_learns_under_guard_too() {
    // y = 2x in the lab, 2x + .5 in the field.
    let factory = fejer::Head::new(Link::Identity, [[2.0_f32], [0.0]]);
    let codes: Vec<i8> = (-10..10).map(|k| 3 * k).collect();
    let targets: Vec<[f32; 1]> = codes.iter().map(|&code| [f32::from(code) / 16.0]).collect();
    let clean = Clean { codes: &codes, targets: &targets };
    let settings = Settings { margin: 0.3, ..Settings::new() };
    let new = || Tuner::<f32, [f32; 1], 2, 1, 30, 5>::new(&factory, clean, settings).expect("ok");
    let teach = |error: f32| {
        let mut device = new();
        for k in 0..40 {
            let x = ((k * 7) % 20) as f32 / 10.0 - 1.0;
            device.learn(&[x], [2.0 * x + error]).expect("sound");
            device.settle();
        }
        (device.uses_learnt(), (device.head().predict(&[0.5])[0] - 1.0 - error).abs())
    };
    let (is_used, miss) = teach(0.5);
    assert!(is_used && miss < 0.02, "{miss}");
    let (is_used, miss) = teach(3.0);
    assert!(!is_used && miss == 3.0, "beyond the margin: 9 in the square");
}
