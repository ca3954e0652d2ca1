//! Issue 2: the whole solver in core.
//!
//! What tests and benches measure they print as figures (`tests/support/figures.rs`); what compiler
//! and linker must say is asked here. Every sentence of the issue owes a figure ([`expected`]), and
//! one that nobody printed does not hold.

mod builds;
mod contracts;
mod expected;
pub(super) mod figures;

use super::Line;
use crate::{Stop, data};

pub fn lines(quick: bool) -> Result<Vec<Line>, Stop> {
    let data = data().ok_or_else(|| {
        Stop::usage("no recordings: set FEJER_DATA, or put them in ../shared/data")
    })?;
    let data = data.canonicalize().unwrap_or(data);
    let mut lines = Vec::new();
    for target in expected::TARGETS.iter().filter(|target| !(quick && target.is_long)) {
        let ran = figures::of_test(target.name, &data)?;
        if target.name == expected::CONTRACTS {
            lines.extend(contracts::lines(&ran.passed));
        }
        let missing = expected::missing(target, &ran.lines);
        lines.extend(ran.lines.into_iter().chain(missing));
    }
    if !quick {
        let printed = figures::of_bench(&data)?;
        let missing = expected::missing_clauses(&printed);
        lines.extend(printed.into_iter().chain(missing));
    }
    lines.extend(builds::lines(&data)?);
    Ok(lines)
}
