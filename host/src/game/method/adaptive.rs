//! CEG+ with its adaptive relaxation (Pethick et al. 2022): with H = I − γF and w = prox(Hx),
//!
//! ```text
//! α = δ/γ + ⟨w − x, Hw − Hx⟩/‖Hw − Hx‖²        x⁺ = x − λα(Hx − Hw)
//! ```
//! Fejér monotone for γ ≤ 1/L, λ in (0, 2) and a weak Minty inequality of F + A with ρ ≥ δ > −γ/2: by
//! the definition of w, v = (Hx − Hw)/γ is in (F + A)(w), so ⟨Hx − Hw, x − x*⟩ ≥ α‖Hx − Hw‖² and
//! ‖x⁺ − x*‖² ≤ ‖x − x*‖² − λ(2 − λ)α²‖Hx − Hw‖²; and α ≥ ½ + δ/γ, as H is ½-cocoercive. Here
//! δ = −.99γ/2, as in `LIONS-EPFL/weak-minty-code`.

use fejer::{Method, Operator, Prox};

/// δ as a share of γ.
pub const SHARE: f64 = -0.495;

/// The relaxed extragradient step that chooses its own α.
#[derive(Clone, Debug)]
pub struct AdaptiveExtragradientPlus {
    relaxation: f64,
    midpoint: Vec<f64>,
    field: Vec<f64>,
    forward: Vec<f64>,
}

impl AdaptiveExtragradientPlus {
    /// With the relaxation λ in (0, 2), for points of this length.
    pub fn new(relaxation: f64, length: usize) -> Self {
        let zeros = || vec![0.0; length];
        Self { relaxation, midpoint: zeros(), field: zeros(), forward: zeros() }
    }
}

impl Method<f64> for AdaptiveExtragradientPlus {
    fn advance(
        &mut self,
        operator: &dyn Operator<f64>,
        prox: &dyn Prox<f64>,
        step: f64,
        point: &mut [f64],
    ) {
        let Some(midpoint) = self.midpoint.get_mut(..point.len()) else { return };
        let Some(field) = self.field.get_mut(..point.len()) else { return };
        let Some(forward) = self.forward.get_mut(..point.len()) else { return };
        operator.eval(point, field);
        for (forward, (&x, &field)) in forward.iter_mut().zip(point.iter().zip(field.iter())) {
            *forward = x - step * field;
        }
        midpoint.copy_from_slice(forward);
        prox.prox(step, midpoint);
        operator.eval(midpoint, field);
        // From here on `forward` is Hx − Hw.
        for (forward, (&w, &field)) in forward.iter_mut().zip(midpoint.iter().zip(field.iter())) {
            *forward -= w - step * field;
        }
        let along = |sum, ((&x, &w), &apart): ((&f64, &f64), &f64)| sum + (x - w) * apart;
        let product = point.iter().zip(midpoint.iter()).zip(forward.iter()).fold(0.0, along);
        let square: f64 = forward.iter().map(|apart| apart * apart).sum();
        // Both vanish together, at a solution.
        if square == 0.0 {
            return;
        }
        let length = self.relaxation * (SHARE + product / square);
        for (x, &apart) in point.iter_mut().zip(forward.iter()) {
            *x -= length * apart;
        }
    }
}
