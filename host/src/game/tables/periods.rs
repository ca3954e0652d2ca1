//! How many evaluations RAPP needs on the quadratic game.

use rayon::prelude::*;

use super::super::Quadratic;
use super::super::method::{Rule, Spec};
use super::golden::PERIODS;
use super::{Cell, Row, Table, mean_factor};

const RELAXATIONS: [f64; 3] = [0.1, 0.5, 0.9];
/// The inner error is (γL)^τ, below 10⁻⁵ from here on for every γ of the table.
const MOST: u32 = 1_200;

/// The smallest τ after which all larger ones converge.
fn smallest(comonotone: f64, step: f64, lambda: f64) -> u32 {
    let game = Quadratic::new(comonotone, 1.0).game();
    let diverges = |tau: &u32| {
        let spec = Spec { tau: *tau, lambda, ..Spec::new(Rule::Rapp, step) };
        mean_factor(&spec, &game, 1) >= 1.0
    };
    (1..MOST).rev().find(diverges).map_or(1, |last| last + 1)
}

pub(super) fn table() -> Table {
    let row = |&(comonotone, step, printed): &(f64, f64, [&'static str; 3])| {
        let cell = |(printed, lambda): (&&'static str, f64)| {
            Cell::beside(f64::from(smallest(comonotone, step, lambda)), printed)
        };
        let cells = printed.iter().zip(RELAXATIONS).map(cell).collect();
        Row { name: format!("ρ = {comonotone}, γ = {step}"), cells }
    };
    Table {
        title: "Quadratic game, smallest τ of RAPP after which all larger ones converge",
        about: format!("L = 1; every τ below {MOST} is tried."),
        columns: RELAXATIONS.map(|lambda| format!("λ = {lambda}")).into(),
        rows: PERIODS.par_iter().map(row).collect(),
    }
}
