//! QEMU's own RISC-V board.

/// What `minstret` counts under `-icount` in QEMU 7.2: nanoseconds of virtual time.
pub(super) const CLOCK_HZ: u32 = 1_000_000_000;

/// An NS16550A.
pub(super) mod uart {
    use crate::board::registers::{read_byte, write_byte};

    const UART: usize = 0x1000_0000;
    const DATA: usize = UART;
    const FIFO: usize = UART + 2;
    const LINE: usize = UART + 5;

    const HAS_RECEIVED: u8 = 1 << 0;
    const HAS_ROOM: u8 = 1 << 5;

    /// With its FIFO; QEMU's line has no baud rate.
    pub fn start() {
        write_byte(FIFO, 1);
    }

    /// A byte, if one came.
    pub fn receive() -> Option<u8> {
        (read_byte(LINE) & HAS_RECEIVED != 0).then(|| read_byte(DATA))
    }

    /// Waits for room and sends a byte.
    pub fn send(byte: u8) {
        while read_byte(LINE) & HAS_ROOM == 0 {}
        write_byte(DATA, byte);
    }
}
