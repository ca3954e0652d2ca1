//! Regularisers; the resolvent is the proximal map argmin_y γh(y) + ½‖y − x‖².
//!
//! In fixed point a product γλ below half of the last place (7.6e-6 in Q16.16) is 0 to `Lasso`,
//! `ElasticNet` and `GroupLasso`: the numbers could not have shrunk by so little. `Ridge` and
//! `Anchor` keep 1 + γλ in the wide sum and lose nothing before the final rounding.

use super::{Length, Prox, rounding_of_each, shrink, wide};
use crate::scalar::{Scalar, all_sound};

/// precision/2 · ‖x‖₂²: the prior N(0, I/precision).
#[derive(Clone, Copy, Debug)]
pub struct Ridge<S> {
    /// Prior precision, not negative.
    pub precision: S,
}

impl<S: Scalar> Prox<S> for Ridge<S> {
    fn prox(&self, step: S, point: &mut [S]) {
        let factor = shrinkage(step, self.precision);
        for value in point.iter_mut().filter(|value| value.is_sound()) {
            *value = value.scale(factor);
        }
    }

    fn rounding(&self, point: &[S], error: S::Float) -> S::Float {
        rounding_of_each(point, error)
    }
}

/// strength · ‖x‖₁: few entries differ from 0 (Tibshirani 1996).
#[derive(Clone, Copy, Debug)]
pub struct Lasso<S> {
    /// Not negative.
    pub strength: S,
}

impl<S: Scalar> Prox<S> for Lasso<S> {
    fn prox(&self, step: S, point: &mut [S]) {
        let threshold = (step * self.strength).max(S::ZERO);
        for value in point.iter_mut().filter(|value| value.is_sound()) {
            *value = shrink(*value, threshold);
        }
    }

    fn rounding(&self, point: &[S], error: S::Float) -> S::Float {
        rounding_of_each(point, error)
    }
}

/// strength · ‖x‖₁ + precision/2 · ‖x‖₂² (Zou & Hastie 2005).
#[derive(Clone, Copy, Debug)]
pub struct ElasticNet<S> {
    /// Of the ℓ1 part, not negative.
    pub strength: S,
    /// Of the ℓ2 part, not negative.
    pub precision: S,
}

impl<S: Scalar> Prox<S> for ElasticNet<S> {
    fn prox(&self, step: S, point: &mut [S]) {
        Lasso { strength: self.strength }.prox(step, point);
        Ridge { precision: self.precision }.prox(step, point);
    }

    fn rounding(&self, point: &[S], error: S::Float) -> S::Float {
        rounding_of_each(point, error)
    }
}

/// strength · Σ ‖row‖₂ over rows of `COLUMNS` numbers: whole features are dropped (Yuan & Lin 2006).
#[derive(Clone, Copy, Debug)]
pub struct GroupLasso<S, const COLUMNS: usize> {
    /// Not negative.
    pub strength: S,
}

impl<S: Scalar, const COLUMNS: usize> Prox<S> for GroupLasso<S, COLUMNS> {
    fn prox(&self, step: S, point: &mut [S]) {
        const { assert!(COLUMNS > 0, "a row has a column") }
        let threshold = (step * self.strength).max(S::ZERO);
        for row in point.chunks_mut(COLUMNS).filter(|row| all_sound(row)) {
            let length = Length::of(row);
            if length.exceeds(threshold) {
                let factor = S::ratio(length.less(threshold), length.wide());
                row.iter_mut().for_each(|value| *value = value.scale(factor));
            } else {
                row.fill(S::ZERO);
            }
        }
    }
}

/// precision/2 · ‖x − weights‖₂²: stay near given weights, bias and all.
#[derive(Clone, Copy, Debug)]
pub struct Anchor<'a, S> {
    /// The weights to stay near, as long as the point: [`crate::Head::point`] of the factory head.
    pub weights: &'a [S],
    /// Prior precision, not negative.
    pub precision: S,
}

impl<S: Scalar> Prox<S> for Anchor<'_, S> {
    fn prox(&self, step: S, point: &mut [S]) {
        let factor = shrinkage(step, self.precision);
        for (value, &anchor) in point.iter_mut().zip(self.weights) {
            if value.is_sound() && anchor.is_sound() {
                *value = anchor + (*value - anchor).scale(factor);
            }
        }
    }

    fn rounding(&self, point: &[S], error: S::Float) -> S::Float {
        rounding_of_each(point, error)
    }
}

/// 1/(1 + step·precision).
fn shrinkage<S: Scalar>(step: S, precision: S) -> S::Ratio {
    let one = wide(S::ONE);
    S::ratio(one, S::accumulate(one, step.max(S::ZERO), precision.max(S::ZERO)))
}
