//! The Fenchel–Young gap of a link: how far a prediction is from that of the scores.

use super::{Link, log_sum_exp};
use crate::scalar::Scalar;

impl Link {
    /// Fenchel–Young gap Ψ(u) + Ψ*(p) − ⟨p, u⟩ ≥ 0 between scores u and a prediction p, zero
    /// exactly where p = φ(u); softplus and probit give an upper bound of it.
    ///
    /// For softmax and sigmoid it is the Kullback–Leibler divergence KL(p ‖ φ(u)). A prediction no
    /// scores lead to (softplus ≤ 0, ReLU < 0) has an infinite gap, given as [`Scalar::LIMIT`].
    pub fn fenchel_young_gap<S: Scalar>(self, scores: &[S], prediction: &[S]) -> S {
        if self == Self::Softmax {
            let normaliser = log_sum_exp(scores);
            scores
                .iter()
                .zip(prediction)
                .fold(S::ZERO, |sum, (&u, &p)| sum + divergence_term(p, u - normaliser))
        } else {
            scores
                .iter()
                .zip(prediction)
                .fold(S::ZERO, |sum, (&u, &p)| (sum + self.gap_of_one(u, p)).min(S::LIMIT))
        }
    }

    fn gap_of_one<S: Scalar>(self, u: S, p: S) -> S {
        let half = S::from_scaled(1, 1);
        match self {
            Self::Identity => half * (u - p) * (u - p),
            Self::Sigmoid | Self::Softmax => binary_divergence(u, p),
            // Ψ(u) = ln cosh u is the sigmoid's Ψ(2u) up to linear terms.
            Self::Tanh => binary_divergence(u + u, half * (S::ONE + p)),
            Self::Relu if p < S::ZERO => S::LIMIT,
            Self::Relu => {
                let value = u.max(S::ZERO);
                half * (value - p) * (value - p) + p * (value - u)
            }
            Self::LeakyRelu(slope) => {
                let slope = slope.value();
                let inverse = if p < S::ZERO { p.divide(slope) } else { p };
                if (u < S::ZERO) == (inverse < S::ZERO) {
                    let modulus = if u < S::ZERO { slope } else { S::ONE };
                    half * modulus * (u - inverse) * (u - inverse)
                } else {
                    // Opposite signs: every term of Ψ(u) + Ψ*(p) − pu is positive.
                    half * self.value(u) * u + half * p * inverse - p * u
                }
            }
            Self::Softplus if p <= S::ZERO => S::LIMIT,
            Self::Softplus => {
                // φ⁻¹(p) = ln(eᵖ − 1) = p + ln(1 − e⁻ᵖ).
                self.chord(u, p, p + (S::ONE - (-p).exp()).ln())
            }
            Self::Probit => probit_gap(u, p),
        }
    }

    /// Upper bound of ∫ (φ(t) − p) dt from φ⁻¹(p) to u: the rectangle around the integral, or the
    /// parabola of the Lipschitz modulus.
    fn chord<S: Scalar>(self, u: S, p: S, inverse: S) -> S {
        let rectangle = (self.value(u) - p) * (u - inverse);
        let parabola = S::from_scaled(1, 1) * self.lipschitz() * (u - inverse) * (u - inverse);
        rectangle.min(parabola).max(S::ZERO)
    }
}

/// KL of the yes/no answer p from that of the score u, both outcomes.
fn binary_divergence<S: Scalar>(u: S, p: S) -> S {
    divergence_term(p, log_sigmoid(u)) + divergence_term(S::ONE - p, log_sigmoid(-u))
}

fn log_sigmoid<S: Scalar>(score: S) -> S {
    let tail = (S::ONE + (-score.abs()).exp()).ln();
    if score < S::ZERO { score - tail } else { -tail }
}

/// Ψ(u) = uΦ(u) + Φ'(u); at p = 0 and 1 the gap is Ψ(u) and Ψ(−u), in between the chord to Φ⁻¹(p).
fn probit_gap<S: Scalar>(u: S, p: S) -> S {
    let primitive = |u: S| u * u.normal_distribution() + u.normal_density();
    if p <= S::ZERO {
        return primitive(u).max(S::ZERO);
    }
    if p >= S::ONE {
        return primitive(-u).max(S::ZERO);
    }
    // Φ⁻¹ by bisection: certificates are rare, and ±8 holds every p of a float.
    let (mut low, mut high) = (S::from_scaled(-8, 0), S::from_scaled(8, 0));
    for _ in 0..60 {
        let middle = S::from_scaled(1, 1) * (low + high);
        if middle.normal_distribution() < p { low = middle } else { high = middle }
    }
    Link::Probit.chord(u, p, low)
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
