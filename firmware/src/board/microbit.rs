//! BBC micro:bit (nRF51822, Cortex-M0) under QEMU.

/// Clock of the core and of its SysTick timer.
pub(super) const CLOCK_HZ: u32 = 16_000_000;
/// Interrupts its controller has lines for.
pub(super) const INTERRUPTS: usize = 26;

/// Copies and fills of a few bytes of code; a board this small has better uses for a kilobyte.
#[path = "small.rs"]
mod small;

#[path = "nordic.rs"]
pub(super) mod uart;

/// The pins of the board's USB chip.
const SENDING_PIN: u32 = 24;
const RECEIVING_PIN: u32 = 25;
