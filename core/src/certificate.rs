//! How far is a point from the solution of 0 ∈ F(x) + A(x)? Answers that trust no method.
//!
//! * [`natural_residual`] ‖x − prox(x − F(x))‖_∞: for every operator and every A, 0 exactly at the
//!   solutions.
//! * [`gap_function`] max ⟨F(x), x − y⟩ over y in a bounded set: 0 exactly at the solutions, and an
//!   upper bound of the restricted gap max ⟨F(y), x − y⟩ that rates of convergence speak of.
//! * [`distance_bound`], [`distance_bound_free`], [`distance_bound_from_gap`]: upper bounds of
//!   ‖x − x*‖₂ where the modulus μ of strong monotonicity is known.
//!
//! **From the residual.** Let e = x − x*, r = x − prox(x − F(x)) and d = F(x) − F(x*). By the
//! definition of the resolvent, r − F(x) ∈ A(x − r), and −F(x*) ∈ A(x*), so A's monotonicity gives
//! ⟨r − d, e − r⟩ ≥ 0, that is ⟨d, e⟩ ≤ ⟨r, e⟩ + ⟨d, r⟩ − ‖r‖². With μ‖e‖² ≤ ⟨d, e⟩ and ‖d‖ ≤ L‖e‖,
//!
//! ```text
//! ‖e‖₂ ≤ (1 + L)/μ · ‖r‖₂ ≤ (1 + L)/μ · √n ‖r‖_∞            (Pang 1987)
//! ```
//!
//! and without a constraint r = F(x) = d, hence ‖e‖₂ ≤ ‖r‖₂/μ: no Lipschitz modulus is needed. The
//! residual is that of step 1; √n, n = rows · outputs, is the price of the ∞-norm.
//!
//! **From the gap.** μ‖e‖² ≤ ⟨F(x) − F(x*), e⟩ ≤ ⟨F(x), e⟩ ≤ gap, as ⟨F(x*), x − x*⟩ ≥ 0 in the set.
//!
//! Everything here is in floats, also for fixed point, and every sum carries a bound of its own
//! rounding. What the operator rounds inside [`Operator::eval`] is the operator's: the bounds are
//! about the F it computes.

use crate::operator::Operator;
use crate::prox::BoundedSet;
use crate::scalar::Scalar;

pub use crate::solve::natural_residual;

/// max ⟨F(x), x − y⟩ over y in the set, rounded up; `point` is x and must be in the set, `scratch`
/// has its length. Never negative but for the rounding of a point on the boundary.
///
/// ```
/// use fejer::{L1Ball, certificate::gap_function};
/// let field = |x: &[f64], out: &mut [f64]| out.copy_from_slice(&[x[0] - 1.0, x[1]]);
/// let gap = |x: f64| gap_function(&field, &L1Ball { radius: 0.5 }, &[x, 0.0], &mut [0.0; 2]);
/// assert!(gap(0.5) < 1e-12 && gap(0.25) > 0.1); // the solution is (0.5, 0)
/// ```
///
/// Over an unbounded set the maximum is infinite, so it does not compile:
///
/// ```compile_fail,E0277
/// use fejer::{NonNegative, certificate::gap_function};
/// let field = |x: &[f64], out: &mut [f64]| out.copy_from_slice(&[x[0] - 1.0, x[1]]);
/// gap_function(&field, &NonNegative, &[0.5, 0.0], &mut [0.0; 2]);
/// ```
///
/// ```compile_fail,E0277
/// use fejer::{L2Ball, certificate::gap_function, prox::BiasExempt};
/// let field = |x: &[f64], out: &mut [f64]| out.copy_from_slice(&[x[0] - 1.0, x[1]]);
/// let set = BiasExempt::<_, 1>(L2Ball { radius: 0.5 }); // the bias is free
/// gap_function(&field, &set, &[0.5, 0.0], &mut [0.0; 2]);
/// ```
pub fn gap_function<S: Scalar>(
    operator: &dyn Operator<S>,
    set: &dyn BoundedSet<S>,
    point: &[S],
    scratch: &mut [S],
) -> S::Float {
    operator.eval(point, scratch);
    let products = scratch.iter().zip(point).map(|(field, x)| field.to_float() * x.to_float());
    let travelled = sum_above(products);
    scratch.iter_mut().for_each(|field| *field = -*field);
    raise(travelled + set.support(scratch))
}

/// Bound of ‖x − x*‖₂ for a μ-strongly monotone, L-Lipschitz F and any A: (1 + L)/μ · √n · residual.
///
/// `residual` is the natural residual of step 1 of a point of `length` numbers, `modulus` is μ > 0;
/// for a head, L = `link.lipschitz()` · mean ‖η‖² will do. A modulus of A (ridge) may be counted in
/// F instead, never in both.
pub fn distance_bound<F: Scalar<Float = F>>(
    residual: F,
    length: usize,
    modulus: F,
    lipschitz: F,
) -> F {
    raise((F::ONE + lipschitz) * distance_bound_free(residual, length, modulus))
}

/// Bound of ‖x − x*‖₂ for a μ-strongly monotone F without constraint or regulariser
/// ([`crate::Free`]): √n · residual / μ.
pub fn distance_bound_free<F: Scalar<Float = F>>(residual: F, length: usize, modulus: F) -> F {
    raise((count::<F>(length).sqrt() * residual).divide(modulus))
}

/// Bound of ‖x − x*‖₂ for a μ-strongly monotone F on a bounded set, from [`gap_function`]: √(gap/μ).
pub fn distance_bound_from_gap<F: Scalar<Float = F>>(gap: F, modulus: F) -> F {
    raise(gap.divide(modulus).sqrt())
}

/// Σ terms, rounded up: every term is good to four roundings, the sum of n adds n − 1 of the sum of
/// magnitudes (Higham 2002, §4.2), and the rest is room for the rounding of the bound.
pub(crate) fn sum_above<F: Scalar<Float = F>>(terms: impl Iterator<Item = F>) -> F {
    let (mut sum, mut magnitude, mut roundings) = (F::ZERO, F::ZERO, F::from_scaled(8, 0));
    for term in terms {
        sum = sum + term;
        magnitude = magnitude + term.abs();
        roundings = roundings + F::ONE;
    }
    sum + roundings * F::ROUNDOFF * magnitude
}

/// `value`, rounded up by more than the handful of roundings that made it.
pub(crate) fn raise<F: Scalar<Float = F>>(value: F) -> F {
    value + F::from_scaled(8, 0) * F::ROUNDOFF * value.abs()
}

fn count<F: Scalar<Float = F>>(number: usize) -> F {
    F::from_scaled(i32::try_from(number).unwrap_or(i32::MAX), 0)
}
