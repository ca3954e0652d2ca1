//! The resolvent of a link: the prediction p = φ(u) at the one u with u + c·φ(u) = c·β, c = 1/κ > 0.
//!
//! The visit of a sample (see [`crate::anchored`]) needs it with c = ‖η‖²/Λ, which is often in the
//! hundreds, where Newton on u diverges. Everything is therefore written in the bounded unknown
//! p and the small κ: **p + κ·φ⁻¹(p) = β**, one solution for every β and every κ > 0.
//!
//! * identity: p = β/(1 + κ).
//! * softmax: see [`softmax`].
//! * sigmoid: softmax over (2β − 1, 0) with 2κ, by symmetry.
//! * the other scalar links: in closed form, as a sigmoid, or by a monotone Newton iteration, see
//!   [`scalar`].
//!
//! All iteration counts are fixed.

mod dual;
mod scalar;
mod softmax;

use heapless::Vec;

pub(crate) use dual::dual_values;

use crate::link::Link;
use crate::scalar::Scalar;

/// Most outputs that are unrolled: text against instructions.
const MOST_UNROLLED: usize = 4;

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
    /// factor · precision / squared norm, for a number type with the same ratios.
    fn new<P: Scalar<Ratio = S::Ratio>>(precision: P, factor: P, squared_norm: P::Wide) -> Self {
        let wide = P::accumulate(P::WIDE_ZERO, precision, factor);
        let ratio = P::ratio(wide, squared_norm);
        Self { ratio, inverse: P::ratio(squared_norm, wide), value: S::ONE.scale(ratio) }
    }
}

/// Is this a Λ that [`resolvent`] can work with? κ ≤ Λ times the logarithm of a share must fit a unit.
pub(crate) fn is_precision<S: Scalar>(precision: S) -> bool {
    let most = S::Unit::LIMIT.divide(S::Unit::from_scaled(8, 0));
    precision > S::ZERO && precision.is_sound() && precision.to_unit() < most
}

/// Predictions p with p + κ·φ⁻¹(p) = β, κ = precision / squared norm, both positive.
#[inline(always)]
pub(crate) fn resolvent<S: Scalar, const OUTPUTS: usize>(
    link: Link,
    precision: S,
    squared_norm: S::Wide,
    beta: &[S; OUTPUTS],
) -> [S; OUTPUTS] {
    let mut prediction = *beta;
    if link == Link::Softmax {
        let kappa = Kappa::new(precision, S::ONE, squared_norm);
        if OUTPUTS <= MOST_UNROLLED {
            softmax::few(&kappa, &mut prediction);
        } else {
            softmax::any(&kappa, &mut prediction, &mut Vec::<_, OUTPUTS>::new());
        }
    } else {
        of_each(link, precision, squared_norm, &mut prediction);
    }
    prediction
}

/// The links but softmax. Out of the way, as in [`Link::predict`], and on slices like all below: one
/// copy for every number of outputs.
#[inline(never)]
fn of_each<S: Scalar>(link: Link, precision: S, squared_norm: S::Wide, beta: &mut [S]) {
    let two = S::ONE + S::ONE;
    let factor = match link {
        Link::Sigmoid => two,
        Link::Tanh => S::from_scaled(1, 1),
        _ => S::ONE,
    };
    let kappa = Kappa::<S>::new(precision, factor, squared_norm);
    let unit = Kappa::<S::Unit>::new(precision, factor, squared_norm);
    for beta in beta {
        *beta = match link {
            // tanh u = 2σ(2u) − 1, so p = 2q − 1 with q + (κ/4)·σ⁻¹(q) = (β + 1)/2.
            Link::Sigmoid | Link::Tanh => {
                let is_sigmoid = link == Link::Sigmoid;
                let difference = if is_sigmoid { *beta + *beta - S::ONE } else { *beta };
                let mut shares = [difference, S::ZERO];
                softmax::any(&unit, &mut shares, &mut Vec::<_, 2>::new());
                let [share, _] = shares;
                if is_sigmoid { share } else { share + share - S::ONE }
            }
            _ => scalar::resolvent(link, &kappa, *beta),
        }
    }
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
    fn worst<S: Scalar, const OUTPUTS: usize>() -> f64 {
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
                let beta: [S; OUTPUTS] =
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
        let floats = [
            worst::<f32, 2>(),
            worst::<f32, 3>(),
            worst::<f32, 4>(),
            worst::<f32, 5>(),
            worst::<f32, 8>(),
            worst::<f32, 10>(),
            worst::<f32, 12>(),
        ];
        assert!(floats.iter().all(|&worst| worst < 1.5e-7), "{floats:?}");
        #[cfg(feature = "fixed")]
        assert!(worst::<fixed::types::I16F16, 10>() < 1.1 / 65_536.0);
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
