//! How large the weights are at most, known without looking at all of them at every step.
//!
//! In fixed point no weight may leave the sound range. A step that moves no weight by more than m
//! raises the bound by m; and each step looks at a sixteenth of the rows, so that after sixteen the
//! bound is that of the weights again. Only when the bound nears the limit, or is not known because
//! somebody else has written, are all weights looked at. So what a step refuses depends on the
//! weights alone, and how long it takes, but for those cases, on nothing but the shapes.

use crate::scalar::Scalar;

/// Steps in which every row is looked at once.
const SWEEP: usize = 16;

/// A run of weights this long is worth its text.
const IN_LINE: usize = 8;

/// Bounds in last places of the number type.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// No weight is larger.
    most: u32,
    /// Nor is any looked at in this sweep larger than this.
    seen: u32,
    /// The row the next step looks at first.
    next: usize,
}

impl Reach {
    /// Of weights nobody has looked at.
    pub(crate) const UNKNOWN: Self = Self { most: 1 << 31, seen: 0, next: 0 };

    pub(crate) const OF_ZEROS: Self = Self { most: 0, seen: 0, next: 0 };

    /// May every weight move by `moved` last places and stay sound? If so the move is booked.
    #[inline]
    pub(crate) fn admits<S: Scalar, const OUTPUTS: usize>(
        &mut self,
        weights: &[[S; OUTPUTS]],
        moved: u32,
    ) -> bool {
        // Half of the range of the type; so no sum of these overflows.
        let limit = places(S::LIMIT);
        let moved = moved.min(limit);
        if self.most.wrapping_add(moved) >= limit {
            let most = largest(weights.as_flattened());
            *self = Self { most, ..Self::UNKNOWN };
            if most.wrapping_add(moved) >= limit {
                return false;
            }
        }
        self.look(weights);
        self.most = self.most.wrapping_add(moved);
        self.seen = self.seen.wrapping_add(moved);
        if self.next >= weights.len() {
            *self = Self { most: self.seen, seen: 0, next: 0 };
        }
        true
    }

    /// Always the same number of rows. Ones or-ed are at least the largest, and less than twice it.
    #[inline]
    fn look<S: Scalar, const OUTPUTS: usize>(&mut self, weights: &[[S; OUTPUTS]]) {
        let count = weights.len().div_ceil(SWEEP);
        let first = self.next.min(weights.len() - count);
        let rows = weights.get(first..first + count).unwrap_or(weights).as_flattened();
        let ones = if count * OUTPUTS <= IN_LINE { ones(rows) } else { ones_out_of_line(rows) };
        self.seen = self.seen.max(ones + 1);
        self.next += count;
    }
}

/// All magnitudes or-ed.
#[inline(always)]
fn ones<S: Scalar>(values: &[S]) -> u32 {
    values.iter().fold(0, |ones, &value| ones | places_below(value))
}

#[inline(never)]
fn ones_out_of_line<S: Scalar>(values: &[S]) -> u32 {
    ones(values)
}

/// Of all weights.
#[cold]
#[inline(never)]
fn largest<S: Scalar>(weights: &[S]) -> u32 {
    weights.iter().fold(0, |most, &weight| most.max(places(weight)))
}

/// |x| in last places, of a fixed-point number.
#[inline]
pub(crate) fn places<S: Scalar>(x: S) -> u32 {
    let bits = places_signed(x);
    let sign = bits >> 31;
    (bits ^ sign).wrapping_sub(sign).cast_unsigned()
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "fixed-point numbers have 32 bits")]
fn places_signed<S: Scalar>(x: S) -> i32 {
    (x.to_bits() as u32).cast_signed()
}

/// |x| or one less, without a decision.
#[inline]
fn places_below<S: Scalar>(x: S) -> u32 {
    let bits = places_signed(x);
    (bits ^ (bits >> 31)).cast_unsigned()
}

#[cfg(all(test, feature = "fixed"))]
mod tests {
    use super::*;

    /// A walk of random steps, now and then towards the limit: the bound is never below the weights,
    /// comes down to them, and what is refused does not depend on what is booked.
    #[test]
    fn the_bound_holds_and_follows_the_weights() {
        const ROWS: usize = 37;
        let mut seed = 1_u32;
        let mut random = |limit: i32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8).cast_signed() % limit
        };
        let mut weights = [[fixed::types::I8F24::ZERO; 2]; ROWS];
        let mut reach = Reach::OF_ZEROS;
        let (mut refused, mut tight) = (0, 0);
        for round in 0..20_000 {
            let moved: i32 = [1 << 12, 1 << 20, 1 << 28][(round / 40) % 3] + 1;
            let mut restored = Reach::UNKNOWN;
            let is_admitted = reach.admits(&weights, moved.cast_unsigned());
            assert_eq!(restored.admits(&weights, moved.cast_unsigned()), is_admitted);
            refused += usize::from(!is_admitted);
            if is_admitted {
                let outwards = random(2) == 0;
                for weight in weights.as_flattened_mut() {
                    let step = random(moved);
                    let away = (weight.to_bits() > 0) == outwards;
                    let step = if away { step } else { -step };
                    *weight = fixed::types::I8F24::from_bits(weight.to_bits() + step);
                }
            } else {
                weights.as_flattened_mut().iter_mut().for_each(|weight| *weight /= 4);
                reach = Reach::UNKNOWN;
            }
            let most = largest(weights.as_flattened());
            assert!(most < 1 << 30 && (most <= reach.most || reach.most == 1 << 31));
            // Twice the largest, and what two sweeps moved.
            tight += usize::from(
                u64::from(reach.most)
                    <= 2 * u64::from(most) + 33 * u64::from(moved.cast_unsigned()),
            );
        }
        assert!(refused > 1 && tight > 10_000, "{refused} {tight}");
    }
}
