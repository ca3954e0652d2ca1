//! Features as they are stored: as numbers, in 16 bits or in 8 bits. They mean exactly the same
//! value in every number type, so fixed point and `f64` see the same problem to the bit.

use crate::Error;
use crate::kernel::portable;
use crate::link::Link;
use crate::reach::Reach;
use crate::scalar::Scalar;

/// A feature as stored. Every step takes any of them.
pub trait Stored<S: Scalar>: Copy {
    /// Is every value sound? What is stored in integers is.
    const ALWAYS_SOUND: bool;

    /// What it means.
    fn value(self) -> S;

    /// Scores of plain features under these weights, the last row being the bias.
    #[doc(hidden)]
    fn score<const OUTPUTS: usize>(weights: &[[S; OUTPUTS]], features: &[Self]) -> [S; OUTPUTS] {
        portable::score(weights, features)
    }

    /// weights ← weights + features·stepᵀ, the last row being the bias.
    #[doc(hidden)]
    fn update<const OUTPUTS: usize>(
        weights: &mut [[S; OUTPUTS]],
        features: &[Self],
        step: &[S; OUTPUTS],
    ) {
        portable::update(weights, features, step);
    }

    /// The score a learning step takes. In Q8.24 features in 16 bits have one in 32-bit arithmetic
    /// (`kernel/narrow.rs`), less exact than [`Stored::score`] by what a step cannot tell.
    #[doc(hidden)]
    fn step_score<const ROWS: usize, const OUTPUTS: usize>(
        weights: &[[S; OUTPUTS]; ROWS],
        features: &[Self],
    ) -> [S; OUTPUTS] {
        Self::score(weights, features)
    }

    /// The prediction a learning step takes.
    #[doc(hidden)]
    #[inline(always)]
    fn step_predict<const OUTPUTS: usize>(link: Link, scores: &mut [S; OUTPUTS]) {
        link.predict(scores);
    }

    /// W ← W − length·field ηᵀ, booked and made, or refused; `None` where there is no way in one go.
    #[doc(hidden)]
    #[inline(always)]
    fn descend<const ROWS: usize, const OUTPUTS: usize>(
        _booked: (&mut [[S; OUTPUTS]; ROWS], &mut Reach),
        _features: &[Self],
        _largest: S,
        _length: S,
        _field: &[S; OUTPUTS],
    ) -> Option<bool> {
        None
    }

    /// The update a learning step makes.
    #[doc(hidden)]
    fn step_update<const ROWS: usize, const OUTPUTS: usize>(
        weights: &mut [[S; OUTPUTS]; ROWS],
        features: &[Self],
        step: &[S; OUTPUTS],
    ) {
        Self::update(weights, features, step);
    }
}

impl<S: Scalar> Stored<S> for S {
    const ALWAYS_SOUND: bool = false;

    fn value(self) -> S {
        self
    }
    fn score<const OUTPUTS: usize>(weights: &[[S; OUTPUTS]], features: &[Self]) -> [S; OUTPUTS] {
        S::score(weights, features)
    }
    fn update<const OUTPUTS: usize>(
        weights: &mut [[S; OUTPUTS]],
        features: &[Self],
        step: &[S; OUTPUTS],
    ) {
        S::update(weights, features, step);
    }
}

/// A feature in 16 bits, n/4096: within ±8, rounded by at most 1/8192 there. Half the memory of a
/// number, and what the multipliers of parts without an FPU take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Short(pub i16);

impl Short {
    /// Fraction bits.
    pub(crate) const SHIFT: u32 = 12;
    /// The 1 of the bias.
    #[cfg(feature = "fixed")]
    pub(crate) const ONE: i16 = 1 << Self::SHIFT;
    const LIMIT: i32 = i16::MAX as i32;

    /// The features rounded to 16 bits; what is beyond ±8 is clamped there.
    ///
    /// ```
    /// use fejer::stored::{Short, Stored};
    /// assert_eq!(Short::store(&[0.5_f32, -20.0])?, [Short(2048), Short(-32767)]);
    /// assert_eq!(Stored::<f32>::value(Short(2048)), 0.5);
    /// # Ok::<(), fejer::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsound`]: a feature is NaN, infinite or saturated.
    pub fn store<S: Scalar, const FEATURES: usize>(
        features: &[S; FEATURES],
    ) -> Result<[Self; FEATURES], Error> {
        if !crate::scalar::all_sound(features) {
            return Err(Error::Unsound);
        }
        Ok(features.map(Self::nearest))
    }

    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i16")]
    fn nearest<S: Scalar>(feature: S) -> Self {
        Self(feature.to_scaled(Self::SHIFT, Self::LIMIT) as i16)
    }
}

impl<S: Scalar> Stored<S> for Short {
    const ALWAYS_SOUND: bool = true;

    fn value(self) -> S {
        S::from_scaled(i32::from(self.0), Self::SHIFT)
    }
    fn score<const OUTPUTS: usize>(weights: &[[S; OUTPUTS]], features: &[Self]) -> [S; OUTPUTS] {
        S::score_short(weights, features)
    }
    fn update<const OUTPUTS: usize>(
        weights: &mut [[S; OUTPUTS]],
        features: &[Self],
        step: &[S; OUTPUTS],
    ) {
        S::update_short(weights, features, step);
    }
    fn step_score<const ROWS: usize, const OUTPUTS: usize>(
        weights: &[[S; OUTPUTS]; ROWS],
        features: &[Self],
    ) -> [S; OUTPUTS] {
        S::step_score_short(weights, features)
    }
    #[inline(always)]
    fn step_predict<const OUTPUTS: usize>(link: Link, scores: &mut [S; OUTPUTS]) {
        S::step_predict_short(link, scores);
    }
    #[inline(always)]
    fn descend<const ROWS: usize, const OUTPUTS: usize>(
        booked: (&mut [[S; OUTPUTS]; ROWS], &mut Reach),
        features: &[Self],
        largest: S,
        length: S,
        field: &[S; OUTPUTS],
    ) -> Option<bool> {
        S::descend_short(booked, features, largest, length, field)
    }
    fn step_update<const ROWS: usize, const OUTPUTS: usize>(
        weights: &mut [[S; OUTPUTS]; ROWS],
        features: &[Self],
        step: &[S; OUTPUTS],
    ) {
        S::step_update_short(weights, features, step);
    }
}

/// A feature in 8 bits, the code n for n/32: within ±3.97, rounded by at most 1/64 there. What
/// [`crate::memory`] remembers samples in.
///
/// The step is a power of two rather than 4/127 so that it is exact in every number type.
impl<S: Scalar> Stored<S> for i8 {
    const ALWAYS_SOUND: bool = true;

    fn value(self) -> S {
        S::from_scaled(i32::from(self), CODE_SHIFT)
    }
}

/// Fraction bits of an 8-bit code.
const CODE_SHIFT: u32 = 5;

/// The code of the appended 1.
pub(crate) const CODE_ONE: i8 = 1 << CODE_SHIFT;

/// round(32 x) clamped to ±127; 0 for what is not sound.
#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i8")]
pub(crate) fn to_code<S: Scalar>(feature: S) -> i8 {
    feature.to_scaled(CODE_SHIFT, i32::from(i8::MAX)) as i8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_mean_the_same_in_every_number_type() {
        for (x, code) in [(0.0, 0), (1.0, 32), (-1.0, -32), (100.0, 127), (-100.0, -127), (0.5, 16)]
        {
            assert_eq!(to_code(x), code);
            assert_eq!(to_code(x as f32), code);
        }
        assert_eq!(to_code(f32::NAN), 0);
        for code in [-32767, -1, 0, 1, 12345] {
            let (single, double): (f32, f64) = (Short(code).value(), Short(code).value());
            assert_eq!(f64::from(single), double);
            #[cfg(feature = "fixed")]
            assert_eq!(Stored::<fixed::types::I16F16>::value(Short(code)).to_num::<f64>(), double);
        }
        assert_eq!(Short::store(&[f32::NAN]), Err(Error::Unsound));
    }
}
