//! How many inner steps RAPP needs on the quadratic game, mdlam_rapp.md B4, second item.

use fejer::Rapp;

use super::games::radius;
use super::support::figure;
use super::*;

fn converges(comonotone: f64, step: f64, relaxation: f64, period: u32) -> bool {
    radius(&mut Rapp::new(relaxation, period, [0.0; 2]), Game::new(comonotone, 1.0), step) < 1.0
}

/// The smallest τ after which all larger ones converge. The inner error is (γL)^τ, below 10⁻⁵ from
/// τ = 1200 on for every γ of the table.
fn smallest_period(comonotone: f64, step: f64, relaxation: f64) -> u32 {
    let last = (1..1_200).rev().find(|&period| !converges(comonotone, step, relaxation, period));
    last.map_or(1, |last| last + 1)
}

#[test]
fn the_smallest_number_of_inner_steps_that_is_enough() {
    const ROWS: [(f64, f64, [u32; 3]); 5] = [
        (-0.4, 0.85, [2, 8, 14]),
        (-0.4, 0.9, [7, 8, 19]),
        (-0.4, 0.95, [13, 19, 35]),
        (-0.4, 0.99, [67, 100, 187]),
        (-0.49, 0.99, [73, 127, 282]),
    ];
    let mut cells_met = 0;
    for (comonotone, step, printed) in ROWS {
        let found = [0.1, 0.5, 0.9].map(|relaxation| smallest_period(comonotone, step, relaxation));
        assert_eq!(found, printed, "ρ={comonotone} γ={step}");
        cells_met += found.len();
    }
    let line = "B4, smallest τ after which all larger converge: cells";
    figure(line, "15", cells_met, cells_met == 15);
}

/// Convergence is not monotone in τ: with ρ = −.25, γ = .95 and λ = ½ a few inner steps converge,
/// ten do not, and from sixteen on all do.
#[test]
fn ten_inner_steps_diverge_where_fewer_and_sixteen_converge() {
    let ten = radius(&mut Rapp::new(0.5, 10, [0.0; 2]), Game::new(-0.25, 1.0), 0.95);
    assert_printed(ten, "1.022", "τ = 10");
    assert!(converges(-0.25, 0.95, 0.5, 8));
    let smallest = smallest_period(-0.25, 0.95, 0.5);
    figure(
        "B4, τ = 10 at ρ = −.25, γ = .95, λ = .5 diverges; safe from",
        "1.022; 16",
        format!("{ten:.3}; {smallest}"),
        smallest == 16,
    );
    assert_eq!(smallest, 16);
}
