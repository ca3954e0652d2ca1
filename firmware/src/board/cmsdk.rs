//! The UART of Arm's Cortex-M System Design Kit. It holds one byte: on real hardware whoever reads
//! must be faster than the line.

use super::UART;
use crate::board::registers::{read, write};

const DATA: usize = UART;
const STATE: usize = UART + 0x04;
const CONTROL: usize = UART + 0x08;
const DIVIDER: usize = UART + 0x10;

const IS_SENDING: u32 = 1 << 0;
const HAS_RECEIVED: u32 = 1 << 1;
const BOTH_WAYS: u32 = 0b11;

/// 115 200 baud.
pub fn start() {
    write(DIVIDER, super::CLOCK_HZ / 115_200);
    write(CONTROL, BOTH_WAYS);
    // What came before is not for us; QEMU hands on bytes it held back only after a read.
    read(DATA);
}

/// A byte, if one came.
pub fn receive() -> Option<u8> {
    (read(STATE) & HAS_RECEIVED != 0).then(|| read(DATA) as u8)
}

/// Waits for room and sends a byte.
pub fn send(byte: u8) {
    while read(STATE) & IS_SENDING != 0 {}
    write(DATA, byte.into());
}
