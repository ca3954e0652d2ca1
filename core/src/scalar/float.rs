//! `f32` and `f64`.
//!
//! `f32` has its own exponential and logarithm: polynomials of fixed degree in a written order,
//! with no branch on the data, so every target computes the same bits in the same number of
//! instructions. `f64` is the desktop's type and takes libm's.

use super::Scalar;

/// 1/ln 2, and ln 2 split so that `exponent · LN2_HIGH` is exact (Cody & Waite 1980).
const LOG2_E: f32 = core::f32::consts::LOG2_E;
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;
/// Adding and subtracting 1.5·2²³ rounds to the nearest integer.
const ROUND_TO_INTEGER: f32 = 12_582_912.0;
/// exp is clamped to the exponents of normal numbers.
const EXP_RANGE: (f32, f32) = (-87.0, 88.0);

/// eˣ = 2ⁿ·eʳ with |r| ≤ ½ ln 2; Taylor to degree 7, error below 2⁻²⁷ relative.
#[cfg_attr(target_os = "none", inline(never))] // one copy for all links
#[expect(clippy::cast_possible_truncation, reason = "an integer of at most 8 bits")]
fn exp_f32(x: f32) -> f32 {
    let x = if x < EXP_RANGE.0 { EXP_RANGE.0 } else { x };
    let x = if x > EXP_RANGE.1 { EXP_RANGE.1 } else { x };
    let n = x * LOG2_E + ROUND_TO_INTEGER - ROUND_TO_INTEGER;
    let r = x - n * LN2_HIGH - n * LN2_LOW;
    let mut sum = 1.0 / 5040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        sum = sum * r + coefficient;
    }
    let exponent = (n as i32).wrapping_add(127).clamp(1, 254);
    sum * f32::from_bits((exponent as u32) << 23)
}

/// 2ʸ on [−½, ½], lowest power first: relative error below 7.5e-8 (minimax).
const EXP2: [f32; 6] =
    [1.000_000_1, 0.693_146_94, 0.240_221_2, 0.055_507_13, 0.009_675_542, 0.001_327_647_2];

/// eˣ for x ≤ 0: 2ⁿ·2ᶠ with n + f = x·log₂e rounded, so that the error grows as |x|·2⁻²⁴ relative,
/// which is at most 2⁻²⁵ of 1; half the instructions of [`exp_f32`].
#[inline]
fn exp_below_f32(x: f32) -> f32 {
    let x = if x < EXP_RANGE.0 { EXP_RANGE.0 } else { x };
    let y = x * LOG2_E;
    let shifted = y + ROUND_TO_INTEGER;
    let f = y - (shifted - ROUND_TO_INTEGER);
    let [p0, p1, p2, p3, p4, p5] = EXP2;
    let power = p0 + f * (p1 + f * (p2 + f * (p3 + f * (p4 + f * p5))));
    // The low bits of `shifted` are n; the shift drops all others.
    power * f32::from_bits(shifted.to_bits().wrapping_add(127) << 23)
}

/// ln x = e ln 2 + 2 artanh((m−1)/(m+1)) with x = 2ᵉ·m, m in [√½, √2): |s| ≤ .172, series to s⁹.
#[cfg_attr(target_os = "none", inline(never))] // one copy for all links
fn ln_f32(x: f32) -> f32 {
    const SQRT_HALF_BITS: u32 = 0x3f35_04f3;
    let x = if x > f32::MIN_POSITIVE { x } else { f32::MIN_POSITIVE };
    let offset = x.to_bits().wrapping_sub(SQRT_HALF_BITS) as i32 >> 23;
    let m = f32::from_bits(x.to_bits().wrapping_sub((offset as u32) << 23));
    let exponent = offset as f32;
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let tail = z * (2.0 / 3.0 + z * (2.0 / 5.0 + z * (2.0 / 7.0 + z * (2.0 / 9.0))));
    exponent * LN2_HIGH + (exponent * LN2_LOW + (s * tail + 2.0 * s))
}

macro_rules! float {
    ($float:ty, $bits:ty, $tag:expr, $mantissa:expr, $exp:path, $ln:path, $sqrt:path, $floor:path, {$($own:item)*}) => {
        impl Scalar for $float {
            type Wide = Self;
            type Ratio = Self;
            type Unit = Self;
            type Float = Self;

            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const WIDE_ZERO: Self = 0.0;
            const LIMIT: Self = 1e30;
            const TAG: [u8; 2] = $tag;
            const BYTES: usize = size_of::<Self>();
            const ROUNDOFF: Self = 1.0 / (1_u64 << $mantissa) as Self;
            const EXACT_SUMS: bool = false;

            fn from_f32(value: f32) -> Self {
                Self::from(value)
            }
            #[expect(clippy::allow_attributes, reason = "one macro for two widths")]
            #[allow(clippy::cast_possible_truncation)]
            fn to_f32(self) -> f32 {
                self as f32
            }
            fn to_float(self) -> Self {
                self
            }
            fn from_float(value: Self) -> Self {
                value
            }
            fn to_unit(self) -> Self {
                self
            }
            fn from_unit(unit: Self) -> Self {
                unit
            }
            fn from_scaled(numerator: i32, shift: u32) -> Self {
                numerator as Self / (1_u64 << shift) as Self
            }
            #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, then clamps")]
            fn to_scaled(self, shift: u32, limit: i32) -> i32 {
                let nearest = $floor(self * (1_u64 << shift) as Self + 0.5);
                if self.is_sound() { (nearest as i32).clamp(-limit, limit) } else { 0 }
            }
            fn to_bits(self) -> u64 {
                u64::from(<$float>::to_bits(self))
            }
            #[expect(clippy::allow_attributes, reason = "one macro for two widths")]
            #[allow(clippy::cast_possible_truncation)]
            fn from_bits(bits: u64) -> Self {
                <$float>::from_bits(bits as $bits)
            }

            fn accumulate(sum: Self, a: Self, b: Self) -> Self {
                sum + a * b
            }
            fn round(sum: Self) -> Self {
                sum
            }
            fn widen(self) -> Self {
                self
            }
            fn times(self, by: Self) -> Self {
                self * by
            }
            fn add_product(self, a: Self, b: Self) -> Self {
                self + a * b
            }
            fn saturating_minus(self, other: Self) -> Self {
                self - other
            }
            fn divide(self, divisor: Self) -> Self {
                if divisor == 0.0 && self == 0.0 { 0.0 } else { self / divisor }
            }
            fn ratio(numerator: Self, denominator: Self) -> Self {
                numerator / denominator
            }
            fn scale(self, by: Self) -> Self {
                self * by
            }

            fn exp(self) -> Self {
                $exp(self)
            }
            fn ln(self) -> Self {
                $ln(self)
            }
            fn sqrt(self) -> Self {
                if self > 0.0 { $sqrt(self) } else { 0.0 }
            }
            fn abs(self) -> Self {
                <$float>::abs(self)
            }
            fn is_sound(self) -> bool {
                -Self::LIMIT < self && self < Self::LIMIT
            }
            $($own)*
        }
    };
}

/// ln, with what is not positive counted as the smallest positive number.
fn ln_f64(x: f64) -> f64 {
    libm::log(if x > f64::MIN_POSITIVE { x } else { f64::MIN_POSITIVE })
}

#[cfg(all(target_arch = "arm", target_abi = "eabi"))]
use super::root::sqrt_f32;
#[cfg(not(all(target_arch = "arm", target_abi = "eabi")))]
use libm::sqrtf as sqrt_f32;

float!(f32, u32, [1, 0], 24, exp_f32, ln_f32, sqrt_f32, libm::floorf, {
    #[inline]
    fn exp_below(self) -> Self {
        exp_below_f32(self)
    }
    #[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
    #[inline]
    fn score<const OUTPUTS: usize>(
        weights: &[[Self; OUTPUTS]],
        features: &[Self],
    ) -> [Self; OUTPUTS] {
        crate::kernel::hardfloat::score(weights, features)
    }
    #[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
    #[inline]
    fn update<const OUTPUTS: usize>(
        weights: &mut [[Self; OUTPUTS]],
        features: &[Self],
        step: &[Self; OUTPUTS],
    ) {
        crate::kernel::hardfloat::update(weights, features, step);
    }
});
float!(f64, u64, [2, 0], 53, libm::exp, ln_f64, libm::sqrt, libm::floor, {
    fn normal_distribution(self) -> Self {
        0.5 * libm::erfc(-self * core::f64::consts::FRAC_1_SQRT_2)
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_and_ln_are_within_two_units_in_the_last_place() {
        let mut worst = (0.0_f64, 0.0_f64);
        for i in -8_600..8_700 {
            let x = i as f32 * 0.01 + 0.003;
            let expected = libm::exp(f64::from(x));
            worst.0 = worst.0.max((f64::from(exp_f32(x)) / expected - 1.0).abs());
            let y = expected as f32;
            let error = f64::from(ln_f32(y)) - libm::log(f64::from(y));
            worst.1 = worst.1.max(error.abs() / libm::log(f64::from(y)).abs().max(1e-2));
        }
        assert!(worst.0 < 2.0_f64.powi(-22), "exp {:e}", worst.0);
        assert!(worst.1 < 2.0_f64.powi(-22), "ln {:e}", worst.1);
    }

    #[test]
    fn exp_below_is_a_share_to_the_last_places() {
        let mut worst = (0.0_f64, 0.0_f64);
        for i in 0..39_000 {
            let x = i as f32 * -0.002_2;
            let expected = libm::exp(f64::from(x));
            let error = (f64::from(exp_below_f32(x)) - expected).abs();
            worst = (worst.0.max(error), worst.1.max(error / expected));
        }
        assert!(worst.0 < 2.0_f64.powi(-22), "{:e}", worst.0);
        assert!(worst.1 < 6e-6, "{:e}", worst.1);
        assert!(exp_below_f32(f32::NAN).is_nan());
        assert!(exp_below_f32(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn exp_and_ln_stay_finite_at_the_edges() {
        for x in [-1e30, -1000.0, 1000.0, 1e30] {
            assert!(exp_f32(x).is_finite());
        }
        for x in [0.0, -1.0, f32::MIN_POSITIVE, f32::MAX] {
            assert!(ln_f32(x).is_finite());
        }
        assert_eq!(exp_f32(0.0), 1.0);
        assert_eq!(ln_f32(1.0), 0.0);
    }
}
