//! mDLAM: its invariants as the tests measure them, and the published table of Cora by the program.

use std::path::Path;

use super::super::Line;
use super::super::issue_2::figures;
use super::super::issue_4::release;
use super::super::issue_4::reproduced::{Experiment, run};
use crate::Stop;

/// Figures the tests owe.
const OWED: [&str; 4] = [
    "mDLAM in f64: rise of the objective",
    "mDLAM against a naive twin",
    "mDLAM by 1, 2 and 3 threads",
    "mDLAM on half moons",
];

/// The quick part trains what the published figures are of, and no other contender.
pub fn lines(data: &Path, quick: bool) -> Result<Vec<Line>, Stop> {
    let mut lines = figures::of_test("mdlam", data)?.lines;
    let is_there = |owed: &&str| lines.iter().any(|line| line.begins_with(owed));
    let missing: Vec<&str> = OWED.into_iter().filter(|owed| !is_there(owed)).collect();
    let line = |owed| Line::new(owed, "a figure", "none was printed", false);
    lines.extend(missing.into_iter().map(line));
    let whole = Experiment { name: "mdlam", bars: 5, only: &[], is_long: true };
    let part = Experiment { bars: 4, only: &["mDLAM as its code"], ..whole };
    lines.extend(run(&release()?, data, if quick { &part } else { &whole })?);
    Ok(lines)
}
