//! Spectral radii on the quadratic game, by comonotonicity.

use super::super::Quadratic;
use super::super::method::{Rule, Spec};
use super::golden::QUADRATIC;
use super::{Cell, Row, Table, mean_factor};

/// Steps of a run: enough for a mean, few enough for 2.8ᵏ.
const STEPS: u32 = 100;

/// The columns, with L = 1.
pub(super) fn methods() -> [Spec; 11] {
    let plus = |alpha| Spec { alpha, ..Spec::new(Rule::ExtragradientPlus, 0.99) };
    let rapp = |lambda, tau| Spec { lambda, tau, ..Spec::new(Rule::Rapp, 0.99) };
    let exact = Spec { lambda: 1.0, ..Spec::new(Rule::ProximalPoint, 0.99) };
    [
        Spec::new(Rule::Extragradient, 0.5),
        Spec::new(Rule::Extragradient, 0.99),
        plus(0.5),
        plus(0.1),
        rapp(0.5, 50),
        rapp(0.1, 400),
        rapp(0.9, 400),
        exact,
        Spec::new(Rule::Plain, 1.0 / 3_f64.sqrt()).looking_ahead(2, 0.05),
        Spec::new(Rule::Plain, 0.5).looking_ahead(5, 0.1),
        plus(0.02).looking_ahead(5, 0.5),
    ]
}

/// One row a method: the printed table turned on its side.
pub(super) fn table() -> Table {
    let row = |(column, spec): (usize, Spec)| {
        let cell = |&(comonotone, printed): &(f64, [&'static str; 11])| {
            let game = Quadratic::new(comonotone, 1.0).game();
            Cell::beside(mean_factor(&spec, &game, STEPS), printed[column])
        };
        Row { name: spec.to_string(), cells: QUADRATIC.iter().map(cell).collect() }
    };
    Table {
        title: "Quadratic game, spectral radius of an outer step",
        about: format!("L = 1; geometric mean of ‖z‖ over {STEPS} outer steps."),
        columns: QUADRATIC.iter().map(|(comonotone, _)| format!("ρ = {comonotone}")).collect(),
        rows: methods().into_iter().enumerate().map(row).collect(),
    }
}
