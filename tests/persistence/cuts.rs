//! Every byte a command writes to the flash, in order; then the power is cut before each of them.
//!
//! At a cut the byte it came at is half written. At some cuts the chip is worse: what it was writing
//! or erasing is left as anything between before and after, chosen with a fixed seed.

use fejer::port::{Command, Reply};
use fejer_firmware::flash::{ERASED, Flash, Medium, OutOfRange, SECTOR};
use fejer_firmware::model::{CLEAN, FEATURES};
use fejer_firmware::port::Device;

use crate::support::{Random, figure};
use crate::{CAPACITY, Head, comes_up, erased, head_of, label, teach, told, with_device};

/// Cuts there must be at least.
const CUTS: usize = 10_000;

/// A flash that remembers every byte written to it: where and what.
struct Journal<'a> {
    bytes: &'a mut [u8],
    written: &'a mut Vec<(usize, u8)>,
}

impl Medium for Journal<'_> {
    type Error = OutOfRange;

    fn capacity(&self) -> usize {
        self.bytes.len()
    }

    fn read_at(&mut self, offset: usize, bytes: &mut [u8]) -> Result<(), OutOfRange> {
        (&mut *self.bytes).read_at(offset, bytes)
    }

    fn write_at(&mut self, offset: usize, bytes: &[u8]) -> Result<(), OutOfRange> {
        self.written.extend(bytes.iter().enumerate().map(|(at, &byte)| (offset + at, byte)));
        (&mut *self.bytes).write_at(offset, bytes)
    }
}

/// A flash before a command, the bytes the command wrote, and the heads before and after it.
struct Story {
    flash: Vec<u8>,
    written: Vec<(usize, u8)>,
    old: Head,
    new: Head,
}

impl Story {
    fn of(mut flash: Vec<u8>, command: &str) -> Self {
        let before = flash.clone();
        let old = comes_up(&mut flash);
        let mut written = Vec::new();
        let journal = Journal { bytes: &mut flash, written: &mut written };
        let new = with_device(journal, None, |device| {
            let is_obeyed = |reply: Reply<'_>| matches!(reply, Reply::State(_));
            let told_only = match command {
                "label" | "verdict" => None,
                "forget a class" => Some(Command::ForgetClass { class: 2 }),
                "forget all" => Some(Command::ForgetAll),
                "roll back" => Some(Command::RollBack),
                _ => Some(Command::FactoryReset),
            };
            match told_only {
                None if command == "verdict" => {
                    label_rightly(device, labels_to_switch() - 1);
                    device.settle();
                    assert!(device.tuner().uses_learnt(), "the head in use changes");
                }
                None => teach(device, 40),
                Some(command) => assert!(told(device, &command, is_obeyed), "{command:?}"),
            }
            head_of(device)
        });
        assert!(!written.is_empty(), "{command} stores nothing");
        Self { flash: before, written, old, new }
    }

    /// Cuts the power before the bytes with these numbers and gives what came up: old, new, other.
    fn cut(&self, is_cut: impl Fn(usize) -> bool) -> [usize; 3] {
        let (mut flash, mut seen, mut random) = (self.flash.clone(), [0; 3], Random::new(3));
        for (number, &(at, byte)) in self.written.iter().enumerate() {
            if is_cut(number) {
                let mut left = flash.clone();
                left[at] = if byte == ERASED { left[at] | 0x55 } else { left[at] & (byte | 0x55) };
                seen[self.which(comes_up(&mut left))] += 1;
                if number.is_multiple_of(16) {
                    self.tear(&mut left, number, &mut random);
                    seen[self.which(comes_up(&mut left))] += 1;
                }
            }
            flash[at] = byte;
        }
        seen[self.which(comes_up(&mut flash))] += 1;
        seen
    }

    fn which(&self, head: Head) -> usize {
        [self.old, self.new].iter().position(|one| *one == head).unwrap_or(2)
    }

    /// Leaves what is written from this byte on, at most to the end of its sector, anyhow.
    fn tear(&self, flash: &mut [u8], number: usize, random: &mut Random) {
        let sector = self.written[number].0 / SECTOR;
        let goes_on = |entry: &&(usize, u8)| entry.0 / SECTOR == sector;
        for &(at, byte) in self.written[number..].iter().take_while(goes_on) {
            let chance = random.below(256) as u8;
            flash[at] =
                if byte == ERASED { flash[at] | chance } else { flash[at] & (byte | chance) };
        }
    }
}

/// Labels a window of the clean set with its class.
fn label_rightly<M: Medium>(device: &mut Device<'_, Flash<M>>, index: usize) {
    let index = index * 37 % CLEAN.targets.len();
    let codes = CLEAN.codes.chunks(FEATURES).nth(index).expect("a window");
    let values: Vec<f32> = codes.iter().map(|&code| f32::from(code) / 32.0).collect();
    label(device, &values, CLEAN.targets[index].0);
}

/// Right labels until what was learnt is used for the first time.
fn labels_to_switch() -> usize {
    with_device(&mut erased()[..], None, |device| {
        let is_used = |&label: &usize| {
            label_rightly(device, label - 1);
            device.settle();
            device.tuner().uses_learnt()
        };
        (1..=40).find(is_used).expect("right labels come into use")
    })
}

/// A flash in which a device is stored that needs one more right label to use what it learnt.
fn about_to_switch() -> Vec<u8> {
    let mut flash = erased();
    with_device(&mut flash[..], None, |device| {
        (1..labels_to_switch()).for_each(|index| label_rightly(device, index - 1));
        assert!(told(device, &Command::Idle, |reply| matches!(reply, Reply::State(_))));
    });
    flash
}

/// A flash in which a device that learnt so many labels is stored.
fn learnt(labels: u64) -> Vec<u8> {
    let mut flash = erased();
    with_device(&mut flash[..], None, |device| (1..=labels).for_each(|seed| teach(device, seed)));
    flash
}

#[test]
fn power_cut_at_every_byte_of_a_write_leaves_the_old_head_or_the_new_one() {
    let (mut cuts, mut seen) = (0, [0; 3]);
    for labels in [0, 1, 12] {
        let story = Story::of(learnt(labels), "label");
        let outcome = story.cut(|_| true);
        assert_eq!(outcome[2], 0, "after {labels} labels: {outcome:?}");
        assert!(outcome[0] > CUTS / 2 && outcome[1] > 0, "{outcome:?}");
        cuts += story.written.len();
        (0..3).for_each(|which| seen[which] += outcome[which]);
    }
    for command in ["verdict", "forget a class", "forget all", "roll back", "factory reset"] {
        let before = if command == "verdict" { about_to_switch() } else { learnt(12) };
        let story = Story::of(before, command);
        // Every byte of headers and of the ends of writes, and one in 31 elsewhere.
        let is_edge = |at: usize| {
            let first = story.written[at].0;
            let jumps = at.abs_diff(0) == 0 || story.written[at - 1].0 + 1 != first;
            jumps || first % (CAPACITY / 2) < 64 || at + 64 > story.written.len()
        };
        let chosen = |at: usize| at.is_multiple_of(31) || is_edge(at);
        let outcome = story.cut(chosen);
        assert_eq!(outcome[2], 0, "{command}: {outcome:?}");
        assert!(outcome[0] > 0 && outcome[1] > 0, "{command}: {outcome:?}");
        cuts += (0..story.written.len()).filter(|&at| chosen(at)).count();
        (0..3).for_each(|which| seen[which] += outcome[which]);
    }
    figure(
        "power cuts at every write and every byte of a write",
        format!("≥ {CUTS} cuts; the old head or the new one, never a third, never none"),
        format!(
            "{cuts} cuts: {} times the old head, {} times the new one, {} times another",
            seen[0], seen[1], seen[2]
        ),
        cuts >= CUTS && seen[2] == 0,
    );
}

/// The cuts can find a mistake: a store over the newest slot loses the head.
#[test]
fn a_store_in_place_of_the_newest_is_caught() {
    let mut story = Story::of(learnt(12), "label");
    for (at, _) in &mut story.written {
        *at = (*at + CAPACITY / 2) % CAPACITY;
    }
    assert!(story.cut(|at| at.is_multiple_of(31))[2] > 0);
}
