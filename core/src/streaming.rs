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

use crate::Error;
use crate::anchored::{dual_values, resolvent};
use crate::head::{Head, Sample, are_sound, residual, squared_norm, with_one};
use crate::kernel;
use crate::method::Method;
use crate::prox::Free;
use crate::scalar::{Scalar, all_sound};
use crate::stored::Stored;

/// The field g ηᵀ of the sample before, for [`Head::optimistic_step`] and
/// [`Head::extrapolated_step`]. One object, one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PastSample<X, S, const FEATURES: usize, const OUTPUTS: usize> {
    last: Option<([X; FEATURES], [S; OUTPUTS])>,
}

impl<X, S, const FEATURES: usize, const OUTPUTS: usize> PastSample<X, S, FEATURES, OUTPUTS> {
    /// None yet: the first sample stands in for it.
    pub const fn none() -> Self {
        Self { last: None }
    }
}

impl<S: Scalar, const ROWS: usize, const OUTPUTS: usize> Head<S, ROWS, OUTPUTS> {
    /// One projected step (here without a constraint set): W ← W − step · (link(Wη) − y) ηᵀ (SVI,
    /// arXiv 2202.08876 §1.2). Shapes as in [`Head::scores`]; [`crate::NormalisedStep`] is the step to start
    /// with.
    ///
    /// # Errors
    /// [`Error::Unsound`]: a feature, target, score or the step is NaN, infinite or saturated; the
    /// head is as before.
    pub fn projected_step<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        step: S,
    ) -> Result<(), Error> {
        check(sample, step)?;
        let scores = self.scores(&sample.features);
        let field = residual(self.link(), scores, &sample.target);
        self.move_along(sample, &scores, &field.map(|g| -times(step, g)))
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
        check(sample, step)?;
        let mut scores = self.scores(&sample.features);
        let field = residual(self.link(), scores, &sample.target);
        let reach = step.scale(length_of(&sample.features));
        for (score, field) in scores.iter_mut().zip(field) {
            *score = score.saturating_minus(times(reach, field));
        }
        let field = residual(self.link(), scores, &sample.target);
        self.move_along(sample, &scores, &field.map(|g| -times(step, g)))
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
        if !crate::anchored::is_precision(precision) {
            return Err(Error::Precision);
        }
        check(sample, precision)?;
        let scores = self.scores(&sample.features);
        let squared_norm = squared_norm(with_one(&sample.features));
        let wide = S::accumulate(S::WIDE_ZERO, precision, S::ONE);
        let kappa = S::ratio(wide, squared_norm);
        let mut beta = sample.target;
        for (beta, &score) in beta.iter_mut().zip(&scores) {
            *beta = beta.saturating_minus(-score.scale(kappa));
        }
        let share = resolvent(self.link(), precision, squared_norm, &beta);
        let inverse = S::ratio(one::<S>(), wide);
        let dual = dual_values(self.link(), &sample.target, &share);
        self.move_along(sample, &scores, &dual.map(|dual| dual.scale(inverse)))
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
        let scores = self.scores(&sample.features);
        let squared_norm = length_of(&sample.features);
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
        self.move_along(sample, &scores, &shift)
    }

    /// One optimistic step (Popov 1980): the field at W − step·g′η′ᵀ, with g′η′ᵀ the field of the
    /// step before, whose scores are Wη − step·⟨η′, η⟩ g′.
    ///
    /// # Errors
    /// As [`Head::projected_step`]; `past` is then as before too.
    pub fn optimistic_step<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        past: &mut PastSample<X, S, FEATURES, OUTPUTS>,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        step: S,
    ) -> Result<(), Error> {
        check(sample, step)?;
        let mut scores = self.scores(&sample.features);
        let (before, field) =
            past.last.unwrap_or((sample.features, residual(self.link(), scores, &sample.target)));
        let reach = step_along(step, &before, &sample.features);
        for (score, field) in scores.iter_mut().zip(field) {
            *score = score.saturating_minus(times(reach, field));
        }
        let field = residual(self.link(), scores, &sample.target);
        self.move_along(sample, &scores, &field.map(|g| -times(step, g)))?;
        past.last = Some((sample.features, field));
        Ok(())
    }

    /// One step of operator extrapolation (Kotsalis, Lan & Li 2020):
    /// W ← W − step · ((1 + λ) g ηᵀ − λ g′η′ᵀ), λ the `extrapolation` in 0..=1. Writes the weights
    /// twice, once for each sample.
    ///
    /// # Errors
    /// As [`Head::projected_step`]; `past` is then as before too.
    pub fn extrapolated_step<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        past: &mut PastSample<X, S, FEATURES, OUTPUTS>,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        extrapolation: S,
        step: S,
    ) -> Result<(), Error> {
        check(sample, step)?;
        let scores = self.scores(&sample.features);
        let field = residual(self.link(), scores, &sample.target);
        let (before, last) = past.last.unwrap_or((sample.features, field));
        let back = last.map(|g| times(step, times(extrapolation, g)));
        if !(all_sound(&back) && self.stays_sound(&before, &back)) {
            return Err(Error::Unsound);
        }
        let head = *self;
        kernel::update(self.weights_mut(), with_one(&before), &back);
        let forth = field.map(|g| -times(step, g.saturating_minus(-times(extrapolation, g))));
        if let Err(error) = self.move_along(sample, &scores, &forth) {
            *self = head;
            return Err(error);
        }
        past.last = Some((sample.features, field));
        Ok(())
    }

    /// W ← W + shift ηᵀ, its scores having been sound, refused before anything moves if a number is unsound or would become so.
    fn move_along<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        sample: &Sample<S, FEATURES, OUTPUTS, X>,
        scores: &[S; OUTPUTS],
        shift: &[S; OUTPUTS],
    ) -> Result<(), Error> {
        let is_sound =
            all_sound(scores) && all_sound(shift) && self.stays_sound(&sample.features, shift);
        if !is_sound {
            return Err(Error::Unsound);
        }
        kernel::update(self.weights_mut(), with_one(&sample.features), shift);
        Ok(())
    }
}

fn one<S: Scalar>() -> S::Wide {
    S::accumulate(S::WIDE_ZERO, S::ONE, S::ONE)
}

/// Refuses what must not enter a sum.
fn check<S: Scalar, X: Stored<S>, const FEATURES: usize, const OUTPUTS: usize>(
    sample: &Sample<S, FEATURES, OUTPUTS, X>,
    step: S,
) -> Result<(), Error> {
    let is_sound = are_sound(&sample.features) && all_sound(&sample.target) && step.is_sound();
    if is_sound { Ok(()) } else { Err(Error::Unsound) }
}

/// a·b, clamped to the range of the type instead of wrapping, so that the checks still see it.
fn times<S: Scalar>(a: S, b: S) -> S {
    S::round(S::accumulate(S::WIDE_ZERO, a, b))
}

/// ‖η‖² as a factor: the number may be beyond the range of fixed point.
fn length_of<S: Scalar, X: Stored<S>>(features: &[X]) -> S::Ratio {
    S::ratio(squared_norm(with_one(features)), one::<S>())
}

/// step·⟨η′, η⟩; the positive and the negative products apart, because a ratio is of positive sums.
fn step_along<S: Scalar, X: Stored<S>>(step: S, before: &[X], features: &[X]) -> S {
    let (mut with, mut against) = (S::WIDE_ZERO, S::WIDE_ZERO);
    for (a, b) in with_one(before).zip(with_one(features)) {
        let side = if (a < S::ZERO) == (b < S::ZERO) { &mut with } else { &mut against };
        *side = S::accumulate(*side, a.abs(), b.abs());
    }
    step.scale(S::ratio(with, one::<S>())) - step.scale(S::ratio(against, one::<S>()))
}
