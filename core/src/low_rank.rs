//! The low-rank head W₀ + B·A: fine-tuning with R (rows + outputs) numbers instead of rows · outputs.
//!
//! With W₀ frozen (the factory head, in flash), a sample's field (link(Wη) − y) ηᵀ =: G reaches the
//! factors as ∇_B = G Aᵀ and ∇_A = Bᵀ G, and the *scaled* step of Zhang & Pilanci 2024
//! (arXiv 2402.02347) preconditions both with the Gram matrix of the other:
//!
//! ```text
//! A ← A − γ (BᵀB + δI)⁻¹ ∇_A        B ← B − γ ∇_B (AAᵀ + δI)⁻¹
//! ```
//!
//! With δ = 0 the product B·A moves the same whatever basis Q the factors are written in
//! (BQ, Q⁻¹A), and the rate does not depend on the conditioning of the solution; δ > 0 is needed
//! where a factor has not the full rank, as at the start B = 0.
//!
//! G is never formed: a sample costs R (rows + outputs) products more than its score. The R×R
//! systems are formed and solved in floats by Cholesky, in fixed point too, where the squares of
//! small factors would vanish.
//!
//! The product is not linear in the factors, so the field of the factors is not monotone: unlike a
//! [`Head`], this has no certificate.

mod adamw;
mod cholesky;
mod direction;

use crate::Error;
use crate::head::{Head, Sample, argmax, residual};
use crate::kernel;
use crate::scalar::{Scalar, all_sound};

use crate::stored::Stored;
pub use adamw::{Moments, ScaledAdamW};

/// The factors B (`left`) and A (`right`) of an update of rank at most `RANK`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factors<S, const ROWS: usize, const OUTPUTS: usize, const RANK: usize> {
    /// B, rows × rank.
    pub left: [[S; RANK]; ROWS],
    /// A, rank × outputs.
    pub right: [[S; OUTPUTS]; RANK],
}

/// Which factors the second half of a step sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// A and B move at once, from the same field and the same old factors: one evaluation.
    Simultaneous,
    /// A moves first; the field is evaluated again and B answers the new A: two evaluations. With
    /// γ = 1 on least squares this is alternating least squares.
    Sequential,
}

/// The scaled step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScaledStep<S> {
    /// Step size γ.
    pub step: S,
    /// δ ≥ 0, added to the diagonal of both Gram matrices.
    pub damping: S,
    /// Simultaneous or sequential.
    pub order: Order,
}

impl<S: Scalar, const ROWS: usize, const OUTPUTS: usize, const RANK: usize>
    Factors<S, ROWS, OUTPUTS, RANK>
{
    /// B = A = 0.
    pub const fn zeros() -> Self {
        Self { left: [[S::ZERO; RANK]; ROWS], right: [[S::ZERO; OUTPUTS]; RANK] }
    }

    /// B·A, the update of the weights: rows × outputs.
    pub fn product(&self) -> [[S; OUTPUTS]; ROWS] {
        self.left.map(|row| kernel::product(&self.right, &row))
    }

    /// One scaled step; `pull_back` writes (∇_B, ∇_A) at the factors it is given.
    ///
    /// # Errors
    /// [`Error::Unsound`]: a factor would not be sound, or a Gram matrix with δ added is not positive
    /// definite. The factors are then as before.
    pub fn scaled_step(
        &mut self,
        rule: &ScaledStep<S>,
        pull_back: impl FnMut(&Self, &mut Self),
    ) -> Result<(), Error> {
        let damping = rule.damping.to_float();
        self.half_steps(damping, rule.order, pull_back, |_, factor, direction| {
            for (value, &direction) in factor.iter_mut().zip(direction) {
                *value = descended(*value, rule.step, direction);
            }
        })
    }
}

fn descended<S: Scalar>(value: S, step: S, direction: S::Float) -> S {
    S::from_float(value.to_float() - step.to_float() * direction)
}

/// A frozen head and the factors that fine-tune it.
///
/// Shapes are in the type: `ROWS` is the number of features plus one, `RANK` is below both `ROWS` and
/// `OUTPUTS` where it is worth anything.
///
/// ```
/// use fejer::low_rank::{LowRankHead, Order, ScaledStep};
/// use fejer::{Head, Link, Sample};
/// let factory = Head::<f32, 3, 2>::zeros(Link::Softmax); // 2 features
/// let mut head = LowRankHead::<_, 3, 2, 1>::new(&factory, [[1.0, -1.0]]);
/// let rule = ScaledStep { step: 0.5, damping: 1e-2, order: Order::Simultaneous };
/// let sample = Sample { features: [1.0, 0.5], target: [0.0, 1.0] };
/// for _ in 0..20 {
///     head.fine_tune(&[sample], &rule)?;
/// }
/// assert_eq!(head.decide(&sample.features), 1);
/// # Ok::<(), fejer::Error>(())
/// ```
///
/// Features of another length do not compile:
///
/// ```compile_fail
/// use fejer::low_rank::LowRankHead;
/// use fejer::{Head, Link};
/// let factory = Head::<f32, 3, 2>::zeros(Link::Softmax); // 2 features
/// LowRankHead::<_, 3, 2, 1>::new(&factory, [[1.0, -1.0]]).predict(&[1.0, 0.5, 2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LowRankHead<'a, S, const ROWS: usize, const OUTPUTS: usize, const RANK: usize> {
    factory: &'a Head<S, ROWS, OUTPUTS>,
    factors: Factors<S, ROWS, OUTPUTS, RANK>,
}

impl<'a, S: Scalar, const ROWS: usize, const OUTPUTS: usize, const RANK: usize>
    LowRankHead<'a, S, ROWS, OUTPUTS, RANK>
{
    /// Starts at the factory head: B = 0 and A as given, which must have full rank. Random numbers
    /// of order 1/√outputs are customary; core has no randomness of its own.
    pub const fn new(factory: &'a Head<S, ROWS, OUTPUTS>, right: [[S; OUTPUTS]; RANK]) -> Self {
        Self { factory, factors: Factors { left: [[S::ZERO; RANK]; ROWS], right } }
    }

    /// Goes on with these factors.
    pub const fn with_factors(
        factory: &'a Head<S, ROWS, OUTPUTS>,
        factors: Factors<S, ROWS, OUTPUTS, RANK>,
    ) -> Self {
        Self { factory, factors }
    }

    /// The factors: all that was learnt.
    pub const fn factors(&self) -> &Factors<S, ROWS, OUTPUTS, RANK> {
        &self.factors
    }

    /// Scores (W₀ + B·A)ᵀη, before the link; `FEATURES` must be `ROWS − 1`.
    pub fn scores<X: Stored<S>, const FEATURES: usize>(
        &self,
        features: &[X; FEATURES],
    ) -> [S; OUTPUTS] {
        let (scores, _) = scores_and_code(self.factory, &self.factors, features);
        scores
    }

    /// Prediction link(scores).
    pub fn predict<X: Stored<S>, const FEATURES: usize>(
        &self,
        features: &[X; FEATURES],
    ) -> [S; OUTPUTS] {
        let mut scores = self.scores(features);
        self.factory.link().predict(&mut scores);
        scores
    }

    /// The output with the highest score, the first of equals.
    pub fn decide<X: Stored<S>, const FEATURES: usize>(&self, features: &[X; FEATURES]) -> usize {
        argmax(&self.scores(features))
    }

    /// One scaled step with the mean field of the samples; a slice of one is the streaming step.
    /// Nothing happens without samples.
    ///
    /// # Errors
    /// [`Error::Unsound`], as [`Factors::scaled_step`], and for a NaN, infinite or saturated feature
    /// or target. The head is as before.
    pub fn fine_tune<const FEATURES: usize>(
        &mut self,
        samples: &[Sample<S, FEATURES, OUTPUTS>],
        rule: &ScaledStep<S>,
    ) -> Result<(), Error> {
        check(samples)?;
        if samples.is_empty() {
            return Ok(());
        }
        self.factors.scaled_step(rule, mean_field(self.factory, samples))
    }

    /// W₀ + B·A as an ordinary head.
    pub fn merged(&self) -> Head<S, ROWS, OUTPUTS> {
        let mut head = *self.factory;
        let product = self.factors.product();
        for (weight, &update) in head.point_mut().iter_mut().zip(product.as_flattened()) {
            *weight = *weight + update;
        }
        head
    }
}

/// Are features and targets sound?
fn check<S: Scalar, const FEATURES: usize, const OUTPUTS: usize>(
    samples: &[Sample<S, FEATURES, OUTPUTS>],
) -> Result<(), Error> {
    let sound = |sample: &Sample<S, FEATURES, OUTPUTS>| {
        all_sound(&sample.features) && all_sound(&sample.target)
    };
    if samples.iter().all(sound) { Ok(()) } else { Err(Error::Unsound) }
}

/// Writes the mean of (∇_B, ∇_A) over the samples, of which there is one, at the factors it is given.
fn mean_field<
    S: Scalar,
    const FEATURES: usize,
    const ROWS: usize,
    const OUTPUTS: usize,
    const RANK: usize,
>(
    factory: &Head<S, ROWS, OUTPUTS>,
    samples: &[Sample<S, FEATURES, OUTPUTS>],
) -> impl FnMut(&Factors<S, ROWS, OUTPUTS, RANK>, &mut Factors<S, ROWS, OUTPUTS, RANK>) {
    let count = S::from_scaled(i32::try_from(samples.len()).unwrap_or(i32::MAX), 0);
    move |factors, field| {
        *field = Factors::zeros();
        for sample in samples {
            let (scores, code) = scores_and_code(factory, factors, &sample.features);
            let violation = residual(factory.link(), scores, &sample.target);
            let violation = violation.map(|violation| violation.divide(count));
            let push = factors.right.map(|row| {
                let products = row.iter().zip(&violation);
                S::round(products.fold(S::WIDE_ZERO, |sum, (&a, &g)| S::accumulate(sum, a, g)))
            });
            kernel::add_outer(&mut field.right, &code, &violation);
            kernel::update(&mut field.left, &sample.features, &push);
        }
    }
}

/// Wη and the code Bᵀη.
fn scores_and_code<
    S: Scalar,
    X: Stored<S>,
    const FEATURES: usize,
    const ROWS: usize,
    const OUTPUTS: usize,
    const RANK: usize,
>(
    factory: &Head<S, ROWS, OUTPUTS>,
    factors: &Factors<S, ROWS, OUTPUTS, RANK>,
    features: &[X; FEATURES],
) -> ([S; OUTPUTS], [S; RANK]) {
    let mut scores = factory.scores(features);
    let code = kernel::score(&factors.left, features);
    let update = kernel::product(&factors.right, &code);
    for (score, update) in scores.iter_mut().zip(update) {
        *score = *score + update;
    }
    (scores, code)
}
