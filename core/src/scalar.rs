//! Numbers a head can be made of: `f32`, `f64` and, with the feature `fixed`, 32-bit fixed point.
//!
//! Everything a step computes goes through this trait in one written order, multiply then add, so
//! that device and desktop agree to the last bit. Products are accumulated in [`Scalar::Wide`] and
//! rounded once; for floats the accumulator is the number itself.

mod float;
#[cfg(any(test, all(target_arch = "arm", target_abi = "eabi")))]
mod root;

#[cfg(feature = "fixed")]
mod fixed;

#[cfg(feature = "fixed")]
pub(crate) use fixed::{PARTS, high_product, leading_zeros, nearest, powers};

use crate::kernel::portable;
use crate::link::Link;
use crate::reach::{Reach, places};
use crate::stored::Short;
use core::fmt::Debug;
use core::ops::{Add, Mul, Neg, Sub};

/// A real number as a device holds it. None of the functions panics, whatever the value.
pub trait Scalar:
    Copy
    + PartialOrd
    + Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// Sums of products before they are rounded.
    type Wide: Copy + Debug;
    /// A factor of high relative precision, whatever its size (see [`Scalar::ratio`]).
    type Ratio: Copy;
    /// Holds shares and other numbers of order 1 at least as precisely as this type: with the 16
    /// fraction bits of Q16.16 the rounding of every small share would pull the weights the same
    /// way, sample after sample.
    type Unit: Scalar<Ratio = Self::Ratio, Unit = Self::Unit>;
    /// What certificates are computed in: a float, because the squares and logarithms of small
    /// differences vanish in fixed point and would forge a certificate.
    type Float: Scalar<Float = Self::Float>;

    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;
    /// The empty sum.
    const WIDE_ZERO: Self::Wide;
    /// Values of this magnitude and beyond are not sound: the arithmetic may have overflowed.
    const LIMIT: Self;
    /// Name of the number type in a checkpoint: kind (1 `f32`, 2 `f64`, 3 fixed) and fraction bits.
    const TAG: [u8; 2];
    /// Length of [`Scalar::to_bits`] in bytes.
    const BYTES: usize;
    /// Unit roundoff of the stored number: relative for floats (2⁻²⁴, 2⁻⁵³), absolute for fixed
    /// point (half of the last place).
    const ROUNDOFF: Self::Float;
    /// Are products accumulated without error, so that a score is rounded once?
    const EXACT_SUMS: bool;

    /// The nearest representable number.
    fn from_f32(value: f32) -> Self;
    /// For reports and for data on their way out; never inside a step.
    fn to_f32(self) -> f32;
    /// For certificates.
    fn to_float(self) -> Self::Float;
    /// Rounded to nearest; what is too large saturates.
    fn from_float(value: Self::Float) -> Self;
    /// As a number of order 1; what is too large saturates.
    fn to_unit(self) -> Self::Unit;
    /// Rounded to nearest.
    fn from_unit(unit: Self::Unit) -> Self;
    /// `numerator / 2^shift`.
    fn from_scaled(numerator: i32, shift: u32) -> Self;
    /// `round(self · 2^shift)`, clamped to ±`limit`; an unsound value gives 0.
    fn to_scaled(self, shift: u32, limit: i32) -> i32;
    /// The raw bits, in the low [`Scalar::BYTES`] bytes.
    fn to_bits(self) -> u64;
    /// The number with these raw bits.
    fn from_bits(bits: u64) -> Self;

    /// `sum + a·b`.
    fn accumulate(sum: Self::Wide, a: Self, b: Self) -> Self::Wide;
    /// The accumulated sum, rounded (and, in fixed point, clamped) to a number.
    fn round(sum: Self::Wide) -> Self;
    /// The sum that holds just this number.
    fn widen(self) -> Self::Wide;
    /// `self·by`, rounded once and clamped to the range of the type: what is out of range stays
    /// visible to the checks.
    fn times(self, by: Self) -> Self;
    /// `self + a·b`, rounded once in fixed point, product then sum in floats.
    fn add_product(self, a: Self, b: Self) -> Self;
    /// `self − other`, clamped to the range of the type instead of wrapping.
    fn saturating_minus(self, other: Self) -> Self;
    /// `self / divisor`; x/0 is the largest number of x's sign in fixed point, and 0/0 is 0.
    fn divide(self, divisor: Self) -> Self;
    /// `numerator / denominator` of two positive sums, kept to at least 29 significant bits in
    /// fixed point.
    fn ratio(numerator: Self::Wide, denominator: Self::Wide) -> Self::Ratio;
    /// The sum as a factor.
    fn factor(sum: Self::Wide) -> Self::Ratio {
        Self::ratio(sum, Self::ONE.widen())
    }
    /// `self · by`.
    fn scale(self, by: Self::Ratio) -> Self;
    /// Divides positive values by their total.
    #[inline]
    fn normalise(values: &mut [Self], total: Self) {
        let inverse = Self::ratio(Self::ONE.widen(), total.widen());
        values.iter_mut().for_each(|value| *value = value.scale(inverse));
    }

    /// eˣ, finite for every sound x.
    fn exp(self) -> Self;
    /// ln x; what is not positive counts as the smallest positive number.
    fn ln(self) -> Self;
    /// √x; 0 for x ≤ 0.
    fn sqrt(self) -> Self;
    /// Φ(x), the normal distribution function; to 8e-8 except in `f64`.
    fn normal_distribution(self) -> Self {
        normal_distribution(self)
    }
    /// Φ'(x) = e^{−x²/2}/√(2π).
    fn normal_density(self) -> Self {
        // Beyond ±8 the density is below 2⁻⁴⁶, and x² would overflow fixed point.
        let x = self.abs().min(Self::from_scaled(8, 0));
        // 2π in two parts, for f64's sake.
        let two_pi = Self::from_f32(core::f32::consts::TAU) + Self::from_f32(-1.748_455_5e-7);
        (-(x * x * Self::from_scaled(1, 1))).exp().divide(two_pi.sqrt())
    }
    /// eˣ for x ≤ 0, as a share needs it: to a few units of 2⁻²⁴ of 1.
    fn exp_below(self) -> Self {
        self.exp()
    }
    /// Finite and not saturated.
    fn is_sound(self) -> bool;

    /// [`crate::kernel`]'s score of features stored as numbers: the place for a twin in assembly.
    #[doc(hidden)]
    fn score<const OUTPUTS: usize>(
        weights: &[[Self; OUTPUTS]],
        features: &[Self],
    ) -> [Self; OUTPUTS] {
        portable::score(weights, features)
    }
    /// [`crate::kernel`]'s update.
    #[doc(hidden)]
    fn update<const OUTPUTS: usize>(
        weights: &mut [[Self; OUTPUTS]],
        features: &[Self],
        step: &[Self; OUTPUTS],
    ) {
        portable::update(weights, features, step);
    }

    /// [`crate::kernel`]'s score of features in 16 bits.
    #[doc(hidden)]
    fn score_short<const OUTPUTS: usize>(
        weights: &[[Self; OUTPUTS]],
        features: &[Short],
    ) -> [Self; OUTPUTS] {
        portable::score(weights, features)
    }
    /// [`crate::kernel`]'s update with features in 16 bits.
    #[doc(hidden)]
    fn update_short<const OUTPUTS: usize>(
        weights: &mut [[Self; OUTPUTS]],
        features: &[Short],
        step: &[Self; OUTPUTS],
    ) {
        portable::update(weights, features, step);
    }

    /// The score of features in 16 bits that a learning step takes.
    #[doc(hidden)]
    fn step_score_short<const ROWS: usize, const OUTPUTS: usize>(
        weights: &[[Self; OUTPUTS]; ROWS],
        features: &[Short],
    ) -> [Self; OUTPUTS] {
        Self::score_short(weights, features)
    }
    /// The prediction of such scores.
    #[doc(hidden)]
    #[inline(always)]
    fn step_predict_short<const OUTPUTS: usize>(link: Link, scores: &mut [Self; OUTPUTS]) {
        link.predict_all(scores);
    }
    /// W ← W − length·field ηᵀ of a learning step in one go; `None` where there is no such way.
    #[doc(hidden)]
    #[inline(always)]
    fn descend_short<const ROWS: usize, const OUTPUTS: usize>(
        _booked: (&mut [[Self; OUTPUTS]; ROWS], &mut Reach),
        _features: &[Short],
        _largest: Self,
        _length: Self,
        _field: &[Self; OUTPUTS],
    ) -> Option<bool> {
        None
    }
    /// The update by features in 16 bits that a learning step makes.
    #[doc(hidden)]
    fn step_update_short<const ROWS: usize, const OUTPUTS: usize>(
        weights: &mut [[Self; OUTPUTS]; ROWS],
        features: &[Short],
        step: &[Self; OUTPUTS],
    ) {
        Self::update_short(weights, features, step);
    }

    /// |x|
    fn abs(self) -> Self {
        if self < Self::ZERO { -self } else { self }
    }
    /// The larger of two sound numbers.
    fn max(self, other: Self) -> Self {
        if self < other { other } else { self }
    }
    /// The smaller of two sound numbers.
    fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }
}

/// Abramowitz & Stegun 26.2.17: error below 7.5e-8.
fn normal_distribution<S: Scalar>(x: S) -> S {
    const COEFFICIENTS: [f32; 5] =
        [1.330_274_4, -1.821_256, 1.781_477_9, -0.356_563_78, 0.319_381_54];
    let t = S::ONE.divide(S::ONE + S::from_f32(0.231_641_9) * x.abs());
    let series = COEFFICIENTS.iter().fold(S::ZERO, |sum, &c| (sum + S::from_f32(c)) * t);
    let tail = x.normal_density() * series;
    if x < S::ZERO { tail } else { S::ONE - tail }
}

/// Largest magnitude of a slice, 0 for an empty one: the ∞-norm.
pub(crate) fn largest<S: Scalar>(values: &[S]) -> S {
    values.iter().fold(S::ZERO, |most, value| most.max(value.abs()))
}

/// Is every number of the slice sound?
pub(crate) fn all_sound<S: Scalar>(values: &[S]) -> bool {
    if S::EXACT_SUMS {
        let ones = values.iter().fold(0, |ones, &value| ones | places(value));
        return ones < places(S::LIMIT);
    }
    values.iter().all(|value| value.is_sound())
}

/// Euclidean norm.
pub(crate) fn norm<S: Scalar>(values: &[S]) -> S {
    S::round(values.iter().fold(S::WIDE_ZERO, |sum, &value| S::accumulate(sum, value, value)))
        .sqrt()
}
