use std::cell::RefCell;
use std::rc::Rc;

use embedded_hal::digital::ErrorType;
use embedded_hal::i2c::I2c;
use embedded_hal_mock::eh1::delay::NoopDelay;

use super::*;

const ADDRESS: u8 = 0x48;

/// What the device is doing with the bits.
#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Idle,
    Address,
    Receive,
    Send,
}

/// Two wires with a device on them that answers at [`ADDRESS`].
struct Wires {
    clock: bool,
    data: bool,
    /// The device pulls the data line down.
    pulled: bool,
    phase: Phase,
    bits: u32,
    byte: u8,
    acknowledged: bool,
    /// It answers.
    present: bool,
    /// It refuses bytes from this many on.
    takes: usize,
    received: Vec<u8>,
    sends: Vec<u8>,
    sent: usize,
    starts: u32,
    /// Looks at the clock for which it stays low after it was let go.
    stretch: u32,
    /// Clocks after which a device out of step lets go of the data.
    held: u32,
}

impl Wires {
    fn new(sends: &[u8]) -> Rc<RefCell<Self>> {
        Rc::new(RefCell::new(Self {
            clock: true,
            data: true,
            pulled: false,
            phase: Phase::Idle,
            bits: 0,
            byte: 0,
            acknowledged: false,
            present: true,
            takes: usize::MAX,
            received: Vec::new(),
            sends: sends.to_vec(),
            sent: 0,
            starts: 0,
            stretch: 0,
            held: 0,
        }))
    }

    fn data_is_low(&self) -> bool {
        !self.data || self.pulled || self.held > 0
    }

    fn set_data(&mut self, high: bool) {
        let edge = self.data != high;
        self.data = high;
        if !edge || !self.clock || self.held > 0 || self.pulled {
            return;
        }
        self.pulled = false;
        (self.phase, self.bits) = (if high { Phase::Idle } else { Phase::Address }, 0);
        self.starts += u32::from(!high);
    }

    fn set_clock(&mut self, high: bool) {
        match (self.clock, high) {
            (false, true) => self.rises(),
            (true, false) => self.falls(),
            _ => {}
        }
        self.clock = high;
    }

    fn rises(&mut self) {
        self.held = self.held.saturating_sub(1);
        if self.bits <= 8 && matches!(self.phase, Phase::Address | Phase::Receive) {
            self.byte = self.byte << 1 | u8::from(self.data);
        }
        self.acknowledged = !self.data;
    }

    fn falls(&mut self) {
        if self.phase == Phase::Idle {
            return;
        }
        // The fall of the start itself is bit 0.
        self.bits += 1;
        match self.phase {
            Phase::Send if self.bits == 10 && !self.acknowledged => self.phase = Phase::Idle,
            Phase::Send => {
                self.bits -= if self.bits == 10 { 9 } else { 0 };
                self.send();
            }
            _ if self.bits == 9 => self.answer(),
            _ if self.bits == 10 => self.go_on(),
            _ => {}
        }
    }

    /// Acknowledges a byte, or not.
    fn answer(&mut self) {
        let takes = match self.phase {
            Phase::Address => self.present && self.byte >> 1 == ADDRESS,
            _ => self.received.len() < self.takes,
        };
        match (takes, self.phase) {
            (false, _) => self.phase = Phase::Idle,
            (true, Phase::Receive) => self.received.push(self.byte),
            _ => {}
        }
        self.pulled = takes;
    }

    fn go_on(&mut self) {
        let reads = self.phase == Phase::Address && self.byte & 1 == 1;
        (self.pulled, self.bits) = (false, 1);
        self.phase = if reads { Phase::Send } else { Phase::Receive };
        if reads {
            self.send();
        }
    }

    fn send(&mut self) {
        let byte = self.sends.get(self.sent).copied().unwrap_or(0); // holds the data if it is read on
        self.pulled = self.bits < 9 && byte >> (8 - self.bits) & 1 == 0;
        self.sent += usize::from(self.bits == 9);
    }
}

struct Pin {
    wires: Rc<RefCell<Wires>>,
    is_clock: bool,
}

impl ErrorType for Pin {
    type Error = Infallible;
}

impl OutputPin for Pin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.set_state(false.into())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.set_state(true.into())
    }

    fn set_state(&mut self, state: embedded_hal::digital::PinState) -> Result<(), Infallible> {
        let mut wires = self.wires.borrow_mut();
        let high = state == embedded_hal::digital::PinState::High;
        if self.is_clock {
            wires.set_clock(high)
        } else {
            wires.set_data(high)
        }
        Ok(())
    }
}

impl InputPin for Pin {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        self.is_low().map(|low| !low)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        let mut wires = self.wires.borrow_mut();
        if !self.is_clock {
            return Ok(wires.data_is_low());
        }
        let stretched = wires.clock && wires.stretch > 0;
        wires.stretch -= u32::from(stretched);
        Ok(!wires.clock || stretched)
    }
}

fn bus(wires: &Rc<RefCell<Wires>>) -> BitBang<Pin, Pin, NoopDelay> {
    let pin = |is_clock| Pin { wires: Rc::clone(wires), is_clock };
    BitBang::new(pin(true), pin(false), NoopDelay::new())
}

/// Nobody holds a line, and the device knows that the transfer is over.
fn assert_free(wires: &RefCell<Wires>) {
    let wires = wires.borrow();
    assert!(wires.clock && !wires.data_is_low() && wires.phase == Phase::Idle);
}

#[test]
fn bytes_arrive_in_both_directions_with_a_repeated_start_between() {
    let wires = Wires::new(&[0x19, 0x80, 0x00, 0xA5]);
    let mut bytes = [0x77; 4];
    bus(&wires).write_read(ADDRESS, &[0x01, 0xFE], &mut bytes).expect("a device answers");
    assert_eq!(bytes, [0x19, 0x80, 0x00, 0xA5]);
    assert_eq!(wires.borrow().received, [0x01, 0xFE]);
    assert_eq!((wires.borrow().starts, wires.borrow().sent), (2, 4));
    assert_free(&wires);
}

#[test]
fn neighbouring_reads_are_one_read_and_so_are_writes() {
    let wires = Wires::new(&[1, 2, 3]);
    let (mut one, mut none, mut two) = ([0; 1], [0; 0], [0; 2]);
    let mut operations = [
        Operation::Write(&[4]),
        Operation::Write(&[5]),
        Operation::Read(&mut one),
        Operation::Read(&mut two),
        Operation::Read(&mut none),
    ];
    bus(&wires).transaction(ADDRESS, &mut operations).expect("a device answers");
    assert_eq!((one, two), ([1], [2, 3]));
    assert_eq!(wires.borrow().received, [4, 5]);
    assert_eq!(wires.borrow().starts, 2);
    assert_free(&wires);
}

#[test]
fn who_does_not_acknowledge_is_told_apart_and_the_bus_is_let_go() {
    let wires = Wires::new(&[]);
    let other = bus(&wires).write(ADDRESS + 1, &[1]);
    assert_eq!(other, Err(Error::NoAcknowledge(NoAcknowledgeSource::Address)));
    assert_free(&wires);
    wires.borrow_mut().takes = 1;
    let refused = bus(&wires).write(ADDRESS, &[1, 2, 3]);
    assert_eq!(refused, Err(Error::NoAcknowledge(NoAcknowledgeSource::Data)));
    assert_eq!(wires.borrow().received, [1]);
    assert_free(&wires);
}

#[test]
fn a_device_out_of_step_is_clocked_free_and_a_stuck_line_is_an_error() {
    let wires = Wires::new(&[7]);
    let mut byte = [0];
    wires.borrow_mut().held = CLEARING_CLOCKS;
    bus(&wires).read(ADDRESS, &mut byte).expect("it lets go");
    assert_eq!(byte, [7]);
    wires.borrow_mut().held = u32::MAX;
    assert_eq!(bus(&wires).read(ADDRESS, &mut byte), Err(Error::DataStuck));
    wires.borrow_mut().held = 0;
    wires.borrow_mut().stretch = u32::MAX;
    assert_eq!(bus(&wires).read(ADDRESS, &mut byte), Err(Error::ClockStuck));
}

/// A delay in which, after some pauses, the device begins to stretch the clock.
struct Stretching {
    wires: Rc<RefCell<Wires>>,
    pauses: u32,
    looks: u32,
}

impl DelayNs for Stretching {
    fn delay_ns(&mut self, _: u32) {
        self.pauses += 1;
        if self.pauses == 30 {
            self.wires.borrow_mut().stretch = self.looks;
        }
    }
}

#[test]
fn a_stretched_clock_is_waited_for_but_not_for_ever() {
    for (looks, expected) in [(1_000, Ok(())), (u32::MAX, Err(Error::Timeout))] {
        let wires = Wires::new(&[9]);
        let pin = |is_clock| Pin { wires: Rc::clone(&wires), is_clock };
        let delay = Stretching { wires: Rc::clone(&wires), pauses: 0, looks };
        let mut byte = [0];
        let mut bus = BitBang::new(pin(true), pin(false), delay);
        assert_eq!(bus.read(ADDRESS, &mut byte), expected);
        assert!(expected.is_err() || byte == [9]);
    }
}

#[test]
fn a_published_driver_reads_and_learns_of_a_device_that_vanishes() {
    let wires = Wires::new(&[0x19, 0x80, 0xF5, 0x80]);
    let mut thermometer = lm75::Lm75::new(bus(&wires), ADDRESS);
    assert!(matches!(thermometer.read_temperature(), Ok(25.5)));
    assert!(matches!(thermometer.read_temperature(), Ok(-10.5)));
    wires.borrow_mut().present = false;
    let gone = Error::NoAcknowledge(NoAcknowledgeSource::Address);
    let read = thermometer.read_temperature();
    assert!(matches!(read, Err(lm75::Error::I2C(why)) if why == gone), "{read:?}");
    wires.borrow_mut().present = true;
    assert!(thermometer.read_temperature().is_ok(), "it is back");
}
