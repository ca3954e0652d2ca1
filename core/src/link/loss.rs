//! The matching loss of a link, Ψ(u) − ⟨y, u⟩ with ∇Ψ = φ: the loss whose gradient the head's
//! monotone field is. For reports; no step needs it.

use super::{Link, log_sum_exp};
use crate::scalar::Scalar;

impl Link {
    /// Ψ(u) − ⟨y, u⟩: ½u² − yu, cross-entropy, ½max(0, u)² − yu, … (SVI, §1.1). Its gradient with
    /// respect to the scores is φ(u) − y.
    pub fn matching_loss<S: Scalar>(self, scores: &[S], target: &[S]) -> S {
        let potential = if self == Self::Softmax {
            log_sum_exp(scores)
        } else {
            scores.iter().fold(S::ZERO, |sum, &u| sum + self.potential(u))
        };
        scores.iter().zip(target).fold(potential, |sum, (&u, &y)| sum - y * u)
    }

    /// Ψ of one score.
    fn potential<S: Scalar>(self, u: S) -> S {
        let half = S::from_scaled(1, 1);
        let softplus = |u: S| u.max(S::ZERO) + (S::ONE + (-u.abs()).exp()).ln();
        match self {
            Self::Identity => half * u * u,
            Self::Sigmoid | Self::Softmax => softplus(u),
            Self::Relu | Self::LeakyRelu(_) => half * u * self.value(u),
            Self::Softplus => softplus_integral(u),
            // ln cosh u
            Self::Tanh => softplus(u + u) - u - (S::ONE + S::ONE).ln(),
            Self::Probit => u * u.normal_distribution() + u.normal_density(),
        }
    }
}

/// ∫ ln(1 + eᵗ) dt up to u = −Li₂(−eᵘ): for u ≤ 0 the alternating series Σ (−1)ᵏ⁺¹ eᵏᵘ/k²,
/// accelerated (Cohen, Rodríguez Villegas & Zagier 2000, algorithm 1), for u > 0 by the inversion
/// π²/6 + u²/2 − (the value at −u).
fn softplus_integral<S: Scalar>(u: S) -> S {
    const TERMS: i32 = 12;
    // d = ((3 + √8)ⁿ + (3 − √8)ⁿ)/2 overflows fixed point, so the weights c_k/d are formed in f64
    // by the recurrence and only then rounded.
    let d = 768_398_401.0_f64;
    let (mut b, mut c) = (-1.0, -d);
    let x = (-u.abs()).exp();
    let (mut power, mut sum) = (x, S::ZERO);
    for k in 0..TERMS {
        c = b - c;
        let n = f64::from(TERMS);
        let index = f64::from(k);
        #[expect(clippy::cast_possible_truncation, reason = "a weight between 0 and 1")]
        let weight = S::from_f32((c / d / ((index + 1.0) * (index + 1.0))) as f32);
        sum = sum + weight * power;
        power = power * x;
        b *= (index + n) * (index - n) / ((index + 0.5) * (index + 1.0));
    }
    if u > S::ZERO {
        let pi_squared_over_6 = S::from_f32(1.644_934);
        pi_squared_over_6 + S::from_scaled(1, 1) * u * u - sum
    } else {
        sum
    }
}
