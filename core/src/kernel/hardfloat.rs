//! The twin in assembly for `f32` on Arm cores with a hard float unit (Cortex-M4F, M7, M33 …).
//!
//! LLVM loads and stores one register at a time and holds one product at a time. Here a row of
//! `OUTPUTS` weights is one VLDM, four features are another, and products and sums come in runs, so
//! that no instruction waits for the one before it. Multiply, then add, each rounded, in the written
//! order: the same bits as [`super::portable`], which the firmware's test compares on the device.
//!
//! ```text
//! s0–s3  four features      s4…  OUTPUTS sums (score) or steps (update)      then OUTPUTS weights
//!                                and, for update, up to four products
//! ```
#![expect(unsafe_code, reason = "assembly; each function states what its caller must hold to")]

use core::arch::naked_asm;
use core::mem::MaybeUninit;

/// The most outputs whose sums, weights and products fit the 32 registers.
const MOST_OUTPUTS: usize = 12;
/// Products in flight in an update.
const PRODUCTS: usize = 4;

const fn smaller(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

/// A number of outputs that can be assembled: the functions exist for others, uncalled.
const fn covered(outputs: usize) -> usize {
    if outputs == 0 { 1 } else { smaller(outputs, MOST_OUTPUTS) }
}

/// Is there a twin for this shape?
const fn is_covered<const OUTPUTS: usize>(rows: usize, features: usize) -> bool {
    0 < OUTPUTS && OUTPUTS <= MOST_OUTPUTS && rows == features + 1
}

/// As [`super::portable::score`].
#[inline]
pub(crate) fn score<const OUTPUTS: usize>(
    weights: &[[f32; OUTPUTS]],
    features: &[f32],
) -> [f32; OUTPUTS] {
    if !is_covered::<OUTPUTS>(weights.len(), features.len()) {
        return super::portable::score(weights, features);
    }
    let mut scores = MaybeUninit::<[f32; OUTPUTS]>::uninit();
    // SAFETY: `weights` holds a row a feature and the bias, checked above, `scores` one row, all of
    // which `score_rows` writes.
    unsafe {
        score_rows::<OUTPUTS>(
            weights.as_ptr().cast(),
            features.as_ptr(),
            features.len(),
            scores.as_mut_ptr().cast(),
        );
        scores.assume_init()
    }
}

/// As [`super::portable::update`].
#[inline]
pub(crate) fn update<const OUTPUTS: usize>(
    weights: &mut [[f32; OUTPUTS]],
    features: &[f32],
    step: &[f32; OUTPUTS],
) {
    if !is_covered::<OUTPUTS>(weights.len(), features.len()) {
        return super::portable::update(weights, features, step);
    }
    // SAFETY: `weights` holds a row a feature and the bias, checked above.
    unsafe {
        update_rows::<OUTPUTS>(
            weights.as_mut_ptr().cast(),
            features.as_ptr(),
            features.len(),
            step.as_ptr(),
        );
    }
}

/// # Safety
/// `weights` points to `count + 1` rows of `OUTPUTS` numbers, `features` to `count` numbers, `scores`
/// to room for `OUTPUTS` numbers, all of which are written; 1 ≤ `OUTPUTS` ≤ [`MOST_OUTPUTS`].
#[unsafe(naked)]
unsafe extern "C" fn score_rows<const OUTPUTS: usize>(
    weights: *const f32,
    features: *const f32,
    count: usize,
    scores: *mut f32,
) {
    naked_asm!(
        ".fpu fpv4-sp-d16",
        ".altmacro",
        ".macro each op, d, a, b",
        "\\op s\\d, s\\a, s\\b",
        ".endm",
        ".macro move op, at, first, last",
        "\\op \\at, {{s\\first-s\\last}}",
        ".endm",
        ".macro keep op, last",
        "\\op {{s16-s\\last}}",
        ".endm",
        // Sums s4…, weights right after them.
        ".macro row x",
        "move vldmia, r0!, %(4+{K}), %(3+2*{K})",
        ".set i, 0",
        ".rept {K}",
        "each vmul.f32, %(4+{K}+i), %(4+{K}+i), \\x",
        ".set i, i+1",
        ".endr",
        ".set i, 0",
        ".rept {K}",
        "each vadd.f32, %(4+i), %(4+i), %(4+{K}+i)",
        ".set i, i+1",
        ".endr",
        ".endm",
        // s16 and up belong to the caller.
        ".if 3+2*{K} > 15",
        "keep vpush, %(3+2*{K})",
        ".endif",
        "mov r12, #4*{K}",
        "mla r12, r2, r12, r0",
        "move vldmia, r12, 4, %(3+{K})",
        // Rows beyond a multiple of four come first, by entering the loop where so many are left.
        "adds r12, r2, #3",
        "lsrs r12, r12, #2",
        "beq 7f",
        "ands r2, r2, #3",
        "beq 2f",
        "cmp r2, #2",
        "bhi 3f",
        "beq 4f",
        "vldmia r1!, {{s3}}",
        "b 6f",
        "4:",
        "vldmia r1!, {{s2-s3}}",
        "b 5f",
        "3:",
        "vldmia r1!, {{s1-s3}}",
        "b 1f",
        "2:",
        "vldmia r1!, {{s0-s3}}",
        "row 0",
        "1:",
        "row 1",
        "5:",
        "row 2",
        "6:",
        "row 3",
        "subs r12, r12, #1",
        "bne 2b",
        "7:",
        "move vstmia, r3, 4, %(3+{K})",
        ".if 3+2*{K} > 15",
        "keep vpop, %(3+2*{K})",
        ".endif",
        "bx lr",
        ".purgem row",
        ".purgem keep",
        ".purgem move",
        ".purgem each",
        ".noaltmacro",
        K = const covered(OUTPUTS),
    )
}

/// # Safety
/// `weights` points to `count + 1` rows of `OUTPUTS` numbers, `features` to `count` numbers, `step` to
/// `OUTPUTS` numbers; 1 ≤ `OUTPUTS` ≤ [`MOST_OUTPUTS`].
#[unsafe(naked)]
unsafe extern "C" fn update_rows<const OUTPUTS: usize>(
    weights: *mut f32,
    features: *const f32,
    count: usize,
    step: *const f32,
) {
    naked_asm!(
        ".fpu fpv4-sp-d16",
        ".altmacro",
        ".macro each op, d, a, b",
        "\\op s\\d, s\\a, s\\b",
        ".endm",
        ".macro move op, at, first, last",
        "\\op \\at, {{s\\first-s\\last}}",
        ".endm",
        ".macro keep op, last",
        "\\op {{s16-s\\last}}",
        ".endm",
        // Steps s4…, weights after them, products after those.
        ".macro row x",
        "move vldmia, r0, %(4+{K}), %(3+2*{K})",
        ".set done, 0",
        ".rept ({K}+{T}-1)/{T}",
        ".set i, done",
        ".rept {T}",
        ".if i < {K}",
        "each vmul.f32, %(4+2*{K}+i-done), %(4+i), \\x",
        ".endif",
        ".set i, i+1",
        ".endr",
        ".set i, done",
        ".rept {T}",
        ".if i < {K}",
        "each vadd.f32, %(4+{K}+i), %(4+{K}+i), %(4+2*{K}+i-done)",
        ".endif",
        ".set i, i+1",
        ".endr",
        ".set done, done+{T}",
        ".endr",
        "move vstmia, r0!, %(4+{K}), %(3+2*{K})",
        ".endm",
        // s16 and up belong to the caller.
        ".if 3+2*{K}+{T} > 15",
        "keep vpush, %(3+2*{K}+{T})",
        ".endif",
        "move vldmia, r3, 4, %(3+{K})",
        // Rows beyond a multiple of four come first, by entering the loop where so many are left.
        "adds r12, r2, #3",
        "lsrs r12, r12, #2",
        "beq 7f",
        "ands r2, r2, #3",
        "beq 2f",
        "cmp r2, #2",
        "bhi 3f",
        "beq 4f",
        "vldmia r1!, {{s3}}",
        "b 6f",
        "4:",
        "vldmia r1!, {{s2-s3}}",
        "b 5f",
        "3:",
        "vldmia r1!, {{s1-s3}}",
        "b 1f",
        "2:",
        "vldmia r1!, {{s0-s3}}",
        "row 0",
        "1:",
        "row 1",
        "5:",
        "row 2",
        "6:",
        "row 3",
        "subs r12, r12, #1",
        "bne 2b",
        "7:",
        "move vldmia, r0, %(4+{K}), %(3+2*{K})",
        ".set i, 0",
        ".rept {K}",
        "each vadd.f32, %(4+{K}+i), %(4+{K}+i), %(4+i)",
        ".set i, i+1",
        ".endr",
        "move vstmia, r0, %(4+{K}), %(3+2*{K})",
        ".if 3+2*{K}+{T} > 15",
        "keep vpop, %(3+2*{K}+{T})",
        ".endif",
        "bx lr",
        ".purgem row",
        ".purgem keep",
        ".purgem move",
        ".purgem each",
        ".noaltmacro",
        K = const covered(OUTPUTS),
        T = const smaller(covered(OUTPUTS), PRODUCTS),
    )
}
