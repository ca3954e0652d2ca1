//! How good weights are, by weak duality.
//!
//! For shares pᵢ on the simplex let V = W₀ + Σᵢ(yᵢ − pᵢ)ηᵢᵀ/Λ. Then for any W
//!
//! ```text
//! P(W) − P(W*) ≤ G = Σᵢ KL(pᵢ ‖ softmax(Wηᵢ)) + Λ/2 ‖W − V‖²
//! ```
//!
//! After passes p are the dual shares and W is V up to its rounding; after a Newton step
//! p = softmax(Wη), so that Λ(W − V) = ∇P(W) and G = ‖∇P(W)‖²/2Λ. As P is Λ-strongly convex,
//! ‖W − W*‖ ≤ √(2G/Λ).
//!
//! Reference: `fejer::anchored::Certificate`.

/// What is certified.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Certificate {
    /// P(W).
    pub objective: f64,
    /// G, at least P(W) − P(W*).
    pub gap: f64,
    /// At least ‖W − W*‖.
    pub distance: f64,
}

impl Certificate {
    pub(super) fn new(objective: f64, gap: f64, precision: f64) -> Self {
        Self { objective, gap, distance: libm::sqrt(2.0 * gap / precision) }
    }

    /// G/P(W).
    pub fn relative(&self) -> f64 {
        if self.gap == 0.0 { 0.0 } else { self.gap / self.objective }
    }
}

/// ‖∇P(W)‖²/2Λ.
pub(super) fn of_gradient(gradient: &[f64], precision: f64) -> f64 {
    gradient.iter().map(|g| g * g).sum::<f64>() / (2.0 * precision)
}

/// p ln(p/q) − p + q ≥ 0, by its series where the plain form cancels.
pub(super) fn divergence(p: f64, q: f64) -> f64 {
    // shares below this have underflowed, and count as if they had just not
    let q = q.max(1e-45);
    let t = p / q - 1.0;
    if t.abs() < 1e-2 {
        let series = 0.5 - t * (1.0 / 6.0 - t * (1.0 / 12.0 - t * (1.0 / 20.0 - t / 30.0)));
        return q * t * t * series;
    }
    let plain = if p > 0.0 { p * libm::log(p / q) } else { 0.0 };
    (plain - p + q).max(0.0)
}
