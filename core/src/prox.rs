//! Constraint sets and regularisers A of 0 ∈ F(W) + A(W), by one verb: the resolvent (I + γA)⁻¹.
//!
//! Sets are [`Interval`], [`NonNegative`], [`L2Ball`], [`L1Ball`] and [`Simplex`]; regularisers are
//! [`Ridge`], [`Lasso`], [`ElasticNet`], [`GroupLasso`] and [`Anchor`]. They act on the whole point
//! unless a wrapper says otherwise: [`PerRow`] takes each row by itself, and a head goes through
//! [`BiasExempt`] ([`Head::without_bias`]), because a bias that is shrunk shifts every decision.
//! `Anchor` needs no exemption: staying near the factory's bias is what an anchor is for.

mod penalty;
mod set;

pub use penalty::{Anchor, ElasticNet, GroupLasso, Lasso, Ridge};
pub use set::{Interval, L1Ball, L2Ball, NonNegative, Simplex};

use crate::head::Head;
use crate::scalar::{Scalar, largest};

/// The resolvent of a maximal monotone A. For a set it is the projection and ignores the step; for
/// a regulariser it is the proximal map. Non-expansive, always.
///
/// Numbers that are not sound (NaN, infinite, saturated) are passed on, never projected into a set:
/// the caller's check must still see them.
pub trait Prox<S: Scalar> {
    /// `point` ← (I + step·A)⁻¹ `point`, `step` positive.
    fn prox(&self, step: S, point: &mut [S]);

    /// How far any entry of what [`Prox::prox`] makes of `point`, with the step 1, may be from the
    /// exact resolvent of a point whose entries are within `error` of it.
    fn rounding(&self, point: &[S], error: S::Float) -> S::Float {
        // Non-expansive in the 2-norm, so √n in the ∞-norm.
        rounding_of_a_sum(point) + count::<S>(point.len()).sqrt() * error
    }
}

/// A bounded constraint set: only here is the gap of a point finite
/// ([`crate::certificate::gap_function`]).
pub trait BoundedSet<S: Scalar>: Prox<S> {
    /// Support function max ⟨direction, y⟩ over y in the set, in floats and rounded up.
    fn support(&self, direction: &[S]) -> S::Float;
}

/// No constraint: A = 0.
#[derive(Clone, Copy, Debug)]
pub struct Free;

impl<S: Scalar> Prox<S> for Free {
    fn prox(&self, _step: S, _point: &mut [S]) {}

    fn rounding(&self, _point: &[S], error: S::Float) -> S::Float {
        error
    }
}

/// The same set or regulariser for each row of `COLUMNS` numbers: what one feature may do to all
/// outputs.
#[derive(Clone, Copy, Debug)]
pub struct PerRow<P, const COLUMNS: usize>(pub P);

impl<S: Scalar, P: Prox<S>, const COLUMNS: usize> Prox<S> for PerRow<P, COLUMNS> {
    fn prox(&self, step: S, point: &mut [S]) {
        const { assert!(COLUMNS > 0, "a row has a column") }
        point.chunks_mut(COLUMNS).for_each(|row| self.0.prox(step, row));
    }
}

impl<S: Scalar, P: BoundedSet<S>, const COLUMNS: usize> BoundedSet<S> for PerRow<P, COLUMNS> {
    fn support(&self, direction: &[S]) -> S::Float {
        let rows = direction.chunks(COLUMNS).map(|row| self.0.support(row));
        crate::certificate::sum_above(rows)
    }
}

/// A set or regulariser of a head's weights that leaves its bias alone: the last `OUTPUTS` numbers
/// of the point. Not a [`BoundedSet`], whatever it wraps: the bias goes free.
#[derive(Clone, Copy, Debug)]
pub struct BiasExempt<P, const OUTPUTS: usize>(pub P);

impl<S: Scalar, P: Prox<S>, const OUTPUTS: usize> Prox<S> for BiasExempt<P, OUTPUTS> {
    fn prox(&self, step: S, point: &mut [S]) {
        let weights = point.len().saturating_sub(OUTPUTS);
        if let Some(weights) = point.get_mut(..weights) {
            self.0.prox(step, weights);
        }
    }
}

impl<S, const ROWS: usize, const OUTPUTS: usize> Head<S, ROWS, OUTPUTS> {
    /// A set or regulariser for this head, with the bias left alone: the form to give to a solve.
    ///
    /// ```
    /// use fejer::{Head, L2Ball, Link, Prox};
    /// let mut head = Head::new(Link::Identity, [[3.0_f32], [4.0], [100.0]]); // 2 features, bias 100
    /// head.without_bias(L2Ball { radius: 1.0 }).prox(1.0, head.point_mut());
    /// assert!((head.point()[0] - 0.6).abs() < 1e-6 && (head.point()[1] - 0.8).abs() < 1e-6);
    /// assert_eq!(head.point()[2], 100.0);
    /// ```
    pub const fn without_bias<P>(&self, prox: P) -> BiasExempt<P, OUTPUTS> {
        BiasExempt(prox)
    }
}

/// ‖x‖₂ = largest · root, with largest = ‖x‖_∞ and root = ‖x/largest‖₂ between 1 and √n: a plain sum
/// of squares overflows Q8.24 at ‖x‖ = 11 and Q16.16 at 181, and loses the small ones. Good for
/// 16 000 numbers in Q8.24.
struct Length<S> {
    largest: S,
    root: S,
}

impl<S: Scalar> Length<S> {
    fn of(point: &[S]) -> Self {
        let largest = largest(point);
        let mut sum = <S::Unit as Scalar>::WIDE_ZERO;
        if largest > S::ZERO {
            for value in point {
                let share = S::Unit::ONE.scale(S::ratio(wide(value.abs()), wide(largest)));
                sum = S::Unit::accumulate(sum, share, share);
            }
        }
        // The sum over 4ᵏ, with the first k that brings it into range.
        let mut scale = S::Unit::ONE;
        let mut mean = S::Unit::round(sum);
        for _ in 0..6 {
            if mean.is_sound() {
                break;
            }
            scale = scale + scale;
            let fours = S::Unit::accumulate(S::Unit::WIDE_ZERO, scale, scale);
            mean = S::Unit::ONE.scale(S::Unit::ratio(sum, fours));
        }
        Self { largest, root: S::from_unit(mean.sqrt()) * S::from_unit(scale) }
    }

    /// The length itself, exact in the product.
    fn wide(&self) -> S::Wide {
        S::accumulate(S::WIDE_ZERO, self.largest, self.root)
    }

    /// Length − `by`.
    fn less(&self, by: S) -> S::Wide {
        S::accumulate(self.wide(), -by, S::ONE)
    }

    fn exceeds(&self, bound: S) -> bool {
        S::round(self.less(bound)) > S::ZERO
    }
}

/// What the resolvent of a set or penalty that takes each entry by itself rounds and passes on.
fn rounding_of_each<S: Scalar>(point: &[S], error: S::Float) -> S::Float {
    let most = largest(point).to_float();
    count::<S>(4) * S::ROUNDOFF * (S::Float::ONE + most) + error
}

/// What one that needs a norm or a threshold of all entries rounds: a sum of n in floats; in fixed
/// point the length or the threshold is off by a few last places, relative to the largest entry.
fn rounding_of_a_sum<S: Scalar>(point: &[S]) -> S::Float {
    let roundings = if S::EXACT_SUMS { 16 } else { 16 + 4 * point.len() };
    count::<S>(roundings) * S::ROUNDOFF * (S::Float::ONE + largest(point).to_float())
}

fn count<S: Scalar>(number: usize) -> S::Float {
    S::Float::from_scaled(i32::try_from(number).unwrap_or(i32::MAX), 0)
}

/// A number as a sum of products.
fn wide<S: Scalar>(value: S) -> S::Wide {
    S::accumulate(S::WIDE_ZERO, value, S::ONE)
}

/// The number moved towards 0 by `by` ≥ 0, and no further.
fn shrink<S: Scalar>(value: S, by: S) -> S {
    match () {
        () if value.abs() <= by => S::ZERO,
        () if value < S::ZERO => value + by,
        () => value - by,
    }
}
