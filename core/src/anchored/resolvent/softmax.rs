//! The resolvent of softmax: p_k + κ ln p_k = β_k + σ with Σp = 1, in q_k = ln p_k and σ at once. With
//! e_k = β_k + σ − p_k − κq_k and w_k = p_k/(p_k + κ) the Newton step is
//! dσ = (1 − Σ(p_k + w_k e_k))/Σw_k and d_k = (e_k + dσ)/(p_k + κ); Halley's correction
//! dq_k = d_k/(1 + ½ d_k w_k) bounds it where p is far off, and makes it cubic. σ starts at the
//! lower of two points where the sum is at least 1: the simplex projection of β (as κ ln p ≤ 0),
//! close for small κ, and 1 + κ times the softmax normaliser (as p ≤ 1), close for large κ; q at
//! the lower of (β + σ)/κ, which no q exceeds, and ln(max(β + σ, 0) + κ/4). The last step moves
//! p itself, by p·d.

use heapless::VecView;

use super::Kappa;
use crate::link::{maximum, stay_rolled};
use crate::scalar::Scalar;

/// Steps on (q, σ) for so many outputs: up to 10 of them 4 steps come within 2e-8 of the solution and
/// 6, for `f64`, within 1e-12, for κ in [1e-5, 10] and β of any shape (uniform, geometric, clustered
/// and one-hot ones tried).
const fn steps<S: Scalar>(outputs: usize) -> usize {
    let steps = if outputs <= 10 { 4 } else { 5 };
    if S::BYTES > 4 { steps + 2 } else { steps }
}

/// Steps towards the simplex projection: a start a little above it does no harm, so these few lose
/// nothing (tried as [`steps`] were).
const fn simplex_steps(outputs: usize) -> usize {
    match outputs {
        0..=4 => 2,
        5..=8 => 3,
        9..=10 => 4,
        _ => outputs,
    }
}

/// One output of the softmax resolvent on its way.
pub(super) struct Output<S: Scalar> {
    /// β − max β.
    below: S,
    /// q
    log: S,
    /// p = exp q
    share: S,
    /// e
    violation: S,
    /// 1/(p + κ)
    inverse: S::Ratio,
}

/// β to p on the simplex with p_k + κ ln p_k = β_k + σ, up to the rounding of the sum. `outputs` is
/// empty and has room for all.
#[inline(never)]
pub(super) fn any<S: Scalar>(
    kappa: &Kappa<S::Unit>,
    beta: &mut [S],
    outputs: &mut VecView<Output<S::Unit>>,
) {
    let top = maximum(beta);
    // Half of the range of a unit: adding σ to it cannot overflow. What is too far below to matter
    // saturates there.
    let least = -S::Unit::LIMIT;
    let zero = S::Unit::ZERO;
    for &mut beta in &mut *beta {
        stay_rolled();
        let below = beta.saturating_minus(top).to_unit().max(least);
        let inverse = kappa.inverse;
        // There is room.
        let _ = outputs.push(Output { below, log: zero, share: zero, violation: zero, inverse });
    }
    shares(kappa, outputs);
    for (share, output) in beta.iter_mut().zip(outputs.iter()) {
        stay_rolled();
        *share = S::from_unit(output.share);
    }
}

/// [`any`] of at most [`super::MOST_UNROLLED`], unrolled but for [`shares`].
#[inline(always)]
pub(super) fn few<S: Scalar, const OUTPUTS: usize>(
    kappa: &Kappa<S::Unit>,
    beta: &mut [S; OUTPUTS],
) {
    let top = maximum(beta);
    let least = -S::Unit::LIMIT;
    let zero = S::Unit::ZERO;
    let mut outputs = beta.map(|beta| Output {
        below: beta.saturating_minus(top).to_unit().max(least),
        log: zero,
        share: zero,
        violation: zero,
        inverse: kappa.inverse,
    });
    shares(kappa, &mut outputs);
    for (share, output) in beta.iter_mut().zip(&outputs) {
        *share = S::from_unit(output.share);
    }
}

/// The shares of outputs whose β − max β is known.
#[inline]
fn shares<S: Scalar>(kappa: &Kappa<S>, outputs: &mut [Output<S>]) {
    let mut sigma = simplex_threshold(outputs).min(softmax_threshold(kappa, outputs));
    for output in &mut *outputs {
        stay_rolled();
        output.log = first_log(kappa, output.below + sigma);
    }
    for output in &mut *outputs {
        stay_rolled();
        output.share = output.log.exp_below();
    }
    let mut left = steps::<S>(outputs.len());
    let back = loop {
        stay_rolled();
        let (mut excess, mut slope) = (-S::ONE, S::ZERO);
        for Output { below, log, share, violation, inverse } in &mut *outputs {
            stay_rolled();
            let p = *share;
            let e = (*below + sigma) - p - log.scale(kappa.ratio);
            *inverse = S::ratio(S::ONE.widen(), (p + kappa.value).widen());
            let w = p.scale(*inverse);
            excess = excess + p + w.times(e);
            slope = slope + w;
            *violation = e;
        }
        let back = excess.scale(S::ratio(S::ONE.widen(), slope.widen()));
        left -= 1;
        if left == 0 {
            break back;
        }
        sigma = sigma.saturating_minus(back);
        for Output { log, share, violation, inverse, .. } in &mut *outputs {
            stay_rolled();
            let d = violation.saturating_minus(back).scale(*inverse);
            let bound = S::ONE + S::from_scaled(1, 1).times(d).times(share.scale(*inverse));
            let gained = d.scale(S::ratio(S::ONE.widen(), bound.widen()));
            *log = log.saturating_minus(-gained).max(least_log());
            *share = log.exp_below();
        }
    };
    // The last step is so short that eᵈ is 1 + d.
    for Output { share, violation, inverse, .. } in outputs {
        stay_rolled();
        let d = violation.saturating_minus(back).scale(*inverse);
        *share = (*share + share.times(d)).max(S::ZERO);
    }
}

/// Where q starts for p + κq = t.
fn first_log<S: Scalar>(kappa: &Kappa<S>, t: S) -> S {
    let positive = t.max(S::ZERO) + S::from_scaled(1, 2).times(kappa.value);
    t.scale(kappa.inverse).min(positive.ln()).max(least_log())
}

/// Shares below e to this are 0: 32 in fixed point, where e⁻¹⁷ is the last place of a unit; in floats
/// where [`Scalar::exp_below`] ends.
fn least_log<S: Scalar>() -> S {
    S::from_scaled(if S::EXACT_SUMS { -32 } else { -87 }, 0)
}

/// σ with Σ max(0, below + σ) = 1, by Newton from σ = 1, where only the top entry (0) is certain to
/// be active: monotone, and exact once the active set is (Michelot 1986).
fn simplex_threshold<S: Scalar>(outputs: &[Output<S>]) -> S {
    let mut sigma = S::ONE;
    for _ in 0..simplex_steps(outputs.len()) {
        stay_rolled();
        let (mut excess, mut active) = (-S::ONE, S::ZERO);
        for output in outputs {
            stay_rolled();
            let value = output.below + sigma;
            let positive = value > S::ZERO;
            excess = excess + if positive { value } else { S::ZERO };
            active = active + if positive { S::ONE } else { S::ZERO };
        }
        sigma = sigma - excess.divide(active);
    }
    sigma
}

/// σ with Σ exp((below + σ − 1)/κ) = 1.
fn softmax_threshold<S: Scalar>(kappa: &Kappa<S>, outputs: &[Output<S>]) -> S {
    let mut total = S::ZERO;
    for output in outputs {
        stay_rolled();
        total = total + output.below.scale(kappa.inverse).exp_below();
    }
    S::ONE - kappa.value * total.ln()
}
