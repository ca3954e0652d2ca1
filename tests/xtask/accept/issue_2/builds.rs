//! What the compiler, the linker and the sources say of core.

use std::path::{Path, PathBuf};

use fejer_host::demo::Kind;

use super::super::Line;
use super::figures::test;
use crate::demo::build_default_firmware;
use crate::shell::{cargo, output};
use crate::{Stop, place, setup};

/// Microcontrollers core must build for: Cortex-M0, M3, M4F, M33 and RISC-V.
const TARGETS: [&str; 5] = [
    "thumbv6m-none-eabi",
    "thumbv7m-none-eabi",
    "thumbv7em-none-eabihf",
    "thumbv8m.main-none-eabi",
    "riscv32imac-unknown-none-elf",
];
/// Without features, and in fixed point.
const FEATURES: [&str; 2] = ["", "fixed"];
/// No file of core is longer.
const LONGEST: usize = 300;
/// What documentation must not lack: a public item, an error, a panic.
const DOCUMENTED: [&str; 3] =
    ["missing_docs", "clippy::missing_errors_doc", "clippy::missing_panics_doc"];

pub fn lines(data: &Path) -> Result<Vec<Line>, Stop> {
    let mut lines = no_std()?;
    lines.extend(panic_free(data)?);
    lines.extend(documentation()?);
    lines.push(longest_file()?);
    Ok(lines)
}

fn no_std() -> Result<Vec<Line>, Stop> {
    let others = setup::bare_metal().filter(|target| !TARGETS.contains(target));
    let line = |target| {
        eprintln!("core for {target}");
        let mut built = Vec::new();
        for features in FEATURES {
            let mut build = cargo();
            build.args(["build", "-q", "-p", "fejer", "--locked", "--target", target]);
            let ran = output(build.args(["--no-default-features", "--features", features]))?;
            if ran.status.success() {
                built.push(if features.is_empty() { "no feature" } else { features });
            }
        }
        let all = built.len() == FEATURES.len();
        let bound = "builds without features and with `fixed`";
        Ok(Line::new(format!("no_std: {target}"), bound, built.join(", "), all))
    };
    TARGETS.into_iter().chain(others).map(line).collect()
}

/// The images of the firmware that calls every public step, and the test that reads their symbols.
fn panic_free(data: &Path) -> Result<Vec<Line>, Stop> {
    eprintln!("images for the panic-free check");
    let mut command = test("panic_free", data);
    for (kind, variable) in [(Kind::F32, "FEJER_STEPS_F32"), (Kind::Q16, "FEJER_STEPS_Q16")] {
        command.env(variable, build_default_firmware(kind, "steps").map_err(Stop::failed)?);
    }
    Ok(super::figures::of("panic_free", &mut command)?.lines)
}

fn documentation() -> Result<Vec<Line>, Stop> {
    eprintln!("documentation");
    let mut clippy = cargo();
    clippy.args(["clippy", "-q", "-p", "fejer", "--all-features", "--locked", "--"]);
    clippy.args(DOCUMENTED.iter().flat_map(|lint| ["-D", lint]));
    let mut rustdoc = cargo();
    rustdoc.args(["doc", "-q", "-p", "fejer", "--all-features", "--no-deps", "--locked"]);
    rustdoc.env("RUSTDOCFLAGS", "-D warnings");
    let asked = [
        ("docs: every public item, every error", "no lint", clippy),
        ("docs: rustdoc", "no warning", rustdoc),
    ];
    let line = |(line, bound, mut command)| {
        let ran = output(&mut command)?;
        let complaints = String::from_utf8_lossy(&ran.stderr);
        let first = complaints.lines().next().unwrap_or_default();
        let measured = if ran.status.success() { "none" } else { first };
        Ok(Line::new(line, bound, measured, ran.status.success()))
    };
    asked.into_iter().map(line).collect()
}

fn longest_file() -> Result<Line, Stop> {
    let mut longest = (0, PathBuf::new());
    let mut folders = vec![place::root().join("core/src")];
    let unreadable = |error: std::io::Error| Stop::failed(format!("core/src: {error}"));
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let count = std::fs::read_to_string(&path).map_err(unreadable)?.lines().count();
                longest = longest.max((count, path));
            }
        }
    }
    let (count, path) = longest;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bound = format!("≤ {LONGEST} lines");
    Ok(Line::new("longest file of core", bound, format!("{count}, {name}"), count <= LONGEST))
}
