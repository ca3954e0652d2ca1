//! What a prediction and a learning step cost on the cores Fejér is for.
//!
//! `cargo bench -p fejer-benches --bench device` builds the firmware `bench` for a Cortex-M0, M3, M4F
//! and M33 and for RV32IMAC, and runs it under QEMU with an instruction counter. Each operation is
//! called a thousand times on random samples; counted are the instructions of every call, its stack,
//! and from the image the text of all it may call. For the M4F one call of each is traced and its
//! cycles modelled. Printed are a table (instructions, cycles in brackets; spread, RAM and text the
//! most of the four sizes) and the ceilings; written are `target/fejer/bench/device.json`, an array of
//! `{target, scalar, method, features, classes, operation, instructions, cycles, jitter, ram_bytes,
//! text_bytes}`, `target/fejer/bench/ceilings.json`, the lines `cargo xtask accept 3` reads, and the
//! committed copy `benches/device.json`, from which `fejer plan` takes its
//! figures, with the fingerprint of the sources it was measured on.
//!
//! `-- --target thumbv7em-none-eabihf` measures that one only, prints the same and writes nothing
//! that is committed.
//!
//! Exit code 1 if what was counted cannot be trusted: a loop of known length or a traced call counted
//! otherwise, or weights that are not those of this machine to the bit. A broken ceiling is printed.

mod ceilings;
mod cycles;
mod disassembly;
mod failure;
mod line;
mod reference;
mod run;
mod table;
mod target;
mod trace;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use fejer_host::figures::{Figure, fingerprint};
use rayon::prelude::*;

use disassembly::Disassembly;
use failure::Failure;
use line::Line;
use reference::Reference;
use run::{MODULE, Measured};
use target::{MODELLED, TARGETS, Target};
use trace::Trace;

/// Most instructions that a call may take on top of what the function itself does: loading its
/// arguments and the branch.
const CALL: u64 = 12;

fn main() -> ExitCode {
    match told().and_then(|triple| measure(triple.as_deref())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(line)) => {
            eprintln!("device: {line}");
            ExitCode::from(1)
        }
    }
}

/// The one target to measure, if the command line names one.
fn told() -> Result<Option<String>, Failure> {
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    let triple = match words.next().as_deref() {
        None => return Ok(None),
        Some("--target") => words.next(),
        Some(_) => None,
    };
    let known = TARGETS.map(|target| target.triple);
    match triple {
        Some(triple) if known.contains(&triple.as_str()) => Ok(Some(triple)),
        _ => Err(Failure(format!("usage: -- --target with one of {known:?}, or nothing"))),
    }
}

fn measure(only: Option<&str>) -> Result<(), Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let core = root.join("core/src");
    let before = fingerprint(&core).map_err(Failure::while_doing(core.display()))?;
    let directory = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from)
        .join("fejer/bench");
    std::fs::create_dir_all(&directory).map_err(Failure::while_doing(directory.display()))?;
    let start = Instant::now();
    let say = |what: &str| eprintln!("{:6.1} s  {what}", start.elapsed().as_secs_f64());
    let mut images = Vec::new();
    let targets: Vec<&Target> =
        TARGETS.iter().filter(|target| only.is_none_or(|only| only == target.triple)).collect();
    for target in &targets {
        say(&format!("building for {} on {}", target.triple, target.board));
        let bench = run::build(&root, target, "bench", &directory)?;
        images.push((bench, run::build(&root, target, "twins", &directory)?));
    }
    say("the same steps on this machine");
    let reference = Reference::run()?;
    let jobs: Vec<(&Target, &Images)> = targets.iter().copied().zip(&images).collect();
    let figures: Vec<Vec<Figure>> = jobs
        .par_iter()
        .map(|(target, (image, _))| {
            let figures = figures(target, image, &reference);
            say(&format!("{} on {} is done", target.triple, target.machine));
            figures
        })
        .collect::<Result<_, _>>()?;
    let figures = figures.concat();
    table::print(&figures);
    println!();
    let mut lines = ceilings::print(&figures);
    let broken = lines.iter().filter(|line| !line.pass).count();
    println!(
        "\n{} ceilings, {broken} broken; every head's bits are those of this machine",
        lines.len()
    );
    lines.extend(ceilings::against_others(&figures));
    if only.is_none() {
        lines.extend(same_bits(&figures));
    }
    lines.extend(twins(&jobs)?);
    lines.push(refusal(jobs[0].0, &images[0].0)?);
    let file = directory.join("ceilings.json");
    let text = serde_json::to_string_pretty(&lines)? + "\n";
    std::fs::write(&file, text).map_err(Failure::while_doing(file.display()))?;
    if only.is_some() {
        return Ok(());
    }
    // The portable kernels stand beside others only to be held to their ceiling.
    let figures: Vec<_> = figures.into_iter().filter(|it| it.scalar != "portable").collect();
    let text = serde_json::to_string_pretty(&figures)? + "\n";
    let sources = fingerprint(&core).map_err(Failure::while_doing(core.display()))?;
    if sources != before {
        return Err(Failure("the sources changed while they were measured: run again".to_owned()));
    }
    for (file, text) in [
        (directory.join("device.json"), &text),
        (root.join("benches/device.json"), &text),
        (root.join("benches/device.sources"), &(sources + "\n")),
    ] {
        std::fs::write(&file, text).map_err(Failure::while_doing(file.display()))?;
    }
    Ok(())
}

/// The images of a target: the bench and the comparison of the kernels.
type Images = (PathBuf, PathBuf);

/// A step's weights are compared as it is measured, and a difference ends everything: the same bits
/// are on every target that has figures.
fn same_bits(figures: &[Figure]) -> impl Iterator<Item = Line> {
    ["projected", "extragradient", "anchored"].into_iter().map(|method| {
        let mut targets: Vec<&str> = figures
            .iter()
            .filter(|figure| figure.scalar == "f32" && figure.method == method)
            .map(|figure| figure.target.as_str())
            .collect();
        targets.dedup();
        let line = format!("f32 {method}: one hash after 1000 steps");
        let measured = format!("{} and {}", targets.join(", "), std::env::consts::ARCH);
        Line::new(line, "M4F, M33, M3, RV32 and the host", measured, targets.len() == 4)
    })
}

/// The kernels of every target against the portable ones.
fn twins(jobs: &[(&Target, &Images)]) -> Result<Vec<Line>, Failure> {
    let mut seen = Vec::new();
    let mut lines = Vec::new();
    for (target, (_, image)) in jobs {
        if seen.contains(&target.triple) {
            continue;
        }
        seen.push(target.triple);
        let comparisons = run::twins(target, image)?;
        println!("{}: {comparisons} comparisons of kernels with the portable ones", target.core);
        let line = format!("{}: kernels and their portable twins", target.core);
        let measured = format!("{comparisons} comparisons, none differs");
        lines.push(Line::new(line, "the same bits", measured, true));
    }
    Ok(lines)
}

fn refusal(target: &Target, image: &Path) -> Result<Line, Failure> {
    let refused = run::refuses(target, image)?;
    println!("a run without -icount and a wrong count are refused: {refused}");
    let line = "a run without -icount, a wrong count".to_owned();
    Ok(Line::new(line, "refused", refused, refused))
}

/// Everything about one image.
fn figures(target: &Target, image: &Path, reference: &Reference) -> Result<Vec<Figure>, Failure> {
    let disassembly = Disassembly::of(image)?;
    let measured = run::run(target, image, None)?;
    for measured in measured.iter().filter(|measured| measured.operation != "predict") {
        if reference.hash(&measured.entry()) != Some(measured.hash) {
            let Measured { scalar, features, classes, operation, .. } = measured;
            return Err(Failure(format!(
                "{}: the weights after {operation} {scalar} {features}→{classes} are not this \
                 machine's",
                target.triple
            )));
        }
    }
    let cycles = match target.triple {
        MODELLED => modelled(target, image, &disassembly)?,
        _ => Vec::new(),
    };
    measured.iter().map(|measured| figure(target, &disassembly, measured, &cycles)).collect()
}

fn figure(
    target: &Target,
    disassembly: &Disassembly,
    measured: &Measured,
    cycles: &[(String, u64)],
) -> Result<Figure, Failure> {
    let entry = measured.entry();
    let (name, _) = disassembly.find(&entry, "")?;
    let (operation, method) = match measured.operation.as_str() {
        "predict" => ("predict", "any"),
        method => ("learn", method),
    };
    Ok(Figure {
        target: target.triple.to_owned(),
        scalar: measured.scalar.clone(),
        method: method.to_owned(),
        features: measured.features,
        classes: measured.classes,
        operation: operation.to_owned(),
        instructions: measured.most,
        cycles: cycles.iter().find(|(name, _)| *name == entry).map(|&(_, cycles)| cycles),
        jitter: measured.most - measured.least,
        ram_bytes: measured.stack + disassembly.variables,
        text_bytes: disassembly.own_text_of(name)?,
        links_bytes: disassembly.text_of(name)? - disassembly.own_text_of(name)?,
    })
}

/// Cycles of every operation, its first call traced; the trace must be as long as was counted.
fn modelled(
    target: &Target,
    image: &Path,
    disassembly: &Disassembly,
) -> Result<Vec<(String, u64)>, Failure> {
    let file =
        tempfile::NamedTempFile::new().map_err(Failure::while_doing("a file for the trace"))?;
    let measured = run::run(target, image, Some(file.path()))?;
    let trace = Trace::read(file.path())?;
    let call = |start: &str, end: &str| trace.call(disassembly, disassembly.find(start, end)?.1);
    let mut modelled = Vec::new();
    for measured in &measured {
        let Measured { scalar, features, classes, operation, most, .. } = measured;
        let entry = measured.entry();
        let passed = call(&entry, "")?;
        let around = most.wrapping_sub(passed.len() as u64);
        // Calling any step takes as much as calling one that does nothing.
        let nothing = call(MODULE, "7nothing")?.len() as u64;
        let is_exact = operation == "predict" || around == measured.call.wrapping_sub(nothing);
        if !is_exact || around > CALL {
            return Err(Failure(format!(
                "{operation} {scalar} {features}→{classes}: {most} instructions were counted, but \
                 the trace has {}",
                passed.len()
            )));
        }
        modelled.push((entry, cycles::cycles(disassembly, passed)?));
    }
    Ok(modelled)
}
