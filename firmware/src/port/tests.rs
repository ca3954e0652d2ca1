mod guarded;
mod keyed;

use super::*;
use crate::flash::{ERASED, Flash, SECTOR};
use crate::model::{CLEAN, FACTORY, Number, TUNED_CHECKPOINT, tuned};
use fejer::port::{Key, State, digest, read_reply, write_command};
use fejer::{Class, Error, Scalar, checkpoint};

/// A device on these bytes of flash, spoken to without a wire.
fn with<T>(flash: &mut [u8], key: Option<&[u8]>, work: impl FnOnce(&mut Host<'_, '_>) -> T) -> T {
    let mut tuner = tuned().expect("a sound head");
    let mut buffer = [0; TUNED_CHECKPOINT];
    let keeper = Keeper::new(Flash::new(flash), &mut buffer);
    let mut device = Device::new(&mut tuner, keeper, key.map(Key::new), || 0);
    device.start().expect("started");
    work(&mut Host { device, key: key.map(Key::new), counter: 0 })
}

fn erased() -> Vec<u8> {
    vec![ERASED; 8 * SECTOR]
}

struct Host<'a, 'f> {
    device: Device<'a, Flash<&'f mut [u8]>>,
    key: Option<Key>,
    counter: u32,
}

impl Host<'_, '_> {
    fn body(&mut self, command: &Command<'_>) -> Vec<u8> {
        let mut buffer = [0; BODY];
        let seals = command.changes_weights() && self.key.is_some();
        self.counter += u32::from(seals);
        let seal = self.key.as_ref().filter(|_| seals).map(|key| (key, self.counter));
        write_command(9, command, seal, &mut buffer).expect("room").to_vec()
    }

    fn raw<T>(&mut self, body: &[u8], see: impl FnOnce(Reply<'_>) -> T) -> T {
        let mut out = [0; BODY];
        let (_, reply) = read_reply(self.device.answer(Ok(body), &mut out)).expect("a reply");
        see(reply)
    }

    /// The state, but for the number of answers, which rises whatever happens.
    fn state(&mut self, command: &Command<'_>) -> Result<State, Reason> {
        let body = self.body(command);
        self.raw(&body, |reply| match reply {
            Reply::State(state) => Ok(State { answered: 0, ..state }),
            Reply::Refused(reason) => Err(reason),
            other => panic!("{other:?}"),
        })
    }

    fn predict(&mut self, seed: u32) -> u32 {
        let body = self.body(&Command::Predict { features: &features(seed) });
        self.raw(&body, |reply| match reply {
            Reply::Predicted { window, .. } => window,
            other => panic!("{other:?}"),
        })
    }

    fn teach(&mut self, seed: u32) -> Result<State, Reason> {
        let window = self.predict(seed);
        self.state(&Command::Label { window, class: (seed % 9) as u8 })
    }

    /// Teaches, and lets it judge and store that.
    fn teach_for_good(&mut self, seed: u32) -> State {
        self.teach(seed).expect("learnt");
        self.state(&Command::Idle).expect("stored")
    }

    fn get(&mut self) -> Vec<u8> {
        let body = self.body(&Command::ReadHead);
        let (length, meant) = self.raw(&body, |reply| match reply {
            Reply::Head { length, digest } => (length as usize, digest),
            other => panic!("{other:?}"),
        });
        let mut whole = Vec::new();
        while whole.len() < length {
            let body = self.body(&Command::ReadChunk { offset: whole.len() as u32 });
            self.raw(&body, |reply| match reply {
                Reply::Chunk { bytes, .. } => whole.extend_from_slice(bytes),
                other => panic!("{other:?}"),
            });
        }
        assert_eq!(digest(&whole), meant);
        whole
    }

    fn put(&mut self, bytes: &[u8]) -> Result<State, Reason> {
        let mut commands = vec![Command::WriteHead { length: bytes.len() as u32 }];
        for (index, piece) in bytes.chunks(CHUNK).enumerate() {
            commands.push(Command::WriteChunk { offset: (index * CHUNK) as u32, bytes: piece });
        }
        for command in commands {
            let body = self.body(&command);
            self.raw(&body, |reply| match reply {
                Reply::Expected { .. } => Ok(()),
                Reply::Refused(reason) => Err(reason),
                other => panic!("{other:?}"),
            })?;
        }
        self.state(&Command::TakeHead { digest: digest(bytes) })
    }
}

fn values(seed: u32) -> [f32; FEATURES] {
    core::array::from_fn(|index| ((index as u32 * 7 + seed * 13) % 31) as f32 / 16.0 - 1.0)
}

fn features(seed: u32) -> Vec<u8> {
    values(seed).iter().flat_map(|value| value.to_le_bytes()).collect()
}

#[test]
fn late_labels_are_learnt_as_if_they_had_come_at_once() {
    let mut bytes = erased();
    let learnt = with(&mut bytes, None, |host| {
        let windows: Vec<_> = (0..9).map(|seed| (seed, host.predict(seed))).collect();
        for (seed, window) in windows {
            host.state(&Command::Label { window, class: seed as u8 }).expect("learnt");
        }
        host.state(&Command::Idle).expect("judged")
    });
    let mut tuner = tuned().expect("a sound head");
    let mut verdict = None;
    for seed in 0..9 {
        tuner.learn(&values(seed).map(Number::from_f32), Class(seed as u8)).expect("learnt");
        verdict = tuner.settle();
    }
    assert_eq!(learnt.weights, tuner.learner().head().hash());
    assert_eq!((learnt.labels, learnt.remembered, learnt.held), (9, 7, 2));
    assert_eq!(learnt.ruling, verdict.map(|verdict| verdict.ruling));
    assert_eq!((learnt.counter, learnt.pending, learnt.unstored), (10, 0, 0));
}

#[test]
fn a_label_meets_its_window_or_none() {
    with(&mut erased(), None, |host| {
        let window = host.predict(1);
        let before = host.state(&Command::Status).expect("well");
        let wrong = [
            (window + 1, 1, Reason::Window),
            (window, 9, Reason::Head(Error::Target)),
            (window, 255, Reason::Head(Error::Target)),
        ];
        for (window, class, reason) in wrong {
            assert_eq!(host.state(&Command::Label { window, class }), Err(reason));
        }
        assert_eq!(host.state(&Command::Status), Ok(before));
        assert!(host.state(&Command::Label { window, class: 1 }).is_ok());
        assert_eq!(host.state(&Command::Label { window, class: 1 }), Err(Reason::Window));
        for seed in 0..=PENDING as u32 {
            host.predict(seed);
        }
        assert_eq!(host.state(&Command::Status).expect("well").pending, PENDING as u16);
    });
}

#[test]
fn what_was_stored_survives_a_reset_and_a_label_does_not_meet_another_window_after_it() {
    let mut bytes = erased();
    let (state, late) = with(&mut bytes, None, |host| {
        let state = host.teach_for_good(3);
        (state, host.predict(4))
    });
    with(&mut bytes, None, |host| {
        let resumed = host.state(&Command::Status).expect("well");
        assert_eq!(resumed, State { pending: 0, ruling: None, is_resumed: true, ..state });
        // The same number, other features.
        host.predict(5);
        host.predict(6);
        assert_eq!(host.state(&Command::Label { window: late, class: 1 }), Err(Reason::Window));
    });
}

#[test]
fn a_head_is_read_put_into_another_device_and_goes_on_to_the_bit() {
    let (mut first, mut second) = (erased(), erased());
    let head = with(&mut first, None, |host| {
        assert!((0..5).all(|seed| host.teach(seed).is_ok()));
        host.get()
    });
    let states = [&mut first, &mut second].map(|flash| {
        with(flash, None, |host| {
            host.put(&head).expect("taken");
            host.teach(7).expect("learnt").weights
        })
    });
    assert_eq!(states[0], states[1]);
}

#[test]
fn a_bad_head_is_refused_by_name_and_changes_nothing() {
    with(&mut erased(), None, |host| {
        assert!((0..3).all(|seed| host.teach(seed).is_ok()));
        let (good, before) = (host.get(), host.state(&Command::Status));
        let mut flipped = good.clone();
        flipped[1000] ^= 4;
        let mut alone = [0; CHUNK * 16];
        let alone = checkpoint::encode_head(&FACTORY, &mut alone).expect("room").to_vec();
        let cases = [
            (flipped, Reason::Checkpoint(checkpoint::Error::Checksum)),
            (good[..100].to_vec(), Reason::Checkpoint(checkpoint::Error::Truncated)),
            (alone, Reason::Checkpoint(checkpoint::Error::Truncated)),
            (vec![0; 20_000], Reason::Length { room: TUNED_CHECKPOINT as u32 }),
        ];
        for (bytes, reason) in cases {
            assert_eq!(host.put(&bytes), Err(reason));
        }
        let take = Command::TakeHead { digest: digest(&good) };
        host.get();
        assert_eq!(host.state(&take), Err(Reason::NoTransfer));
        let begin = host.body(&Command::WriteHead { length: 8 });
        host.raw(&begin, |reply| assert_eq!(reply, Reply::Expected { offset: 0 }));
        assert_eq!(host.state(&take), Err(Reason::Offset { expected: 0 }));
        let ahead = host.body(&Command::WriteChunk { offset: 4, bytes: &[1] });
        host.raw(&ahead, |reply| assert_eq!(reply, Reply::Refused(Reason::Offset { expected: 0 })));
        assert_eq!(host.state(&Command::Status), before);
    });
}

#[test]
fn forgetting_rolling_back_and_resetting_do_what_they_say() {
    let mut bytes = erased();
    with(&mut bytes, None, |host| {
        assert_eq!(host.state(&Command::RollBack), Err(Reason::NothingBefore));
        let first = host.teach_for_good(1);
        let second = host.teach_for_good(2);
        let back = host.state(&Command::RollBack).expect("rolled back");
        assert_eq!((back.weights, back.remembered), (first.weights, 1));
        assert!(back.counter > second.counter);
        host.teach(2).expect("learnt");
        let forgot = host.state(&Command::ForgetClass { class: 2 }).expect("forgot");
        assert_eq!(forgot.remembered, 1);
        let all = host.state(&Command::ForgetAll).expect("forgot");
        assert_eq!((all.weights, all.remembered), (FACTORY.hash(), 0));
        let back = host.state(&Command::RollBack).expect("rolled back");
        assert_eq!((back.weights, back.remembered), (forgot.weights, 1));
        let reset = host.state(&Command::FactoryReset).expect("reset");
        assert_eq!((reset.weights, reset.visits), (FACTORY.hash(), 0));
        let back = host.state(&Command::RollBack).expect("nothing learnt there");
        assert_eq!(back.weights, FACTORY.hash());
    });
    with(&mut bytes, None, |host| {
        let state = host.state(&Command::Status).expect("well");
        assert_eq!((state.weights, state.counter), (FACTORY.hash(), 11));
    });
}

#[test]
fn a_healthy_device_passes_its_self_test_and_a_damaged_flash_fails_it() {
    let mut bytes = erased();
    let test = |host: &mut Host<'_, '_>| {
        let body = host.body(&Command::SelfTest);
        host.raw(&body, |reply| match reply {
            Reply::SelfTest(test) => test,
            other => panic!("{other:?}"),
        })
    };
    with(&mut bytes, None, |host| {
        assert!(test(host).passes());
        assert!((0..70).all(|seed| host.teach(seed).is_ok()));
        assert!(test(host).passes());
    });
    bytes[500] ^= 1;
    bytes[4 * SECTOR + 500] ^= 1;
    with(&mut bytes, None, |host| {
        let found = test(host);
        assert!(found.sums && found.factory && found.head && !found.stored);
    });
}

#[test]
fn features_of_another_number_or_unsound_are_refused() {
    with(&mut erased(), None, |host| {
        let reason = |host: &mut Host<'_, '_>, features: &[u8]| {
            let body = host.body(&Command::Predict { features });
            host.raw(&body, |reply| match reply {
                Reply::Refused(reason) => reason,
                other => panic!("{other:?}"),
            })
        };
        assert_eq!(reason(host, &[0; 8]), Reason::Features { expected: 64 });
        for bad in [f32::NAN, f32::INFINITY, 1e30] {
            let mut bytes = features(1);
            bytes[8..12].copy_from_slice(&bad.to_le_bytes());
            assert_eq!(reason(host, &bytes), Reason::Head(Error::Unsound), "{bad}");
        }
    });
}
