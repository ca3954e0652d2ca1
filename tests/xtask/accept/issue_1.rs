//! Issue 1: a head fine-tuned on a microcontroller, end to end, from vibration.

use std::path::{Path, PathBuf};
use std::time::Instant;

use fejer_host::report::{Demo, Headline};

use super::{Line, bad_input};
use crate::shell::{cargo, output, program, succeeds};
use crate::{Stop, data, place};

/// The keys the issue asks for in the JSON object.
const KEYS: [&str; 10] = [
    "accuracy_before",
    "accuracy_after",
    "labels",
    "bit_identical",
    "oracle_max_difference",
    "residual",
    "gap",
    "instructions_per_step",
    "ram_bytes",
    "flash_bytes",
];

pub fn lines(quick: bool) -> Result<Vec<Line>, Stop> {
    let data = data().ok_or_else(|| {
        Stop::usage("no recordings: set FEJER_DATA, or put them in ../shared/data")
    })?;
    let mut lines = Vec::new();
    if !quick {
        lines.extend(simulated_from_scratch()?);
    }
    let f32 = demo(&data, "f32")?;
    let q16 = demo(&data, "q16")?;
    lines.extend(recordings(&f32));
    lines.extend(fixed_point(&q16, &f32));
    lines.push(keys(&f32)?);
    lines.extend(power_cut(&f32).chain(power_cut(&q16)));
    lines.extend(bad_input::lines(&data)?);
    lines.push(core_without_features());
    lines.push(readme()?);
    if !quick {
        lines.push(tests());
    }
    Ok(lines)
}

/// A demonstration that ran.
struct Ran {
    scalar: &'static str,
    code: i32,
    headline: Headline,
    last_line: String,
    demo: Demo,
}

fn demo(data: &Path, scalar: &'static str) -> Result<Ran, Stop> {
    eprintln!("demo on recordings, {scalar}");
    let myself = std::env::current_exe().map_err(|error| Stop::failed(error.to_string()))?;
    let mut command = program(myself);
    command.args(["demo", "--json", "--scalar", scalar, "--data"]).arg(data);
    let ran = output(&mut command)?;
    let text = String::from_utf8_lossy(&ran.stdout);
    let last_line = text.lines().last().unwrap_or_default().to_owned();
    let kept = place::target().join(format!("fejer/demo/demo-{scalar}.json"));
    let read = |error: &dyn std::fmt::Display| {
        let complaint = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
        Stop::failed(format!("the {scalar} demo gave no figures ({error}): {complaint}"))
    };
    let kept = std::fs::read_to_string(kept).map_err(|error| read(&error))?;
    Ok(Ran {
        scalar,
        code: ran.status.code().unwrap_or(-1),
        headline: serde_json::from_str(&last_line).map_err(|error| read(&error))?,
        demo: serde_json::from_str(&kept).map_err(|error| read(&error))?,
        last_line,
    })
}

fn recordings(ran: &Ran) -> Vec<Line> {
    let figures = &ran.headline;
    let before = figures.accuracy_before;
    vec![
        Line::new("f32: accuracy before", "about 0.90", before, (before - 0.90).abs() <= 0.03),
        Line::new(
            "f32: accuracy after 45 labels, mean of 3 seeds",
            "≥ 0.99",
            figures.accuracy_after,
            figures.accuracy_after >= 0.99 && ran.demo.runs.len() == 3 && figures.labels == 45,
        ),
        same_bits(ran),
        oracle(ran, 1e-4),
        certificate(ran),
        Line::new("f32: exit code", "0", ran.code, ran.code == 0),
    ]
}

fn fixed_point(ran: &Ran, f32: &Ran) -> Vec<Line> {
    let apart = (ran.headline.accuracy_after - f32.headline.accuracy_after).abs();
    vec![
        Line::new("q16: accuracy after, from f32's", "within 0.01", apart, apart <= 0.01),
        same_bits(ran),
        oracle(ran, 2e-3),
        certificate(ran),
        Line::new("q16: exit code", "0", ran.code, ran.code == 0),
    ]
}

fn same_bits(ran: &Ran) -> Line {
    let same = ran.headline.bit_identical;
    Line::new(format!("{}: device = host after each step", ran.scalar), "bit for bit", same, same)
}

fn oracle(ran: &Ran, bound: f64) -> Line {
    let found = ran.headline.oracle_max_difference;
    let line = format!("{}: weights against the f64 oracle, worst step", ran.scalar);
    Line::new(line, format!("≤ {bound:e}"), format!("{found:e}"), found <= bound)
}

fn certificate(ran: &Ran) -> Line {
    let found = &ran.headline;
    let sound = [found.gap, found.distance, found.residual].iter().all(|x| x.is_finite());
    Line::new(
        format!("{}: the device prints its certificate", ran.scalar),
        "gap, distance, residual",
        format!("{:.1e}, {:.1e}, {:.1e}", found.gap, found.distance, found.residual),
        sound && found.gap > 0.0,
    )
}

fn keys(ran: &Ran) -> Result<Line, Stop> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&ran.last_line).map_err(|error| Stop::failed(error.to_string()))?;
    let missing: Vec<_> = KEYS.into_iter().filter(|key| !object.contains_key(*key)).collect();
    let measured = format!("{} keys, missing {missing:?}", object.len());
    Ok(Line::new("--json: last line", "one object with the keys", measured, missing.is_empty()))
}

/// The demo's own checks of the power cut.
fn power_cut(ran: &Ran) -> impl Iterator<Item = Line> + '_ {
    let cuts = ran.demo.checks.iter().filter(|check| check.name.starts_with("power cut"));
    cuts.map(|check| {
        let line = format!("{}: {}", ran.scalar, check.name);
        Line::new(line, check.bound.clone(), &check.measured, check.passed)
    })
}

/// The simulated demo with nothing compiled before.
fn simulated_from_scratch() -> Result<Vec<Line>, Stop> {
    eprintln!("simulated demo, compiled from scratch");
    let scratch = place::target().join("fejer/scratch");
    let _ = std::fs::remove_dir_all(&scratch);
    // Downloads apart.
    let _ = succeeds(cargo().args(["fetch", "--locked"]));
    let start = Instant::now();
    let mut command = cargo();
    command.args(["xtask", "demo", "--json"]).env("CARGO_TARGET_DIR", &scratch);
    let ran = output(&mut command)?;
    let seconds = start.elapsed().as_secs_f64();
    let text = String::from_utf8_lossy(&ran.stdout);
    let _ = std::fs::remove_dir_all(&scratch);
    let says = ["accuracy before", "accuracy after", "labels", "instructions per learning step"];
    let says = says.iter().chain(&["RAM", "flash", "device = host: bit for bit"]);
    let missing: Vec<_> = says.filter(|word| !text.contains(**word)).collect();
    let code = ran.status.code().unwrap_or(-1);
    Ok(vec![
        Line::new("demo, compile included", "≤ 300 s", seconds, seconds <= 300.0 && code == 0),
        Line::new(
            "demo prints its figures",
            "all of them",
            format!("missing {missing:?}"),
            missing.is_empty(),
        ),
    ])
}

fn core_without_features() -> Line {
    let target = ["--no-default-features", "--target", "thumbv6m-none-eabi"];
    let built = succeeds(cargo().args(["build", "-q", "-p", "fejer"]).args(target));
    Line::new("core for thumbv6m without features", "builds", built, built)
}

fn readme() -> Result<Line, Stop> {
    let root = place::root();
    let text = std::fs::read_to_string(root.join("README.md"))
        .map_err(|error| Stop::failed(format!("README.md: {error}")))?;
    let commands = ["cargo xtask demo", "cargo xtask test"].iter().all(|it| text.contains(it));
    let pictures: Vec<PathBuf> = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| target.ends_with(".svg"))
        .map(|target| root.join(target))
        .collect();
    let drawn = !pictures.is_empty() && pictures.iter().all(|picture| picture.is_file());
    let compiles = succeeds(cargo().args(["test", "-q", "-p", "fejer", "--doc"]));
    Ok(Line::new(
        "README: two commands, example that compiles, picture",
        "all three",
        format!("{commands}, {compiles}, {drawn}"),
        commands && compiles && drawn,
    ))
}

fn tests() -> Line {
    eprintln!("cargo xtask test");
    let start = Instant::now();
    let passed = succeeds(cargo().args(["xtask", "test"]));
    let measured = format!("{} in {:.0} s", passed, start.elapsed().as_secs_f64());
    Line::new("cargo xtask test", "passes", measured, passed)
}
