//! 32-bit fixed point of the crate `fixed`, with 8 to 24 fraction bits.
//!
//! Products are accumulated exactly in 64 bits and rounded once. Exponential and logarithm are
//! integer polynomials (Chebyshev fits on [0, 1], error below 2⁻³⁰ before the final rounding), so
//! parts without an FPU never call soft floats inside a step. Sums and differences wrap on overflow
//! as two's complement does; values beyond [`Scalar::LIMIT`] are refused before that can happen.

mod exponential;
mod product;
mod ratio;
mod shares;

use fixed::FixedI32;
use fixed::types::extra::{LeEqU32, U24, Unsigned};
pub use ratio::Ratio;
use shares::Total;

use super::Scalar;
pub(crate) use exponential::{PARTS, powers};
pub(crate) use product::{high as high_product, leading_zeros};

use crate::kernel::{narrow, short};
use crate::link::Link;
use crate::reach::Reach;
use crate::stored::Short;

/// Fraction bits of [`Scalar::Unit`]: shares to 6e-8, and room for ±128.
const UNIT_FRACTION: u32 = 24;
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
        Self::from_bits(product::rounded(self.to_bits(), by.to_bits(), Frac::U32))
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
        Ratio::of(numerator, denominator)
    }
    fn scale(self, by: Ratio) -> Self {
        Self::from_bits(by.scale(self.to_bits()))
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
    #[inline]
    fn step_score_short<const ROWS: usize, const OUTPUTS: usize>(
        weights: &[[Self; OUTPUTS]; ROWS],
        features: &[Short],
    ) -> [Self; OUTPUTS] {
        if narrow::covers::<Frac>() {
            narrow::score(weights, features)
        } else {
            short::score(weights, features)
        }
    }
    #[inline(always)]
    fn step_predict_short<const OUTPUTS: usize>(link: Link, scores: &mut [Self; OUTPUTS]) {
        if narrow::covers::<Frac>() && link == Link::Softmax {
            narrow::softmax(scores);
        } else {
            link.predict(scores);
        }
    }
    #[inline(always)]
    fn descend_short<const ROWS: usize, const OUTPUTS: usize>(
        booked: (&mut [[Self; OUTPUTS]; ROWS], &mut Reach),
        features: &[Short],
        largest: Self,
        length: Self,
        field: &[Self; OUTPUTS],
    ) -> Option<bool> {
        if narrow::covers::<Frac>() {
            Some(narrow::descend(booked, features, largest, length, field))
        } else {
            None
        }
    }
    #[inline]
    fn step_update_short<const ROWS: usize, const OUTPUTS: usize>(
        weights: &mut [[Self; OUTPUTS]; ROWS],
        features: &[Short],
        step: &[Self; OUTPUTS],
    ) {
        if narrow::covers::<Frac>() {
            narrow::update(weights, features, step);
        } else {
            short::update(weights, features, step);
        }
    }

    fn factor(sum: i64) -> Ratio {
        Ratio::of_sum(sum, 2 * Frac::U32)
    }
    #[inline]
    fn normalise(values: &mut [Self], total: Self) {
        let total = Total::of(total.to_bits().cast_unsigned());
        for value in values {
            let share = total.share(value.to_bits().cast_unsigned(), Frac::U32);
            *value = Self::from_bits(share.cast_signed());
        }
    }
    #[inline]
    fn exp_below(self) -> Self {
        let up = UNIT_FRACTION - Frac::U32;
        let within = self.to_bits().clamp(-(32 << Frac::U32), 3 << Frac::U32);
        let power = exponential::exp_below(within << up);
        Self::from_bits((power + ((1 << up) >> 1)) >> up)
    }

    fn exp(self) -> Self {
        Self::from_bits(exponential::exp(self.to_bits(), Frac::U32))
    }
    fn ln(self) -> Self {
        Self::from_bits(exponential::ln(self.to_bits(), Frac::U32))
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

    #[test]
    fn division_never_panics() {
        assert_eq!(I16F16::ONE.divide(I16F16::ZERO), I16F16::from_bits(i32::MAX));
        assert_eq!((-I16F16::ONE).divide(I16F16::ZERO), I16F16::from_bits(-i32::MAX));
        assert_eq!(I16F16::ZERO.divide(I16F16::ZERO), I16F16::ZERO);
    }
}
