//! How good are the learnt weights? An answer that does not trust the steps that made them.
//!
//! For *any* weights W and dual values α (pᵢ = yᵢ − αᵢ feasible, V = W₀ + Σαᵢηᵢᵀ/Λ), primal minus
//! dual objective is
//!
//! ```text
//! G = Σᵢ [Ψ(Wηᵢ) + Ψ*(pᵢ) − ⟨pᵢ, Wηᵢ⟩] + Λ/2 ‖W − V‖²
//!   =          gap                     + Λ/2 · drift²
//! ```
//!
//! and both objectives are Λ-strong, Λ/2 (‖W − W*‖² + ‖V − W*‖²) ≤ G, so with the triangle
//! inequality **‖W − W*‖ ≤ drift/2 + √(gap/Λ + drift²/4)**. The drift is measured, not assumed.
//!
//! With weights, gap = Σ wᵢ[…] and V = W₀ + Σwᵢαᵢηᵢᵀ/Λ.
//!
//! Rounding: scores computed with error e change √gapᵢ by at most ‖e‖·√(L/2) for an L-Lipschitz
//! link, and the computed V is off by at most u·(n + K + 3)·(‖W₀‖ + Σ‖αᵢ‖‖ηᵢ‖/Λ); both are added
//! before the bound is formed. In fixed point all of this is done in `f32`: squares of small
//! differences would vanish and forge a certificate.

use super::Anchored;
use crate::certificate::raise;
use crate::kernel;
use crate::memory::Target;
use crate::scalar::{Scalar, largest, norm};

/// What is known about the distance of the learnt weights W to the exact solution W* of the problem
/// as stored.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "port", derive(serde::Serialize, serde::Deserialize))]
pub struct Certificate<F> {
    /// Duality gap Σᵢ KL(pᵢ ‖ φ(Wηᵢ)) in nats, rounding included (softmax; other links their
    /// Fenchel–Young gap). 0 only at the solution.
    pub gap: F,
    /// ‖W − V‖_F: how far rounding has carried the stored weights from those of the dual values.
    pub drift: F,
    /// Upper bound on ‖W − W*‖_F.
    pub distance: F,
    /// Natural residual ‖F(W)‖_∞, rounding included, which is ‖W − prox(W − F(W))‖_∞ for an
    /// unconstrained head.
    pub residual: F,
}

impl<F: Scalar> Certificate<F> {
    /// Is the decision for these features that of the exact solution? A difference of two scores
    /// differs from the exact one by at most √2·‖η‖·distance; `margin` is the difference of the two
    /// highest scores, `squared_norm` is ‖features‖² + 1.
    pub fn is_certain(&self, margin: F, squared_norm: F) -> bool {
        let two = F::ONE + F::ONE;
        margin > (two * squared_norm).sqrt() * self.distance
    }
}

/// How a consolidation ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Consolidation<F> {
    /// Is the gap at most what was asked for?
    pub converged: bool,
    /// Passes made.
    pub passes: u32,
    /// How good the weights are.
    pub certificate: Certificate<F>,
}

/// One sample as the certificate sees it: w (φ(Wη) − p) and w α/Λ, in floats.
#[derive(Clone, Copy)]
struct Seen<F, const OUTPUTS: usize> {
    violation: [F; OUTPUTS],
    pull: [F; OUTPUTS],
}

pub(super) fn certify<S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>(
    solve: &Anchored<'_, S, T, ROWS, OUTPUTS, MEMORY>,
) -> Certificate<S::Float>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    let zero = S::Float::ZERO;
    let precision = solve.precision.to_float();
    let link = solve.head.link();
    let weights_norm = float_norm::<S>(solve.head.point());
    let mut seen = [Seen { violation: [zero; OUTPUTS], pull: [zero; OUTPUTS] }; MEMORY];
    let (mut gap, mut score_error, mut travelled) = (zero, zero, zero);
    let (mut violation_error, mut violated) = (zero, zero);
    for (sample, seen) in solve.samples.iter().zip(&mut seen) {
        let own = solve.precision_of(&sample.target).to_float();
        // The weight as the steps saw it, Λ/w being rounded; exactly 1 where there is none.
        let weight = precision.divide(own);
        let scores = kernel::score(solve.head.weights(), sample.codes()).map(S::to_float);
        let share = sample.share().map(S::to_float);
        gap = gap + weight * link.fenchel_young_gap(&scores, &share);
        let features_norm = norm(&sample.float_features());
        let error = score_error_bound::<S>(ROWS, OUTPUTS, weights_norm * features_norm);
        score_error = score_error + weight * (error * error);
        seen.violation = scores;
        link.predict(&mut seen.violation);
        for (violation, &share) in seen.violation.iter_mut().zip(&share) {
            *violation = weight * (*violation - share);
        }
        let most = largest(&sample.float_features()).max(S::Float::ONE);
        let own_error = link.rounding::<S::Float>(OUTPUTS, largest(&scores))
            + unit_roundoff::<S>() * (largest(&share) + largest(&seen.violation));
        let carried = link.lipschitz::<S::Float>() * error + own_error;
        violation_error = violation_error + weight * most * carried;
        violated = violated + most * largest(&seen.violation);
        seen.pull = sample.dual.map(|dual| dual.to_float().divide(own));
        travelled = travelled + norm(&seen.pull) * features_norm;
    }
    let (drift, residual) = drift_and_residual(solve, &seen, precision);
    let roundings = count::<S::Float>(MEMORY + OUTPUTS + 3) * unit_roundoff::<S>();
    let reach = float_norm::<S>(solve.factory.point()) + travelled;
    let summed = roundings * (violated + precision * (reach + weights_norm));
    let residual = raise(residual + violation_error + summed);
    let drift = drift + roundings * reach;
    let half = S::Float::from_scaled(1, 1);
    let root = gap.sqrt() + (link.lipschitz::<S::Float>() * half * score_error).sqrt();
    let gap = root * root;
    let distance = half * drift + (gap.divide(precision) + half * half * drift * drift).sqrt();
    Certificate { gap, drift, distance, residual }
}

/// ‖W − V‖_F and ‖F(W)‖_∞, row by row, with F(W) = Σ(φ(Wη) − p)ηᵀ + Λ(W − V): no second buffer of
/// the size of the weights.
fn drift_and_residual<S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>(
    solve: &Anchored<'_, S, T, ROWS, OUTPUTS, MEMORY>,
    seen: &[Seen<S::Float, OUTPUTS>; MEMORY],
    precision: S::Float,
) -> (S::Float, S::Float)
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    let zero = S::Float::ZERO;
    let (mut drift, mut residual) = (zero, zero);
    for (index, (row, factory)) in
        solve.head.weights().iter().zip(solve.factory.weights()).enumerate()
    {
        let mut field = [zero; OUTPUTS];
        let mut rebuilt = factory.map(S::to_float);
        for (sample, seen) in solve.samples.iter().zip(seen) {
            let feature = sample.feature::<S::Float>(index);
            for output in
                field.iter_mut().zip(&mut rebuilt).zip(seen.violation.iter().zip(&seen.pull))
            {
                let ((field, rebuilt), (&violation, &pull)) = output;
                *field = field.add_product(violation, feature);
                *rebuilt = rebuilt.add_product(pull, feature);
            }
        }
        for ((&field, &rebuilt), &weight) in field.iter().zip(&rebuilt).zip(row) {
            let difference = weight.to_float() - rebuilt;
            drift = drift + difference * difference;
            residual = residual.max((field + precision * difference).abs());
        }
    }
    (drift.sqrt(), residual)
}

/// Bound on the 2-norm of the error of the K scores of one sample: γ_n ‖W‖_F ‖η‖ for accumulation
/// in floats, one rounding a score for exact accumulation, plus the conversion to the float type.
fn score_error_bound<S: Scalar>(rows: usize, outputs: usize, magnitude: S::Float) -> S::Float {
    let unit = unit_roundoff::<S>();
    if S::EXACT_SUMS {
        S::ROUNDOFF * count::<S::Float>(outputs).sqrt() + unit * magnitude
    } else {
        count::<S::Float>(rows + 1) * unit * magnitude
    }
}

/// Unit roundoff of the float type the certificate is computed in.
fn unit_roundoff<S: Scalar>() -> S::Float {
    <S::Float as Scalar>::ROUNDOFF
}

fn float_norm<S: Scalar>(values: &[S]) -> S::Float {
    values
        .iter()
        .fold(S::Float::ZERO, |sum, value| {
            let value = value.to_float();
            sum + value * value
        })
        .sqrt()
}

fn count<F: Scalar>(number: usize) -> F {
    F::from_scaled(i32::try_from(number).unwrap_or(i32::MAX), 0)
}
