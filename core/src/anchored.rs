//! The anchored solve: learning on a device with a certificate and nothing to tune.
//!
//! Given factory weights W₀ and remembered samples (ηᵢ, yᵢ), ηᵢ the features with a 1 appended, the
//! head looks for the one solution of
//!
//! ```text
//! 0 = F(W) = Σᵢ (φ(Wηᵢ) − yᵢ) ηᵢᵀ + Λ (W − W₀)
//! ```
//!
//! that is, the maximum a posteriori weights under the prior N(W₀, I/Λ). Each sample keeps its dual
//! value αᵢ = yᵢ − pᵢ, and W = W₀ + Σᵢ αᵢηᵢᵀ/Λ is the invariant. To *visit* a sample is to put its
//! share of the weights right, exactly, with all others fixed:
//!
//! ```text
//! p ← the solution of p + κ φ⁻¹(p) = p + κ Wη,   κ = Λ/‖η‖²      (a monotone equation in K unknowns)
//! α⁺ = y − p⁺;   W += (α⁺ − α) ηᵀ/Λ
//! ```
//!
//! This is block ascent on the dual (proximal SDCA, Shalev-Shwartz & Zhang 2016) and, for a new
//! sample, the proximal-point step with γ = 1/Λ: no step size exists. Forgetting a sample moves its
//! α back to 0, which is exactly the state of the problem without it.
//!
//! A sample of weight w ([`crate::memory::Weighted`]) enters F(W) w times; its visit and what it
//! contributes to W are those of precision Λ/w.

mod certificate;
mod classes;
mod forget;
mod resolvent;

use heapless::Deque;

pub use certificate::{Certificate, Consolidation};

use crate::Error;
use crate::head::{Head, are_sound};
use crate::kernel;
use crate::link::Link;
use crate::memory::{MOST_VISITED, Remembered, Target, visiting_order};
use crate::scalar::{Scalar, all_sound, largest};
use crate::stored::Stored;
pub(crate) use resolvent::{dual_values, is_precision, resolvent};

/// Prior precision Λ used unless another is asked for: one value for every task.
pub const DEFAULT_PRECISION: f32 = 0.3;

/// A head that learns: factory weights (borrowed, so they can stay in flash), learnt weights and a
/// memory of at most `MEMORY` labelled samples.
///
/// `ROWS` is the number of features plus one; `T`, a [`Target`], is the kind of
/// label: [`crate::Class`], [`crate::Smoothed`], `[S; OUTPUTS]`, or one of them [`crate::Weighted`].
#[derive(Clone, Debug)]
pub struct Anchored<'a, S: Scalar, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>
{
    factory: &'a Head<S, ROWS, OUTPUTS>,
    head: Head<S, ROWS, OUTPUTS>,
    precision: S,
    /// Can no state of the memory drive a weight out of the range of the number type?
    is_safe: bool,
    samples: Deque<Remembered<S, T, ROWS, OUTPUTS>, MEMORY>,
    visits: u32,
}

impl<'a, S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>
    Anchored<'a, S, T, ROWS, OUTPUTS, MEMORY>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    /// Starts at the factory head with the default prior precision.
    ///
    /// # Errors
    /// As [`Anchored::with_precision`].
    pub fn new(factory: &'a Head<S, ROWS, OUTPUTS>) -> Result<Self, Error> {
        Self::with_precision(factory, S::from_f32(DEFAULT_PRECISION))
    }

    /// Starts at the factory head with prior precision Λ: small trusts the field's labels, large
    /// trusts the factory.
    ///
    /// # Errors
    /// [`Error::Precision`]: Λ is not a positive sound number, or, in fixed point, not below 8 (½ with
    /// [`crate::Weighted`] labels). [`Error::Unsound`]: a factory weight is not sound, or one sample
    /// alone could drive a weight out of the range of the number type. Where only a full memory could,
    /// every step is checked before it is made.
    pub fn with_precision(
        factory: &'a Head<S, ROWS, OUTPUTS>,
        precision: S,
    ) -> Result<Self, Error> {
        const {
            assert!(
                ROWS > 0 && OUTPUTS > 0 && MEMORY > 0,
                "a head has a row, an output and a memory"
            );
            assert!(MEMORY <= MOST_VISITED, "65536 samples at most are remembered in 32 bits");
        }
        if !is_precision(precision) || !is_precision(precision.divide(S::from_f32(T::LIGHTEST))) {
            return Err(Error::Precision);
        }
        if !all_sound(factory.point()) {
            return Err(Error::Unsound);
        }
        // |W| ≤ |W₀| + Σ w|α||η|/Λ with |α| ≤ 1 (2 for tanh), |η| < 4.
        let dual = if factory.link() == Link::Tanh { 2.0 } else { 1.0 };
        let reach = S::from_f32(4.0 * dual * T::HEAVIEST).divide(precision);
        if reach >= S::LIMIT {
            return Err(Error::Unsound);
        }
        let memory = S::from_f32(MEMORY as f32);
        let room = S::LIMIT.saturating_minus(largest(factory.point())).divide(memory);
        let is_safe = factory.link().is_bounded() && reach < room;
        Ok(Self { factory, head: *factory, precision, is_safe, samples: Deque::new(), visits: 0 })
    }

    /// The learnt head.
    pub fn head(&self) -> &Head<S, ROWS, OUTPUTS> {
        &self.head
    }

    /// The factory head.
    pub fn factory(&self) -> &'a Head<S, ROWS, OUTPUTS> {
        self.factory
    }

    /// Prior precision Λ.
    pub fn precision(&self) -> S {
        self.precision
    }

    /// The samples it learns from, oldest first.
    pub fn samples(&self) -> impl ExactSizeIterator<Item = &Remembered<S, T, ROWS, OUTPUTS>> {
        self.samples.iter()
    }

    /// Visits made beyond the first of each sample: the whole state of the visiting order.
    pub fn visits(&self) -> u32 {
        self.visits
    }

    /// Prediction of the learnt head, see [`Head::predict`].
    pub fn predict<X: Stored<S>, const FEATURES: usize>(
        &self,
        features: &[X; FEATURES],
    ) -> [S; OUTPUTS] {
        self.head.predict(features)
    }

    /// Learns a labelled sample at once and remembers it; a full memory then forgets its oldest.
    ///
    /// # Errors
    /// [`Error::Unsound`] if a feature or the weights' answer to it is NaN, infinite or saturated,
    /// [`Error::Target`] if the label does not fit the outputs. The head is then as before.
    pub fn learn<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        features: &[X; FEATURES],
        target: T,
    ) -> Result<(), Error> {
        self.learn_instead_of(features, target, 0)
    }

    /// As [`Anchored::learn`], but a full memory forgets the sample with index `forgotten`, oldest
    /// first (the last if there are not that many).
    ///
    /// # Errors
    /// As [`Anchored::learn`].
    pub fn learn_instead_of<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        features: &[X; FEATURES],
        target: T,
        forgotten: usize,
    ) -> Result<(), Error> {
        const { assert!(ROWS == FEATURES + 1, "a head has one row a feature and one for the bias") }
        if !target.is_valid(self.head.link()) {
            return Err(Error::Target);
        }
        let mut sample = Remembered::new(features, target);
        let moved = self.proximal(&sample);
        if !(moved.is_sound && are_sound(features)) {
            return Err(Error::Unsound);
        }
        sample.dual = moved.dual;
        kernel::update(self.head.weights_mut(), sample.codes(), &moved.step);
        if self.samples.is_full() {
            self.forget(forgotten.min(MEMORY - 1));
        }
        // There is room: the memory holds at least one sample and is not full any more.
        let _ = self.samples.push_back(sample);
        Ok(())
    }

    /// Visits `count` remembered samples again, in the deterministic order of the memory.
    pub fn revisit(&mut self, count: u32) {
        for _ in 0..count {
            if self.samples.is_empty() {
                return;
            }
            self.visit(visiting_order(self.visits, self.samples.len()));
            self.visits = self.visits.wrapping_add(1);
        }
    }

    /// As many visits as there are samples, going on where the last revisit stopped, after which the
    /// weights are rebuilt from the dual values, so that rounding does not accumulate.
    pub fn consolidate_pass(&mut self) {
        self.revisit(u32::try_from(self.samples.len()).unwrap_or(u32::MAX));
        self.rebuild();
    }

    /// Passes until the duality gap is at most `gap`, at most `passes` of them.
    pub fn consolidate(&mut self, passes: u32, gap: S::Float) -> Consolidation<S::Float> {
        let mut certificate = self.certificate();
        let mut made = 0;
        let mut converged = certificate.gap <= gap;
        while made < passes && !converged {
            self.consolidate_pass();
            certificate = self.certificate();
            converged = certificate.gap <= gap;
            made += 1;
        }
        Consolidation { converged, passes: made, certificate }
    }

    /// Duality gap, drift, residual and a bound on the distance to the exact solution.
    pub fn certificate(&self) -> Certificate<S::Float> {
        certificate::certify(self)
    }

    /// Takes over what [`crate::checkpoint`] decoded; the weights are left to the caller to write.
    pub(crate) fn restore(
        &mut self,
        precision: S,
        visits: u32,
        samples: impl Iterator<Item = Remembered<S, T, ROWS, OUTPUTS>>,
    ) -> &mut Head<S, ROWS, OUTPUTS> {
        (self.precision, self.visits) = (precision, visits);
        self.samples.clear();
        self.samples.extend(samples.take(MEMORY));
        &mut self.head
    }

    /// Λ/w, the precision a sample of this label sees.
    fn precision_of(&self, target: &T) -> S {
        self.precision.divide(target.weight())
    }

    fn inverse_precision_of(&self, target: &T) -> S::Ratio {
        let one = S::accumulate(S::WIDE_ZERO, S::ONE, S::ONE);
        S::ratio(one, S::accumulate(S::WIDE_ZERO, self.precision_of(target), S::ONE))
    }

    /// What a visit of this sample would do: see the module's equations. The right-hand side
    /// p + κ Wη already takes out what the sample contributed to Wη.
    fn proximal(&self, sample: &Remembered<S, T, ROWS, OUTPUTS>) -> Move<S, OUTPUTS> {
        let scores = kernel::score(self.head.weights(), sample.codes());
        let squared_norm = sample.squared_norm();
        let precision = self.precision_of(&sample.target);
        let kappa = S::ratio(S::accumulate(S::WIDE_ZERO, precision, S::ONE), squared_norm);
        let mut beta = sample.share();
        for (beta, &score) in beta.iter_mut().zip(&scores) {
            *beta = beta.saturating_minus(-score.scale(kappa));
        }
        let link = self.head.link();
        let share = resolvent(link, precision, squared_norm, &beta);
        let dual = dual_values(link, &sample.target.expected(), &share);
        let inverse = self.inverse_precision_of(&sample.target);
        let mut step = dual;
        for (step, &old) in step.iter_mut().zip(&sample.dual) {
            *step = (*step - old).scale(inverse);
        }
        let is_sound = if self.is_safe {
            all_sound(&scores) && all_sound(&step)
        } else {
            self.head.may_move(sample.codes(), squared_norm, &scores, &step)
        };
        Move { is_sound, dual, step }
    }

    fn visit(&mut self, index: usize) {
        let Some(moved) = self.samples.get(index).map(|sample| self.proximal(sample)) else {
            return;
        };
        if !moved.is_sound {
            return;
        }
        if let Some(sample) = self.samples.get_mut(index) {
            sample.dual = moved.dual;
            kernel::update(self.head.weights_mut(), sample.codes(), &moved.step);
        }
    }
}

/// A visit's outcome: the sample's new dual value and what the weights move by, per unit feature.
struct Move<S, const OUTPUTS: usize> {
    dual: [S; OUTPUTS],
    step: [S; OUTPUTS],
    is_sound: bool,
}
