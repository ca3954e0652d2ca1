use core::convert::Infallible;

use super::*;
use crate::flash::{Flash, Medium, OutOfRange, SECTOR};

const CAPACITY: usize = 2 * SECTOR;

/// Loses power after a number of bytes; the byte it was at is left half written.
struct Mortal<'a> {
    bytes: &'a mut [u8],
    left: usize,
}

impl Medium for Mortal<'_> {
    type Error = OutOfRange;

    fn capacity(&self) -> usize {
        self.bytes.len()
    }

    fn read_at(&mut self, offset: usize, bytes: &mut [u8]) -> Result<(), OutOfRange> {
        (&mut *self.bytes).read_at(offset, bytes)
    }

    fn write_at(&mut self, offset: usize, bytes: &[u8]) -> Result<(), OutOfRange> {
        let done = self.left.min(bytes.len());
        self.bytes[offset..offset + done].copy_from_slice(&bytes[..done]);
        self.left -= done;
        let Some(&byte) = bytes.get(done) else { return Ok(()) };
        let place = &mut self.bytes[offset + done];
        *place = if byte == ERASED { *place | 0x55 } else { *place & (byte | 0x55) };
        Err(OutOfRange)
    }
}

fn payload(number: u8, length: usize) -> Vec<u8> {
    (0..length).map(|at| number.wrapping_mul(37).wrapping_add(at as u8)).collect()
}

fn slots(bytes: &mut [u8]) -> Slots<Flash<&mut [u8]>> {
    Slots::new(Flash::new(bytes))
}

type Any = Loaded<Vec<u8>, Infallible>;

fn load<M: Medium>(slots: &mut Slots<Flash<M>>) -> Any {
    let mut buffer = vec![0; CAPACITY];
    slots.load(&mut buffer, |bytes| Ok(bytes.to_vec())).expect("the medium can be read")
}

fn blank() -> Vec<u8> {
    vec![ERASED; CAPACITY]
}

#[test]
fn an_erased_flash_has_nothing_and_says_so() {
    let loaded = load(&mut slots(&mut blank()));
    assert_eq!(loaded.state, None);
    assert_eq!(loaded.refused, Some(Refused::Slot(Damage::Erased)));
}

#[test]
fn the_newest_payload_is_loaded_with_its_records_whatever_its_length() {
    let mut bytes = blank();
    for (number, length) in [(1, 0), (2, 1), (3, 7), (4, 8), (5, 3_001), (6, 3)] {
        let mut slots = slots(&mut bytes);
        load(&mut slots);
        assert_eq!(slots.store(&payload(number, length), u32::from(number) * 10), Ok(()));
        let loaded = load(&mut slots);
        assert_eq!(loaded.state, Some((payload(number, length), u32::from(number) * 10)));
        assert_eq!(loaded.refused, None);
    }
}

#[test]
fn a_payload_fits_exactly_or_is_refused_untouched() {
    let mut bytes = blank();
    let mut slots = slots(&mut bytes);
    let room = slots.room();
    assert_eq!(slots.store(&payload(1, room), 1), Ok(()));
    assert_eq!(
        slots.store(&payload(2, room + 1), 2),
        Err(Error::TooLong { length: room + 1, room })
    );
    assert_eq!(load(&mut slots).state, Some((payload(1, room), 1)));
}

#[test]
fn power_lost_at_any_byte_leaves_the_old_state_or_the_new_one() {
    let whole_store = CAPACITY / 2 + HEADER + 60;
    let mut outcomes = [0, 0];
    for stored_before in 0..3_u8 {
        let mut before = blank();
        let mut slots = slots(&mut before);
        for number in 1..=stored_before {
            slots.store(&payload(number, 57), u32::from(number)).ok();
        }
        let old = load(&mut slots).state;
        let new = Some((payload(99, 57), 99));
        for left in 0..=whole_store {
            let mut bytes = before.clone();
            let mut dying = Slots::new(Flash::new(Mortal { bytes: &mut bytes, left }));
            load(&mut dying);
            let stored = dying.store(&payload(99, 57), 99).is_ok();
            assert_eq!(stored, left == whole_store, "{left} bytes");

            let mut after = self::slots(&mut bytes);
            let state = load(&mut after).state;
            assert!(state == old || state == new, "{left} bytes after {stored_before} stores");
            assert!(!stored || state == new);
            outcomes[usize::from(state == new)] += 1;

            assert_eq!(after.store(&payload(100, 60), 100), Ok(()), "{left} bytes");
            assert_eq!(load(&mut after).state, Some((payload(100, 60), 100)), "{left} bytes");
        }
    }
    assert!(outcomes.iter().all(|&count| count > 0), "{outcomes:?}");
}

#[test]
fn power_lost_twice_in_a_row_still_leaves_the_old_state() {
    let mut before = blank();
    slots(&mut before).store(&payload(1, 57), 1).ok();
    for left in (0..CAPACITY / 2 + HEADER).step_by(7) {
        let mut bytes = before.clone();
        for _ in 0..2 {
            let mut dying = Slots::new(Flash::new(Mortal { bytes: &mut bytes, left }));
            load(&mut dying);
            assert!(dying.store(&payload(2, 57), 2).is_err());
        }
        assert_eq!(load(&mut slots(&mut bytes)).state, Some((payload(1, 57), 1)), "{left} bytes");
    }
}

#[test]
fn any_flipped_bit_of_the_only_slot_is_refused_and_of_the_newest_falls_back() {
    let mut one = blank();
    slots(&mut one).store(&payload(1, 41), 1).ok();
    let mut two = one.clone();
    let mut newest = slots(&mut two);
    load(&mut newest);
    newest.store(&payload(2, 41), 2).ok();
    for bit in (0..160).chain(HEADER * 8..(HEADER + 41) * 8) {
        let mut bytes = one.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let loaded = load(&mut slots(&mut bytes));
        assert_eq!(loaded.state, None, "bit {bit}");
        assert!(!loaded.refused.as_ref().is_none_or(is_erased), "bit {bit}");

        let mut bytes = two.clone();
        bytes[CAPACITY / 2 + bit / 8] ^= 1 << (bit % 8);
        let loaded = load(&mut slots(&mut bytes));
        assert_eq!(loaded.state, Some((payload(1, 41), 1)), "bit {bit}");
        assert!(loaded.refused.is_some(), "bit {bit}");
    }
}

#[test]
fn a_payload_the_caller_refuses_is_reported_and_the_older_one_offered() {
    let mut bytes = blank();
    let mut slots = slots(&mut bytes);
    slots.store(&payload(1, 5), 1).ok();
    slots.store(&payload(2, 5), 2).ok();
    let mut buffer = [0; 64];
    let unusable = payload(2, 5);
    let accept = |bytes: &[u8]| if bytes == unusable { Err("version") } else { Ok(bytes.len()) };
    let loaded = slots.load(&mut buffer, accept).expect("the medium can be read");
    assert_eq!(loaded.state, Some((5, 1)));
    assert_eq!(loaded.refused, Some(Refused::Payload("version")));

    assert_eq!(slots.store(&payload(3, 5), 3), Ok(()), "over the refused one");
    let loaded = slots.load(&mut buffer, accept).expect("the medium can be read");
    assert_eq!(loaded.state, Some((5, 3)));
    assert_eq!(loaded.refused, None);
}

#[test]
fn a_buffer_too_short_for_the_payload_is_damage_not_a_panic() {
    let mut bytes = blank();
    let mut slots = slots(&mut bytes);
    slots.store(&payload(1, 100), 1).ok();
    let loaded = slots.load(&mut [0; 99], |_| Ok::<(), Infallible>(())).ok();
    let loaded = loaded.expect("the medium can be read");
    assert!(loaded.state.is_none());
    assert_eq!(loaded.refused, Some(Refused::Slot(Damage::Length)));
}

#[test]
fn the_sequence_number_may_wrap() {
    let mut bytes = blank();
    let mut slots = slots(&mut bytes);
    slots.sequence = u32::MAX - 1;
    for number in 1..5 {
        assert_eq!(slots.store(&payload(number, 5), u32::from(number)), Ok(()));
        assert_eq!(load(&mut slots).state, Some((payload(number, 5), u32::from(number))));
    }
}
