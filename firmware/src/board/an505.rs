//! Arm MPS2 with the AN505 image (Cortex-M33) under QEMU.

/// Clock of the core and of its SysTick timer.
pub(super) const CLOCK_HZ: u32 = 20_000_000;

#[path = "cmsdk.rs"]
pub(super) mod uart;

/// UART 0, as the secure side sees it.
const UART: usize = 0x5020_0000;
