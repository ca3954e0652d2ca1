//! Learning steps of Q8.24 weights on 16-bit features in 32-bit arithmetic, for cores without an FPU:
//! the score and the update of a step, at about seven instructions a product on Armv7-M and fifteen on
//! Armv6-M, which keeps no more than the low word of a product. How many instructions a step takes
//! depends on its shape alone on Armv7-M and up; where a comparison is a branch (Armv6-M, RV32),
//! it varies by up to thirty.
//!
//! ```text
//! score    sum = n/2 + Σ ⌊weight·feature / 2^(16+g)⌋       a place of the sum is 2^(g−20)
//! update   weight + ⌊(m·feature + 2^(s−1)) / 2^s⌋           step ≈ m·2^(12−s), m of 16 bits
//! ```
//!
//! g is the least with which no sum of n sound weights can leave 32 bits, n/2 makes up for rounding
//! down, and the largest step of all outputs sets s. So a score is within n·2^(g−21) of the exact one
//! and typically √n·2^(g−22) (5e-5 for 64 features, 2e-3 for 561), a step within 2⁻¹⁵ of the largest.
//! That suffices for a step; predictions and certificates take the exact products of [`super::short`].
//!
//! Cortex-M cores have twins in assembly with the same bits, `mainline` for M3 and up and `baseline`
//! for M0 and M23; the loops here are what every other core gets.

#[cfg(cortex_m = "baseline")]
mod baseline;
#[cfg(cortex_m)]
mod cortex_m;
#[cfg(cortex_m = "mainline")]
mod mainline;
mod mantissas;
#[cfg(cortex_m)]
mod parts;
mod rows;
mod softmax;

#[cfg(cortex_m)]
use cortex_m as twin;
use fixed::FixedI32;
use fixed::types::extra::{LeEqU32, U24, Unsigned};

#[cfg(not(cortex_m))]
use rows as twin;

use mantissas::Mantissas;

use crate::reach::Reach;
use crate::scalar::high_product;
use crate::stored::Short;

/// The number type these kernels are for.
type Weight<Frac> = FixedI32<Frac>;

/// Fraction bits of the weights.
const FRACTION: u32 = 24;
/// Up to so many outputs a loop over them is worth its text.
const IN_LINE: usize = 4;
/// Bits that a product of weight and feature is shifted by, before the guard.
const WORD: u32 = 16;

/// Are these kernels for this format?
pub(crate) const fn covers<Frac: Unsigned>() -> bool {
    Frac::U32 == FRACTION
}

/// g: a product is below 2²⁹, and `rows` of them must stay below 2³¹.
const fn guard(rows: usize) -> u32 {
    (usize::BITS - rows.leading_zeros()).saturating_sub(2)
}

/// What rounding so many products down loses on average.
#[expect(clippy::cast_possible_truncation, reason = "no head has 2³¹ rows")]
const fn half(rows: usize) -> i32 {
    (rows / 2) as i32
}

/// ⌊weight·feature / 2¹⁶⌋
#[inline(always)]
pub(super) fn product(weight: i32, feature: i16) -> i32 {
    high_product(weight, i32::from(feature) << WORD)
}

/// Scores of plain features for a learning step; saturated where they are out of range.
#[inline(always)]
pub(crate) fn score<Frac: Unsigned + LeEqU32 + 'static, const ROWS: usize, const OUTPUTS: usize>(
    weights: &[[Weight<Frac>; OUTPUTS]; ROWS],
    features: &[Short],
) -> [Weight<Frac>; OUTPUTS] {
    let mut sums = twin::score(weights, features);
    let up = FRACTION - (36 - WORD) + guard(ROWS);
    if let Some(bias) = weights.last() {
        // The bias belongs to a feature of 1, which is 2¹².
        for (sum, bias) in sums.iter_mut().zip(bias) {
            *sum = sum.wrapping_add(bias.to_bits() >> up);
        }
    }
    sums.map(|sum| Weight::from_bits(sum.clamp(i32::MIN >> up, i32::MAX >> up) << up))
}

/// Turns scores into the shares of a softmax, to 1.3e-4.
#[inline(always)]
pub(crate) fn softmax<Frac: Unsigned + LeEqU32 + 'static, const OUTPUTS: usize>(
    scores: &mut [Weight<Frac>; OUTPUTS],
) {
    if OUTPUTS <= IN_LINE {
        softmax::softmax::<Frac, false>(scores);
    } else {
        softmax::out_of_line(scores);
    }
}

/// W ← W − length·field ηᵀ, if no weight can leave the sound range: `largest` is that of the features
/// and 1.
#[inline(always)]
pub(crate) fn descend<
    Frac: Unsigned + LeEqU32 + 'static,
    const ROWS: usize,
    const OUTPUTS: usize,
>(
    (weights, reach): (&mut [[Weight<Frac>; OUTPUTS]; ROWS], &mut Reach),
    features: &[Short],
    largest: Weight<Frac>,
    length: Weight<Frac>,
    field: &[Weight<Frac>; OUTPUTS],
) -> bool {
    let largest = (largest.to_bits() >> (FRACTION - Short::SHIFT)).cast_unsigned();
    let (mantissas, moved) = Mantissas::of_product(length, field, largest);
    let is_admitted = reach.admits(weights, moved);
    if is_admitted {
        move_by(weights, features, &mantissas);
    }
    is_admitted
}

/// weights ← weights + η·stepᵀ, rounded as above.
#[inline]
pub(crate) fn update<
    Frac: Unsigned + LeEqU32 + 'static,
    const ROWS: usize,
    const OUTPUTS: usize,
>(
    weights: &mut [[Weight<Frac>; OUTPUTS]; ROWS],
    features: &[Short],
    step: &[Weight<Frac>; OUTPUTS],
) {
    move_by(weights, features, &Mantissas::of(step));
}

#[inline(always)]
fn move_by<Frac: Unsigned + LeEqU32 + 'static, const ROWS: usize, const OUTPUTS: usize>(
    weights: &mut [[Weight<Frac>; OUTPUTS]; ROWS],
    features: &[Short],
    mantissas: &Mantissas<OUTPUTS>,
) {
    if mantissas.shift <= 0 {
        return rows::update_far(weights, features, mantissas);
    }
    twin::update(weights, features, mantissas);
    let Some(bias) = weights.last_mut() else { return };
    let shift = mantissas.shift.cast_unsigned();
    if OUTPUTS <= IN_LINE {
        rows::move_row::<Frac, false>(bias, &mantissas.values, Short::ONE, shift);
    } else {
        rows::move_row_out_of_line(bias, &mantissas.values, Short::ONE, shift);
    }
}

/// weight + ⌊(mantissa·feature + 2^(s−1)) / 2^s⌋
#[inline(always)]
fn moved<Frac: Unsigned + LeEqU32 + 'static>(
    weight: Weight<Frac>,
    mantissa: i32,
    feature: i16,
    shift: u32,
) -> Weight<Frac> {
    let product = mantissa.wrapping_mul(i32::from(feature));
    let move_by = product.wrapping_add((1 << (shift & 31)) >> 1) >> (shift & 31);
    Weight::from_bits(weight.to_bits().wrapping_add(move_by))
}

/// The sums of a score, by the loops of [`rows`] or by what this target has.
pub(crate) fn sums<const ROWS: usize, const OUTPUTS: usize, const BY_ROWS: bool>(
    weights: &[[Weight<U24>; OUTPUTS]; ROWS],
    features: &[Short],
) -> [i32; OUTPUTS] {
    let pass = if BY_ROWS { rows::score } else { twin::score };
    pass(weights, features)
}

/// The same of an update, but for the bias.
pub(crate) fn updated<const ROWS: usize, const OUTPUTS: usize, const BY_ROWS: bool>(
    weights: &mut [[Weight<U24>; OUTPUTS]; ROWS],
    features: &[Short],
    step: &[Weight<U24>; OUTPUTS],
) {
    let mantissas = Mantissas::of(step);
    let pass = if BY_ROWS { rows::update } else { twin::update };
    if mantissas.shift > 0 {
        pass(weights, features, &mantissas);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scalar;
    use crate::kernel::portable;
    use fixed::types::I8F24;

    const ROWS: usize = 65;
    const OUTPUTS: usize = 3;

    struct Random(u32);

    impl Random {
        /// Within ±2^`bits`.
        fn below(&mut self, bits: u32) -> i32 {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            self.0.cast_signed() >> (31 - bits)
        }
        fn weights(&mut self, bits: u32) -> [[I8F24; OUTPUTS]; ROWS] {
            core::array::from_fn(|_| core::array::from_fn(|_| I8F24::from_bits(self.below(bits))))
        }
        fn features(&mut self) -> [Short; ROWS - 1] {
            core::array::from_fn(|_| Short(self.below(13) as i16))
        }
    }

    #[test]
    fn a_score_is_as_near_as_it_says() {
        let mut random = Random(1);
        for _ in 0..500 {
            let (weights, features) = (random.weights(22), random.features());
            let exact = portable::score(&weights, &features);
            for (score, exact) in score(&weights, &features).into_iter().zip(exact) {
                let apart = (score - exact).abs().to_num::<f64>();
                // n·2^(g−21) with g = 5.
                assert!(apart < 65.0 * 2f64.powi(-16), "{apart:e}");
            }
        }
    }

    #[test]
    fn no_sum_of_sound_weights_leaves_32_bits() {
        let features = [Short(i16::MIN); ROWS - 1];
        for weight in [1 << 30, -(1 << 30)] {
            let weights = [[I8F24::from_bits(weight); OUTPUTS]; ROWS];
            let [score, ..] = score(&weights, &features);
            assert_eq!(score.to_bits() > 0, weight < 0, "{score}");
            assert!(!score.is_sound());
        }
    }

    #[test]
    fn a_step_of_any_length_is_as_near_as_it_says() {
        let mut random = Random(2);
        for bits in 4..=29 {
            for _ in 0..20 {
                let (weights, features) = (random.weights(20), random.features());
                let step = core::array::from_fn(|_| I8F24::from_bits(random.below(bits)));
                let (mut moved, mut exact) = (weights, weights);
                update(&mut moved, &features, &step);
                portable::update(&mut exact, &features, &step);
                // 2⁻¹⁵ of the step along a feature of 2, and a place.
                let apart = (largest_difference(&moved, &exact) - 1).max(0);
                assert!(apart <= 2 << bits >> 15, "{bits}: {apart}");
            }
        }
    }

    fn largest_difference(a: &[[I8F24; OUTPUTS]], b: &[[I8F24; OUTPUTS]]) -> i32 {
        let pairs = a.as_flattened().iter().zip(b.as_flattened());
        pairs.fold(0, |most, (a, b)| most.max(a.to_bits().wrapping_sub(b.to_bits()).abs()))
    }

    #[test]
    fn a_descent_is_a_step_of_length_times_field_or_refused() {
        let mut random = Random(3);
        let (mut far, mut refused) = (0, 0);
        for round in 0..4_000 {
            let weights = random.weights(20);
            let features = random.features();
            let length = I8F24::from_bits(random.below(8 + round % 20).abs());
            let field: [I8F24; OUTPUTS] =
                core::array::from_fn(|_| I8F24::from_bits(random.below(8 + round % 21)));
            let step = field.map(|g| -length.times(g));
            let (mut moved, mut exact) = (weights, weights);
            let mut reach = Reach::UNKNOWN;
            let two = I8F24::from_num(2);
            if descend((&mut moved, &mut reach), &features, two, length, &field) {
                portable::update(&mut exact, &features, &step);
                let longest = crate::scalar::largest(&step).to_bits();
                let apart = (largest_difference(&moved, &exact) - 3).max(0);
                // Both factors to 2⁻¹⁵.
                assert!(apart <= longest >> 12, "{round}: {apart} of {longest}");
                far += usize::from(longest > 2 << 24);
            } else {
                assert_eq!(moved, weights);
                assert!(crate::scalar::largest(&step).to_bits() >> 22 > 0, "{step:?}");
                refused += 1;
            }
        }
        assert!(far > 10 && refused > 5, "{far} {refused}");
    }
}
