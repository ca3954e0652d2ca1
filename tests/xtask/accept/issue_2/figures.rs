//! Runs what measures and gathers what it printed.

use std::path::Path;
use std::process::Command;

use super::super::Line;
use crate::shell::{cargo, output};
use crate::{Stop, place};

#[path = "../../../support/figures.rs"]
#[expect(dead_code, reason = "only the tests print")]
mod printed;

/// What a test binary printed, with a line that all its tests passed, and the names of those that did.
pub struct Ran {
    pub lines: Vec<Line>,
    pub passed: Vec<String>,
}

/// Runs a test binary.
pub fn of_test(name: &str, data: &Path) -> Result<Ran, Stop> {
    eprintln!("tests: {name}");
    of(name, &mut test(name, data))
}

/// How a test binary is run: what a test prints comes after all tests, so nothing is mixed up.
pub fn test(name: &str, data: &Path) -> Command {
    let mut command = cargo();
    command.args(["test", "-q", "-p", "fejer-tests", "--locked", "--test", name]);
    command.args(["--", "--show-output", "--format", "pretty"]).env("FEJER_DATA", data);
    command
}

/// Runs a test binary that was set up.
pub fn of(name: &str, command: &mut Command) -> Result<Ran, Stop> {
    let ran = output(command)?;
    let text = String::from_utf8_lossy(&ran.stdout);
    let mut lines = printed_in(&text)?;
    let with = |result: &str| -> Vec<String> {
        let ended = text.lines().filter(|line| line.starts_with("test ") && line.ends_with(result));
        ended.filter_map(|line| line.split(' ').nth(1)).map(str::to_owned).collect()
    };
    let (passed, failed) = (with(" ... ok"), with(" ... FAILED"));
    let (count, pass) = (passed.len(), ran.status.success() && !passed.is_empty());
    let complaint = String::from_utf8_lossy(&ran.stderr);
    let measured = match (pass, failed.as_slice()) {
        (true, _) => format!("{count} passed"),
        (false, []) => complaint.lines().next().unwrap_or("nothing ran").to_owned(),
        (false, failed) => format!("{count} passed, failed: {}", failed.join(", ")),
    };
    lines.push(Line::new(format!("tests/{name}"), "every test passes", measured, pass));
    Ok(Ran { lines, passed })
}

/// The bench that compares with baselines tuned in hindsight: a figure a clause.
pub fn of_bench(data: &Path) -> Result<Vec<Line>, Stop> {
    eprintln!("bench: no_tuning");
    let table = place::target().join("fejer/bench/no_tuning.json");
    let _ = std::fs::remove_file(&table);
    let mut command = cargo();
    command.args(["bench", "-q", "-p", "fejer-benches", "--locked", "--bench", "no_tuning"]);
    let ran = output(command.args(["--", "--figures"]).env("FEJER_DATA", data))?;
    let mut lines = printed_in(&String::from_utf8_lossy(&ran.stdout))?;
    let code = ran.status.code().unwrap_or(-1);
    let written = table.is_file();
    let measured = format!("exit code {code}, {} clauses, table written: {written}", lines.len());
    let bound = "exit code 0, a table";
    lines.push(Line::new("no_tuning", bound, measured, code == 0 && written));
    Ok(lines)
}

fn printed_in(text: &str) -> Result<Vec<Line>, Stop> {
    let figures = text.lines().filter_map(|line| line.strip_prefix(printed::MARK));
    let read = |figure: &str| {
        serde_json::from_str(figure)
            .map_err(|error| Stop::failed(format!("a figure cannot be read: {error}: {figure}")))
    };
    figures.map(read).collect()
}
