//! The resolvent of a link: the prediction p = φ(u) at the one u with u + c·φ(u) = c·β, c = 1/κ > 0.
//!
//! The visit of a sample (see [`crate::anchored`]) needs it with c = ‖η‖²/Λ, which is often in the
//! hundreds, where Newton on u diverges. Everything is therefore written in the bounded unknown
//! p and the small κ: **p + κ·φ⁻¹(p) = β**, one solution for every β and every κ > 0.
//!
//! * identity: p = β/(1 + κ).
//! * softmax: p_k + κ ln p_k = β_k + σ with Σp = 1, in q_k = ln p_k and σ at once. With
//!   e_k = β_k + σ − p_k − κq_k and w_k = p_k/(p_k + κ) the Newton step is
//!   dσ = (1 − Σ(p_k + w_k e_k))/Σw_k and d_k = (e_k + dσ)/(p_k + κ); Halley's correction
//!   dq_k = d_k/(1 + ½ d_k w_k) bounds it where p is far off, and makes it cubic. σ starts at the
//!   lower of two points where the sum is at least 1: the simplex projection of β (as κ ln p ≤ 0),
//!   close for small κ, and 1 + κ times the softmax normaliser (as p ≤ 1), close for large κ; q at
//!   the lower of (β + σ)/κ, which no q exceeds, and ln(max(β + σ, 0) + κ/4).
//! * sigmoid: softmax over (2β − 1, 0) with 2κ, by symmetry.
//! * the other scalar links: in closed form, as a sigmoid, or by a monotone Newton iteration, see
//!   [`scalar`].
//!
//! All iteration counts are fixed.

mod scalar;

use crate::head::argmax;
use crate::link::Link;
use crate::scalar::Scalar;

/// Steps on (q, σ) for so many outputs: up to 10 of them 4 steps come within 2e-8 of the solution and
/// 6, for `f64`, within 1e-12, for κ in [1e-5, 10] and β of any shape (uniform, geometric, clustered
/// and one-hot ones tried).
const fn steps<S: Scalar>(outputs: usize) -> usize {
    let steps = if outputs <= 10 { 4 } else { 5 };
    if S::BYTES > 4 { steps + 2 } else { steps }
}

/// Steps towards the simplex projection: a start a little above it does no harm.
const fn simplex_steps(outputs: usize) -> usize {
    if outputs <= 4 || outputs > 10 { outputs } else { 4 }
}

/// κ in the forms the iteration needs.
struct Kappa<S: Scalar> {
    /// Of high relative precision, for residuals.
    ratio: S::Ratio,
    /// 1/κ.
    inverse: S::Ratio,
    /// Rounded to a number, for slopes and first guesses.
    value: S,
}

impl<S: Scalar> Kappa<S> {
    fn new(ratio: S::Ratio, inverse: S::Ratio) -> Self {
        Self { ratio, inverse, value: S::ONE.scale(ratio) }
    }
}

/// Is this a Λ that [`resolvent`] can work with? κ ≤ Λ times the logarithm of a share must fit a unit.
pub(crate) fn is_precision<S: Scalar>(precision: S) -> bool {
    let most = S::Unit::LIMIT.divide(S::Unit::from_scaled(8, 0));
    precision > S::ZERO && precision.is_sound() && precision.to_unit() < most
}

/// Predictions p with p + κ·φ⁻¹(p) = β, κ = precision / squared norm, both positive.
pub(crate) fn resolvent<S: Scalar, const OUTPUTS: usize>(
    link: Link,
    precision: S,
    squared_norm: S::Wide,
    beta: &[S; OUTPUTS],
) -> [S; OUTPUTS] {
    let half = S::from_scaled(1, 1);
    let factor = match link {
        Link::Sigmoid => S::ONE + S::ONE,
        Link::Tanh => half,
        _ => S::ONE,
    };
    let wide = S::accumulate(S::WIDE_ZERO, precision, factor);
    let (ratio, inverse) = (S::ratio(wide, squared_norm), S::ratio(squared_norm, wide));
    let unit = Kappa::<S::Unit>::new(ratio, inverse);
    let yes = |difference: S| {
        let [yes, _] = shares(&unit, &below_top(&[difference, S::ZERO]));
        S::from_unit(yes)
    };
    match link {
        Link::Softmax => shares(&unit, &below_top(beta)).map(S::from_unit),
        Link::Sigmoid => beta.map(|beta| yes(beta + beta - S::ONE)),
        // tanh u = 2σ(2u) − 1, so p = 2q − 1 with q + (κ/4)·σ⁻¹(q) = (β + 1)/2.
        Link::Tanh => beta.map(|beta| {
            let share = yes(beta);
            share + share - S::ONE
        }),
        _ => {
            let kappa = Kappa::new(ratio, inverse);
            beta.map(|beta| scalar::resolvent(link, &kappa, beta))
        }
    }
}

/// β − max β in units: what is too far below to matter saturates there.
fn below_top<S: Scalar, const OUTPUTS: usize>(beta: &[S; OUTPUTS]) -> [S::Unit; OUTPUTS] {
    let top = beta.iter().copied().reduce(S::max).unwrap_or(S::ZERO);
    // Half of the range of a unit: adding σ to it cannot overflow.
    let least = -(S::Unit::LIMIT);
    beta.map(|beta| beta.saturating_minus(top).to_unit().max(least))
}

/// p on the simplex with p_k + κ ln p_k = below_k + σ, up to the rounding of the sum.
fn shares<S: Scalar, const OUTPUTS: usize>(kappa: &Kappa<S>, below: &[S; OUTPUTS]) -> [S; OUTPUTS] {
    let mut sigma = simplex_threshold(below).min(softmax_threshold(kappa, below));
    let mut logs = below.map(|below| first_log(kappa, below + sigma));
    let mut shares = logs.map(S::exp_below);
    for _ in 0..steps::<S>(OUTPUTS) {
        let (mut excess, mut slope) = (-S::ONE, S::ZERO);
        let mut violations = [(S::ZERO, kappa.ratio); OUTPUTS];
        for ((violation, &below), (&q, &p)) in
            violations.iter_mut().zip(below).zip(logs.iter().zip(&shares))
        {
            let e = (below + sigma) - p - q.scale(kappa.ratio);
            let inverse = S::ratio(S::ONE.widen(), (p + kappa.value).widen());
            let w = p.scale(inverse);
            excess = excess + p + w.times(e);
            slope = slope + w;
            *violation = (e, inverse);
        }
        let back = excess.scale(S::ratio(S::ONE.widen(), slope.widen()));
        sigma = sigma.saturating_minus(back);
        for ((q, p), (e, inverse)) in logs.iter_mut().zip(&mut shares).zip(violations) {
            let d = e.saturating_minus(back).scale(inverse);
            let bound = S::ONE + S::from_scaled(1, 1).times(d).times(p.scale(inverse));
            let gained = d.scale(S::ratio(S::ONE.widen(), bound.widen()));
            *q = q.saturating_minus(-gained).max(least_log());
            *p = q.exp_below();
        }
    }
    shares
}

/// Where q starts for p + κq = t.
fn first_log<S: Scalar>(kappa: &Kappa<S>, t: S) -> S {
    let positive = t.max(S::ZERO) + S::from_scaled(1, 2).times(kappa.value);
    t.scale(kappa.inverse).min(positive.ln()).max(least_log())
}

/// Shares below e to this are 0: 32 in fixed point, where e⁻¹⁷ is the last place of a unit.
fn least_log<S: Scalar>() -> S {
    S::from_scaled(if S::EXACT_SUMS { -32 } else { -80 }, 0)
}

/// σ with Σ max(0, below + σ) = 1, by Newton from σ = 1, where only the top entry (0) is certain to
/// be active: monotone, and exact once the active set is (Michelot 1986).
fn simplex_threshold<S: Scalar, const OUTPUTS: usize>(below: &[S; OUTPUTS]) -> S {
    let mut sigma = S::ONE;
    for _ in 0..simplex_steps(OUTPUTS) {
        let (mut excess, mut active) = (-S::ONE, S::ZERO);
        for &below in below {
            let positive = below + sigma > S::ZERO;
            excess = excess + if positive { below + sigma } else { S::ZERO };
            active = active + if positive { S::ONE } else { S::ZERO };
        }
        sigma = sigma - excess.divide(active);
    }
    sigma
}

/// σ with Σ exp((below + σ − 1)/κ) = 1.
fn softmax_threshold<S: Scalar, const OUTPUTS: usize>(kappa: &Kappa<S>, below: &[S; OUTPUTS]) -> S {
    let total =
        below.iter().fold(S::ZERO, |sum, below| sum + below.scale(kappa.inverse).exp_below());
    S::ONE - kappa.value * total.ln()
}

/// α = y − p. For softmax Σα = 0 must hold to the last place, or the certificate's p leaves the
/// simplex: the largest entry is set to minus the sum of the others.
pub(crate) fn dual_values<S: Scalar, const OUTPUTS: usize>(
    link: Link,
    expected: &[S; OUTPUTS],
    share: &[S; OUTPUTS],
) -> [S; OUTPUTS] {
    let mut dual = *expected;
    for (dual, &share) in dual.iter_mut().zip(share) {
        *dual = *dual - share;
    }
    if link == Link::Softmax {
        let top = argmax(&dual);
        let mut others = S::ZERO;
        for (output, &dual) in dual.iter().enumerate() {
            others = others + if output == top { S::ZERO } else { dual };
        }
        if let Some(largest) = dual.get_mut(top) {
            *largest = -others;
        }
    }
    dual
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest violation of the defining equation and of Σp = 1 in f64, over a grid of c and β.
    #[test]
    fn the_softmax_resolvent_solves_its_equation() {
        let mut seed = 1_u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(seed >> 8) / f64::from(1 << 24)
        };
        for exponent in -10..=50 {
            let c = 10_f64.powf(f64::from(exponent) / 10.0);
            for _ in 0..50 {
                let spread = 10_f64.powf(3.0 * random() - 2.0);
                let beta: [f64; 10] = core::array::from_fn(|_| spread * (random() - 0.5));
                let p = resolvent(Link::Softmax, 1.0, c, &beta);
                let sum: f64 = p.iter().sum();
                assert!((sum - 1.0).abs() < 1e-9, "c = {c}: Σp − 1 = {:e}", sum - 1.0);
                // s from the largest share; every other share must agree with it. A share off by
                // ε makes its own s off by ε(1 + κ/p).
                let s = |k: usize| beta[k] - p[k] - p[k].ln() / c;
                let top = (0..10).max_by(|&a, &b| p[a].total_cmp(&p[b])).unwrap_or(0);
                for k in (0..10).filter(|&k| p[k] > 0.0) {
                    let error = (s(k) - s(top)).abs() * p[k] / (p[k] + 1.0 / c);
                    assert!(error < 1e-9, "c = {c}, k = {k}, p = {:e}: {error:e}", p[k]);
                }
            }
        }
    }

    /// p (1−p) ln(p/(1−p)), 0 at the ends.
    fn entropy_slope(p: f64) -> f64 {
        if p <= 0.0 || p >= 1.0 { 0.0 } else { p * (1.0 - p) * (p / (1.0 - p)).ln() }
    }

    /// Largest difference from the f64 resolvent over a grid of c and β.
    fn worst<S: Scalar>() -> f64 {
        let mut seed = 1_u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(seed >> 8) / f64::from(1 << 24)
        };
        let mut worst = 0.0_f64;
        for exponent in 5..=34 {
            let root = S::from_f32(10_f32.powf(exponent as f32 / 20.0));
            let exact_root = f64::from(root.to_f32());
            for _ in 0..200 {
                let spread = 10_f64.powf(3.0 * random() - 2.0);
                let beta: [S; 10] =
                    core::array::from_fn(|_| S::from_f32((spread * (random() - 0.5)) as f32));
                let exact_beta = beta.map(|beta| f64::from(beta.to_f32()));
                let norm = S::accumulate(S::WIDE_ZERO, root, root);
                let p = resolvent(Link::Softmax, S::from_scaled(1, 2), norm, &beta);
                let q = resolvent(Link::Softmax, 0.25, exact_root * exact_root, &exact_beta);
                for (p, q) in p.iter().zip(q) {
                    worst = worst.max((f64::from(p.to_f32()) - q).abs());
                }
            }
        }
        worst
    }

    #[test]
    fn short_counts_reach_the_precision_of_short_numbers() {
        assert!(worst::<f32>() < 1.5e-7, "{:e}", worst::<f32>());
        #[cfg(feature = "fixed")]
        assert!(worst::<fixed::types::I16F16>() < 1.1 / 65_536.0);
    }

    #[test]
    fn the_sigmoid_resolvent_solves_its_equation() {
        for c in [0.1, 1.0, 30.0, 3000.0] {
            for i in -40..=80 {
                let beta = f64::from(i) / 40.0;
                let [p] = resolvent(Link::Sigmoid, 1.0, c, &[beta]);
                // d(violation)/dp ≥ 1/(c p (1−p)), so this is the error of p.
                let violation = (p - beta) * p * (1.0 - p) * c + entropy_slope(p);
                assert!(
                    violation.abs() / (1.0 + c * p * (1.0 - p)) < 1e-9,
                    "c = {c}, β = {beta}: {p}"
                );
            }
        }
    }
}
