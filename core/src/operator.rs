//! Operators: the maps F of 0 ∈ F(W) + A(W), over flat points.

mod rounding;

use crate::head::{Sample, residual};
use crate::link::Link;
use crate::scalar::Scalar;
use crate::stored::Stored;
use crate::{head::Head, kernel};
use rounding::FieldError;

/// A map from points to points, monotone in every use here: ⟨F(x) − F(y), x − y⟩ ≥ 0.
pub trait Operator<S: Scalar> {
    /// Writes F(`point`) to `out`; both have the length of the point.
    fn eval(&self, point: &[S], out: &mut [S]);

    /// How far any entry of what [`Operator::eval`] writes for this point may be from F(`point`) in
    /// exact arithmetic: what makes a residual a certificate. 0 where nobody says otherwise.
    fn rounding(&self, _point: &[S]) -> S::Float {
        S::Float::ZERO
    }
}

/// A closure is an operator: exact, as far as anybody can tell.
impl<S: Scalar, F: Fn(&[S], &mut [S])> Operator<S> for F {
    fn eval(&self, point: &[S], out: &mut [S]) {
        self(point, out);
    }
}

/// The field of a head over a batch: F(W) = mean (link(Wη) − y) ηᵀ, with the 1 appended to η.
///
/// The point is [`Head::point`]: row after row, the bias last. Monotone for every link, Lipschitz
/// with modulus `link.lipschitz() · λ_max(mean ηηᵀ)`.
#[derive(Clone, Copy, Debug)]
pub struct HeadOperator<'a, S, const FEATURES: usize, const OUTPUTS: usize, X = S> {
    /// The head's link.
    pub link: Link,
    /// The batch, at least one sample.
    pub samples: &'a [Sample<S, FEATURES, OUTPUTS, X>],
}

impl<S: Scalar, X: Stored<S>, const FEATURES: usize, const OUTPUTS: usize> Operator<S>
    for HeadOperator<'_, S, FEATURES, OUTPUTS, X>
{
    fn eval(&self, point: &[S], out: &mut [S]) {
        let (rows, _) = point.as_chunks::<OUTPUTS>();
        let (field, _) = out.as_chunks_mut::<OUTPUTS>();
        field.as_flattened_mut().fill(S::ZERO);
        let count = S::from_scaled(i32::try_from(self.samples.len()).unwrap_or(i32::MAX), 0);
        for sample in self.samples {
            let scores = kernel::score(rows, &sample.features);
            let share = residual(self.link, scores, &sample.target).map(|r| r.divide(count));
            kernel::update(field, &sample.features, &share);
        }
    }

    fn rounding(&self, point: &[S]) -> S::Float {
        let mut error = FieldError::new(self.link, point);
        self.samples.iter().for_each(|sample| error.add(sample));
        error.of_the_mean()
    }
}

/// The operator of the anchored solve over a batch, with features as they are given:
/// F(W) = Σ (link(Wη) − y) ηᵀ + Λ (W − W₀), Λ-strongly monotone.
#[derive(Clone, Copy, Debug)]
pub struct AnchoredOperator<
    'a,
    S,
    const ROWS: usize,
    const FEATURES: usize,
    const OUTPUTS: usize,
    X = S,
> {
    /// Factory weights W₀ and link.
    pub factory: &'a Head<S, ROWS, OUTPUTS>,
    /// Prior precision Λ.
    pub precision: S,
    /// The samples.
    pub samples: &'a [Sample<S, FEATURES, OUTPUTS, X>],
}

impl<S: Scalar, X: Stored<S>, const ROWS: usize, const FEATURES: usize, const OUTPUTS: usize>
    Operator<S> for AnchoredOperator<'_, S, ROWS, FEATURES, OUTPUTS, X>
{
    fn eval(&self, point: &[S], out: &mut [S]) {
        let (rows, _) = point.as_chunks::<OUTPUTS>();
        let (field, _) = out.as_chunks_mut::<OUTPUTS>();
        let factory = self.factory.point();
        for ((out, &weight), &anchor) in field.as_flattened_mut().iter_mut().zip(point).zip(factory)
        {
            *out = self.precision * (weight - anchor);
        }
        for sample in self.samples {
            let scores = kernel::score(rows, &sample.features);
            let violation = residual(self.factory.link(), scores, &sample.target);
            kernel::update(field, &sample.features, &violation);
        }
    }

    fn rounding(&self, point: &[S]) -> S::Float {
        let mut error = FieldError::new(self.factory.link(), point);
        self.samples.iter().for_each(|sample| error.add(sample));
        let apart = point.iter().zip(self.factory.point());
        let apart = apart.fold(S::ZERO, |most, (&w, &anchor)| most.max((w - anchor).abs()));
        error.of_the_sum(self.precision.to_float() * apart.to_float())
    }
}
