//! Links: the monotone maps from scores to predictions.
//!
//! Every link here is the gradient of a convex function Ψ, φ = ∇Ψ, so a head's operator is monotone
//! and the anchored solve has a dual (Juditsky & Nemirovski 2019; SVI, arXiv 2202.08876 §1.1). A map
//! that is not monotone (GELU, SiLU, a leaky ReLU of negative slope) cannot be constructed.

mod gap;
mod loss;

use core::hint::black_box;

use crate::scalar::Scalar;

/// Most outputs whose softmax is unrolled: text against a few instructions an output.
const MOST_UNROLLED: usize = 8;

/// Slope of a leaky ReLU below zero: n/128 with n in 1..=128, exact in every number type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Slope(u8);

impl Slope {
    /// The slope n/128; `None` unless 1 ≤ n ≤ 128, where the link is monotone and its resolvent
    /// well defined. 1/128 is close to the customary .01.
    pub const fn from_128ths(n: u8) -> Option<Self> {
        if n >= 1 && n <= 128 { Some(Self(n)) } else { None }
    }

    /// The slope as a number.
    pub fn value<S: Scalar>(self) -> S {
        S::from_scaled(i32::from(self.0), 7)
    }
}

/// A monotone map φ from scores u to predictions p.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Link {
    /// φ(u) = u: least squares.
    Identity,
    /// φ(u) = 1/(1 + e⁻ᵘ) for each output: independent yes/no answers.
    Sigmoid,
    /// φ(u) = eᵘ/Σeᵘ: one class out of `OUTPUTS`.
    Softmax,
    /// φ(u) = max(0, u): counts and other numbers that are not negative.
    Relu,
    /// φ(u) = u for u > 0, slope·u below.
    LeakyRelu(Slope),
    /// φ(u) = ln(1 + eᵘ): a smooth ReLU.
    Softplus,
    /// φ(u) = tanh u: numbers in (−1, 1).
    Tanh,
    /// φ(u) = Φ(u), the normal distribution function: yes/no answers with normal noise.
    Probit,
}

impl Link {
    /// Number and parameter in a checkpoint.
    pub const fn tag(self) -> [u8; 2] {
        match self {
            Self::Identity => [0, 0],
            Self::Sigmoid => [1, 0],
            Self::Softmax => [2, 0],
            Self::Relu => [3, 0],
            Self::LeakyRelu(slope) => [4, slope.0],
            Self::Softplus => [5, 0],
            Self::Tanh => [6, 0],
            Self::Probit => [7, 0],
        }
    }

    /// The link with this number and parameter in a checkpoint.
    pub const fn from_tag(tag: [u8; 2]) -> Option<Self> {
        match tag {
            [0, 0] => Some(Self::Identity),
            [1, 0] => Some(Self::Sigmoid),
            [2, 0] => Some(Self::Softmax),
            [3, 0] => Some(Self::Relu),
            [4, slope] => match Slope::from_128ths(slope) {
                Some(slope) => Some(Self::LeakyRelu(slope)),
                None => None,
            },
            [5, 0] => Some(Self::Softplus),
            [6, 0] => Some(Self::Tanh),
            [7, 0] => Some(Self::Probit),
            _ => None,
        }
    }

    /// Turns scores into predictions, in place.
    #[inline]
    pub fn predict<S: Scalar>(self, scores: &mut [S]) {
        if self == Self::Softmax { softmax(scores) } else { self.predict_each(scores) }
    }

    /// [`Link::predict`] where the number of outputs is known: few are unrolled, many are not.
    #[inline(always)]
    pub(crate) fn predict_all<S: Scalar, const OUTPUTS: usize>(self, scores: &mut [S; OUTPUTS]) {
        if self != Self::Softmax {
            self.predict_each(scores);
        } else if OUTPUTS <= MOST_UNROLLED {
            softmax(scores);
        } else {
            softmax_of_many(black_box(scores));
        }
    }

    /// Out of the way of the softmax, which most heads have.
    #[inline(never)]
    fn predict_each<S: Scalar>(self, scores: &mut [S]) {
        scores.iter_mut().for_each(|score| *score = self.value(*score));
    }

    /// φ of one score, for the links that act on each output alone; softmax has no such value and
    /// gives that of a single output, 1.
    #[cfg_attr(target_os = "none", inline(never))] // one copy for all who ask
    pub(crate) fn value<S: Scalar>(self, u: S) -> S {
        match self {
            Self::Identity => u,
            Self::Sigmoid => sigmoid(u),
            Self::Softmax => S::ONE,
            Self::Relu => u.max(S::ZERO),
            Self::LeakyRelu(slope) => u.max(S::ZERO) + u.min(S::ZERO) * slope.value(),
            Self::Softplus => u.max(S::ZERO) + (S::ONE + (-u.abs()).exp()).ln(),
            Self::Tanh => {
                // Beyond ±32 tanh is ±1 to the last place of every type, and 2u cannot overflow.
                let bound = S::from_scaled(32, 0);
                let u = u.max(-bound).min(bound);
                let twice = sigmoid(u + u);
                twice + twice - S::ONE
            }
            Self::Probit => u.normal_distribution(),
        }
    }

    /// Multiplies `signal` by the transposed Jacobian of the link at these scores: what travels to
    /// the layer below in a gradient, and what the monotone field leaves out (arXiv 2202.08876).
    pub fn pull_back<S: Scalar>(self, scores: &[S], prediction: &[S], signal: &mut [S]) {
        if self == Self::Softmax {
            let mean =
                prediction.iter().zip(signal.iter()).fold(S::ZERO, |sum, (&p, &s)| sum + p * s);
            for (signal, &p) in signal.iter_mut().zip(prediction) {
                *signal = p * (*signal - mean);
            }
        } else {
            for (signal, (&u, &p)) in signal.iter_mut().zip(scores.iter().zip(prediction)) {
                *signal = *signal * self.slope_at(u, p);
            }
        }
    }

    /// φ'(u) given u and p = φ(u), for the links that act on each output alone.
    pub(crate) fn slope_at<S: Scalar>(self, u: S, p: S) -> S {
        match self {
            Self::Identity => S::ONE,
            Self::Sigmoid | Self::Softmax => p * (S::ONE - p),
            Self::Relu if u > S::ZERO => S::ONE,
            Self::Relu => S::ZERO,
            Self::LeakyRelu(_) if u > S::ZERO => S::ONE,
            Self::LeakyRelu(slope) => slope.value(),
            Self::Softplus => sigmoid(u),
            Self::Tanh => S::ONE - p * p,
            Self::Probit => u.normal_density(),
        }
    }

    /// Lipschitz modulus in the spectral norm: 1, ¼, ½, 1, 1, 1, 1, 1/√(2π) (rounded up).
    pub fn lipschitz<S: Scalar>(self) -> S {
        match self {
            Self::Sigmoid => S::from_scaled(1, 2),
            Self::Softmax => S::from_scaled(1, 1),
            Self::Probit => S::from_scaled(26_147, 16),
            Self::Identity | Self::Relu | Self::LeakyRelu(_) | Self::Softplus | Self::Tanh => {
                S::ONE
            }
        }
    }

    /// How far a computed prediction of one of `outputs` may be from φ of the same scores, none larger
    /// than `largest`: what exp, ln and divisions round (the contracts of the tests hold them to it).
    pub fn rounding<S: Scalar>(self, outputs: usize, largest: S::Float) -> S::Float {
        let count = |n: usize| S::Float::from_scaled(i32::try_from(n).unwrap_or(i32::MAX), 0);
        // Φ is good to 8e-8 but in f64.
        let approximation = S::Float::from_f32(if S::BYTES == 4 { 1e-7 } else { 0.0 });
        match self {
            Self::Identity | Self::Relu => S::Float::ZERO,
            _ if S::EXACT_SUMS => count(16 + 4 * outputs) * S::ROUNDOFF + approximation,
            _ => count(16 + outputs) * S::ROUNDOFF * (S::Float::ONE + largest) + approximation,
        }
    }

    /// Modulus of strong monotonicity where every score is within ±`radius`; 0 where there is none
    /// (ReLU; softmax, whose direction **1** is null).
    pub fn strong_monotonicity<S: Scalar>(self, radius: S) -> S {
        match self {
            Self::Softmax | Self::Relu => S::ZERO,
            Self::LeakyRelu(slope) => slope.value(),
            Self::Softplus => sigmoid(-radius),
            Self::Identity | Self::Sigmoid | Self::Tanh | Self::Probit => {
                self.slope_at(radius, self.value(radius))
            }
        }
    }

    /// Are predictions and targets in between 0 and 1 (or ±1), whatever the scores?
    pub(crate) const fn is_bounded(self) -> bool {
        matches!(self, Self::Sigmoid | Self::Softmax | Self::Tanh | Self::Probit)
    }
}

#[cfg_attr(target_os = "none", inline(never))] // one copy for all links
pub(crate) fn sigmoid<S: Scalar>(score: S) -> S {
    // Both branches of the usual form at once: e^{−|u|} never overflows.
    let small = (-score.abs()).exp();
    let lower = small.divide(S::ONE + small);
    if score < S::ZERO { lower } else { S::ONE - lower }
}

/// [`softmax`] in a function of its own.
#[inline(never)]
fn softmax_of_many<S: Scalar>(scores: &mut [S]) {
    softmax(scores);
}

#[inline]
fn softmax<S: Scalar>(scores: &mut [S]) {
    let top = maximum(scores);
    let mut total = S::ZERO;
    for score in scores.iter_mut() {
        stay_rolled();
        *score = score.saturating_minus(top).exp_below();
        total = total + *score;
    }
    S::normalise(scores, total);
}

/// In a loop of unknown length: LLVM would make four of one turn on a device. No instruction.
#[inline(always)]
pub(crate) fn stay_rolled() {
    if cfg!(target_os = "none") {
        black_box(());
    }
}

/// ln Σ eᵘ without overflow.
fn log_sum_exp<S: Scalar>(scores: &[S]) -> S {
    let top = maximum(scores);
    top + scores.iter().fold(S::ZERO, |sum, &score| sum + score.saturating_minus(top).exp()).ln()
}

/// The largest, 0 of none.
#[inline]
pub(crate) fn maximum<S: Scalar>(scores: &[S]) -> S {
    let Some((&first, others)) = scores.split_first() else { return S::ZERO };
    let mut top = first;
    for &score in others {
        stay_rolled();
        top = top.max(score);
    }
    top
}
