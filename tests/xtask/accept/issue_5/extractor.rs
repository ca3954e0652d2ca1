//! The frozen network in 8 bits: its twin, its accuracy, and its bits on emulated devices.

use std::path::Path;

use super::super::Line;
use super::super::issue_2::figures;
use crate::Stop;
use crate::test::extract_images;

/// Figures the tests owe.
const OWED: [&str; 4] = [
    "the 8-bit network of core against a slow twin",
    "the 8-bit network on an emulated Cortex-M4F",
    "the 8-bit network on an emulated Cortex-M0",
    "spoken digits: accuracy in 8 bits",
];

pub fn lines(data: &Path) -> Result<Vec<Line>, Stop> {
    eprintln!("tests: extractor");
    let images = extract_images()?;
    let mut test = figures::test("extractor", data);
    let mut lines = figures::of("extractor", test.envs(images).env("CI", "1"))?.lines;
    for owed in OWED {
        if !lines.iter().any(|line| line.begins_with(owed)) {
            lines.push(Line::new(owed, "a figure", "none was printed", false));
        }
    }
    Ok(lines)
}
