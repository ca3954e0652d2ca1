//! A published driver reads what is set on the emulated boards; a missing device is an error.

use std::path::Path;

use super::super::{Line, issue_2::figures};
use crate::Stop;
use crate::test::SENSE;

pub fn lines(data: &Path) -> Result<Vec<Line>, Stop> {
    eprintln!("tests: sensors");
    let mut test = figures::test("sensors", data);
    for (build, variable) in SENSE {
        test.env(variable, build.program("sense").map_err(Stop::failed)?);
    }
    Ok(figures::of("sensors", &mut test)?.lines)
}
