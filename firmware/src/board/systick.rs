//! SysTick, 24 bits, which counts down with the core's clock: every Cortex-M has it, and QEMU's counts
//! instructions.

use ::cortex_m::peripheral::{SYST, syst::SystClkSource};

const TICKS: u32 = 0x00ff_ffff;

/// Clocks a turn of [`super::spin`] takes, at least and at most.
pub(in crate::board) const TURN: [u32; 2] = [2, 2];

pub(in crate::board) fn start_clock() {
    if let Some(mut core) = ::cortex_m::Peripherals::take() {
        core.SYST.set_clock_source(SystClkSource::Core);
        core.SYST.set_reload(TICKS);
        core.SYST.clear_current();
        core.SYST.enable_counter();
    }
}

#[inline(always)]
pub(in crate::board) fn clock() -> u32 {
    SYST::get_current()
}

pub(in crate::board) fn ticks(before: u32, after: u32) -> u32 {
    before.wrapping_sub(after) & TICKS
}
