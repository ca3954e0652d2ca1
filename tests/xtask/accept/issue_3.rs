//! Issue 3: as fast as a Cortex-M can be, with a published worst case.
//!
//! The device bench measures and holds what it measured against every ceiling; this adds the planner,
//! and whether its figures were those of the sources before the bench wrote new ones. With `--quick`
//! the bench measures the Cortex-M4F alone and writes nothing that is committed.

use super::Line;
use crate::shell::{cargo, output, succeeds};
use crate::{Stop, place};

/// What the planner is asked for, and what it must say.
const METHODS: [&str; 3] = ["projected", "extragradient", "anchored"];
const SAYS: [&str; 6] = ["ram", "stack", "flash", "duty", "instructions", "cycles"];

pub fn lines(quick: bool) -> Result<Vec<Line>, Stop> {
    let mut lines = vec![figures_are_of_the_sources()];
    for scalar in ["f32", "q16"] {
        for method in METHODS {
            lines.push(plan(scalar, method)?);
        }
    }
    lines.extend(bench(quick)?);
    if !quick {
        eprintln!("cargo xtask test");
        let passed = succeeds(cargo().args(["xtask", "test"]));
        lines.push(Line::new("cargo xtask test", "passes", passed, passed));
    }
    Ok(lines)
}

/// The test that fails when the committed figures are older than the kernels.
fn figures_are_of_the_sources() -> Line {
    eprintln!("tests: the planner's");
    let tests = ["test", "-q", "-p", "fejer-host", "--locked", "--lib", "plan"];
    let passed = succeeds(cargo().args(tests));
    Line::new("benches/device.json is of today's kernels", "its test passes", passed, passed)
}

fn plan(scalar: &str, method: &str) -> Result<Line, Stop> {
    let mut command = cargo();
    command.args([
        "run",
        "-q",
        "--release",
        "-p",
        "fejer-host",
        "--bin",
        "fejer",
        "--locked",
        "--",
    ]);
    command.args(["plan", "--features", "64", "--classes", "6", "--memory", "32"]);
    let ran = output(command.args(["--scalar", scalar, "--method", method]))?;
    let text = String::from_utf8_lossy(&ran.stdout).to_lowercase();
    let missing: Vec<_> = SAYS.into_iter().filter(|word| !text.contains(word)).collect();
    let pass = ran.status.success() && missing.is_empty();
    let measured = format!("exit code {}, missing {missing:?}", ran.status.code().unwrap_or(-1));
    Ok(Line::new(format!("fejer plan, {scalar} {method}"), "says what it costs", measured, pass))
}

/// Runs the device bench; its lines, and one that it ran.
fn bench(quick: bool) -> Result<Vec<Line>, Stop> {
    eprintln!("bench: device");
    let table = place::target().join("fejer/bench/ceilings.json");
    let _ = std::fs::remove_file(&table);
    let mut command = cargo();
    command.args(["bench", "-q", "-p", "fejer-benches", "--locked", "--bench", "device"]);
    if quick {
        command.args(["--", "--target", "thumbv7em-none-eabihf"]);
    }
    let ran = output(&mut command)?;
    let code = ran.status.code().unwrap_or(-1);
    // The tables, for whoever reads along.
    eprintln!("{}", String::from_utf8_lossy(&ran.stdout));
    let complaint = String::from_utf8_lossy(&ran.stderr);
    // The bench's own words; cargo adds some of its own after them.
    let said =
        complaint.lines().rfind(|line| line.starts_with("device: ")).or(complaint.lines().last());
    let measured =
        if code == 0 { "exit code 0".to_owned() } else { said.unwrap_or_default().to_owned() };
    let mut lines = vec![Line::new("device bench", "exit code 0", measured, code == 0)];
    if let Ok(text) = std::fs::read_to_string(&table) {
        let read: Vec<Line> =
            serde_json::from_str(&text).map_err(|error| Stop::failed(error.to_string()))?;
        lines.extend(read);
    }
    Ok(lines)
}
