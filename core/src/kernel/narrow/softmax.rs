//! The softmax of a learning step: shares to 1.3e-4, in products of 16 by 16 bits.

use fixed::types::extra::{LeEqU32, Unsigned};

use super::Weight;
use crate::link::stay_rolled_if;
use crate::scalar::{PARTS, leading_zeros, powers};

/// 2^(i/32), 15 fraction bits.
const POWERS: [i32; PARTS] = powers(15);
/// From here down eˣ, with 15 fraction bits, is 0.
const LEAST: i32 = -17 << 24;

/// [`softmax`] once for all shapes.
#[inline(never)]
pub(super) fn out_of_line<Frac: Unsigned + LeEqU32 + 'static>(scores: &mut [Weight<Frac>]) {
    softmax::<Frac, true>(scores);
}

/// Turns scores into shares, both with 24 fraction bits.
#[inline(always)]
pub(super) fn softmax<Frac: Unsigned + LeEqU32 + 'static, const ROLLED: bool>(
    scores: &mut [Weight<Frac>],
) {
    let mut top = i32::MIN;
    for score in scores.iter() {
        stay_rolled_if::<ROLLED>();
        top = if top < score.to_bits() { score.to_bits() } else { top };
    }
    let mut total = 0_u32;
    for score in scores.iter_mut() {
        stay_rolled_if::<ROLLED>();
        let power = power(score.to_bits().wrapping_sub(top));
        total = total.wrapping_add(power);
        *score = Weight::from_bits(power.cast_signed());
    }
    // The top one's power is 2¹⁵, so there are at most 16.
    let zeros = leading_zeros(total) & 31;
    let inverse = reciprocal(total << zeros >> 16);
    // part/total = part·inverse·2^(zeros − 47)
    let down = 23_u32.wrapping_sub(zeros) & 31;
    for score in scores {
        stay_rolled_if::<ROLLED>();
        let part = score.to_bits().cast_unsigned().wrapping_mul(inverse);
        *score = Weight::from_bits((part >> down).cast_signed());
    }
}

/// eˣ with 15 fraction bits, for x ≤ 0 with 24. x = i·ln2/32 + r, 2^(i/32) from a table; with
/// |r| ≤ h = ln2/64, eʳ − 1 = (1 + h²/8) r + r²/2 to h³/24 = 5e-8, and h²/8 is 2⁻¹⁶.
#[inline(always)]
fn power(x: i32) -> u32 {
    let x = if x < LEAST { LEAST } else { x };
    // 32/ln2 with 7 fraction bits; ln2/32 with 26.
    let part = (x >> 12).wrapping_mul(5909).wrapping_add(1 << 18) >> 19;
    let r = (x << 2).wrapping_sub(part.wrapping_mul(1_453_635));
    let short = r >> 5;
    let rest = r.wrapping_add(r >> 16).wrapping_add(short.wrapping_mul(short) >> 17) >> 5;
    let power = POWERS.get((part & 31).unsigned_abs() as usize).copied().unwrap_or(0);
    // 15 + 21 − 17 fraction bits
    let value = (power << 4).wrapping_add(power.wrapping_mul(rest) >> 17).cast_unsigned();
    let down = 4_i32.wrapping_sub(part >> 5).cast_unsigned() & 31;
    value >> down
}

/// 1/t with 15 fraction bits, for t in [½, 1) with 16: Newton's iteration from the straight line
/// 48/17 − 32/17·t, which is within 1/17 of it (Knuth, TAOCP 2, §4.3.3).
#[inline(always)]
fn reciprocal(t: u32) -> u32 {
    let mut r = 92_521_u32.wrapping_sub(t.wrapping_mul(61_681) >> 16);
    for _ in 0..2 {
        let rest = 65_536_u32.wrapping_sub(t.wrapping_mul(r) >> 16);
        r = r.wrapping_mul(rest) >> 15;
    }
    r
}

#[cfg(test)]
mod tests {
    use super::*;
    use fixed::types::I8F24;

    #[test]
    fn shares_are_as_good_as_it_says() {
        let mut seed = 1_u32;
        for round in 0..20_000 {
            let scores: [I8F24; 5] = core::array::from_fn(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                I8F24::from_bits(seed.cast_signed() >> (1 + round % 10))
            });
            let exact = scores.map(|score| libm::exp(score.to_num::<f64>()));
            let total: f64 = exact.iter().sum();
            let mut shares = scores;
            softmax::<_, false>(&mut shares);
            for (share, exact) in shares.into_iter().zip(exact) {
                let share = share.to_num::<f64>();
                assert!((share - exact / total).abs() < 1.3e-4, "{share} {}", exact / total);
            }
        }
        let mut one = [I8F24::from_bits(123)];
        softmax::<_, true>(&mut one);
        assert!((one[0] - I8F24::ONE).abs() < I8F24::from_num(1e-4));
    }
}
