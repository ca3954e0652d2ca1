//! Issue 4: whole networks on the desktop.
//!
//! What tests measure they print as figures; the published experiments and their bars come from
//! `fejer reproduce NAME --json`, the comparisons with PyTorch and scikit-learn from their benches
//! (never with `--quick`: they download gigabytes), and bad input is given to the program itself.

mod frozen;
mod refused;
pub mod reproduced;

use std::process::Command;
use std::time::Instant;

use super::Line;
use super::issue_2::figures;
use crate::shell::{cargo, output};
use crate::{Stop, data, place};

/// Tests of the layers and the trainer, and the figures each owes.
const TESTS: [(&str, &[&str]); 4] = [
    (
        "network_fields",
        &["T2: last layer", "T3: gradient field", "T4: the joint field", "T5: graph"],
    ),
    ("network_layers", &[]),
    ("pytorch", &["gradients of FC, CNN"]),
    ("training", &[]),
];

/// A clean release build with default features may take so long.
const BUILD_SECONDS: u64 = 180;

pub fn lines(quick: bool) -> Result<Vec<Line>, Stop> {
    let data = data().ok_or_else(|| {
        Stop::usage("no recordings: set FEJER_DATA, or put them in ../shared/data")
    })?;
    let data = data.canonicalize().unwrap_or(data);
    let mut lines = Vec::new();
    for (name, owed) in TESTS {
        let ran = figures::of_test(name, &data)?;
        let missing =
            owed.iter().filter(|owed| !ran.lines.iter().any(|line| line.begins_with(owed)));
        let missing = missing.map(|owed| Line::new(*owed, "a figure", "none was printed", false));
        lines.extend(missing.collect::<Vec<_>>());
        lines.extend(ran.lines);
    }
    lines.push(firmware_project()?);
    let fejer = release()?;
    lines.extend(refused::lines(&fejer)?);
    lines.extend(reproduced::lines(&fejer, &data, quick)?);
    if !quick {
        lines.extend(frozen::lines(&data)?);
        lines.push(clean_build()?);
        for bench in ["versus_pytorch", "head_fit"] {
            lines.extend(of_bench(bench, &data)?);
        }
    }
    Ok(lines)
}

/// What `fejer new` writes builds for a Cortex-M4F.
fn firmware_project() -> Result<Line, Stop> {
    eprintln!("tests: a new firmware project");
    let test = ["test", "-q", "-p", "fejer-host", "--locked", "--test", "head", "--", "--ignored"];
    let ran = output(cargo().args(test))?;
    let text = String::from_utf8_lossy(&ran.stdout);
    let pass = ran.status.success() && text.contains("test result: ok. 1 passed");
    let measured = if pass { "it does" } else { "it does not; `cargo test -- --ignored` says why" };
    Ok(Line::new("a project of `fejer new`", "builds for thumbv7em-none-eabihf", measured, pass))
}

/// The program, built for release.
pub fn release() -> Result<std::path::PathBuf, Stop> {
    eprintln!("cargo build --release");
    let build = ["build", "-q", "--release", "--locked", "-p", "fejer-host", "--bin", "fejer"];
    let ran = output(cargo().args(build))?;
    if !ran.status.success() {
        return Err(Stop::failed(String::from_utf8_lossy(&ran.stderr).into_owned()));
    }
    Ok(place::target().join("release").join("fejer"))
}

/// The whole workspace from nothing, in a directory of its own.
fn clean_build() -> Result<Line, Stop> {
    eprintln!("clean release build");
    let directory = place::target().join("fejer/clean-build");
    let _ = std::fs::remove_dir_all(&directory);
    let start = Instant::now();
    let mut build = cargo();
    build.args(["build", "-q", "--release", "--locked", "--workspace"]);
    let ran = output(build.env("CARGO_TARGET_DIR", &directory))?;
    let seconds = start.elapsed().as_secs();
    let _ = std::fs::remove_dir_all(&directory);
    let pass = ran.status.success() && seconds < BUILD_SECONDS;
    let bound = format!("< {BUILD_SECONDS} s");
    Ok(Line::new("clean release build of the workspace", bound, format!("{seconds} s"), pass))
}

/// What tells the rows of a bench apart.
const WORDS: [&str; 5] = ["job", "field", "data", "lambda", "solver"];

/// What the issue asks of a row.
fn floor(row: &[String]) -> Option<f64> {
    match row.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["FC", "gradient"] => Some(1.05),
        ["FC", "monotone"] => Some(1.2),
        ["CNN", "gradient"] => Some(1.8),
        ["GCN-16", "gradient"] => Some(2.2),
        ["GCN-64", "gradient"] => Some(1.3),
        [.., "lbfgs" | "newton-cholesky" | "saga"] => Some(1.0),
        _ => None,
    }
}

/// A bench that holds its own floors: its last words, and that it ended well.
fn of_bench(name: &str, data: &std::path::Path) -> Result<Vec<Line>, Stop> {
    eprintln!("bench: {name}");
    let table = place::target().join("fejer/bench").join(name).with_extension("json");
    let _ = std::fs::remove_file(&table);
    let mut bench: Command = cargo();
    bench.args(["bench", "-q", "-p", "fejer-benches", "--locked", "--bench", name]);
    let ran = output(bench.env("FEJER_DATA", data))?;
    eprintln!("{}", String::from_utf8_lossy(&ran.stdout));
    let rows: Vec<serde_json::Value> = std::fs::read_to_string(&table)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let complaint = String::from_utf8_lossy(&ran.stderr).into_owned();
    let said =
        complaint.lines().rfind(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    let code = ran.status.code().unwrap_or(-1);
    let measured = format!("exit code {code}, {} rows {said}", rows.len());
    let ended = Line::new(
        format!("bench {name}"),
        "exit code 0: every floor holds",
        measured,
        code == 0 && !rows.is_empty(),
    );
    let row = |row: &serde_json::Value| {
        let words = WORDS.iter().filter_map(|&word| row.get(word));
        let what: Vec<String> = words.map(|value| value.to_string().replace('"', "")).collect();
        let ratio = |key| row.get(key).and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN);
        let [median, least, most] = ["ratio_median", "ratio_min", "ratio_max"].map(ratio);
        let floor = floor(&what);
        let bound = floor.map_or_else(|| "said".to_owned(), |floor| format!("≥ {floor}"));
        let holds = floor.is_none_or(|floor| median >= floor);
        let measured = format!("{median:.2} ({least:.2} to {most:.2})");
        Line::new(format!("{name}: {}", what.join(" ")), bound, measured, holds)
    };
    Ok(rows.iter().map(row).chain([ended]).collect())
}
