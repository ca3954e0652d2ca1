//! x⁺ = prox(x − γF(x)): the plain stochastic-approximation step of SVI (arXiv 2202.08876 §1.2).
//! Converges for strongly monotone F with γ < 2μ/L², for cocoercive F with γ < 2β.

use super::{Buffer, Method, descend};
use crate::operator::Operator;
use crate::prox::Prox;
use crate::scalar::Scalar;

/// The projected step; its buffer holds F(x).
#[derive(Clone, Debug)]
pub struct ProjectedStep<B>(pub B);

impl<S: Scalar, B: Buffer<S>> Method<S> for ProjectedStep<B> {
    fn advance(
        &mut self,
        operator: &dyn Operator<S>,
        prox: &dyn Prox<S>,
        step: S,
        point: &mut [S],
    ) {
        let Some(field) = self.0.as_mut().get_mut(..point.len()) else { return };
        operator.eval(point, field);
        descend(point, step, field);
        prox.prox(step, point);
    }
}
