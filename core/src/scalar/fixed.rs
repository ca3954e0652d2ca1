//! 32-bit fixed point of the crate `fixed`, with 8 to 24 fraction bits.
//!
//! Products are accumulated exactly in 64 bits and rounded once. Exponential and logarithm are
//! integer polynomials (Chebyshev fits on [0, 1], error below 2⁻³⁰ before the final rounding), so
//! parts without an FPU never call soft floats inside a step. Sums and differences wrap on overflow
//! as two's complement does; values beyond [`Scalar::LIMIT`] are refused before that can happen.

use fixed::FixedI32;
use fixed::types::extra::{LeEqU32, U24, Unsigned};

use super::Scalar;
use crate::kernel::short;
use crate::stored::Short;

/// 1/ln 2 and ln 2 with 30 fraction bits.
const LOG2_E: i64 = 1_549_082_005;
const LN_2: i64 = 744_261_118;
/// Fraction bits of [`Scalar::Unit`]: shares to 6e-8, and room for ±128.
const UNIT_FRACTION: u32 = 24;
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

/// A positive factor `mantissa · 2^−shift` with the mantissa in [2²⁹, 2³¹).
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    mantissa: i64,
    shift: u32,
}

/// Horner with 30 fraction bits, x in [0, 1].
fn polynomial(coefficients: &[i64], x: i64) -> i64 {
    coefficients.iter().rev().fold(0, |sum, coefficient| ((sum * x) >> 30) + coefficient)
}

/// `value >> shift`, rounded to nearest; a shift of 63 and more gives 0.
fn shift_right_rounded(value: i64, shift: u32) -> i64 {
    match shift {
        0 => value,
        1..=62 => value.wrapping_add(1 << (shift - 1)) >> shift,
        _ => 0,
    }
}

/// The nearest integer, halves upwards. A NaN becomes the least, which is not sound, not a plausible
/// 0; what is too large saturates.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
pub(crate) const fn nearest(value: f32) -> i32 {
    if value.is_nan() {
        return i32::MIN;
    }
    // Not ⌊value + ½⌋: between 2²³ and 2²⁴ that sum rounds odd integers up.
    let towards_zero = value as i32;
    let above = towards_zero as f32 > value;
    let below = if above { towards_zero.saturating_sub(1) } else { towards_zero };
    if value - (below as f32) < 0.5 { below } else { below.saturating_add(1) }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i32")]
fn clamp(value: i64) -> i32 {
    value.clamp(-i64::from(i32::MAX), i64::from(i32::MAX)) as i32
}

/// eˣ: x·log₂e = n + f, 2ᶠ by the polynomial, then a shift by n.
fn exp(bits: i32, fraction: u32) -> i32 {
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
fn ln(bits: i32, fraction: u32) -> i32 {
    let positive = bits.max(1).unsigned_abs();
    let zeros = positive.leading_zeros();
    let mantissa = i64::from(positive << zeros >> 1);
    let exponent = 31 - i64::from(zeros) - i64::from(fraction);
    let value = polynomial(&LN_1P, mantissa - ONE_Q30) + exponent * LN_2;
    clamp(shift_right_rounded(value, 30 - fraction))
}

impl<Frac: Unsigned + LeEqU32 + 'static> Scalar for FixedI32<Frac> {
    type Wide = i64;
    type Ratio = Ratio;
    type Unit = FixedI32<U24>;
    type Float = f32;

    const ZERO: Self = Self::ZERO;
    const ONE: Self = Self::from_bits(1 << Frac::U32);
    const WIDE_ZERO: i64 = 0;
    const LIMIT: Self = Self::from_bits(1 << 30);
    #[expect(clippy::cast_possible_truncation, reason = "at most 32")]
    const TAG: [u8; 2] = [3, Frac::U32 as u8];
    const BYTES: usize = 4;
    const ROUNDOFF: f32 = 0.5 / (1_u64 << Frac::U32) as f32;
    const EXACT_SUMS: bool = true;

    fn from_f32(value: f32) -> Self {
        Self::from_bits(nearest(value * (1_u64 << Frac::U32) as f32))
    }
    fn to_f32(self) -> f32 {
        self.to_bits() as f32 / (1_u64 << Frac::U32) as f32
    }
    fn to_float(self) -> f32 {
        self.to_f32()
    }
    fn from_float(value: f32) -> Self {
        Self::from_f32(value)
    }
    fn to_unit(self) -> FixedI32<U24> {
        let wide = i64::from(self.to_bits()) << UNIT_FRACTION;
        FixedI32::from_bits(clamp(shift_right_rounded(wide, Frac::U32)))
    }
    fn from_unit(unit: FixedI32<U24>) -> Self {
        let wide = i64::from(unit.to_bits()) << Frac::U32.min(31);
        Self::from_bits(clamp(shift_right_rounded(wide, UNIT_FRACTION)))
    }
    fn from_scaled(numerator: i32, shift: u32) -> Self {
        let wide = i64::from(numerator) << Frac::U32.min(31);
        Self::from_bits(clamp(shift_right_rounded(wide, shift)))
    }
    fn to_scaled(self, shift: u32, limit: i32) -> i32 {
        let wide = i64::from(self.to_bits()) << shift.min(31);
        if self.is_sound() {
            clamp(shift_right_rounded(wide, Frac::U32)).clamp(-limit, limit)
        } else {
            0
        }
    }
    fn to_bits(self) -> u64 {
        u64::from(self.to_bits().cast_unsigned())
    }
    #[expect(clippy::cast_possible_truncation, reason = "the low half holds the bits")]
    fn from_bits(bits: u64) -> Self {
        Self::from_bits((bits as u32).cast_signed())
    }

    #[inline]
    fn accumulate(sum: i64, a: Self, b: Self) -> i64 {
        sum.wrapping_add(i64::from(a.to_bits()) * i64::from(b.to_bits()))
    }
    #[inline]
    fn round(sum: i64) -> Self {
        Self::from_bits(clamp(shift_right_rounded(sum, Frac::U32)))
    }
    fn widen(self) -> i64 {
        i64::from(self.to_bits()) << Frac::U32.min(31)
    }
    fn times(self, by: Self) -> Self {
        Scalar::round(Self::accumulate(0, self, by))
    }
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "wraps, as the sums of this type do")]
    fn add_product(self, a: Self, b: Self) -> Self {
        let product = i64::from(a.to_bits()) * i64::from(b.to_bits());
        Self::from_bits(self.to_bits().wrapping_add(shift_right_rounded(product, Frac::U32) as i32))
    }
    fn saturating_minus(self, other: Self) -> Self {
        self.saturating_sub(other)
    }
    fn divide(self, divisor: Self) -> Self {
        let numerator = i64::from(self.to_bits()) << Frac::U32.min(31);
        match numerator.checked_div(i64::from(divisor.to_bits())) {
            Some(quotient) => Self::from_bits(clamp(quotient)),
            None => Self::from_bits(clamp(numerator.signum() << 40)),
        }
    }
    fn ratio(numerator: i64, denominator: i64) -> Ratio {
        // The numerator is brought to 61 bits and the denominator to 31, so the quotient has 30 or
        // 31 and its product with a 32-bit number fits 64.
        let (numerator, denominator) = (numerator.max(1), denominator.max(1));
        let up = numerator.leading_zeros().saturating_sub(3);
        let down = 33_u32.saturating_sub(denominator.leading_zeros());
        let extra = denominator.leading_zeros().saturating_sub(33);
        // At least 2³⁰ already; the bound spares the check for a division by zero.
        let divisor = ((denominator >> down) << extra).max(1);
        let mantissa = (numerator << up) / divisor;
        // value = mantissa · 2^(−up − down + extra); up ≥ down − extra wherever the ratio is below
        // 2³⁰, and larger ones saturate.
        match (up + down).checked_sub(extra) {
            Some(shift) => Ratio { mantissa, shift },
            None => Ratio { mantissa: i64::from(i32::MAX), shift: 0 },
        }
    }
    fn scale(self, by: Ratio) -> Self {
        Self::from_bits(clamp(shift_right_rounded(
            i64::from(self.to_bits()).wrapping_mul(by.mantissa),
            by.shift,
        )))
    }

    fn score_short<const OUTPUTS: usize>(
        weights: &[[Self; OUTPUTS]],
        features: &[Short],
    ) -> [Self; OUTPUTS] {
        short::score(weights, features)
    }
    fn update_short<const OUTPUTS: usize>(
        weights: &mut [[Self; OUTPUTS]],
        features: &[Short],
        step: &[Self; OUTPUTS],
    ) {
        short::update(weights, features, step);
    }

    fn exp(self) -> Self {
        Self::from_bits(exp(self.to_bits(), Frac::U32))
    }
    fn ln(self) -> Self {
        Self::from_bits(ln(self.to_bits(), Frac::U32))
    }
    #[expect(clippy::cast_possible_wrap, reason = "a root of 62 bits has 31")]
    fn sqrt(self) -> Self {
        let wide = u64::from(self.to_bits().max(0).unsigned_abs()) << Frac::U32.min(31);
        Self::from_bits(clamp(wide.isqrt() as i64))
    }
    fn is_sound(self) -> bool {
        -Self::LIMIT < self && self < Self::LIMIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fixed::types::{I8F24, I16F16};

    #[test]
    fn exp_and_ln_are_within_one_last_place() {
        for i in -2_000..2_000 {
            let x = i as f32 * 0.005;
            let q16 = I16F16::from_num(x);
            let exact = libm::exp(q16.to_num::<f64>());
            assert!((Scalar::exp(q16).to_num::<f64>() - exact).abs() < 2e-5 + exact * 1e-8, "{x}");
            if x > 0.0 {
                let exact = libm::log(q16.to_num::<f64>());
                assert!((Scalar::ln(q16).to_num::<f64>() - exact).abs() < 1e-5, "{x}");
                let q24 = I8F24::from_num(x);
                let exact = libm::log(q24.to_num::<f64>());
                assert!((Scalar::ln(q24).to_num::<f64>() - exact).abs() < 7e-8, "{x}");
            }
        }
        assert_eq!(Scalar::exp(I16F16::ZERO), I16F16::ONE);
        assert_eq!(Scalar::exp(I16F16::from_num(100)), I16F16::from_bits(i32::MAX));
        assert_eq!(Scalar::exp(I16F16::from_num(-100)), I16F16::ZERO);
    }

    /// Against ⌊x + ½⌋ in f64, which is exact for every f32 of the range; at compile time as well.
    #[test]
    fn numbers_and_heads_are_rounded_to_the_nearest_place_and_halves_upwards() {
        const ODD: f32 = 8_388_609.0 / 65_536.0;
        const FLASHED: crate::Head<I16F16, 1, 1> =
            crate::Head::from_f32(&crate::Head::new(crate::Link::Identity, [[ODD]]));
        assert_eq!(FLASHED.point(), &[I16F16::from_bits(8_388_609)]);
        let places = [0.0, 0.49999997, 0.5, 1.5, 2.5, 4_194_303.5, 8_388_607.5, 8_388_609.0];
        let large = [16_777_215.0, 16_777_217.0, 2_147_483_500.0, 2_147_483_648.0, 1e30];
        let all = places.into_iter().chain(large).chain([f32::INFINITY]);
        for place in all.flat_map(|place| [place, -place]) {
            let exact = libm::floor(f64::from(place) + 0.5) as i32;
            let value = place / 65_536.0;
            assert_eq!(I16F16::from_f32(value).to_bits(), exact, "{place}");
            let head = crate::Head::new(crate::Link::Identity, [[value]]);
            let head = crate::Head::<I16F16, 1, 1>::from_f32(&head);
            assert_eq!(head.point(), &[I16F16::from_bits(exact)], "{place}");
        }
        let head = crate::Head::new(crate::Link::Identity, [[f32::NAN]]);
        let head = crate::Head::<I16F16, 1, 1>::from_f32(&head);
        assert!(!head.point().iter().any(|weight| weight.is_sound()));
    }

    #[test]
    fn ratios_keep_29_bits_at_every_size() {
        for (a, b) in
            [(1_i64, 1_000_000_007_i64), (19_661 << 16, 1025 << 32), (1025 << 32, 3), (7, 7)]
        {
            let ratio = I16F16::ratio(a, b);
            let value = ratio.mantissa as f64 / 2f64.powi(ratio.shift.cast_signed());
            let exact = a as f64 / b as f64;
            if exact < 2f64.powi(30) {
                assert!((value / exact - 1.0).abs() < 2f64.powi(-28), "{a}/{b}: {value} {exact}");
            }
        }
    }

    #[test]
    fn division_never_panics() {
        assert_eq!(I16F16::ONE.divide(I16F16::ZERO), I16F16::from_bits(i32::MAX));
        assert_eq!((-I16F16::ONE).divide(I16F16::ZERO), I16F16::from_bits(-i32::MAX));
        assert_eq!(I16F16::ZERO.divide(I16F16::ZERO), I16F16::ZERO);
    }
}
