//! The visit's equation on the desktop: shares p on the simplex with p_k + κ ln p_k = β_k + σ.
//!
//! The iteration is that of core's resolvent (Newton's method in q = ln p and σ at once, with Halley's
//! correction), on as many lanes as fit a vector. What it leaves is made to sum to 1, so that the
//! shares are dual feasible however exact they are.

use crate::real::Real;

/// A share below e to this is none.
const LEAST_LOG: f64 = -87.0;

/// β of a lane that is no class.
pub(super) fn no_class<T: Real>(kappa: T) -> T {
    T::from_f64(-3.0) + T::from_f64(LEAST_LOG - 3.0) * kappa
}

/// p for β with its maximum taken off; lanes that are no class have [`no_class`].
#[inline(always)]
pub(super) fn softmax<T: Real, const LANES: usize>(kappa: T, beta: [T; LANES]) -> [T; LANES] {
    let least = T::from_f64(LEAST_LOG);
    let (one, half) = (T::ONE, T::from_f64(0.5));
    let inverse_kappa = one / kappa;
    let floor = no_class(kappa);
    let below = beta.map(|beta| if beta > floor { beta } else { floor });

    let total = sum(below.map(|below| (below * inverse_kappa).exp_below()));
    let sigma = one - kappa * total.ln();
    let on_simplex = simplex_threshold(&below);
    let mut sigma = if sigma < on_simplex { sigma } else { on_simplex };

    let mut logs = below.map(|below| first_log(kappa, inverse_kappa, below + sigma));
    let mut shares = logs.map(T::exp_below);
    for _ in 0..if T::BYTES > 4 { 6 } else { 4 } {
        let mut violations = [T::ZERO; LANES];
        let mut inverses = [T::ZERO; LANES];
        let mut sums = [T::ZERO; LANES];
        let mut slopes = [T::ZERO; LANES];
        for k in 0..LANES {
            violations[k] = (below[k] + sigma) - shares[k] - kappa * logs[k];
            inverses[k] = one / (shares[k] + kappa);
            slopes[k] = shares[k] * inverses[k];
            sums[k] = shares[k] + slopes[k] * violations[k];
        }
        let back = (sum(sums) - one) / sum(slopes);
        sigma -= back;
        for k in 0..LANES {
            let d = (violations[k] - back) * inverses[k];
            let bound = one + half * d * slopes[k];
            let log = logs[k] + d / bound;
            logs[k] = if log > least { log } else { least };
            shares[k] = logs[k].exp_below();
        }
    }
    let inverse = one / sum(shares);
    shares.map(|share| share * inverse)
}

/// Where q starts for p + κq = t.
#[inline(always)]
fn first_log<T: Real>(kappa: T, inverse_kappa: T, t: T) -> T {
    let positive = if t > T::ZERO { t } else { T::ZERO };
    let high = (positive + T::from_f64(0.25) * kappa).ln();
    let low = t * inverse_kappa;
    let log = if low < high { low } else { high };
    let least = T::from_f64(LEAST_LOG);
    if log > least { log } else { least }
}

/// σ with Σ max(0, below + σ) = 1 or a little more, by Newton from 1.
#[inline(always)]
fn simplex_threshold<T: Real, const LANES: usize>(below: &[T; LANES]) -> T {
    let mut sigma = T::ONE;
    for _ in 0..4 {
        let active = below.map(|below| if below + sigma > T::ZERO { T::ONE } else { T::ZERO });
        let mut values = *below;
        (0..LANES).for_each(|k| values[k] = active[k] * (below[k] + sigma));
        sigma -= (sum(values) - T::ONE) / sum(active);
    }
    sigma
}

/// Sum of the lanes, in halves.
#[inline(always)]
pub(super) fn sum<T: Real, const LANES: usize>(mut lanes: [T; LANES]) -> T {
    let mut half = LANES / 2;
    while half > 0 {
        (0..half).for_each(|k| lanes[k] += lanes[k + half]);
        half /= 2;
    }
    lanes[0]
}

/// Sums a dot product is split into, so that they fill vectors.
const SUMS: usize = 32;

/// ⟨a, b⟩; plain loops, which the compiler makes vectors of where closures hide them from it.
#[inline(always)]
pub(super) fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let mut sums = [T::ZERO; SUMS];
    let (a, a_rest) = a.as_chunks::<SUMS>();
    let (b, b_rest) = b.as_chunks::<SUMS>();
    for (a, b) in a.iter().zip(b) {
        for k in 0..SUMS {
            sums[k] += a[k] * b[k];
        }
    }
    let rest = a_rest.iter().zip(b_rest).fold(T::ZERO, |sum, (&a, &b)| sum + a * b);
    sum(sums) + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// p with p + κ ln p = b, by bisection on ln p.
    fn share(kappa: f64, b: f64) -> f64 {
        let (mut low, mut high) = (-750.0, 1.0);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if libm::exp(middle) + kappa * middle < b { low = middle } else { high = middle }
        }
        libm::exp(low)
    }

    /// σ by bisection, every share by bisection.
    fn naive(kappa: f64, beta: &[f64]) -> Vec<f64> {
        let (mut low, mut high) = (-10.0 - 100.0 * kappa, 10.0 + 100.0 * kappa);
        let shares = |sigma: f64| beta.iter().map(|b| share(kappa, b + sigma)).collect::<Vec<_>>();
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if shares(middle).iter().sum::<f64>() < 1.0 { low = middle } else { high = middle }
        }
        shares(low)
    }

    #[test]
    fn shares_are_those_of_bisection() {
        let mut random = Random::new(3, 0);
        for kappa in [1e-4, 1e-2, 0.3, 1.0, 10.0] {
            for spread in [0.1, 1.0, 20.0] {
                let beta: Vec<f64> = (0..5).map(|_| spread * random.normal()).collect();
                let top = beta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let mut lanes = [no_class(kappa); 8];
                (0..5).for_each(|k| lanes[k] = beta[k] - top);
                let expected = naive(kappa, &beta.iter().map(|b| b - top).collect::<Vec<_>>());
                let found = softmax(kappa, lanes);
                let short = softmax(kappa as f32, lanes.map(|lane| lane as f32));
                for k in 0..5 {
                    assert!(
                        (found[k] - expected[k]).abs() < 1e-9,
                        "κ {kappa}: {found:?} {expected:?}"
                    );
                    assert!(
                        (f64::from(short[k]) - expected[k]).abs() < 1e-5,
                        "κ {kappa}: {short:?}"
                    );
                }
            }
        }
    }
}
