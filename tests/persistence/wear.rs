//! Erasures are counted, spread over both slots, and known over a reset.

use std::cell::RefCell;

use fejer::port::{Command, Reply};
use fejer_firmware::flash::{ERASED, Medium, OutOfRange, SECTOR};
use fejer_firmware::model::FACTORY;
use fejer_firmware::port::{STORES_A_DAY, YEARS};

use crate::support::figure;
use crate::{CAPACITY, erased, teach, told, with_device};

/// A flash that counts how often each sector is erased.
struct Counting<'a> {
    bytes: &'a mut [u8],
    erasures: &'a RefCell<[u32; CAPACITY / SECTOR]>,
}

impl Medium for Counting<'_> {
    type Error = OutOfRange;

    fn capacity(&self) -> usize {
        self.bytes.len()
    }

    fn read_at(&mut self, offset: usize, bytes: &mut [u8]) -> Result<(), OutOfRange> {
        (&mut *self.bytes).read_at(offset, bytes)
    }

    fn write_at(&mut self, offset: usize, bytes: &[u8]) -> Result<(), OutOfRange> {
        // A sector is erased from its start on; nothing else is all ones there.
        if offset.is_multiple_of(SECTOR) && bytes.iter().all(|&byte| byte == ERASED) {
            self.erasures.borrow_mut()[offset / SECTOR] += 1;
        }
        (&mut *self.bytes).write_at(offset, bytes)
    }
}

#[test]
fn wear_is_counted_and_even_and_the_factory_head_stays() {
    let (mut flash, erasures) = (erased(), RefCell::new([0; CAPACITY / SECTOR]));
    let mut stores = 0;
    for start in 0..10 {
        let medium = Counting { bytes: &mut flash, erasures: &erasures };
        with_device(medium, None, |device| {
            (0..10).for_each(|label| teach(device, start * 10 + label));
            stores = told(device, &Command::Status, |reply| match reply {
                Reply::State(state) => state.stores,
                other => panic!("{other:?}"),
            });
        });
    }
    let erasures = *erasures.borrow();
    assert_eq!(stores, 100, "over ten resets");
    assert!(erasures.iter().all(|&count| count == 50), "{erasures:?}");
    let medium = Counting { bytes: &mut flash, erasures: &RefCell::default() };
    let reset = with_device(medium, None, |device| {
        told(device, &Command::FactoryReset, |reply| match reply {
            Reply::State(state) => state.weights,
            other => panic!("{other:?}"),
        })
    });
    assert_eq!(reset, FACTORY.hash());
    figure(
        "wear",
        "counted over resets, the same for every sector; the factory head is never overwritten",
        format!(
            "{stores} stores in ten runs: every sector erased {} times; {STORES_A_DAY} stores a day with a \
             label every five minutes, {YEARS} years of 10000 erasures",
            erasures[0]
        ),
        true,
    );
}
