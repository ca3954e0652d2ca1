//! The frozen network in 8 bits: its twin, its accuracy, and its bits on emulated devices.

use std::path::Path;

use super::super::Line;
use super::super::issue_2::figures;
use crate::Stop;
use crate::firmware::Build;
use crate::test::EXTRACT;

/// Figures the tests owe.
const OWED: [&str; 4] = [
    "the 8-bit network of core against a slow twin",
    "the 8-bit network on an emulated Cortex-M4F",
    "the 8-bit network on an emulated Cortex-M0",
    "spoken digits: accuracy in 8 bits",
];

pub fn lines(data: &Path) -> Result<Vec<Line>, Stop> {
    eprintln!("tests: extractor");
    let build = |(build, variable): (Build, _)| Ok((variable, build.program("extract")?));
    let images: Vec<_> =
        EXTRACT.into_iter().map(build).collect::<Result<_, String>>().map_err(Stop::failed)?;
    let mut test = figures::test("extractor", data);
    let mut lines = figures::of("extractor", test.envs(images).env("CI", "1"))?.lines;
    lines.extend(super::missing(&lines, &OWED));
    Ok(lines)
}
