//! Positive factors of high relative precision, whatever their size.

use super::{clamp, shift_right_rounded};

/// A positive factor `mantissa · 2^−shift` with the mantissa in [2²⁹, 2³¹).
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    mantissa: i64,
    shift: u32,
}

impl Ratio {
    /// numerator/denominator, both positive.
    pub(super) fn of(numerator: i64, denominator: i64) -> Self {
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
            Some(shift) => Self { mantissa, shift },
            None => Self { mantissa: i64::from(i32::MAX), shift: 0 },
        }
    }

    /// A sum with so many fraction bits.
    pub(super) fn of_sum(sum: i64, fraction: u32) -> Self {
        let sum = sum.max(1);
        let down = 33_u32.saturating_sub(sum.leading_zeros());
        Self { mantissa: sum >> down, shift: fraction.saturating_sub(down) }
    }

    /// The number times this, clamped.
    pub(super) fn scale(self, bits: i32) -> i32 {
        clamp(shift_right_rounded(i64::from(bits).wrapping_mul(self.mantissa), self.shift))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_keep_29_bits_at_every_size() {
        for (a, b) in
            [(1_i64, 1_000_000_007_i64), (19_661 << 16, 1025 << 32), (1025 << 32, 3), (7, 7)]
        {
            let ratio = Ratio::of(a, b);
            let value = ratio.mantissa as f64 / 2f64.powi(ratio.shift.cast_signed());
            let exact = a as f64 / b as f64;
            if exact < 2f64.powi(30) {
                assert!((value / exact - 1.0).abs() < 2f64.powi(-28), "{a}/{b}: {value} {exact}");
            }
        }
    }

    #[test]
    fn a_sum_is_its_value() {
        for sum in [1_i64, 3 << 20, 1 << 32, (1 << 55) + 12_345, i64::MAX] {
            let ratio = Ratio::of_sum(sum, 32);
            let value = ratio.mantissa as f64 / 2f64.powi(ratio.shift.cast_signed());
            let exact = (sum as f64 / 2f64.powi(32)).min(2f64.powi(31));
            assert!((value / exact - 1.0).abs() < 2f64.powi(-29), "{sum}: {value} {exact}");
        }
    }
}
