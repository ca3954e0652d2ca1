//! What all Cortex-M boards have: the run time, a clock, a painted stack.

use core::panic::PanicInfo;

use ::cortex_m_rt::{ExceptionFrame, STACK_PAINT_VALUE, exception};

use super::chosen::INTERRUPTS;
use super::{PANIC, exit};

#[allow(unsafe_code)] // the name is the run time's
unsafe extern "C" {
    fn DefaultHandler();
}

/// Where the processor looks for what an interrupt calls: the run time's handler for all, as none is
/// switched on. As long as the chip's list; the run time's own is as long as the longest there is,
/// which on a Cortex-M4 is 1 KB of flash.
#[allow(unsafe_code)]
// SAFETY: the run time wants this name in this section, one function a line of the controller.
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
static __INTERRUPTS: [unsafe extern "C" fn(); INTERRUPTS] = [DefaultHandler; INTERRUPTS];

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    super::panicked(info)
}

#[exception]
#[allow(unsafe_code)] // the attribute demands an `unsafe fn`; the body is safe
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    defmt::error!("hard fault at {=u32:#010x}: the stack may have overflowed", frame.pc());
    exit(PANIC)
}

#[cfg(emulated)]
#[path = "systick.rs"]
mod clock;
#[cfg(not(emulated))]
#[path = "cycles.rs"]
mod clock;
pub(super) use clock::{TURN, clock, start_clock, ticks};

/// Two instructions a turn.
#[inline(never)]
#[allow(unsafe_code)]
pub(super) fn spin(turns: u32) {
    // SAFETY: counts a register of its own down to 0. It declares no `nomem`, lest the compiler
    // move it past the reads of the clock.
    unsafe {
        core::arch::asm!(
            "2: subs {0}, #1", "bne 2b", inout(reg) turns => _, options(nostack)
        );
    }
}

#[inline(always)]
#[allow(unsafe_code)]
pub(super) fn stack_pointer() -> *mut u32 {
    let pointer;
    // SAFETY: copies a register.
    unsafe {
        core::arch::asm!("mov {0}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer
}

/// The deepest the stack has been so far, in bytes: the start-up code painted it.
#[allow(unsafe_code)]
pub fn stack_bytes() -> u32 {
    unsafe extern "C" {
        static _stack_start: u32;
        static _stack_end: u32;
    }
    let (top, bottom) = (&raw const _stack_start, &raw const _stack_end);
    let mut word = bottom;
    // SAFETY: the linker script puts both symbols, 4-byte aligned, at the ends of the stack's RAM,
    // so every word between them can be read; volatile because the stack in use is among them.
    while word < top && unsafe { word.read_volatile() } == STACK_PAINT_VALUE {
        word = word.wrapping_add(1);
    }
    (top as u32).saturating_sub(word as u32)
}
