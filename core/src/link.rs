//! Links: the monotone maps from scores to predictions.
//!
//! Every link here is the gradient of a convex function Ψ, φ = ∇Ψ, so the head's operator is
//! monotone and the anchored solve has a dual (`papers`: Juditsky & Nemirovski 2019; SVI, arXiv
//! 2202.08876 §1.1).

use crate::scalar::Scalar;

/// A monotone map φ from scores u to predictions p.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Link {
    /// φ(u) = u: least squares.
    Identity = 0,
    /// φ(u) = 1/(1 + e⁻ᵘ) for each output: independent yes/no answers.
    Sigmoid = 1,
    /// φ(u) = eᵘ/Σeᵘ: one class out of `OUTPUTS`.
    Softmax = 2,
}

impl Link {
    /// The link with this number in a checkpoint.
    pub const fn from_tag(tag: u8) -> Option<Self> {
        match tag {
            0 => Some(Self::Identity),
            1 => Some(Self::Sigmoid),
            2 => Some(Self::Softmax),
            _ => None,
        }
    }

    /// Turns scores into predictions, in place.
    pub fn predict<S: Scalar>(self, scores: &mut [S]) {
        match self {
            Self::Identity => {}
            Self::Sigmoid => scores.iter_mut().for_each(|score| *score = sigmoid(*score)),
            Self::Softmax => softmax(scores),
        }
    }

    /// Lipschitz modulus in the spectral norm: 1, ¼, ½.
    pub fn lipschitz<S: Scalar>(self) -> S {
        match self {
            Self::Identity => S::ONE,
            Self::Sigmoid => S::from_scaled(1, 2),
            Self::Softmax => S::from_scaled(1, 1),
        }
    }

    /// Largest magnitude of a prediction, where there is one.
    pub(crate) const fn is_bounded(self) -> bool {
        !matches!(self, Self::Identity)
    }

    /// Fenchel–Young gap Ψ(u) + Ψ*(p) − ⟨p, u⟩ ≥ 0 between scores u and a feasible prediction p;
    /// zero exactly where p = φ(u). For softmax and sigmoid it is the Kullback–Leibler divergence
    /// KL(p ‖ φ(u)).
    pub fn fenchel_young_gap<S: Scalar>(self, scores: &[S], prediction: &[S]) -> S {
        match self {
            Self::Identity => scores.iter().zip(prediction).fold(S::ZERO, |sum, (&u, &p)| {
                let difference = u - p;
                sum + difference * difference * S::from_scaled(1, 1)
            }),
            Self::Sigmoid => scores.iter().zip(prediction).fold(S::ZERO, |sum, (&u, &p)| {
                let (yes, no) = (log_sigmoid(u), log_sigmoid(-u));
                sum + divergence_term(p, yes) + divergence_term(S::ONE - p, no)
            }),
            Self::Softmax => {
                let normaliser = log_sum_exp(scores);
                scores
                    .iter()
                    .zip(prediction)
                    .fold(S::ZERO, |sum, (&u, &p)| sum + divergence_term(p, u - normaliser))
            }
        }
    }
}

fn sigmoid<S: Scalar>(score: S) -> S {
    // Both branches of the usual form at once: e^{−|u|} never overflows.
    let small = (-score.abs()).exp();
    let lower = small.divide(S::ONE + small);
    if score < S::ZERO { lower } else { S::ONE - lower }
}

fn softmax<S: Scalar>(scores: &mut [S]) {
    let top = maximum(scores);
    let mut total = S::ZERO;
    for score in scores.iter_mut() {
        *score = (*score - top).exp();
        total = total + *score;
    }
    scores.iter_mut().for_each(|score| *score = score.divide(total));
}

/// ln Σ eᵘ without overflow.
fn log_sum_exp<S: Scalar>(scores: &[S]) -> S {
    let top = maximum(scores);
    top + scores.iter().fold(S::ZERO, |sum, &score| sum + (score - top).exp()).ln()
}

fn log_sigmoid<S: Scalar>(score: S) -> S {
    let tail = (S::ONE + (-score.abs()).exp()).ln();
    if score < S::ZERO { score - tail } else { -tail }
}

fn maximum<S: Scalar>(scores: &[S]) -> S {
    scores.iter().copied().reduce(S::max).unwrap_or(S::ZERO)
}

/// p ln(p/q) − p + q ≥ 0, given ln q.
///
/// Written q·h(p/q − 1) with h(t) = (1+t) ln(1+t) − t, because the plain form cancels: near t = 0
/// the series t²/2 − t³/6 + t⁴/12 − …, elsewhere the plain form.
fn divergence_term<S: Scalar>(p: S, log_q: S) -> S {
    let q = log_q.exp();
    if p <= S::ZERO {
        return q;
    }
    let t = (p - q).divide(q);
    if t.abs() < S::from_scaled(1, 3) {
        // Σ (−t)ⁿ / (n(n−1)) for n = 2..=11: below 2⁻³⁶ of the first term at |t| = ⅛.
        let mut sum = S::ZERO;
        for n in (2..=11).rev() {
            let coefficient = S::ONE.divide(S::from_scaled(n * (n - 1), 0));
            sum = coefficient - sum * t;
        }
        return q * t * t * sum;
    }
    (p * (p.ln() - log_q) - p + q).max(S::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_divergence_keeps_its_digits_where_the_plain_form_cancels() {
        for (p, q) in [(0.3_f64, 0.300_000_1), (1e-6, 1.01e-6), (0.5, 0.1), (0.9, 0.899)] {
            let t = p / q - 1.0;
            let exact = q * ((1.0 + t) * libm::log1p(t) - t);
            let found = divergence_term(p, libm::log(q));
            assert!((found - exact).abs() <= 2e-9 * exact + 1e-17, "{p} {q}: {found:e} {exact:e}");
        }
    }
}
