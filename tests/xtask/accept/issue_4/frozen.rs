//! ONNX backbones, which only a build with the feature `onnx` runs: it takes minutes more to compile.

use std::path::Path;

use super::super::Line;
use super::super::issue_2::figures;
use crate::Stop;
use crate::shell::{cargo, output};

/// The tests of the library and of the command, and that the feature lints clean.
pub fn lines(data: &Path) -> Result<Vec<Line>, Stop> {
    let arguments = |package, name| {
        let mut test = cargo();
        test.args(["test", "-q", "-p", package, "--locked", "--features", "onnx", "--test", name]);
        test.args(["--", "--show-output", "--format", "pretty"]).env("FEJER_DATA", data);
        test
    };
    let mut lines = Vec::new();
    for (package, name) in [("fejer-tests", "onnx"), ("fejer-host", "features")] {
        eprintln!("tests with the feature onnx: {name}");
        lines.extend(figures::of(name, &mut arguments(package, name))?.lines);
    }
    eprintln!("lints with the feature onnx");
    let mut lint = cargo();
    lint.args(["clippy", "-q", "--locked", "-p", "fejer-host", "--all-targets"]);
    let ran = output(lint.args(["--features", "onnx", "--", "-D", "warnings"]))?;
    let complaint = String::from_utf8_lossy(&ran.stderr);
    let first = complaint.lines().next().unwrap_or("none").to_owned();
    lines.push(Line::new("lints with the feature onnx", "none", first, ran.status.success()));
    Ok(lines)
}
