//! Shares of a total, without a division.

use super::product::high_unsigned;

/// Fraction bits of [`reciprocal`].
const FRACTION: u32 = 29;

/// 1/t for t = total/2³² in [½, 1), to a few units of 2⁻²⁹.
///
/// Newton's iteration from the straight line 48/17 − 32/17·t, which is within 1/17 of 1/t (Knuth,
/// TAOCP 2, §4.3.3): 3e-3, 1e-5, 1e-10. The first two steps need 16 bits only.
#[inline]
const fn reciprocal(total: u32) -> u32 {
    // t with 16 fraction bits, r with 15, and so is 2 − t·r.
    let t = total >> 16;
    let mut r = 92_521 - ((t * 61_681) >> 16);
    r = (r * (65_536 - ((t * r) >> 16))) >> 15;
    r = (r * (65_536 - ((t * r) >> 16))) >> 15;
    let r = r << 15;
    let rest = (1_u32 << 31).wrapping_sub(high_unsigned(total, r));
    high_unsigned(r, rest << 1)
}

/// `part / total` with `fraction` fraction bits (at most 24), for 0 ≤ part ≤ total.
pub(super) struct Total {
    zeros: u32,
    reciprocal: u32,
}

impl Total {
    #[inline]
    pub(super) const fn of(total: u32) -> Self {
        // An empty total is looked at as a place.
        let total = if total == 0 { 1 } else { total };
        let zeros = total.leading_zeros();
        Self { zeros, reciprocal: reciprocal(total << zeros) }
    }

    #[inline]
    pub(super) const fn share(&self, part: u32, fraction: u32) -> u32 {
        let share = high_unsigned(part << self.zeros, self.reciprocal);
        let down = FRACTION - fraction;
        (share + (1 << (down - 1))) >> down
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_quotients_to_a_last_place() {
        let totals = (0..4_000_u32).map(|i| (1 << 20) + i * 536_007);
        for total in totals.chain([1, 2, 3, 1 << 31, (1 << 31) - 1, u32::MAX]) {
            for part in [0, 1, total / 7, total / 2, total - 1, total] {
                let share = Total::of(total).share(part, 24);
                let exact = f64::from(part) / f64::from(total) * f64::from(1 << 24);
                assert!((f64::from(share) - exact).abs() < 0.6, "{part}/{total}: {share} {exact}");
            }
            assert_eq!(Total::of(total).share(total, 16), 1 << 16, "{total}");
        }
    }
}
