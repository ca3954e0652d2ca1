//! The port: hostile bytes, and a device spoken to under QEMU.

use std::path::Path;

use super::super::Line;
use super::super::issue_2::figures::{of, test};
use crate::Stop;
use crate::firmware::M4F_PRODUCT;

/// How long the parser is given mutated frames, with a fixed seed.
const SECONDS: &str = "30";
/// Figures the tests owe.
const OWED: [&str; 2] = ["hostile bytes", "commands over the port"];

pub fn lines(data: &Path) -> Result<Vec<Line>, Stop> {
    eprintln!("tests: port, {SECONDS} s of hostile frames");
    let mut command = test("port", data);
    command.env("FEJER_HOSTILE_SECONDS", SECONDS);
    let image = M4F_PRODUCT.program("serve").map_err(Stop::failed)?;
    let mut lines = of("port", command.env("FEJER_SERVE_F32", image))?.lines;
    lines.extend(super::missing(&lines, &OWED));
    Ok(lines)
}
