//! The reference tables of mdlam_rapp.md B4, every cell measured anew by running core's methods.
//!
//! Spectral radii are those of the outer step: on these games it is a scaling and a rotation, so the
//! geometric mean of ‖z‖ over any run is the radius. A cell agrees if what was measured rounds to the
//! digits that are printed (`golden.rs`).

mod bilinear;
mod golden;
mod periods;
mod quadratic;
mod sublinear;
mod thresholds;

use super::Game;
use super::method::Spec;
use super::radius::distance;
use super::table::aligned;
use super::walk::Walk;

/// A table, measured.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Table {
    /// What it is of.
    pub title: &'static str,
    /// How it was measured.
    pub about: String,
    /// Heads of the columns.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Row {
    /// Its head.
    pub name: String,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Cell {
    /// What was measured.
    pub measured: f64,
    /// The digits it is held to; none where nobody printed any.
    pub printed: Option<&'static str>,
    /// Does it agree? True where there is nothing to agree with.
    pub holds: bool,
}

impl Cell {
    /// Beside what was printed.
    pub fn beside(measured: f64, printed: &'static str) -> Self {
        Self { measured, printed: Some(printed), holds: agrees(measured, printed) }
    }

    /// Alone.
    pub fn alone(measured: f64) -> Self {
        Self { measured, printed: None, holds: true }
    }

    fn text(&self) -> String {
        let Some(printed) = self.printed else { return format!("({:.3e})", self.measured) };
        let (mantissa, exponent) = printed.split_once('e').unwrap_or((printed, ""));
        let digits = mantissa.split_once('.').map_or(0, |(_, digits)| digits.len());
        let text = match exponent {
            "" => format!("{:.digits$}", self.measured),
            _ => format!("{:.digits$e}", self.measured),
        };
        if self.holds { text } else { format!("{text} ≠ {printed}") }
    }
}

/// Does a number round to these digits? The few parts in a thousand beyond half a digit are for ties.
fn agrees(measured: f64, printed: &str) -> bool {
    let (mantissa, exponent) = printed.split_once('e').unwrap_or((printed, "0"));
    let digits = mantissa.split_once('.').map_or(0, |(_, digits)| digits.len());
    let (Ok(value), Ok(exponent)) = (printed.parse::<f64>(), exponent.parse::<i32>()) else {
        return false;
    };
    let last = 10_f64.powi(exponent - i32::try_from(digits).unwrap_or(0));
    (measured - value).abs() <= 0.5005 * last
}

/// Every table. `decades` is how far the sublinear one is run, 5 for all of it (ten seconds or so).
pub fn all(decades: usize) -> Vec<Table> {
    vec![
        quadratic::table(),
        bilinear::table(),
        sublinear::table(decades),
        periods::table(),
        thresholds::table(),
    ]
}

impl Table {
    /// How many cells agree, and how many there are to agree.
    pub fn count(&self) -> (usize, usize) {
        let held =
            || self.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.printed.is_some());
        (held().filter(|cell| cell.holds).count(), held().count())
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        let (agree, all) = self.count();
        let told = format!("{}: {agree} of {all} cells agree\n{}\n", self.title, self.about);
        told + &aligned(&self.cells())
    }

    /// Its cells as they are shown, the head of the columns first.
    pub fn cells(&self) -> Vec<Vec<String>> {
        let head = std::iter::once(String::new()).chain(self.columns.iter().cloned()).collect();
        let line = |row: &Row| {
            std::iter::once(row.name.clone()).chain(row.cells.iter().map(Cell::text)).collect()
        };
        std::iter::once(head).chain(self.rows.iter().map(line)).collect()
    }
}

/// The factor a step, geometric mean over `steps` of ‖z‖ on a game of two with the solution 0.
fn mean_factor(spec: &Spec, game: &Game, steps: u32) -> f64 {
    let mut point = [1.0, 0.0];
    Walk::free(spec, game).advance(&mut point, steps);
    distance(&point, &game.facts.solution).powf(1.0 / f64::from(steps))
}

/// ‖F(z)‖₂²
fn squared_field(game: &Game, point: &[f64], out: &mut [f64]) -> f64 {
    game.field.eval(point, out);
    out.iter().map(|value| value * value).sum()
}
