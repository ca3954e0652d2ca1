//! The twin of [`super::rows`] for Cortex-M3 and up: SMULL gives the high word of a product, SMLAL
//! adds a product, rounds it and leaves the sum in the high word, and a run of weights is one load.
//!
//! Up to six outputs at a time, whose sums or mantissas fit the registers:
//!
//! ```text
//! r0 weights    r1 features    r2 end of the features    r3, lr scratch
//! r4–r9 sums (score) or mantissas (update)               r10–r12 weights, three at a time; of four
//!                                                        outputs all at once, from r9 on
//! ```
#![expect(unsafe_code, reason = "assembly; each function states what its caller must hold to")]

use core::arch::naked_asm;

use super::guard;
use super::parts::{first, length};

/// Weights loaded at once.
const fn run(length: usize) -> usize {
    if length == 4 { 4 } else { 3 }
}

/// An update takes a part at a time, as a score does.
pub(super) const UPDATES_IN_PARTS: bool = true;

/// sums ← sums + Σ ⌊weight·feature / 2¹⁶⌋ ≫ g, for the outputs of a part.
///
/// # Safety
/// `weights` points to `count` rows of `OUTPUTS` numbers, `features` to `count` of 16 bits, `sums` to
/// `OUTPUTS` numbers; `count` is not 0, nor is the part empty.
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
        ".macro move first, last",
        "ldmia r0!, {{r\\first-r\\last}}",
        ".endm",
        ".macro product w, sum",
        "smull lr, r\\w, r\\w, r3",
        ".if {G} == 0",
        "add r\\sum, r\\sum, r\\w",
        ".else",
        "add r\\sum, r\\sum, r\\w, asr #{G}",
        ".endif",
        ".endm",
        ".macro run at",
        ".set n, {N}-\\at",
        ".if n > {C}",
        ".set n, {C}",
        ".endif",
        ".if n == 1",
        "ldr r{B}, [r0], #4",
        ".else",
        "move {B}, %({B}+n-1)",
        ".endif",
        ".set i, 0",
        ".rept n",
        "product %({B}+i), %(4+\\at+i)",
        ".set i, i+1",
        ".endr",
        ".endm",
        ".macro row",
        "ldrsh r3, [r1], #2",
        "lsl r3, r3, #16",
        ".if {N} > 0",
        "run 0",
        ".endif",
        ".if {N} > {C}",
        "run {C}",
        ".endif",
        ".if {K} > {N}",
        "add r0, r0, #4*({K}-{N})",
        ".endif",
        ".endm",
        ".macro sums op",
        ".set i, 0",
        ".rept {N}",
        "one \\op, %(4+i), %(4*i)",
        ".set i, i+1",
        ".endr",
        ".endm",
        ".macro one op, to, at",
        "\\op r\\to, [r3, #\\at]",
        ".endm",
        "push {{r3-r11, lr}}",
        ".if {F} > 0",
        "add r0, r0, #4*{F}",
        "add r3, r3, #4*{F}",
        ".endif",
        "sums ldr",
        // A single row if their number is odd, then pairs.
        "lsls r3, r2, #31",
        "add r2, r1, r2, lsl #1",
        "beq 2f",
        "row",
        "cmp r1, r2",
        "beq 3f",
        "2:",
        "row",
        "row",
        "cmp r1, r2",
        "bne 2b",
        "3:",
        "ldr r3, [sp]",
        ".if {F} > 0",
        "add r3, r3, #4*{F}",
        ".endif",
        "sums str",
        "pop {{r3-r11, pc}}",
        ".purgem one",
        ".purgem sums",
        ".purgem row",
        ".purgem run",
        ".purgem product",
        ".purgem move",
        ".noaltmacro",
        K = const OUTPUTS,
        F = const first(OUTPUTS, PART),
        N = const length(OUTPUTS, PART),
        C = const run(length(OUTPUTS, PART)),
        B = const 13 - run(length(OUTPUTS, PART)),
        G = const guard(ROWS),
    )
}

/// weight ← weight + ⌊(mantissa·feature + 2^(s−1)) / 2^s⌋, for the outputs of a part. The mantissas
/// are shifted up by 16 − s, the feature by 16: the high word of their product is what is added, and
/// 2³¹ below the weight rounds it.
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
        ".macro move op, at, first, last",
        "\\op \\at, {{r\\first-r\\last}}",
        ".endm",
        ".macro product w, m",
        "mov lr, #0x80000000",
        "smlal lr, r\\w, r\\m, r3",
        ".endm",
        ".macro run at",
        ".set n, {N}-\\at",
        ".if n > {C}",
        ".set n, {C}",
        ".endif",
        ".if n == 1",
        "ldr r{B}, [r0]",
        ".else",
        "move ldmia, r0, {B}, %({B}+n-1)",
        ".endif",
        ".set i, 0",
        ".rept n",
        "product %({B}+i), %(4+\\at+i)",
        ".set i, i+1",
        ".endr",
        ".if n == 1",
        "str r{B}, [r0], #4",
        ".else",
        "move stmia, r0!, {B}, %({B}+n-1)",
        ".endif",
        ".endm",
        ".macro row",
        "ldrsh r3, [r1], #2",
        "lsl r3, r3, #16",
        ".if {N} > 0",
        "run 0",
        ".endif",
        ".if {N} > {C}",
        "run {C}",
        ".endif",
        ".if {K} > {N}",
        "add r0, r0, #4*({K}-{N})",
        ".endif",
        ".endm",
        ".macro mantissa to, at",
        "ldr r\\to, [r3, #\\at]",
        "lsl r\\to, r\\to, r12",
        ".endm",
        "push {{r4-r11, lr}}",
        "ldr r12, [r3], #4+4*{F}",
        "rsb r12, r12, #16",
        ".if {F} > 0",
        "add r0, r0, #4*{F}",
        ".endif",
        ".set i, 0",
        ".rept {N}",
        "mantissa %(4+i), %(4*i)",
        ".set i, i+1",
        ".endr",
        // A single row if their number is odd, then pairs.
        "lsls r3, r2, #31",
        "add r2, r1, r2, lsl #1",
        "beq 2f",
        "row",
        "cmp r1, r2",
        "beq 3f",
        "2:",
        "row",
        "row",
        "cmp r1, r2",
        "bne 2b",
        "3:",
        "pop {{r4-r11, pc}}",
        ".purgem mantissa",
        ".purgem row",
        ".purgem run",
        ".purgem product",
        ".purgem move",
        ".noaltmacro",
        K = const OUTPUTS,
        F = const first(OUTPUTS, PART),
        N = const length(OUTPUTS, PART),
        C = const run(length(OUTPUTS, PART)),
        B = const 13 - run(length(OUTPUTS, PART)),
    )
}
