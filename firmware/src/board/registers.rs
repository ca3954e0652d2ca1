//! Registers of the peripherals, and words of the flash, by address.
#![allow(unsafe_code)]
#![allow(dead_code, reason = "a board has registers of one width")]

/// Reads a register of 32 bits.
pub(super) fn read(address: usize) -> u32 {
    // SAFETY: only the boards' constants get here, each the aligned address of a register of theirs.
    unsafe { (address as *const u32).read_volatile() }
}

/// Writes a register of 32 bits, or a word of the flash that no image is in.
pub(super) fn write(address: usize, value: u32) {
    // SAFETY: as above, or an aligned offset within that flash, checked; nothing else is at either.
    unsafe { (address as *mut u32).write_volatile(value) }
}

/// Replaces the bits of a mask in a register of 32 bits.
pub(super) fn change(address: usize, mask: u32, bits: u32) {
    write(address, read(address) & !mask | bits);
}

/// Reads a register of 8 bits, or a byte of the flash.
pub(super) fn read_byte(address: usize) -> u8 {
    // SAFETY: as above; every byte of the flash can be read.
    unsafe { (address as *const u8).read_volatile() }
}

/// Reads the flash from an address on.
pub(super) fn read_bytes(address: usize, bytes: &mut [u8]) {
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = read_byte(address + at);
    }
}

/// Writes a register of 8 bits.
pub(super) fn write_byte(address: usize, value: u8) {
    // SAFETY: as above.
    unsafe { (address as *mut u8).write_volatile(value) }
}
