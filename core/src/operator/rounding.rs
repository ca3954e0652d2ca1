//! A bound on what rounding does to the field of a head, entry by entry, in floats.
//!
//! With u = [`Scalar::ROUNDOFF`], for a sample of features η and computed scores s:
//!
//! ```text
//! scores       e_s  ≤ u                    exact sums, rounded once (fixed point)
//!              e_s  ≤ (n + 1) u Σ|W||η|    floats (Higham 2002, §3.1)
//! violation    e_g  ≤ L √K e_s + what the link itself rounds + the difference
//! an entry     Σ |η| e_g, plus one rounding a sample and entry
//! ```
//!
//! A mean divides each violation by the number of samples first, which rounds once more.

use crate::certificate::raise;
use crate::head::{Sample, residual, with_one};
use crate::kernel;
use crate::link::Link;
use crate::scalar::{Scalar, all_sound, largest};
use crate::stored::Stored;

/// What the samples seen so far add.
pub(super) struct FieldError<'a, S: Scalar, const OUTPUTS: usize> {
    link: Link,
    rows: &'a [[S; OUTPUTS]],
    count: usize,
    /// Σ max|η| e_g
    carried: S::Float,
    /// Σ max|η|
    reach: S::Float,
    /// Σ max|η| max|g|
    travelled: S::Float,
}

impl<'a, S: Scalar, const OUTPUTS: usize> FieldError<'a, S, OUTPUTS> {
    pub(super) fn new(link: Link, point: &'a [S]) -> Self {
        let zero = S::Float::ZERO;
        let (rows, _) = point.as_chunks();
        Self { link, rows, count: 0, carried: zero, reach: zero, travelled: zero }
    }

    pub(super) fn add<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
    ) {
        let scores = kernel::score(self.rows, &sample.features);
        let most = with_one(&sample.features).fold(S::ONE, |most, x: S| most.max(x.abs()));
        let violation = residual(self.link, scores, &sample.target);
        let sound = all_sound(&scores) && all_sound(&violation) && most.is_sound();
        let score_error = self.score_error(&sample.features);
        let outputs = if self.link == Link::Softmax { OUTPUTS } else { 1 };
        let modulus = self.link.lipschitz::<S::Float>() * count::<S>(outputs).sqrt();
        let largest_score = largest(&scores).to_float() + score_error;
        let difference = S::ROUNDOFF * S::Float::from_scaled(2, 0);
        let sizes = largest(&violation).to_float() + largest(&sample.target).to_float();
        let own = self.link.rounding::<S>(OUTPUTS, largest_score)
            + if S::EXACT_SUMS { S::Float::ZERO } else { difference * sizes };
        let error = if sound { modulus * score_error + own } else { infinite::<S>() };
        let most = most.to_float();
        self.carried = self.carried + most * error;
        self.reach = self.reach + most;
        self.travelled = self.travelled + most * largest(&violation).to_float();
        self.count += 1;
    }

    /// Of Σ g ηᵀ + anchor, with `anchor` the largest entry added.
    pub(super) fn of_the_sum(&self, anchor: S::Float) -> S::Float {
        let roundings = count::<S>(self.count + 2) * S::ROUNDOFF;
        let rounded = if S::EXACT_SUMS { roundings } else { roundings * (self.travelled + anchor) };
        raise(self.carried + rounded)
    }

    /// Of mean g ηᵀ: division truncates in fixed point.
    pub(super) fn of_the_mean(&self) -> S::Float {
        let samples = count::<S>(self.count.max(1));
        let roundings = count::<S>(self.count + 3) * S::ROUNDOFF;
        let rounded = if S::EXACT_SUMS {
            roundings + (S::ROUNDOFF + S::ROUNDOFF) * self.reach
        } else {
            roundings * self.travelled.divide(samples)
        };
        raise(self.carried.divide(samples) + rounded)
    }

    fn score_error<X: Stored<S>>(&self, features: &[X]) -> S::Float {
        let mut magnitude = [S::Float::ZERO; OUTPUTS];
        for (row, feature) in self.rows.iter().zip(with_one::<S, X>(features)) {
            let feature = feature.to_float().abs();
            for (sum, weight) in magnitude.iter_mut().zip(row) {
                *sum = sum.add_product(weight.to_float().abs(), feature);
            }
        }
        let magnitude = largest(&magnitude);
        // The sum of products must not have wrapped.
        let limit = S::LIMIT.to_float();
        match () {
            () if S::EXACT_SUMS && magnitude < limit * limit => S::ROUNDOFF,
            () if S::EXACT_SUMS => infinite::<S>(),
            () => raise(count::<S>(self.rows.len() + 1) * S::ROUNDOFF * magnitude),
        }
    }
}

fn infinite<S: Scalar>() -> S::Float {
    S::Float::ONE.divide(S::Float::ZERO)
}

fn count<S: Scalar>(number: usize) -> S::Float {
    S::Float::from_scaled(i32::try_from(number).unwrap_or(i32::MAX), 0)
}
