//! Counts instructions and the stack of a piece of work.
//!
//! With `-icount shift=8` QEMU lets 256 ns of virtual time pass per instruction, and every board's
//! clock ticks more often than that, so `instructions = ticks · (10⁹/256) / clock`, rounded, is exact
//! for any piece of work. Without `-icount` ticks mean nothing; the meter finds that out with loops
//! of known length and reports 0.
//!
//! On a real board the clock is the core's cycle counter, and what is counted are cycles.

use core::hint::black_box;

use super::{CLOCK_HZ, arch};

/// What is counted in a second: instructions of QEMU, 10⁹/256, or cycles.
const COUNTED_HZ: u64 = if cfg!(emulated) { 3_906_250 } else { CLOCK_HZ as u64 };

/// Counts the instructions of a piece of work of up to 2.6 · 10⁶ of them.
pub struct Meter {
    counts: bool,
    overhead: u32,
}

impl Meter {
    /// Starts the clock and finds out whether it counts instructions.
    pub fn new() -> Self {
        arch::start_clock();
        let mut meter = Self { counts: true, overhead: 0 };
        meter.overhead = meter.count(|| ()).1;
        let turns = meter.spin(110_000).wrapping_sub(meter.spin(10_000));
        let [least, most] = arch::TURN.map(|turn| turn * 100_000);
        meter.counts = (least..=most).contains(&turns);
        meter
    }

    /// Does the clock count (is QEMU run with `-icount shift=8`)?
    pub fn counts(&self) -> bool {
        self.counts
    }

    /// The instructions of a loop of two instructions a turn, for whoever does not believe the meter.
    #[inline(never)]
    pub fn spin(&self, turns: u32) -> u32 {
        // Opaque: some constants take an instruction more to load than others.
        let turns = black_box(turns);
        self.count(|| arch::spin(turns)).1
    }

    /// Does the work and says how many instructions it took; 0 when they cannot be counted.
    #[inline(always)]
    pub fn count<T>(&self, work: impl FnOnce() -> T) -> (T, u32) {
        let before = arch::clock();
        let done = work();
        let ticks = arch::ticks(before, arch::clock());
        let clock = u64::from(CLOCK_HZ);
        let instructions = (u64::from(ticks) * COUNTED_HZ + clock / 2) / clock;
        (done, if self.counts { (instructions as u32).saturating_sub(self.overhead) } else { 0 })
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}

/// Words painted below the stack: more than any step takes.
const PAINTED: usize = 512;
const PAINT: u32 = 0x5a5a_a5a5;

/// Does the work and says how many bytes of stack below its caller's it touched, of at most 2 KiB.
#[inline(never)]
#[allow(unsafe_code)]
pub fn stack_of<T>(work: impl FnOnce() -> T) -> (T, u32) {
    let top = arch::stack_pointer();
    for word in 1..=PAINTED {
        // SAFETY: below the stack pointer nothing is in use, no interrupt is enabled, and this
        // function calls nothing while it paints; volatile, or the compiler drops the writes.
        unsafe { top.wrapping_sub(word).write_volatile(PAINT) };
    }
    let done = work();
    let mut untouched = PAINTED;
    // SAFETY: as above; every word read was written.
    while untouched > 0 && unsafe { top.wrapping_sub(untouched).read_volatile() } == PAINT {
        untouched -= 1;
    }
    (done, 4 * untouched as u32)
}
