//! Constraint sets; the resolvent is the Euclidean projection.
//!
//! The ℓ1 ball and the simplex need the threshold θ with Σ max(0, xᵢ − θ) = total. The sum is convex
//! and decreasing in θ, so Newton from the left climbs to it without overshooting and is exact once
//! the active entries are (Michelot 1986): no sorting, no second buffer. A few passes as a rule, n
//! at worst. Sums are exact in fixed point up to Σ|x| = 32 768 in Q8.24; the result is in the set to
//! half a last place an entry.

use super::{BoundedSet, Length, Prox, rounding_of_each, shrink, wide};
use crate::certificate::{raise, sum_above};
use crate::scalar::{Scalar, all_sound, largest};

/// low ≤ xᵢ ≤ high: a box with equal sides.
#[derive(Clone, Copy, Debug)]
pub struct Interval<S> {
    /// Least value of an entry.
    pub low: S,
    /// Greatest value of an entry, not below `low`.
    pub high: S,
}

impl<S: Scalar> Prox<S> for Interval<S> {
    fn prox(&self, _step: S, point: &mut [S]) {
        for value in point.iter_mut().filter(|value| value.is_sound()) {
            *value = value.max(self.low).min(self.high);
        }
    }

    fn rounding(&self, point: &[S], error: S::Float) -> S::Float {
        rounding_of_each(point, error)
    }
}

impl<S: Scalar> BoundedSet<S> for Interval<S> {
    fn support(&self, direction: &[S]) -> S::Float {
        let (low, high) = (self.low.to_float(), self.high.to_float());
        sum_above(direction.iter().map(|value| {
            let value = value.to_float();
            (low * value).max(high * value)
        }))
    }
}

/// xᵢ ≥ 0. Not bounded.
#[derive(Clone, Copy, Debug)]
pub struct NonNegative;

impl<S: Scalar> Prox<S> for NonNegative {
    fn prox(&self, _step: S, point: &mut [S]) {
        for value in point.iter_mut().filter(|value| value.is_sound()) {
            *value = value.max(S::ZERO);
        }
    }

    fn rounding(&self, point: &[S], error: S::Float) -> S::Float {
        rounding_of_each(point, error)
    }
}

/// ‖x‖₂ ≤ radius.
#[derive(Clone, Copy, Debug)]
pub struct L2Ball<S> {
    /// Radius, positive.
    pub radius: S,
}

impl<S: Scalar> Prox<S> for L2Ball<S> {
    fn prox(&self, _step: S, point: &mut [S]) {
        if !all_sound(point) {
            return;
        }
        let length = Length::of(point);
        if length.exceeds(self.radius) {
            let factor = S::ratio(wide(self.radius), length.wide());
            point.iter_mut().for_each(|value| *value = value.scale(factor));
        }
    }
}

impl<S: Scalar> BoundedSet<S> for L2Ball<S> {
    fn support(&self, direction: &[S]) -> S::Float {
        // Scaled by the largest entry, so that no square vanishes.
        let most = largest(direction).to_float();
        let squares = direction.iter().map(|value| {
            let share = value.to_float().divide(most);
            share * share
        });
        raise(raise(sum_above(squares).sqrt() * most) * self.radius.to_float())
    }
}

/// ‖x‖₁ ≤ radius: few entries differ from 0.
#[derive(Clone, Copy, Debug)]
pub struct L1Ball<S> {
    /// Radius, positive.
    pub radius: S,
}

impl<S: Scalar> Prox<S> for L1Ball<S> {
    fn prox(&self, _step: S, point: &mut [S]) {
        if !all_sound(point) {
            return;
        }
        let excess = point
            .iter()
            .fold(wide(-self.radius), |sum, value| S::accumulate(sum, value.abs(), S::ONE));
        if S::round(excess) > S::ZERO {
            let start = (largest(point) - self.radius).max(S::ZERO);
            let threshold = threshold(point, S::abs, start, self.radius);
            point.iter_mut().for_each(|value| *value = shrink(*value, threshold));
        }
    }
}

impl<S: Scalar> BoundedSet<S> for L1Ball<S> {
    fn support(&self, direction: &[S]) -> S::Float {
        raise(self.radius.to_float() * largest(direction).to_float())
    }
}

/// xᵢ ≥ 0 and Σxᵢ = total.
#[derive(Clone, Copy, Debug)]
pub struct Simplex<S> {
    /// What the entries add up to, positive: 1 for shares.
    pub total: S,
}

impl<S: Scalar> Prox<S> for Simplex<S> {
    fn prox(&self, _step: S, point: &mut [S]) {
        let Some(top) = point.iter().copied().reduce(S::max) else { return };
        if !all_sound(point) {
            return;
        }
        let threshold = threshold(point, |value| value, top - self.total, self.total);
        for value in point {
            *value = if *value > threshold { *value - threshold } else { S::ZERO };
        }
    }
}

impl<S: Scalar> BoundedSet<S> for Simplex<S> {
    fn support(&self, direction: &[S]) -> S::Float {
        let top = direction.iter().copied().reduce(S::max).unwrap_or(S::ZERO);
        raise(self.total.to_float() * top.to_float())
    }
}

/// θ ≥ `start` with Σ max(0, key(xᵢ) − θ) = `total`, given that the sum is no less at `start`.
fn threshold<S: Scalar>(point: &[S], key: impl Fn(S) -> S, start: S, total: S) -> S {
    let mut threshold = start;
    for _ in 0..point.len().saturating_add(2) {
        let (mut excess, mut active) = (wide(-total), S::WIDE_ZERO);
        for value in point.iter().map(|&value| key(value)) {
            if value > threshold {
                excess = S::accumulate(excess, value - threshold, S::ONE);
                active = S::accumulate(active, S::ONE, S::ONE);
            }
        }
        if S::round(excess) <= S::ZERO {
            break;
        }
        let next = threshold + S::ONE.scale(S::ratio(excess, active));
        if next <= threshold {
            break;
        }
        threshold = next;
    }
    threshold
}
