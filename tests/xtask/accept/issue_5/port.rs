//! The port: hostile bytes, and a device spoken to under QEMU.

use std::path::Path;

use fejer_host::demo::Kind;

use super::super::Line;
use super::super::issue_2::figures::{of, test};
use crate::Stop;
use crate::demo::build_default_firmware;

/// How long the parser is given mutated frames, with a fixed seed.
const SECONDS: &str = "30";
/// Figures the tests owe.
const OWED: [&str; 2] = ["hostile bytes", "commands over the port"];

pub fn lines(data: &Path) -> Result<Vec<Line>, Stop> {
    eprintln!("tests: port, {SECONDS} s of hostile frames");
    let mut command = test("port", data);
    command.env("FEJER_HOSTILE_SECONDS", SECONDS);
    let image = build_default_firmware(Kind::F32, "serve").map_err(Stop::failed)?;
    let mut lines = of("port", command.env("FEJER_SERVE_F32", image))?.lines;
    for owed in OWED {
        if !lines.iter().any(|line| line.begins_with(owed)) {
            lines.push(Line::new(owed, "a figure", "nothing was printed", false));
        }
    }
    Ok(lines)
}
