//! Products of 32-bit numbers, wherever the multiplier stops at 32 bits.
//!
//! The small Cortex-M (M0, M0+, M23) keep the low word of a product only. There a product is put together
//! from halves, in line and in constant time; elsewhere it is one instruction.

/// Has the core no instruction for a product of 64 bits?
const IS_SHORT: bool = cfg!(cortex_m = "baseline");

/// a·b, exact.
#[inline(always)]
pub(super) const fn wide(a: i32, b: i32) -> i64 {
    if IS_SHORT {
        ((high(a, b) as i64) << 32) | a.wrapping_mul(b) as u32 as i64
    } else {
        a as i64 * b as i64
    }
}

/// a·b / 2^`shift` rounded to nearest, halves upwards, and clamped to ±`i32::MAX`; `shift` is 1 to 31.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "what is cut off was looked at")]
pub(super) const fn rounded(a: i32, b: i32, shift: u32) -> i32 {
    let product = wide(a, b).wrapping_add(1 << (shift - 1));
    let top = (product >> 32) as i32;
    // Fits if the bits above the result's sign are all like it.
    let sign = top >> 31;
    if (top ^ sign) >> (shift - 1) == 0 {
        (product >> shift) as i32
    } else {
        (i32::MAX ^ sign).wrapping_sub(sign)
    }
}

/// ⌊a·b / 2³²⌋.
#[inline(always)]
pub(crate) const fn high(a: i32, b: i32) -> i32 {
    if IS_SHORT { high_from_halves(a, b) } else { ((a as i64 * b as i64) >> 32) as i32 }
}

/// ⌊a·b / 2³²⌋.
#[inline(always)]
pub(super) const fn high_unsigned(a: u32, b: u32) -> u32 {
    if IS_SHORT { unsigned_from_halves(a, b) } else { ((a as u64 * b as u64) >> 32) as u32 }
}

/// The unsigned product less what the signs' weights of 2³² were worth.
#[inline(always)]
const fn high_from_halves(a: i32, b: i32) -> i32 {
    let unsigned = unsigned_from_halves(a.cast_unsigned(), b.cast_unsigned()).cast_signed();
    unsigned.wrapping_sub((a >> 31) & b).wrapping_sub((b >> 31) & a)
}

/// (a₁·2¹⁶ + a₀)(b₁·2¹⁶ + b₀), none of the sums overflowing.
#[inline(always)]
const fn unsigned_from_halves(a: u32, b: u32) -> u32 {
    let (a1, a0, b1, b0) = (a >> 16, a & 0xffff, b >> 16, b & 0xffff);
    let middle = a1 * b0 + ((a0 * b0) >> 16);
    let other = a0 * b1 + (middle & 0xffff);
    a1 * b1 + (middle >> 16) + (other >> 16)
}

/// Zeros above the highest one, 32 for 0; in constant time.
#[inline(always)]
pub(crate) const fn leading_zeros(x: u32) -> u32 {
    if IS_SHORT { zeros_by_halves(x) } else { x.leading_zeros() }
}

#[inline(always)]
const fn zeros_by_halves(mut x: u32) -> u32 {
    let (mut zeros, mut shift) = (0, 16);
    while shift > 0 {
        // All ones above the half if it is empty.
        let by = ((x >> (32 - shift)).wrapping_sub(1) >> 31) * shift;
        (x, zeros, shift) = (x << by, zeros + by, shift / 2);
    }
    zeros + (x >> 31 ^ 1)
}

#[cfg(test)]
mod tests {
    /// What Armv6-M does, put together from halves, against a product of 64 bits.
    #[test]
    fn halves_make_the_high_word() {
        let numbers = [0, 1, -1, 2, 0xffff, 0x1_0000, -0x1_0000, i32::MAX, i32::MIN, 123_456_789];
        for a in numbers {
            for b in numbers {
                let exact = (i64::from(a) * i64::from(b)) >> 32;
                assert_eq!(i64::from(super::high_from_halves(a, b)), exact, "{a} {b}");
            }
        }
    }

    #[test]
    fn halves_count_zeros() {
        for x in (0..32).flat_map(|bit| [1_u32 << bit, (1 << bit) | 1, (1 << bit) - 1]) {
            assert_eq!(super::zeros_by_halves(x), x.leading_zeros(), "{x}");
        }
    }
}
