//! How fast whole networks train here and in PyTorch.
//!
//! `cargo bench -p fejer-benches --bench versus_pytorch` installs PyTorch for processors into a private
//! environment under `target/fejer` (a download of 2.4 GB, once) and trains four networks with both
//! fields in both, from the same weights on the same data: a perceptron 784–512–512–10 (FC) and LeNet-5
//! (CNN) on batches of 128, and a graph network of two layers, 16 or 64 wide, on a graph of Cora's size
//! (GCN-16, GCN-64), by plain steps. PyTorch runs with as many threads as it chooses. The two take turns;
//! a ratio is PyTorch's time over ours in the same round, above 1 where ours is faster.
//!
//! Printed are medians and ranges of the ratios, their floors and both peaks of memory; written is
//! `target/fejer/bench/versus_pytorch.json`, an array of `{job, field, ratio_median, ratio_min,
//! ratio_max}`. Exit code 1 where a floor is missed or the two do not have the same loss at the end;
//! 2 on a machine where others use more than .15 of a processor. `-- --loaded` measures there
//! nevertheless, and says so: the figures are void and the file is `versus_pytorch.void.json`.
//! `-- --rounds N` for other than 11, `-- --job NAME` for one job.

mod environment;
mod job;
mod table;
mod worker;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use environment::{MOST_BY_OTHERS, PYTORCH, Usage};
use fejer_benches::failure::Failure;
use job::{JOBS, job};
use table::Row;
use worker::Side;

struct Arguments {
    rounds: usize,
    is_loaded: bool,
    job: Option<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|text| text != "--bench").collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--worker", job] => worker::serve(job).map(|()| ExitCode::SUCCESS),
        _ => parse(&arguments).and_then(|arguments| compare(&arguments)),
    };
    outcome.unwrap_or_else(|Failure(line)| {
        eprintln!("versus_pytorch: {line}");
        ExitCode::from(2)
    })
}

fn parse(arguments: &[String]) -> Result<Arguments, Failure> {
    let mut parsed = Arguments { rounds: 11, is_loaded: false, job: None };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--loaded" => parsed.is_loaded = true,
            "--job" => parsed.job = rest.next().cloned(),
            "--rounds" => {
                let rounds = rest.next().and_then(|rounds| rounds.parse().ok());
                let why = || Failure("--rounds: give a number of at least 1".into());
                parsed.rounds = rounds.filter(|&rounds| rounds > 0).ok_or_else(why)?;
            }
            other => {
                let known = "--loaded, --rounds N, --job NAME";
                return Err(Failure(format!("{other}: not known; there are {known}")));
            }
        }
    }
    Ok(parsed)
}

fn compare(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from)
        .join("fejer");
    let directory = target.join("bench");
    std::fs::create_dir_all(&directory).map_err(Failure::while_doing(directory.display()))?;
    let python = PYTORCH.python(&target)?;
    let load = environment::used_by_others()?;
    if load > MOST_BY_OTHERS && !arguments.is_loaded {
        return Err(busy(load));
    }
    let mut rows = Vec::new();
    let is_wanted = |name: &str| arguments.job.as_deref().is_none_or(|job| job == name);
    for (name, steps) in JOBS.into_iter().filter(|(name, _)| is_wanted(name)) {
        rows.extend(one_job(name, steps, arguments, &python, &directory)?);
    }
    table::print(&rows, arguments.is_loaded);
    table::write(&rows, &directory, arguments.is_loaded)?;
    let is_met = rows.iter().all(Row::is_met);
    Ok(if is_met { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn busy(load: f64) -> Failure {
    Failure(format!(
        "other programs use {load:.2} of a processor, more than {MOST_BY_OTHERS}: end them, or add \
         `-- --loaded` for figures that are void"
    ))
}

/// Both fields of a job, the two sides in turns, the one that begins in turns as well.
fn one_job(
    name: &'static str,
    steps: usize,
    arguments: &Arguments,
    python: &Path,
    directory: &Path,
) -> Result<Vec<Row>, Failure> {
    let data = directory.join(format!("versus_pytorch.{name}.f32"));
    let made = job(name).ok_or_else(|| Failure(format!("no job {name}")))?;
    made.write(&data).map_err(Failure::while_doing(data.display()))?;
    drop(made);
    let (mut ours, mut theirs) = (Side::ours(name)?, Side::pytorch(python, name, &data)?);
    let sides = [ours.id(), theirs.id()];
    let mut rows = Vec::new();
    for field in ["gradient", "monotone"] {
        let mut row = Row::new(name, field);
        // what is allocated and looked up once
        ours.measure(field, 5)?;
        theirs.measure(field, 5)?;
        for round in 0..arguments.rounds {
            let before = Usage::now(&sides)?;
            let (our, their) = if round % 2 == 0 {
                let our = ours.measure(field, steps)?;
                (our, theirs.measure(field, steps)?)
            } else {
                let their = theirs.measure(field, steps)?;
                (ours.measure(field, steps)?, their)
            };
            let load = Usage::now(&sides)?.by_others_since(&before);
            if load > MOST_BY_OTHERS && !arguments.is_loaded {
                return Err(busy(load));
            }
            row.add(our, their, steps);
        }
        row.memory = [ours.memory()?, theirs.memory()?];
        eprintln!("{}", row.line());
        rows.push(row);
    }
    Ok(rows)
}
