//! Weights in 32-bit fixed point, features in 16 bits: the bits of [`super::portable`] by shorter
//! multiplications, for cores without an FPU.
//!
//! ```text
//! score    weight · n is a product of 32 by 16 bits; the sum of 64 is shifted by 12 once, at its end
//! update   weight + round(step · n / 2¹²): with step · 2⁴ and n · 2¹⁶ the result is the high word of
//!          (weight · 2³² + 2³¹) + product: one multiply-accumulate on Armv7-M
//! ```

use fixed::FixedI32;
use fixed::types::extra::{LeEqU32, Unsigned};

use super::portable;
use crate::scalar::Scalar;
use crate::stored::Short;

/// Outputs whose 64-bit sums fit the registers at once.
const GROUP: usize = 3;
/// A step must fit 32 bits after a shift by this.
const STEP_SHIFT: u32 = 4;

pub(crate) fn score<Frac: Unsigned + LeEqU32 + 'static, const OUTPUTS: usize>(
    weights: &[[FixedI32<Frac>; OUTPUTS]],
    features: &[Short],
) -> [FixedI32<Frac>; OUTPUTS] {
    // A format coarser than the features rounds them.
    if Frac::U32 < Short::SHIFT {
        return portable::score(weights, features);
    }
    let mut scores = [<FixedI32<Frac> as Scalar>::ZERO; OUTPUTS];
    let Some((bias, rows)) = weights.split_last() else { return scores };
    for (first, group) in scores.chunks_mut(GROUP).enumerate() {
        let first = first * GROUP;
        let mut sums = [0_i64; GROUP];
        for (sum, bias) in sums.iter_mut().zip(bias.iter().skip(first)) {
            *sum = i64::from(bias.to_bits()) << Short::SHIFT;
        }
        for (row, &Short(feature)) in rows.iter().zip(features) {
            for (sum, weight) in sums.iter_mut().zip(row.iter().skip(first)) {
                let product = i64::from(weight.to_bits()).wrapping_mul(i64::from(feature));
                *sum = sum.wrapping_add(product);
            }
        }
        for (score, sum) in group.iter_mut().zip(sums) {
            // The exact sum has `Frac` + 12 fraction bits; `Scalar::round` takes twice `Frac`.
            *score = Scalar::round(sum << Frac::U32.saturating_sub(Short::SHIFT));
        }
    }
    scores
}

pub(crate) fn update<Frac: Unsigned + LeEqU32 + 'static, const OUTPUTS: usize>(
    weights: &mut [[FixedI32<Frac>; OUTPUTS]],
    features: &[Short],
    step: &[FixedI32<Frac>; OUTPUTS],
) {
    let largest = i32::MAX >> STEP_SHIFT;
    let is_fine = Frac::U32 >= Short::SHIFT;
    if !is_fine || step.iter().any(|step| !(-largest..=largest).contains(&step.to_bits())) {
        return portable::update(weights, features, step);
    }
    let Some((bias, rows)) = weights.split_last_mut() else { return };
    let wide = step.map(|step| step.to_bits() << STEP_SHIFT);
    for (row, &Short(feature)) in rows.iter_mut().zip(features) {
        let feature = i64::from(i32::from(feature) << 16);
        for (weight, &step) in row.iter_mut().zip(&wide) {
            let whole = (i64::from(weight.to_bits()) << 32) | (1 << 31);
            *weight = high_word(whole.wrapping_add(i64::from(step).wrapping_mul(feature)));
        }
    }
    for (bias, &step) in bias.iter_mut().zip(step) {
        *bias = bias.add_product(step, Scalar::ONE);
    }
}

fn high_word<Frac: Unsigned + LeEqU32 + 'static>(wide: i64) -> FixedI32<Frac> {
    FixedI32::from_bits((wide >> 32) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same_bits<Frac: Unsigned + LeEqU32 + 'static, const OUTPUTS: usize>() {
        let mut seed = 1_u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 2).cast_signed() - (1 << 29)
        };
        for _ in 0..300 {
            let mut weights: [[FixedI32<Frac>; OUTPUTS]; 8] = core::array::from_fn(|_| {
                core::array::from_fn(|_| FixedI32::from_bits(random() >> 3))
            });
            let features: [Short; 7] = core::array::from_fn(|_| Short((random() >> 14) as i16));
            let reach = [0, 2, 12][(random() & 1) as usize + 1];
            let step: [FixedI32<Frac>; OUTPUTS] =
                core::array::from_fn(|_| FixedI32::from_bits(random() >> reach));
            let expected = portable::score(&weights, &features);
            assert_eq!(score(&weights, &features), expected);
            let mut twin = weights;
            update(&mut weights, &features, &step);
            portable::update(&mut twin, &features, &step);
            assert_eq!(weights, twin);
        }
    }

    #[test]
    fn short_products_have_the_bits_of_long_ones() {
        same_bits::<fixed::types::extra::U24, 1>();
        same_bits::<fixed::types::extra::U24, 4>();
        same_bits::<fixed::types::extra::U16, 6>();
        same_bits::<fixed::types::extra::U12, 10>();
        same_bits::<fixed::types::extra::U8, 2>();
    }
}
