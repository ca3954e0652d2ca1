//! What was learnt survives a cut of the power, a kill and random contents of the flash.

use std::path::Path;

use super::super::Line;
use super::super::issue_2::figures::{of, test};
use crate::Stop;
use crate::firmware::M4F_PRODUCT;

/// Figures the tests owe.
const OWED: [&str; 5] =
    ["power cuts", "killed under QEMU", "random flash contents", "wear", "24 simulated hours"];

pub fn lines(data: &Path) -> Result<Vec<Line>, Stop> {
    eprintln!("tests: persistence");
    let image = M4F_PRODUCT.program("serve").map_err(Stop::failed)?;
    let mut lines =
        of("persistence", test("persistence", data).env("FEJER_SERVE_F32", &image))?.lines;
    eprintln!("tests: day, 24 simulated hours");
    let mut day = test("day", data);
    day.env("FEJER_SERVE_F32", &image).env("FEJER_DAY", "1");
    lines.extend(of("day", &mut day)?.lines);
    lines.extend(super::missing(&lines, &OWED));
    Ok(lines)
}
