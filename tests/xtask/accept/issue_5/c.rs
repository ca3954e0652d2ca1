//! The C interface: its contract, its header, and a program of arm-none-eabi-gcc under QEMU.

use std::path::Path;

use super::super::Line;
use super::super::issue_2::figures;
use crate::shell::cargo;
use crate::{Stop, c, setup};

pub fn lines(data: &Path) -> Result<Vec<Line>, Stop> {
    setup::c()?;
    eprintln!("tests: c");
    let image = c::build()?;
    let mut test = cargo();
    test.args(["test", "-q", "-p", "fejer-tests", "--locked", "--features", "header"]);
    test.args(["--test", "c", "--", "--show-output", "--format", "pretty"]);
    let ran = figures::of("c", test.env("FEJER_DATA", data).env("FEJER_C", image).env("CI", "1"))?;
    let mut lines = ran.lines;
    let is_held = ran.passed.iter().any(|name| name.contains("the_committed_header_is"));
    let measured = if is_held { "it is" } else { "it is not, or was not looked at" };
    lines.push(Line::new("core/include/fejer.h", "what cbindgen writes", measured, is_held));
    Ok(lines)
}
