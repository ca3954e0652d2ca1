//! EG+ (Diakonikolas, Daskalakis & Jordan 2021) and, with a constraint, CEG+ (Pethick et al. 2022):
//! with H = I − γF and midpoint y = prox(Hx), x⁺ = x − α(Hx − Hy). Without a constraint that is
//! x − αγF(x − γF(x)).
//!
//! Converges for L-Lipschitz F with γ ≤ 1/L and α < 1 + 2ρ/γ where −ρ < γ/2 is the constant of a
//! weak Minty inequality; plain monotone (ρ = 0) allows every α in (0, 1).

use super::{Buffer, Method, descend};
use crate::operator::Operator;
use crate::prox::Prox;
use crate::scalar::Scalar;

/// The relaxed extragradient step; its buffers hold the midpoint, F of it, and Hx.
#[derive(Clone, Debug)]
pub struct ExtragradientPlus<S, B> {
    relaxation: S,
    midpoint: B,
    field: B,
    forward: B,
}

impl<S, B: Clone> ExtragradientPlus<S, B> {
    /// With the relaxation α in (0, 1] and zeros of the length of the point as scratch.
    pub fn new(relaxation: S, zeros: B) -> Self {
        Self { relaxation, midpoint: zeros.clone(), field: zeros.clone(), forward: zeros }
    }
}

impl<S: Scalar, B: Buffer<S>> Method<S> for ExtragradientPlus<S, B> {
    fn advance(
        &mut self,
        operator: &dyn Operator<S>,
        prox: &dyn Prox<S>,
        step: S,
        point: &mut [S],
    ) {
        let Some(midpoint) = self.midpoint.as_mut().get_mut(..point.len()) else { return };
        let Some(field) = self.field.as_mut().get_mut(..point.len()) else { return };
        let Some(forward) = self.forward.as_mut().get_mut(..point.len()) else { return };
        operator.eval(point, field);
        forward.copy_from_slice(point);
        descend(forward, step, field);
        midpoint.copy_from_slice(forward);
        prox.prox(step, midpoint);
        operator.eval(midpoint, field);
        let moved = forward.iter().zip(midpoint.iter()).zip(field.iter());
        for (value, ((&forward, &midpoint), &field)) in point.iter_mut().zip(moved) {
            let direction = (forward - midpoint).add_product(step, field);
            *value = value.add_product(-self.relaxation, direction);
        }
    }
}
