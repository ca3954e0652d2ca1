//! QEMU's own RISC-V board.

/// What `minstret` counts under `-icount` in QEMU 7.2: nanoseconds of virtual time.
pub(super) const CLOCK_HZ: u32 = 1_000_000_000;
