//! A million random and mutated frames, with a fixed seed; in a CI, or for FEJER_HOSTILE_SECONDS, as many
//! as fit into the time.
//!
//! Two devices are attacked. One has a key the attacker does not know: for it no valid command exists,
//! so weights, counter and every byte of the flash stay. The other has no key: its weights change only
//! with a frame an independent reader (the published COBS, a table-driven CRC) takes for a command that
//! may change them.

use std::time::{Duration, Instant};

use fejer::port::{Command, Key, Receiver, Reply, digest, read_reply, stuff, write_command};
use fejer_firmware::model::FACTORY;
use fejer_firmware::port::{BODY, CHUNK};

use crate::support::{Random, figure};
use crate::{Simulated, erased, features, with_device};

/// Frames at each device at least.
const FRAMES: usize = 500_000;
/// One in this many frames at the device without a key may be a change: each rewrites a flash.
const CHANGES: usize = 40;

/// Counts of what was seen.
#[derive(Default)]
struct Seen {
    frames: usize,
    refused: usize,
    obeyed: usize,
    changed: usize,
    reasons: std::collections::BTreeMap<&'static str, usize>,
}

/// How long the attack takes in a CI.
const SECONDS: f64 = 30.0;

/// Until when at least.
fn deadline() -> Instant {
    let least = if std::env::var_os("CI").is_some() { SECONDS } else { 0.0 };
    let seconds = std::env::var("FEJER_HOSTILE_SECONDS").ok().and_then(|text| text.parse().ok());
    Instant::now() + Duration::from_secs_f64(seconds.unwrap_or(least) / 2.0)
}

struct Attacker {
    random: Random,
    key: Key,
    last: Vec<u8>,
    windows: Vec<u32>,
    allows_changes: bool,
}

impl Attacker {
    fn new(seed: u64, allows_changes: bool) -> Self {
        let random = Random::new(seed);
        Self { random, key: Key::new(&[1]), last: vec![], windows: vec![0], allows_changes }
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.random.below(most);
        (0..length).map(|_| self.random.below(256) as u8).collect()
    }

    fn command(&mut self) -> Vec<u8> {
        let number = match self.random.below(4) {
            0 => u32::MAX - self.random.below(3) as u32,
            1 => self.random.below(9000) as u32,
            _ => self.random.below(12) as u32,
        };
        let values: Vec<u8> =
            features(&mut self.random).iter().flat_map(|value| value.to_le_bytes()).collect();
        let (odd, window) = (self.bytes(BODY), self.windows[self.random.below(self.windows.len())]);
        let piece = odd.get(..self.random.below(CHUNK).min(odd.len())).unwrap_or_default();
        let changes = !self.allows_changes || self.random.below(CHANGES / 2) == 0;
        let command = match self.random.below(if changes { 18 } else { 11 }) {
            0 => Command::Describe,
            1 => Command::Status,
            2 if self.random.below(20) == 0 => Command::Certificate,
            2..=4 => Command::Predict { features: &values },
            5 => Command::Predict { features: piece },
            6 => Command::ReadHead,
            7 => Command::ReadChunk { offset: number },
            8 => Command::WriteHead { length: number },
            9 => Command::WriteChunk { offset: number, bytes: piece },
            10 => Command::SelfTest,
            11 | 12 => Command::Label { window, class: number as u8 },
            13 => Command::Idle,
            14 => Command::TakeHead { digest: digest(piece) },
            15 => Command::ForgetClass { class: number as u8 },
            16 => Command::RollBack,
            _ if self.random.below(2) == 0 => Command::ForgetAll,
            _ => Command::FactoryReset,
        };
        let mut buffer = [0; 2 * BODY];
        let is_sealed = self.random.below(4) == 0;
        let seal = is_sealed.then_some((&self.key, number));
        let exchange = self.random.below(65_536) as u16;
        write_command(exchange, &command, seal, &mut buffer).expect("room").to_vec()
    }

    /// Flips, cuts, repeats or replaces parts.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.random.below(3) {
            if bytes.is_empty() {
                return;
            }
            let (at, other) = (self.random.below(bytes.len()), self.random.below(bytes.len()));
            match self.random.below(6) {
                0 => bytes[at] ^= 1 << self.random.below(8),
                1 => bytes[at] = [0, 1, 2, 127, 128, 254, 255][self.random.below(7)],
                2 => bytes.truncate(at),
                3 => drop(bytes.remove(at)),
                4 => bytes.insert(at, self.random.below(256) as u8),
                _ => {
                    let (from, to) = (at.min(other), at.max(other));
                    let part = bytes[from..to].to_vec();
                    bytes.extend(part);
                }
            }
        }
    }

    /// The next frame on the line, its 0x00 included.
    fn frame(&mut self) -> Vec<u8> {
        let mut body = match self.random.below(10) {
            0 => self.bytes(2 * BODY),
            1 => std::mem::take(&mut self.last),
            _ => self.command(),
        };
        let is_valid = self.random.below(5) == 0;
        if !is_valid {
            let end = body.len().saturating_sub(4);
            body.truncate(end);
            // A device without a key must not be handed changes by chance too often: it takes time.
            self.mutate(&mut body);
            if self.random.below(3) > 0 {
                let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&body);
                body.extend(sum.to_le_bytes());
            }
        }
        let mut frame = Vec::new();
        stuff(&body, &mut |piece| frame.extend_from_slice(piece));
        self.last = body;
        if self.random.below(8) == 0 {
            self.mutate(&mut frame);
            frame.retain(|&byte| byte != 0);
            frame.push(0);
        }
        frame
    }
}

/// Sends a frame byte by byte; exactly one reply must come of it.
fn send(device: &mut Simulated<'_>, receiver: &mut Receiver<BODY>, frame: &[u8]) -> Vec<u8> {
    let mut out = [0; BODY];
    let mut replies = Vec::new();
    for &byte in frame {
        if let Some(arrived) = receiver.take(byte) {
            replies.push(device.answer(arrived, &mut out).to_vec());
        }
    }
    let count = usize::from(frame != [0]);
    assert_eq!(replies.len(), count, "replies to {frame:02x?}");
    replies.pop().unwrap_or_default()
}

fn weights(device: &Simulated<'_>) -> u64 {
    device.tuner().learner().head().hash()
}

fn attack(device: &mut Simulated<'_>, attacker: &mut Attacker) -> Seen {
    let (mut receiver, mut seen, until) = (Receiver::new(), Seen::default(), deadline());
    while seen.frames < FRAMES || Instant::now() < until {
        let frame = attacker.frame();
        if frame == [0] {
            continue;
        }
        device.settle(); // its work on labels it was told before is no change by this frame
        let before = weights(device);
        let answer = send(device, &mut receiver, &frame);
        let changed = weights(device) != before;
        seen.frames += 1;
        seen.changed += usize::from(changed);
        match read_reply(&answer).expect("every frame gets a reply that can be read").1 {
            Reply::Refused(reason) => {
                assert!(!changed, "refused ({reason}), but changed: {frame:02x?}");
                seen.refused += 1;
                *seen.reasons.entry(reason.word()).or_default() += 1;
            }
            reply => {
                if let Reply::Predicted { window, .. } = reply {
                    attacker.windows.insert(0, window);
                    attacker.windows.truncate(20);
                }
                seen.obeyed += 1;
                let is_state = matches!(reply, Reply::State(_));
                assert!(!changed || (is_state && may_change(&frame)), "changed: {frame:02x?}");
            }
        }
    }
    seen
}

/// Is it a command that may change weights? Read without the code under test.
fn may_change(frame: &[u8]) -> bool {
    let Ok(body) = cobs::decode_vec(&frame[..frame.len() - 1]) else { return false };
    let Some((covered, sum)) = body.split_last_chunk::<4>() else { return false };
    let sums = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(covered);
    // Numbers of the variants in the drawing of version 2: label, idle, take, forget, back, reset.
    sums == u32::from_le_bytes(*sum)
        && covered.starts_with(&[2, 0])
        && variant(covered).is_some_and(|variant| [4, 5, 10, 11, 12, 13, 14].contains(&variant))
}

/// The number after the header, seven bits a byte, the lowest first; postcard takes 0x85 0x00 for 5.
fn variant(covered: &[u8]) -> Option<u64> {
    let bytes = covered.get(4..)?;
    let length = 1 + bytes.iter().take(5).position(|byte| byte & 0x80 == 0)?;
    let digit = |(at, byte): (usize, &u8)| u64::from(byte & 0x7f) << (7 * at);
    Some(bytes[..length].iter().enumerate().map(digit).sum())
}

#[test]
fn a_million_hostile_frames_are_answered_and_change_nothing_they_may_not() {
    let (mut keyed, mut open) = (erased(), erased());
    let first = with_device(&mut keyed, Some(Key::new(&[9; 32])), |device| {
        let seen = attack(device, &mut Attacker::new(5, false));
        assert_eq!(weights(device), FACTORY.hash());
        assert_eq!((device.tuner().learner().visits(), device.tuner().labels()), (0, 0));
        seen
    });
    assert_eq!(keyed, erased(), "not a byte of the flash was written");
    assert_eq!(first.changed, 0);
    let second = with_device(&mut open, None, |device| attack(device, &mut Attacker::new(6, true)));
    assert!(second.changed > 100, "the attack reached the commands: {}", second.changed);
    for reason in ["stuffing", "checksum", "version", "kind", "unknown", "trailing", "too-long"] {
        assert!(first.reasons.contains_key(reason), "never refused for {reason}");
    }
    for reason in ["seal", "seal-missing"] {
        assert!(first.reasons.contains_key(reason), "never refused for {reason}");
    }
    let frames = first.frames + second.frames;
    let refused = first.refused + second.refused;
    println!("{:?}\n{:?}", first.reasons, second.reasons);
    figure(
        "hostile bytes",
        "10⁶ frames: no panic, no change without a valid command, a reason for every refusal",
        format!(
            "{frames} frames, {refused} refused with a reason, {} changes, all by valid commands, \
             none at the device with a key",
            second.changed
        ),
        frames >= 1_000_000,
    );
}

/// The test can fail: a device that obeyed what it refuses would be caught.
#[test]
fn the_independent_reader_tells_changes_from_the_rest() {
    let mut buffer = [0; BODY];
    for (command, changes) in [
        (Command::Status, false),
        (Command::Predict { features: &[1, 2] }, false),
        (Command::Label { window: 1, class: 1 }, true),
        (Command::Idle, true),
        (Command::TakeHead { digest: [3; 32] }, true),
        (Command::ForgetClass { class: 1 }, true),
        (Command::ForgetAll, true),
        (Command::RollBack, true),
        (Command::FactoryReset, true),
        (Command::SelfTest, false),
    ] {
        let body = write_command(1, &command, None, &mut buffer).expect("room");
        let mut frame = Vec::new();
        stuff(body, &mut |piece| frame.extend_from_slice(piece));
        assert_eq!((may_change(&frame), command.changes_weights()), (changes, changes));
    }
}
