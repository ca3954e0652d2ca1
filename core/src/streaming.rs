//! The streaming door: steps on one labelled sample as it comes.
//!
//! The field of one sample is rank one, F(W) = g ηᵀ with g = link(Wη) − y. Wherever a method
//! evaluates it, the point is W − d ηᵀ for some d of `OUTPUTS` numbers, and the scores there are
//! Wη − ‖η‖² d. So a step reads the weights once, for Wη, works on d, and writes them once:
//!
//! ```text
//! projected          d = γ g(Wη)
//! extragradient      d = γ g(Wη − γ‖η‖² g(Wη))
//! proximal point     d = γ (p − y),   p = link(Wη − ‖η‖² d)       (implicit: the resolvent)
//! any method         d from 0 by the method, on the operator d ↦ g(Wη − ‖η‖² d)
//! ```
//!
//! Each equals the batch method on a one-sample [`crate::HeadOperator`]. Methods that remember the
//! field of the sample before, optimistic and operator extrapolation, keep it as g and η
//! ([`PastSample`]); those that remember points ([`crate::Nesterov`], [`crate::Averaging`]) need the
//! batch door, as does a constraint set.

mod past;
mod soundness;

pub use past::PastSample;

use crate::Error;
use crate::anchored::{dual_values, is_precision, resolvent};
use crate::head::{Head, Sample, residual, squared_norm, with_one};
use crate::method::Method;
use crate::prox::Free;
use crate::scalar::Scalar;
use crate::stored::Stored;
use soundness::{check, refuse_unsound};

/// ‖η‖² of plain features, the appended 1 included. A step computes it unless it is given: it belongs
/// to the features, and is known before the label is.
#[derive(Clone, Copy, Debug)]
pub struct SquaredNorm<S: Scalar> {
    pub(crate) squared: S::Wide,
    /// max|η|, the appended 1 included.
    largest: S,
}

impl<S: Scalar> SquaredNorm<S> {
    /// Of these features.
    pub fn of<X: Stored<S>>(features: &[X]) -> Self {
        let largest = with_one(features).fold(S::ONE, |most, feature: S| most.max(feature.abs()));
        Self { squared: squared_norm(with_one(features)), largest }
    }

    /// As a factor: the number may be beyond the range of fixed point.
    fn factor(self) -> S::Ratio {
        S::factor(self.squared)
    }
}

impl<S: Scalar, const ROWS: usize, const OUTPUTS: usize> Head<S, ROWS, OUTPUTS> {
    /// One projected step (here without a constraint set): W ← W − step · (link(Wη) − y) ηᵀ (SVI,
    /// arXiv 2202.08876 §1.2). Shapes as in [`Head::scores`]; [`crate::NormalisedStep`] is the step to
    /// start with.
    ///
    /// # Errors
    /// [`Error::Unsound`]: a feature, target, score or the step is NaN, infinite or saturated; the
    /// head is as before.
    pub fn projected_step<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        step: S,
    ) -> Result<(), Error> {
        self.projected_step_given(sample, SquaredNorm::of(&sample.features), step)
    }

    /// [`Head::projected_step`] with ‖η‖² already known.
    ///
    /// # Errors
    /// As [`Head::projected_step`].
    pub fn projected_step_given<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        norm: SquaredNorm<S>,
        step: S,
    ) -> Result<(), Error> {
        check(sample, step)?;
        let scores = self.step_scores(&sample.features)?;
        let field = self.step_residual::<X>(scores, &sample.target);
        self.descend(&sample.features, norm, &scores, step, &field)
    }

    /// One extragradient step (Korpelevich 1976). The midpoint's scores are
    /// Wη − step·‖η‖²·(link(Wη) − y), so it needs no second pass over the weights.
    ///
    /// # Errors
    /// As [`Head::projected_step`].
    pub fn extragradient_step<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        step: S,
    ) -> Result<(), Error> {
        self.extragradient_step_given(sample, SquaredNorm::of(&sample.features), step)
    }

    /// [`Head::extragradient_step`] with ‖η‖² already known.
    ///
    /// # Errors
    /// As [`Head::projected_step`].
    pub fn extragradient_step_given<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        norm: SquaredNorm<S>,
        step: S,
    ) -> Result<(), Error> {
        check(sample, step)?;
        let mut scores = self.step_scores(&sample.features)?;
        let field = self.step_residual::<X>(scores, &sample.target);
        let reach = step.scale(norm.factor());
        for (score, field) in scores.iter_mut().zip(field) {
            *score = score.saturating_minus(reach.times(field));
        }
        refuse_unsound(&scores)?;
        let field = self.step_residual::<X>(scores, &sample.target);
        self.descend(&sample.features, norm, &scores, step, &field)
    }

    /// One proximal-point step of length 1/precision: the exact resolvent of the sample's field, for
    /// any length. The step of [`crate::Anchored::learn`] without its memory and its 8 bits.
    ///
    /// # Errors
    /// [`Error::Precision`]: not a positive number, or too large for the number type, see
    /// [`crate::Anchored::with_precision`]; else as [`Head::projected_step`].
    pub fn proximal_point_step<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        precision: S,
    ) -> Result<(), Error> {
        self.proximal_point_step_given(sample, SquaredNorm::of(&sample.features), precision)
    }

    /// [`Head::proximal_point_step`] with ‖η‖² already known.
    ///
    /// # Errors
    /// As [`Head::proximal_point_step`].
    pub fn proximal_point_step_given<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        norm: SquaredNorm<S>,
        precision: S,
    ) -> Result<(), Error> {
        if !is_precision(precision) {
            return Err(Error::Precision);
        }
        check(sample, precision)?;
        let scores = self.step_scores(&sample.features)?;
        let kappa = S::ratio(precision.widen(), norm.squared);
        let mut beta = sample.target;
        for (beta, &score) in beta.iter_mut().zip(&scores) {
            *beta = beta.saturating_minus(-score.scale(kappa));
        }
        let share = resolvent(self.link(), precision, norm.squared, &beta);
        let inverse = S::ratio(S::ONE.widen(), precision.widen());
        let dual = dual_values(self.link(), &sample.target, &share);
        let shift = dual.map(|dual| dual.scale(inverse));
        self.move_along(&sample.features, norm, &scores, &shift)
    }

    /// One step of any method that remembers nothing from one step to the next:
    /// [`crate::ProjectedStep`], [`crate::Extragradient`], [`crate::ExtragradientPlus`],
    /// [`crate::Rapp`], and [`crate::Lookahead`] around one of them. Its scratch is `OUTPUTS` numbers.
    ///
    /// ```
    /// use fejer::{Head, Link, Rapp, Sample};
    /// let mut head = Head::<f32, 3, 2>::zeros(Link::Softmax);
    /// let mut rapp = Rapp::new(0.5, 4, [0.0; 2]);
    /// let sample = Sample { features: [1.0, -1.0], target: [1.0, 0.0] };
    /// head.streaming_step(&mut rapp, &sample, 0.1)?;
    /// assert!(head.predict(&sample.features)[0] > 0.5);
    /// # Ok::<(), fejer::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Head::projected_step`].
    pub fn streaming_step<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        method: &mut dyn Method<S>,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        step: S,
    ) -> Result<(), Error> {
        check(sample, step)?;
        let scores = self.step_scores(&sample.features)?;
        let norm = SquaredNorm::of(&sample.features);
        let squared_norm = norm.factor();
        let link = self.link();
        let field = |shift: &[S], out: &mut [S]| {
            let mut moved = scores;
            for (score, &shift) in moved.iter_mut().zip(shift) {
                *score = score.saturating_minus(-shift.scale(squared_norm));
            }
            let violation = residual(link, moved, &sample.target);
            out.iter_mut().zip(violation).for_each(|(out, violation)| *out = violation);
        };
        let mut shift = [S::ZERO; OUTPUTS];
        method.advance(&field, &Free, step, &mut shift);
        self.move_along(&sample.features, norm, &scores, &shift)
    }
}
