//! What all RISC-V boards have: the run time and the count of retired instructions.

use core::panic::PanicInfo;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    super::panicked(info)
}

/// Instructions a turn of [`spin`] takes, at least and at most.
pub(super) const TURN: [u32; 2] = [2, 2];

pub(super) fn start_clock() {}

#[inline(always)]
pub(super) fn clock() -> u32 {
    ::riscv::register::minstret::read() as u32
}

pub(super) fn ticks(before: u32, after: u32) -> u32 {
    after.wrapping_sub(before)
}

/// Two instructions a turn.
#[inline(never)]
#[allow(unsafe_code)]
pub(super) fn spin(turns: u32) {
    // SAFETY: counts a register of its own down to 0. It declares no `nomem`, lest the compiler
    // move it past the reads of the clock.
    unsafe {
        core::arch::asm!(
            "2: addi {0}, {0}, -1", "bnez {0}, 2b", inout(reg) turns => _, options(nostack)
        );
    }
}

#[inline(always)]
#[allow(unsafe_code)]
pub(super) fn stack_pointer() -> *mut u32 {
    let pointer;
    // SAFETY: copies a register.
    unsafe {
        core::arch::asm!("mv {0}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer
}

/// The deepest the stack has been so far: not known here, 0.
pub fn stack_bytes() -> u32 {
    0
}
