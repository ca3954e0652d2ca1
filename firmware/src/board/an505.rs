//! Arm MPS2 with the AN505 image (Cortex-M33) under QEMU.

/// Clock of the core and of its SysTick timer.
pub(super) const CLOCK_HZ: u32 = 20_000_000;
/// Interrupts its controller has lines for.
pub(super) const INTERRUPTS: usize = 124;

#[path = "cmsdk.rs"]
pub(super) mod uart;

/// UART 0, as the secure side sees it.
const UART: usize = 0x5020_0000;

#[path = "sbcon.rs"]
mod sbcon;
pub(super) use sbcon::{CLOCK_LINE, DATA_LINE, prepare_lines};

/// The sensors' bus, and its name for messages.
const SENSORS: usize = 0x4020_d000;
pub(super) const BUS: &str = "I2C at 0x4020d000";
