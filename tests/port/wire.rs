//! The host's client over a line in memory, with and without damage, and its records.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::time::Duration;

use fejer::port::{Command, Key, Reason, Receiver, State, stuff};
use fejer_firmware::port::{BODY, RESERVE};
use fejer_host::port::replay::{self, replay};
use fejer_host::port::{Client, Error, Record, exchanges};

use crate::support::Random;
use crate::{Simulated, committed, erased, features, with_device};

/// What happens to the frames with these numbers, from 0.
#[derive(Default)]
struct Damage {
    command: Vec<usize>,
    reply: Vec<usize>,
    is_deaf: bool,
}

/// A line with a device at its other end.
struct Wire<'d, 'a> {
    device: &'d mut Simulated<'a>,
    receiver: Receiver<BODY>,
    replies: VecDeque<u8>,
    damage: Damage,
    sent: usize,
    answered: usize,
}

impl<'d, 'a> Wire<'d, 'a> {
    fn new(device: &'d mut Simulated<'a>, damage: Damage) -> Self {
        let (receiver, replies) = (Receiver::new(), VecDeque::new());
        Self { device, receiver, replies, damage, sent: 0, answered: 0 }
    }
}

impl Write for Wire<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut bytes = bytes.to_vec();
        let length = bytes.len();
        if self.damage.is_deaf {
            return Ok(length);
        }
        if self.damage.command.contains(&self.sent) {
            bytes[length / 2] ^= 0x20;
        }
        self.sent += 1;
        let mut body = [0; BODY];
        for byte in bytes {
            let Some(arrived) = self.receiver.take(byte) else { continue };
            let answer = self.device.answer(arrived, &mut body);
            if !self.damage.reply.contains(&self.answered) {
                stuff(answer, &mut |piece| self.replies.extend(piece));
            }
            self.answered += 1;
            // Between frames it works, sometimes longer.
            let _ = (0..self.answered % 5).all(|_| self.device.work());
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Wire<'_, '_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self.replies.read(bytes) {
            Ok(0) => Err(io::ErrorKind::TimedOut.into()),
            other => other,
        }
    }
}

fn with_client<T>(
    flash: &mut [u8],
    [device, host]: [Option<&[u8]>; 2],
    damage: Damage,
    work: impl FnOnce(&mut Client<Wire<'_, '_>>) -> T,
) -> T {
    with_device(flash, device.map(Key::new), |device| {
        let mut client = Client::new(Wire::new(device, damage), "wire", host.map(Key::new));
        client.timeout = Duration::from_millis(20);
        work(&mut client)
    })
}

/// Predicts `count` windows, labels them late, asks in between, and lets the device judge and store.
fn teach(client: &mut Client<Wire<'_, '_>>, seed: u64, count: u32) -> Result<State, Error> {
    let mut random = Random::new(seed);
    let mut windows = vec![];
    for _ in 0..count {
        windows.push(client.predict(&features(&mut random))?.window);
    }
    for (index, window) in windows.into_iter().enumerate() {
        client.tell(&Command::Label { window, class: (index % 9) as u8 })?;
        client.predict(&features(&mut random))?;
    }
    client.tell(&Command::Idle)
}

fn reason<T: std::fmt::Debug>(answer: Result<T, Error>) -> Reason {
    match answer {
        Err(Error::Refused { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_command_is_spoken_and_the_record_replays_to_the_bit() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("record.bin");
    let key: &[u8] = &[4; 32];
    let mut flash = erased();
    let weights = with_client(&mut flash, [Some(key); 2], Damage::default(), |client| {
        client.record(Record::open(&path).expect("a record"))?;
        teach(client, 1, 12)?;
        let taught = client.read_head(&mut |_, _| {})?;
        client.tell(&Command::ForgetClass { class: 3 })?;
        assert_eq!(reason(client.tell(&Command::Label { window: 1, class: 1 })), Reason::Window);
        client.certificate()?;
        let mut seen = vec![];
        client.write_head(&taught, &mut |done, whole| seen.push((done, whole)))?;
        assert_eq!(seen.last(), Some(&(taught.len(), taught.len())));
        assert!(client.self_test()?.passes());
        assert_eq!(client.read_head(&mut |_, _| {})?, taught);
        client.tell(&Command::ForgetAll)?;
        client.tell(&Command::RollBack)?;
        client.tell(&Command::FactoryReset)?;
        teach(client, 2, 5)?;
        client.tell(&Command::RollBack).map(|state| state.weights)
    });
    let weights = weights.expect("every command is obeyed");
    let record = std::fs::read(&path).expect("a record");
    let record = exchanges(&record).expect("whole");
    let (factory, clean) = committed();
    let agreed = replay::<f32>(&record, &factory, &clean).expect("the same bits");
    assert_eq!((agreed.weights, agreed.predictions), (weights, 2 * 17));
    assert_eq!(agreed.changes, 12 + 1 + 1 + 1 + 3 + 5 + 1 + 1);

    // A record another device, or another number type, could not have given.
    let mut other = factory.clone();
    other.head.point_mut()[7] += 1e-6;
    assert!(matches!(replay::<f32>(&record, &other, &clean), Err(replay::Error::Device { .. })));
    // One label changed: the weights differ at that exchange.
    let label = |(sent, _): &(Vec<u8>, Vec<u8>)| matches!(fejer::port::read_command(sent), Ok(r) if matches!(r.command, Command::Label { .. }));
    let mut forged = record.clone();
    let at = forged.iter().position(label).expect("a label");
    let received = fejer::port::read_command(&record[at].0).expect("a command");
    let Command::Label { window, class } = received.command else { unreachable!() };
    let mut buffer = [0; BODY];
    let wrong = Command::Label { window, class: (class + 1) % 9 };
    forged[at].0 = fejer::port::write_command(1, &wrong, None, &mut buffer).expect("room").to_vec();
    let found = replay::<f32>(&forged, &factory, &clean);
    assert!(matches!(found, Err(replay::Error::Differs { exchange, .. }) if exchange == at + 1));
}

#[test]
fn a_damaged_line_costs_a_repeat_and_nothing_else() {
    let clean = with_client(&mut erased(), [None; 2], Damage::default(), |client| {
        teach(client, 3, 4).expect("taught")
    });
    // Commands damaged on their way, labels among them, and replies lost of what only reads.
    let damage = Damage { command: vec![1, 6, 8], reply: vec![0, 3], is_deaf: false };
    let damaged = with_client(&mut erased(), [None; 2], damage, |client| {
        teach(client, 3, 4).expect("taught")
    });
    assert_eq!((damaged.weights, damaged.remembered), (clean.weights, clean.remembered));
    let (mut flash, mut other) = (erased(), erased());
    let head = with_client(&mut flash, [None; 2], Damage::default(), |client| {
        teach(client, 3, 4).and_then(|_| client.read_head(&mut |_, _| {})).expect("read")
    });
    let damage = Damage { command: vec![3], reply: vec![2, 6, 7], is_deaf: false };
    let put = with_client(&mut other, [None; 2], damage, |client| {
        client.write_head(&head, &mut |_, _| {}).expect("put")
    });
    assert_eq!(put.weights, clean.weights);
}

#[test]
fn what_was_not_answered_is_an_error_that_says_what_may_have_happened() {
    let deaf = Damage { is_deaf: true, ..Damage::default() };
    with_client(&mut erased(), [None; 2], deaf, |client| {
        assert!(matches!(client.status(), Err(Error::Silent { .. })));
        let told = client.tell(&Command::Idle);
        assert!(matches!(&told, Err(Error::Unknown { .. })));
        let text = told.map(|_| ()).expect_err("silent").to_string();
        assert!(
            text.contains("wire") && text.contains("Idle") && text.contains("status"),
            "{text}"
        );
    });
}

#[test]
fn a_wrong_key_or_none_is_refused_and_a_right_one_goes_on_after_a_reset() {
    let (key, other): (&[u8], &[u8]) = (&[4; 32], &[5; 32]);
    let mut flash = erased();
    for (host, expected) in [(None, Reason::SealMissing), (Some(other), Reason::Seal)] {
        with_client(&mut flash, [Some(key), host], Damage::default(), |client| {
            assert_eq!(reason(client.tell(&Command::Idle)), expected);
        });
    }
    with_client(&mut flash, [None, Some(key)], Damage::default(), |client| {
        assert_eq!(reason(client.tell(&Command::Idle)), Reason::NoKey);
    });
    for round in 0..3 {
        let state = with_client(&mut flash, [Some(key); 2], Damage::default(), |client| {
            client.tell(&Command::Idle).expect("obeyed")
        });
        assert_eq!(state.counter, 1 + round * (1 + RESERVE), "the reserve is gone with the power");
    }
}
