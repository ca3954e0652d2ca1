//! Links, scores and features.

use fejer::features::Standardise;
use fejer::{Head, Link};

use super::support::assert_close;
use super::*;

#[test]
fn the_first_of_equal_scores_decides() {
    assert_eq!(Head::<f32, ROWS, OUTPUTS>::zeros(Link::Softmax).decide(&[1.0; FEATURES]), 0);
}

#[test]
fn links_are_strongly_monotone_with_their_modulus() {
    for link in support::links() {
        for radius in [0.1_f64, 1.0, 4.0] {
            let modulus: f64 = link.strong_monotonicity(radius);
            for step in 0..20 {
                let (a, b) = (radius * f64::from(step) / 20.0 - radius, radius);
                let (mut p, mut q) = ([a, -a], [b, -b]);
                link.predict(&mut p);
                link.predict(&mut q);
                let product = (p[0] - q[0]) * (a - b) + (p[1] - q[1]) * (b - a);
                assert!(product >= 2.0 * modulus * (a - b) * (a - b) - 1e-12, "{link:?} {radius}");
            }
        }
    }
}

#[test]
fn the_fenchel_young_gap_is_the_bregman_distance_where_it_is_closed() {
    let (u, v) = ([0.7_f64, -0.4, 1.9], [0.2, -1.1, 0.8]);
    for link in support::links() {
        let mut p = v;
        link.predict(&mut p);
        let exact = link.matching_loss(&u, &p) - link.matching_loss(&v, &p);
        // Tight for ReLU too: Ψ*(p) is attained wherever p > 0 or v ≤ 0.
        if !matches!(link, Link::Softplus | Link::Probit) {
            assert_close(link.fenchel_young_gap(&u, &p), exact, 1e-12, &format!("{link:?}"));
        }
    }
}

#[test]
fn standardised_is_less_the_mean_times_the_inverse_deviation() {
    let lab = Standardise { mean: [1.0, -2.0], inverse_deviation: [4.0, 0.25] };
    assert_eq!(lab.apply::<f32>(&[1.5, 2.0]), [2.0, 1.0]);
}
