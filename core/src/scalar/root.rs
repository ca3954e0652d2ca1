//! Square root for parts without an FPU, digit by digit: the bits of `libm`'s, which are those of IEEE
//! 754, in a quarter of the flash.

/// √x of an x above 0, rounded to the nearest.
///
/// With x = m·2ᵉ, e even and m an integer of 24 or 25 digits, q grows by one binary digit a turn to
/// ⌊√(m·2²⁵)⌋: 25 digits, one more than are kept, and `rest` = m·2²⁵ − q² > 0 tells a tie from more.
pub(super) fn sqrt_f32(x: f32) -> f32 {
    const HIDDEN: u32 = 1 << 23;
    let bits = x.to_bits();
    let (mut exponent, mut digits) = ((bits >> 23) as i32, bits & (HIDDEN - 1));
    if exponent == 255 {
        return x;
    }
    if exponent == 0 {
        let missing = digits.leading_zeros() as i32 - 8;
        digits <<= missing;
        exponent = 1 - missing;
    }
    digits |= HIDDEN;
    exponent -= 127;
    if exponent & 1 != 0 {
        digits <<= 1;
    }
    let (mut rest, mut root, mut twice) = (digits << 1, 0_u32, 0_u32);
    let mut digit = 1_u32 << 24;
    while digit != 0 {
        let tried = twice + digit;
        if tried <= rest {
            twice = tried + digit;
            rest -= tried;
            root += digit;
        }
        rest <<= 1;
        digit >>= 1;
    }
    // never a tie: the root of 24 digits has none of 25
    root += root & 1;
    let exponent = (exponent >> 1) + 126;
    f32::from_bits((root >> 1) + ((exponent as u32) << 23))
}

#[cfg(test)]
mod tests {
    use super::sqrt_f32;

    #[test]
    fn every_root_is_the_one_of_ieee_754() {
        let step = 397; // no power of two: all patterns of low bits
        for bits in (1..=f32::INFINITY.to_bits()).step_by(step) {
            let x = f32::from_bits(bits);
            assert_eq!(sqrt_f32(x).to_bits(), x.sqrt().to_bits(), "{x:e}");
        }
        let edges = [f32::MIN_POSITIVE, f32::MAX, f32::INFINITY, f32::from_bits(1), 1.0, 4.0];
        for x in edges.into_iter().flat_map(|x| [x, x.next_down(), x.next_up()]) {
            if x > 0.0 {
                assert_eq!(sqrt_f32(x).to_bits(), x.sqrt().to_bits(), "{x:e}");
            }
        }
    }
}
