//! A step for every output in 16 bits: m·2^−s, one s for all.

use fixed::types::extra::{LeEqU32, Unsigned};

use super::Weight;
use crate::scalar::leading_zeros;
use crate::stored::Short;

/// Bits of a mantissa, without the sign.
const BITS: u32 = 15;
/// The most a mantissa is shifted by: a register has room for it shifted up by 16 less.
const MOST_SHIFT: i32 = 16;

/// The most places both factors of a step are shifted up by, so that s is at most [`MOST_SHIFT`].
const MOST_ROOM: u32 = 27;

/// Places that fit above a number's highest one, below the sign.
#[inline(always)]
fn room(ones: u32) -> u32 {
    leading_zeros(ones).wrapping_sub(1) & 31
}

/// Mantissas, and the shift they share: an output's weights move by m·feature/2^s last places.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Mantissas<const OUTPUTS: usize> {
    /// s, at most 16; 0 and less for a step of 2 and more, which has a slower way.
    pub(super) shift: i32,
    /// At most 2¹⁵ in magnitude.
    pub(super) values: [i32; OUTPUTS],
}

/// Numbers as they are before they are mantissas: the ones of all their magnitudes or-ed, which have
/// as many zeros above them as the largest.
#[inline(always)]
fn ones<const OUTPUTS: usize>(values: &[i32; OUTPUTS]) -> u32 {
    values.iter().fold(0, |ones, value| ones | (value ^ (value >> 31)).cast_unsigned())
}

impl<const OUTPUTS: usize> Mantissas<OUTPUTS> {
    /// Of a step.
    #[inline]
    pub(super) fn of<Frac>(step: &[Weight<Frac>; OUTPUTS]) -> Self
    where
        Frac: Unsigned + LeEqU32 + 'static,
    {
        let step = step.map(|step| step.to_bits());
        let exponent = (u32::BITS - leading_zeros(ones(&step))).saturating_sub(BITS);
        let half = (1 << exponent) >> 1;
        Self {
            shift: (Short::SHIFT as i32) - exponent.cast_signed(),
            values: step.map(|step| step.wrapping_add(half) >> exponent),
        }
    }

    /// Of −length·field, and the most last places a weight moves by, with no feature larger than
    /// `feature`/2¹².
    #[inline(always)]
    pub(super) fn of_product<Frac>(
        length: Weight<Frac>,
        field: &[Weight<Frac>; OUTPUTS],
        feature: u32,
    ) -> (Self, u32)
    where
        Frac: Unsigned + LeEqU32 + 'static,
    {
        let field = field.map(|field| field.to_bits());
        let length = length.to_bits().wrapping_neg();
        // Both brought to 31 bits, or as far as s allows, of which 16 are kept:
        // length ≈ l·2^(16−a), field ≈ f·2^(16−b).
        let a = room(ones(&[length])).min(MOST_ROOM);
        let largest = ones(&field);
        let b = room(largest).min(MOST_ROOM - a);
        let l = (length << a) >> 16;
        // f is rounded down, half a place of it on average: l/2 makes up for that.
        let half = (1 << (BITS - 1)) + (l >> 1);
        let values = field.map(|field| {
            let f = (field << b) >> 16;
            l.wrapping_mul(f).wrapping_add(half) >> BITS
        });
        let most = (ones(&[l]) + 1).wrapping_mul((largest << b >> 16) + 1) >> BITS;
        // m·feature/2^s last places are l·f·2^(32−a−b)·feature in units of 2^−60: s = a + b − 11.
        let shift = (a + b).cast_signed() - (MOST_ROOM.cast_signed() - MOST_SHIFT);
        let mantissas = Self { shift, values };
        (mantissas, mantissas.most_moved((most + 1).wrapping_mul(feature)))
    }

    /// Places moved by, of the largest product of mantissa and feature, at most 2³⁰.
    #[inline(always)]
    fn most_moved(&self, product: u32) -> u32 {
        match u32::try_from(self.shift) {
            Ok(right) => (product >> (right & 31)) + 2,
            // More than that is refused whatever it is.
            Err(_) if product.leading_zeros() > self.shift.unsigned_abs() + 1 => {
                product << (self.shift.unsigned_abs() & 31)
            }
            Err(_) => u32::MAX >> 1,
        }
    }
}
