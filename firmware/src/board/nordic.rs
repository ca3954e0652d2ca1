//! The UART of Nordic's nRF51 and nRF52.

use super::{RECEIVING_PIN, SENDING_PIN};
use crate::board::registers::{read, write};

const UART: usize = 0x4000_2000;
const START_RECEIVING: usize = UART;
const START_SENDING: usize = UART + 0x008;
const RECEIVED: usize = UART + 0x108;
const SENT: usize = UART + 0x11c;
const ENABLE: usize = UART + 0x500;
const SELECT_SENDING: usize = UART + 0x50c;
const SELECT_RECEIVING: usize = UART + 0x514;
const RECEIVE: usize = UART + 0x518;
const SEND: usize = UART + 0x51c;
const BAUD: usize = UART + 0x524;

/// 115 200 baud.
pub fn start() {
    write(SELECT_SENDING, SENDING_PIN);
    write(SELECT_RECEIVING, RECEIVING_PIN);
    write(BAUD, 0x01d7_e000);
    write(ENABLE, 4);
    write(START_RECEIVING, 1);
    write(START_SENDING, 1);
    // What came before is not for us; QEMU hands on bytes it held back only after a read.
    read(RECEIVE);
}

/// A byte, if one came.
pub fn receive() -> Option<u8> {
    if read(RECEIVED) == 0 {
        return None;
    }
    write(RECEIVED, 0);
    Some(read(RECEIVE) as u8)
}

/// Sends a byte and waits until it is on its way.
pub fn send(byte: u8) {
    write(SENT, 0);
    write(SEND, byte.into());
    while read(SENT) == 0 {}
}
