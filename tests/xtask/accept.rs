//! `cargo xtask accept N`: every line an issue promises, measured.

mod bad_input;
mod issue_1;
mod issue_2;
mod issue_3;
mod issue_4;
mod issue_5;
mod issue_6;

use serde::{Deserialize, Serialize};

use crate::{Stop, setup};

/// One promise and what was measured.
#[derive(Deserialize, Serialize)]
pub struct Line {
    line: String,
    bound: String,
    measured: String,
    pass: bool,
}

impl Line {
    /// A promise with its bound, what was measured, and whether it holds.
    pub fn new(
        line: impl Into<String>,
        bound: impl Into<String>,
        measured: impl ToString,
        pass: bool,
    ) -> Self {
        Self { line: line.into(), bound: bound.into(), measured: measured.to_string(), pass }
    }

    /// Is it about this?
    pub fn begins_with(&self, beginning: &str) -> bool {
        self.line.starts_with(beginning)
    }
}

/// Measures an issue's lines and prints them; fails if one does not hold.
pub fn run(issue: u32, quick: bool) -> Result<(), Stop> {
    setup::all()?;
    let lines = match issue {
        1 => issue_1::lines(quick)?,
        2 => issue_2::lines(quick)?,
        3 => issue_3::lines(quick)?,
        4 => issue_4::lines(quick)?,
        5 => issue_5::lines(quick)?,
        6 => issue_6::lines(quick)?,
        _ => {
            return Err(Stop::usage(format!(
                "issue {issue} has no acceptance yet: only issues 1 to 6 have"
            )));
        }
    };
    let text = serde_json::to_string_pretty(&lines);
    println!("{}", text.map_err(|error| Stop::failed(error.to_string()))?);
    match lines.iter().filter(|line| !line.pass).count() {
        0 => Ok(()),
        failed => Err(Stop::failed(format!("{failed} of {} lines do not hold", lines.len()))),
    }
}
