//! Where extragradient stops to converge on the quadratic game, whatever its step.

use super::super::Quadratic;
use super::super::method::{Rule, Spec};
use super::{Cell, Row, Table, mean_factor};

/// Steps that are tried, up to 1/L.
const STEPS: u32 = 1_000;

/// The least radius over all steps up to 1/L, and the step.
fn best(comonotone: f64) -> (f64, f64) {
    let game = Quadratic::new(comonotone, 1.0).game();
    let try_step = |index: u32| {
        let step = f64::from(index) / f64::from(STEPS);
        (mean_factor(&Spec::new(Rule::Extragradient, step), &game, 1), step)
    };
    let better = |best: (f64, f64), other: (f64, f64)| if other.0 < best.0 { other } else { best };
    (1..=STEPS).map(try_step).fold((f64::INFINITY, 0.0), better)
}

/// The largest ρ at which no step converges, by bisection.
fn threshold() -> f64 {
    let (mut low, mut high) = (-0.5, 0.0);
    while high - low > 1e-7 {
        let middle = 0.5 * (low + high);
        if best(middle).0 < 1.0 { high = middle } else { low = middle }
    }
    0.5 * (low + high)
}

pub(super) fn table() -> Table {
    let [free, tight] = [0.0, -0.1].map(best);
    let row = |name: &str, measured, printed| Row {
        name: name.into(),
        cells: vec![Cell::beside(measured, printed)],
    };
    Table {
        title: "Quadratic game, extragradient at its best",
        about: format!("L = 1; {STEPS} steps up to 1/L are tried."),
        columns: vec!["measured".into()],
        rows: vec![
            row("radius at ρ = 0", free.0, "0.86603"),
            row("its γ, 1/√2", free.1, "0.707"),
            row("radius at ρ = -.1", tight.0, "0.97178"),
            row("its γ", tight.1, "0.554"),
            row("ρ it ends at", threshold(), "-0.13577"),
        ],
    }
}
