//! Arm MPS2 (AN385: Cortex-M3, AN386: Cortex-M4F) under QEMU.

/// Clock of the core and of its SysTick timer.
pub(super) const CLOCK_HZ: u32 = 25_000_000;
/// Interrupts its controller has lines for.
pub(super) const INTERRUPTS: usize = 32;

#[path = "cmsdk.rs"]
pub(super) mod uart;

/// UART 0.
const UART: usize = 0x4000_4000;

#[path = "sbcon.rs"]
mod sbcon;
pub(super) use sbcon::{CLOCK_LINE, DATA_LINE, prepare_lines};

/// The sensors' bus, and its name for messages.
const SENSORS: usize = 0x4002_a000;
pub(super) const BUS: &str = "I2C at 0x4002a000";
