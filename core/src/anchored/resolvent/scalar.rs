//! The resolvent of a link that acts on each output alone: p = φ(u) with κu + φ(u) = β.

use super::Kappa;
use crate::link::Link;
use crate::scalar::Scalar;

/// Newton steps; the slowest case, softplus with β near 0, moves u by about 1 a step to ln κ.
const STEPS: usize = 24;

pub(super) fn resolvent<S: Scalar>(link: Link, kappa: &Kappa<S>, beta: S) -> S {
    let linear = beta.divide(S::ONE + kappa.value);
    let start = match link {
        Link::Relu if beta < S::ZERO => return S::ZERO,
        Link::LeakyRelu(slope) if beta < S::ZERO => {
            let slope: S = slope.value();
            return beta * slope.divide(slope + kappa.value);
        }
        Link::Identity | Link::Relu | Link::LeakyRelu(_) => return linear,
        // Convex, from the right: ReLU lies below softplus, so its solution lies above.
        Link::Softplus if beta < S::ZERO => beta.scale(kappa.inverse),
        Link::Softplus => linear,
        // Convex below 0 and concave above, so from 0 every step stops short of the solution.
        _ => S::ZERO,
    };
    newton(link, kappa, beta, start)
}

/// φ(u) at the zero of κu + φ(u) − β, approached from one side.
fn newton<S: Scalar>(link: Link, kappa: &Kappa<S>, beta: S, start: S) -> S {
    let mut u = start;
    let mut value = link.value(u);
    for _ in 0..STEPS {
        let excess = u.scale(kappa.ratio) + value - beta;
        u = u - excess.divide(kappa.value + link.slope_at(u, value));
        value = link.value(u);
    }
    value
}
