//! eˣ and ln x in integers.

use super::product;
use super::{clamp, shift_right_rounded};

/// 1/ln 2 and ln 2 with 30 fraction bits.
const LOG2_E: i64 = 1_549_082_005;
const LN_2: i64 = 744_261_118;
const ONE_Q30: i64 = 1 << 30;
/// 2ˣ on [0, 1], 30 fraction bits, lowest power first.
const EXP2: [i64; 8] =
    [1_073_741_824, 744_261_126, 257_941_088, 59_598_353, 10_322_455, 1_442_015, 153_539, 23_248];
/// ln(1 + x) on [0, 1], 30 fraction bits, lowest power first.
const LN_1P: [i64; 11] = [
    1,
    1_073_741_604,
    -536_861_702,
    357_762_087,
    -267_130_046,
    208_039_259,
    -156_621_069,
    102_526_950,
    -51_180_426,
    16_473_237,
    -2_488_778,
];

/// Horner with 30 fraction bits, x in [0, 1].
fn polynomial(coefficients: &[i64], x: i64) -> i64 {
    coefficients.iter().rev().fold(0, |sum, coefficient| ((sum * x) >> 30) + coefficient)
}

/// eˣ: x·log₂e = n + f, 2ᶠ by the polynomial, then a shift by n.
pub(super) fn exp(bits: i32, fraction: u32) -> i32 {
    let y = (i64::from(bits) * LOG2_E) >> fraction;
    let (n, f) = (y >> 30, y & (ONE_Q30 - 1));
    let mantissa = polynomial(&EXP2, f);
    let shift = 30 - i64::from(fraction) - n;
    match u32::try_from(shift) {
        Ok(right) => clamp(shift_right_rounded(mantissa, right)),
        Err(_) if shift >= -30 => clamp(mantissa << shift.unsigned_abs()),
        Err(_) => i32::MAX,
    }
}

/// ln x: x = m·2ᵉ with m in [1, 2), ln m by the polynomial.
pub(super) fn ln(bits: i32, fraction: u32) -> i32 {
    let positive = bits.max(1).unsigned_abs();
    let zeros = positive.leading_zeros();
    let mantissa = i64::from(positive << zeros >> 1);
    let exponent = 31 - i64::from(zeros) - i64::from(fraction);
    let value = polynomial(&LN_1P, mantissa - ONE_Q30) + exponent * LN_2;
    clamp(shift_right_rounded(value, 30 - fraction))
}

/// Parts of an octave in [`powers`].
pub(crate) const PARTS: usize = 32;
/// 2^(i/32), 30 fraction bits.
const POWERS: [i32; PARTS] = powers(30);

/// 2^(i/32) with `fraction` fraction bits, at most 30.
#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "const fn has no iterators; the powers are below 2"
)]
pub(crate) const fn powers(fraction: u32) -> [i32; PARTS] {
    // 2^(1/32) with 60 fraction bits, and its powers.
    const STEP: u128 = 1_178_167_198_179_750_971;
    let (mut powers, mut power, mut i) = ([0; PARTS], 1_u128 << 60, 0);
    while i < PARTS {
        powers[i] = ((power + (1 << (59 - fraction))) >> (60 - fraction)) as i32;
        power = (power * STEP) >> 60;
        i += 1;
    }
    powers
}
/// From here down eˣ, with 24 fraction bits, is 0.
const LEAST: i32 = -(174 << 20) / 10 * 16;
/// From here on eˣ stands still.
const MOST: i32 = 3 << 24;

/// eˣ for x ≤ 3, both with 24 fraction bits: to two last places for x ≤ 0, and always as many
/// instructions.
/// x = i·ln2/32 + r, 2^(i/32) from a table and a cubic in r, |r| ≤ ln2/64 (Cody & Waite 1980).
#[inline]
pub(super) fn exp_below(x: i32) -> i32 {
    let x = x.clamp(LEAST, MOST);
    // 32/ln 2 with 7 fraction bits; ln2/32 with 24, then eight more.
    let part = ((x >> 12).wrapping_mul(5909).wrapping_add(1 << 18)) >> 19;
    let r = x
        .wrapping_sub(part.wrapping_mul(363_408))
        .wrapping_sub((part.wrapping_mul(192) + 128) >> 8);
    let short = r >> 3;
    let square = short.wrapping_mul(short).wrapping_add(1 << 18) >> 19;
    let cube = (square.wrapping_mul(r) >> 16).wrapping_mul(21_845).wrapping_add(1 << 23) >> 24;
    let rest = r.wrapping_add(square).wrapping_add(cube);
    let power = POWERS.get((part & 31).unsigned_abs() as usize).copied().unwrap_or(1 << 30);
    // 30 + 37 − 32 fraction bits; then 29
    let value = power.wrapping_add(product::high(power, rest << 13) >> 5).cast_unsigned() >> 1;
    let down = 5_i32.wrapping_sub(part >> 5).cast_unsigned();
    let half = 1_u32.wrapping_shl(down.wrapping_sub(1));
    value.wrapping_add(half).wrapping_shr(down).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_below_one_are_good_to_two_last_places() {
        for x in (-(20 << 24)..=0).rev().step_by(997).chain([i32::MIN, LEAST, LEAST - 1, 0]) {
            let exact = libm::exp(f64::from(x) / f64::from(1 << 24)) * f64::from(1 << 24);
            let value = f64::from(exp_below(x));
            assert!((value - exact).abs() < 2.0, "{x}: {value} {exact}");
        }
        assert_eq!([exp_below(0), exp_below(LEAST)], [1 << 24, 0]);
    }
}
