use super::*;
use fejer::tuner::Ruling;

/// A window of the clean set, with its class.
fn clean(index: usize) -> (Vec<u8>, u8) {
    let index = index * 37 % CLEAN.targets.len();
    let codes = &CLEAN.codes[index * FEATURES..(index + 1) * FEATURES];
    let features = codes.iter().flat_map(|&code| (f32::from(code) / 32.0).to_le_bytes());
    (features.collect(), CLEAN.targets[index].0)
}

/// What was predicted: window, class, by what was learnt, slices of work.
fn seen(host: &mut Host<'_, '_>, features: &[u8]) -> (u32, u8, bool, u32) {
    let body = host.body(&Command::Predict { features });
    host.raw(&body, |reply| match reply {
        Reply::Predicted { window, class, is_learnt, slices, .. } => {
            (window, class, is_learnt, slices)
        }
        other => panic!("{other:?}"),
    })
}

/// Labels a clean window, rightly or not.
fn label(host: &mut Host<'_, '_>, index: usize, is_right: bool) {
    let (features, class) = clean(index);
    let class = if is_right { class } else { (class + 1) % 9 };
    let window = seen(host, &features).0;
    host.state(&Command::Label { window, class }).expect("learnt");
}

#[test]
fn right_labels_come_into_use_and_wrong_ones_go_out_of_it_and_each_is_stored_at_once() {
    let mut bytes = erased();
    with(&mut bytes, None, |host| {
        let mut uses = vec![];
        for index in 0..64 {
            label(host, index, index < 20);
            let before = uses.last().copied().unwrap_or(false);
            let state = host.state(&Command::Status).expect("judged");
            assert!(state.is_settled);
            assert_eq!(state.uses_learnt, state.ruling == Some(Ruling::Kept));
            assert_eq!(state.unstored == 0, before != state.uses_learnt, "label {index}");
            uses.push(state.uses_learnt);
        }
        let first = uses.iter().position(|&used| used).expect("right labels come into use");
        assert!((7..20).contains(&first), "after eight good verdicts: {uses:?}");
        assert!(!uses[63], "wrong labels are seen through: {uses:?}");
        let (features, _) = clean(5);
        let factory = FACTORY.decide(&values_of(&features));
        let (_, class, is_learnt, _) = seen(host, &features);
        assert_eq!((usize::from(class), is_learnt), (factory, false));
    });
    with(&mut bytes, None, |host| {
        let state = host.state(&Command::Status).expect("well");
        assert!(state.is_resumed && !state.uses_learnt, "the last switch was stored");
    });
}

fn values_of(features: &[u8]) -> [Number; FEATURES] {
    let (values, _) = features.as_chunks();
    core::array::from_fn(|index| Number::from_f32(f32::from_le_bytes(values[index])))
}

#[test]
fn work_between_frames_ends_in_the_bits_of_work_at_once_and_predictions_tell_how_far_it_is() {
    let heads = [0, 1, 5].map(|slices| {
        with(&mut erased(), None, |host| {
            for seed in 0..12 {
                host.teach(seed).expect("learnt");
                let (features, _) = clean(seed as usize);
                for done in 1..=slices {
                    let goes_on = host.device.work();
                    assert!(!goes_on || seen(host, &features).3 == done);
                }
            }
            host.state(&Command::Idle).expect("judged").weights
        })
    });
    assert_eq!(heads, [heads[0]; 3]);
}

#[test]
fn labels_are_stored_every_so_many_and_lost_with_the_power_before() {
    let mut bytes = erased();
    let (stored, lost) = with(&mut bytes, None, |host| {
        let mut stored = host.state(&Command::Status).expect("well");
        for seed in 0..LABELS_A_STORE + 5 {
            host.teach(seed).expect("learnt");
            let state = host.state(&Command::Status).expect("judged");
            if state.stores > stored.stores {
                assert_eq!(state.unstored, 0);
                stored = state;
            }
            assert!(state.unstored < LABELS_A_STORE);
        }
        let end = host.state(&Command::Status).expect("well");
        (stored, end.unstored)
    });
    assert!(stored.stores > 0 && lost > 0);
    with(&mut bytes, None, |host| {
        let state = host.state(&Command::Status).expect("well");
        assert_eq!((state.weights, state.labels), (stored.weights, stored.labels));
        assert_eq!(stored.labels + lost, LABELS_A_STORE + 5);
    });
}
