//! The cycle counter of a real core's trace unit (DWT).

use ::cortex_m::peripheral::DWT;

/// Clocks a turn of [`super::spin`] takes, at least and at most: SUBS 1, a taken branch 2 to 4.
pub(in crate::board) const TURN: [u32; 2] = [3, 5];

pub(in crate::board) fn start_clock() {
    if let Some(mut core) = ::cortex_m::Peripherals::take() {
        core.DCB.enable_trace();
        core.DWT.enable_cycle_counter();
    }
}

#[inline(always)]
pub(in crate::board) fn clock() -> u32 {
    DWT::cycle_count()
}

pub(in crate::board) fn ticks(before: u32, after: u32) -> u32 {
    after.wrapping_sub(before)
}
