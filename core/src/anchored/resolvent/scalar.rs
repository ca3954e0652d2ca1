//! The resolvent of a link that acts on each output alone: p = φ(u) with κu + φ(u) = β.

use super::Kappa;
use crate::link::Link;
use crate::scalar::Scalar;

/// Newton steps; the slowest case, softplus with β near 0, moves u by about 1 a step to ln κ.
const STEPS: usize = 24;

pub(super) fn resolvent<S: Scalar>(link: Link, kappa: &Kappa<S>, beta: S) -> S {
    match link {
        Link::Relu if beta < S::ZERO => S::ZERO,
        Link::LeakyRelu(slope) if beta < S::ZERO => {
            let slope: S = slope.value();
            beta * slope.divide(slope + kappa.value)
        }
        Link::Identity | Link::Relu | Link::LeakyRelu(_) => beta.divide(S::ONE + kappa.value),
        // Convex, from the right: ReLU lies below softplus, so its solution lies above.
        Link::Softplus if beta < S::ZERO => newton(link, kappa, beta, beta.scale(kappa.inverse)),
        Link::Softplus => newton(link, kappa, beta, beta.divide(S::ONE + kappa.value)),
        // Convex below 0 and concave above, so from 0 every step stops short of the solution.
        _ => newton(link, kappa, beta, S::ZERO),
    }
}

/// φ(u) at the zero of κu + φ(u) − β, approached from one side.
fn newton<S: Scalar>(link: Link, kappa: &Kappa<S>, beta: S, start: S) -> S {
    let mut u = start;
    for _ in 0..STEPS {
        let value = link.value(u);
        let excess = u.scale(kappa.ratio) + value - beta;
        u = u - excess.divide(kappa.value + link.slope_at(u, value));
    }
    link.value(u)
}
