//! Registers of the peripherals, by address.
#![allow(unsafe_code)]
#![allow(dead_code, reason = "a board has registers of one width")]

/// Reads a register of 32 bits.
pub(super) fn read(address: usize) -> u32 {
    // SAFETY: only the boards' constants get here, each the aligned address of a register of theirs.
    unsafe { (address as *const u32).read_volatile() }
}

/// Writes a register of 32 bits.
pub(super) fn write(address: usize, value: u32) {
    // SAFETY: as above; no register of a UART touches memory.
    unsafe { (address as *mut u32).write_volatile(value) }
}

/// Reads a register of 8 bits.
pub(super) fn read_byte(address: usize) -> u8 {
    // SAFETY: as above.
    unsafe { (address as *const u8).read_volatile() }
}

/// Writes a register of 8 bits.
pub(super) fn write_byte(address: usize, value: u8) {
    // SAFETY: as above.
    unsafe { (address as *mut u8).write_volatile(value) }
}
