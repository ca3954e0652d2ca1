//! The twin of [`super::rows`] for the small Cortex-M (M0, M0+, M23): a product of 32 by 16 bits
//! from two halves, sums and mantissas in the high registers, and the last bit shifted out, which the
//! shift leaves in the carry, to round with.
//!
//! ```text
//! r0 weights    r1 feature    r2 where in the features, counted up to 0 from their end, r3
//! r4–r6 weights (update: r6 the shift)    r7 scratch
//! r8–r12, r14   six sums or mantissas; further mantissas on the stack
//! ```
#![expect(unsafe_code, reason = "assembly; each function states what its caller must hold to")]

use core::arch::naked_asm;

use super::guard;
use super::parts::{first, length};

/// Mantissas beyond the registers wait on the stack.
pub(super) const UPDATES_IN_PARTS: bool = false;

/// sums ← sums + Σ ⌊weight·feature / 2¹⁶⌋ ≫ g, for the outputs of a part:
/// ⌊(high·2¹⁶ + low)·feature / 2¹⁶⌋ = high·feature + ⌊low·feature / 2¹⁶⌋.
///
/// # Safety
/// `weights` points to `count` rows of `OUTPUTS` numbers, `features` to `count` of 16 bits, `sums` to
/// `OUTPUTS` numbers; `count` is not 0, nor is the part empty, and `OUTPUTS` is at most 12.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn score<
    const OUTPUTS: usize,
    const PART: usize,
    const ROWS: usize,
>(
    weights: *const i32,
    features: *const i16,
    count: usize,
    sums: *mut i32,
) {
    naked_asm!(
        ".altmacro",
        ".macro product w, sum",
        "uxth r7, r\\w",
        "asrs r\\w, r\\w, #16",
        "muls r\\w, r1, r\\w",
        "muls r7, r1, r7",
        "asrs r7, r7, #16",
        "adds r\\w, r\\w, r7",
        ".if {G} > 0",
        "asrs r\\w, r\\w, #{G}",
        ".endif",
        "add r\\sum, r\\w",
        ".endm",
        ".macro some n, at",
        ".if \\n == 1",
        "ldmia r0!, {{r4}}",
        ".elseif \\n == 2",
        "ldmia r0!, {{r4, r5}}",
        ".else",
        "ldmia r0!, {{r4, r5, r6}}",
        ".endif",
        ".set i, 0",
        ".rept \\n",
        "product %(4+i), %(8+\\at+i+(\\at+i)/5)",
        ".set i, i+1",
        ".endr",
        ".endm",
        ".macro fetch at, sum",
        "ldr r7, [r3, #\\at]",
        "mov r\\sum, r7",
        ".endm",
        ".macro leave at, sum",
        "mov r7, r\\sum",
        "str r7, [r3, #\\at]",
        ".endm",
        ".macro all what",
        ".set i, 0",
        ".rept {N}",
        "\\what %(4*({F}+i)), %(8+i+i/5)",
        ".set i, i+1",
        ".endr",
        ".endm",
        "push {{r4-r7, lr}}",
        "mov r4, r8",
        "mov r5, r9",
        "mov r6, r10",
        "mov r7, r11",
        "push {{r3-r7}}",
        "all fetch",
        ".if {F} > 0",
        "adds r0, #4*{F}",
        ".endif",
        "lsls r2, r2, #1",
        "adds r3, r1, r2",
        "rsbs r2, r2, #0",
        "2:",
        "ldrsh r1, [r3, r2]",
        ".if {N} > 3",
        "some 3, 0",
        "some %({N}-3), 3",
        ".else",
        "some {N}, 0",
        ".endif",
        ".if {K} > {N}",
        "adds r0, #4*({K}-{N})",
        ".endif",
        "adds r2, #2",
        "bne 2b",
        "pop {{r3}}",
        "all leave",
        "pop {{r4-r7}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "mov r11, r7",
        "pop {{r4-r7, pc}}",
        ".purgem all",
        ".purgem leave",
        ".purgem fetch",
        ".purgem some",
        ".purgem product",
        ".noaltmacro",
        K = const OUTPUTS,
        F = const first(OUTPUTS, PART),
        N = const length(OUTPUTS, PART),
        G = const guard(ROWS),
    )
}

/// weight ← weight + ⌊(mantissa·feature + 2^(s−1)) / 2^s⌋, for all outputs.
///
/// # Safety
/// As [`score`]; `mantissas` points to s, between 1 and 16, and `OUTPUTS` numbers of 16 bits.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn update<const OUTPUTS: usize, const PART: usize>(
    weights: *mut i32,
    features: *const i16,
    count: usize,
    mantissas: *const u32,
) {
    naked_asm!(
        ".altmacro",
        ".macro product w, k",
        ".if \\k < 6",
        "kept %(8+\\k+\\k/5)",
        ".else",
        "ldr r7, [sp, #4*(\\k-6)]",
        ".endif",
        "muls r7, r1, r7",
        "asrs r7, r7, r6",
        "adcs r\\w, r\\w, r7",
        ".endm",
        ".macro kept m",
        "mov r7, r\\m",
        ".endm",
        ".macro mantissa at, m",
        "ldr r7, [r3, #\\at]",
        "mov r\\m, r7",
        ".endm",
        "push {{r4-r7, lr}}",
        "mov r4, r8",
        "mov r5, r9",
        "mov r6, r10",
        "mov r7, r11",
        "push {{r4-r7}}",
        // Those that no register is left for, the last first.
        ".if {K} > 6",
        ".set i, {K}-1",
        ".rept {K}-6",
        "ldr r7, [r3, #4+4*i]",
        "push {{r7}}",
        ".set i, i-1",
        ".endr",
        ".endif",
        ".set i, 0",
        ".rept {K}",
        ".if i < 6",
        "mantissa %(4+4*i), %(8+i+i/5)",
        ".endif",
        ".set i, i+1",
        ".endr",
        "ldr r6, [r3]",
        "lsls r2, r2, #1",
        "adds r3, r1, r2",
        "rsbs r2, r2, #0",
        "2:",
        "ldrsh r1, [r3, r2]",
        ".set i, 0",
        ".rept {K}/2",
        "ldr r4, [r0]",
        "ldr r5, [r0, #4]",
        "product 4, %(i)",
        "product 5, %(i+1)",
        "stmia r0!, {{r4, r5}}",
        ".set i, i+2",
        ".endr",
        ".if i < {K}",
        "ldr r4, [r0]",
        "product 4, %(i)",
        "stmia r0!, {{r4}}",
        ".endif",
        "adds r2, #2",
        "bne 2b",
        ".if {K} > 6",
        "add sp, #4*({K}-6)",
        ".endif",
        "pop {{r4-r7}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "mov r11, r7",
        "pop {{r4-r7, pc}}",
        ".purgem mantissa",
        ".purgem kept",
        ".purgem product",
        ".noaltmacro",
        K = const OUTPUTS,
    )
}
