//! Which scores a link may have for an output to be within ε: {z : lower ≤ h(z) ≤ upper}. Every h
//! here is monotone, so it is an interval, and the problem is convex in the scores.

use fejer::Link;

use crate::real::Real;

/// The least and the greatest such score; ±∞ where the link never gets there. A number below every
/// value of the link for `upper` leaves no score, and the two are in the wrong order.
pub(super) fn interval<T: Real>(link: Link, lower: T, upper: T) -> [T; 2] {
    let [below, above] = [f64::NEG_INFINITY, f64::INFINITY].map(T::from_f64);
    let inverse = |value: f64| match link {
        Link::Tanh => libm::atanh(value),
        // ln(p/(1 − p)), where p is small too
        _ => libm::log(value) - libm::log1p(-value),
    };
    let bounded = |least: f64, output: T| match output.to_f64() {
        value if value <= least => below,
        value if value >= 1.0 => above,
        value => T::from_f64(inverse(value)),
    };
    match link {
        Link::Relu => [if lower > T::ZERO { lower } else { below }, upper.max(T::ZERO)],
        Link::LeakyRelu(slope) => [lower, upper]
            .map(|output| if output > T::ZERO { output } else { output.divide(slope.value()) }),
        Link::Tanh => [bounded(-1.0, lower), bounded(-1.0, upper)],
        Link::Sigmoid => [bounded(0.0, lower), bounded(0.0, upper)],
        // the network admits no other
        _ => [lower, upper],
    }
}

#[cfg(test)]
mod tests {
    use fejer::link::Slope;

    use super::*;

    const INFINITE: f64 = f64::INFINITY;

    #[test]
    fn the_ends_of_an_interval_are_where_the_link_meets_its_bounds() {
        let slope = Slope::from_128ths(16).expect("a slope");
        let links = [Link::Identity, Link::LeakyRelu(slope), Link::Tanh, Link::Sigmoid];
        for link in links {
            for [lower, upper] in [[0.1_f64, 0.7], [0.25, 0.26], [1e-9, 0.999_999]] {
                let mut ends = interval(link, lower, upper);
                link.predict(&mut ends);
                assert!((ends[0] - lower).abs() < 1e-15 && (ends[1] - upper).abs() < 1e-15);
            }
        }
        assert_eq!(interval(Link::LeakyRelu(slope), -1.0, 1.0), [-8.0, 1.0]);
    }

    /// mdlam_rapp.md A7: ε = 0 with ReLU gives z = a for a > 0 and z ≤ 0 for a = 0; ε → ∞ leaves every
    /// score free.
    #[test]
    fn without_tolerance_a_relu_holds_its_scores_and_with_a_large_one_it_frees_them() {
        assert_eq!(interval(Link::Relu, 0.5, 0.5), [0.5, 0.5]);
        assert_eq!(interval(Link::Relu, 0.0, 0.0), [-INFINITE, 0.0]);
        for link in [Link::Tanh, Link::Sigmoid] {
            assert_eq!(interval(link, -1e9, 1e9), [-INFINITE, INFINITE]);
        }
        assert_eq!(interval(Link::Relu, -1e9, 1e9), [-INFINITE, 1e9]);
    }
}
