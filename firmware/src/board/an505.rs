//! Arm MPS2 with the AN505 image (Cortex-M33) under QEMU.

/// Clock of the core and of its SysTick timer.
pub(super) const CLOCK_HZ: u32 = 20_000_000;

/// The last of the SBCon buses: where QEMU puts a device that is given no bus.
pub(super) const SENSOR_BUS: usize = 0x4020_d000;
