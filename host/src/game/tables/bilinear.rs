//! Spectral radii of Lookahead around the plain step on the bilinear game, by τ and λ.

use super::super::Quadratic;
use super::super::method::{Rule, Spec};
use super::golden::{BILINEAR, PLAIN};
use super::{Cell, Row, Table, mean_factor};

const RELAXATIONS: [f64; 4] = [0.1, 0.25, 0.5, 0.75];
/// Steps of a run: .14ᵏ is still a number.
const STEPS: u32 = 100;

pub(super) fn table() -> Table {
    // φ = xy, with its solution at 0, where lengths keep their digits.
    let game = Quadratic::new(0.0, 1.0).game();
    let ahead = |&(step, tau, printed): &(f64, u32, [&'static str; 4])| {
        let cell = |(&printed, lambda): (&&'static str, f64)| {
            let spec = Spec::new(Rule::Plain, step).looking_ahead(tau, lambda);
            Cell::beside(mean_factor(&spec, &game, STEPS), printed)
        };
        let cells = printed.iter().zip(RELAXATIONS).map(cell).collect();
        Row { name: format!("γ = {step}, τ = {tau}"), cells }
    };
    let plain = |&(step, printed): &(f64, &'static str)| {
        let measured = mean_factor(&Spec::new(Rule::Plain, step), &game, STEPS);
        Row {
            name: format!("γ = {step}, gda alone"), cells: vec![Cell::beside(measured, printed)]
        }
    };
    Table {
        title: "Bilinear game, spectral radius of a cycle of Lookahead around gda",
        about: format!("L = 1; geometric mean of ‖z‖ over {STEPS} cycles of τ steps."),
        columns: RELAXATIONS.map(|lambda| format!("λ = {lambda}")).into(),
        rows: BILINEAR.iter().map(ahead).chain(PLAIN.iter().map(plain)).collect(),
    }
}
