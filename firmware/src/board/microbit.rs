//! BBC micro:bit (nRF51822, Cortex-M0) under QEMU.

/// Clock of the core and of its SysTick timer.
pub(super) const CLOCK_HZ: u32 = 16_000_000;
