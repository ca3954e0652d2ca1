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
    next: u32,
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
        if self.next as usize >= weights.len() {
            *self = Self { most: self.seen, seen: 0, next: 0 };
        }
        true
    }

    /// Always the same number of rows. Ones or-ed are at least the largest, and less than twice it.
    #[inline]
    fn look<S: Scalar, const OUTPUTS: usize>(&mut self, weights: &[[S; OUTPUTS]]) {
        let count = weights.len().div_ceil(SWEEP);
        let first = (self.next as usize).min(weights.len() - count);
        let rows = weights.get(first..first + count).unwrap_or(weights).as_flattened();
        let ones = if count * OUTPUTS <= IN_LINE { ones(rows) } else { ones_out_of_line(rows) };
        self.seen = self.seen.max(ones + 1);
        self.next += count as u32;
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
    let bits = (x.to_bits() as u32).cast_signed();
    let sign = bits >> 31;
    (bits ^ sign).wrapping_sub(sign).cast_unsigned()
}

/// |x| or one less, without a decision.
#[inline]
fn places_below<S: Scalar>(x: S) -> u32 {
    let bits = (x.to_bits() as u32).cast_signed();
    (bits ^ (bits >> 31)).cast_unsigned()
}
