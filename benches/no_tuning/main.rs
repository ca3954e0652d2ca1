//! Better than tuned, without tuning: the anchored solve against gradient descent and Adam tuned in
//! hindsight, on three real tasks, with one prior precision for all of them.
//!
//! `cargo bench -p fejer-benches --bench no_tuning` prints a table a task and label count, then the
//! clauses with the bound and the figure of each, and writes `target/fejer/bench/no_tuning.json`:
//! an array of `{dataset, subject, labels, method, setting, accuracy, passes}`, accuracies the mean
//! of ten orders of labels. It exits with 1 if a clause does not hold. With `-- --figures` it also
//! prints each clause as a line for `cargo xtask accept`.
//!
//! Data come from the directory `FEJER_DATA`, or from `../shared/data` beside the checkout; without
//! them there is nothing to measure: a printed line, and an error where `CI` is set.

mod baselines;
mod clauses;
mod exact;
#[path = "../../tests/support/figures.rs"]
mod figures;
mod table;
mod task;
mod trial;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use fejer_host::dataset::Error;
use rayon::prelude::*;

use clauses::Results;
use table::Row;
use task::Subject;
use trial::Trial;

/// Orders in which the labels arrive.
const ORDERS: u64 = 10;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let data =
        std::env::var_os("FEJER_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    if !data.is_dir() {
        println!("no_tuning: skipped, no data in {}: set FEJER_DATA", data.display());
        return ExitCode::from(u8::from(std::env::var_os("CI").is_some()));
    }
    match measure(&data).map(|results| report(&results, &root)) {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        Ok(Ok(false)) => ExitCode::from(1),
        Ok(Err(error)) => {
            eprintln!("no_tuning: the figures could not be written: {error}");
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("no_tuning: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure(data: &Path) -> Result<Results, Error> {
    let start = Instant::now();
    let mut results = Results { twin: exact::difference_from_the_oracle(), ..Results::default() };
    let say = |what: &str| eprintln!("{:6.1} s  {what}", start.elapsed().as_secs_f64());
    say("human activity: pre-training on subjects 1 to 16");
    let subjects = task::activity(data)?;
    say("human activity: 30 labels");
    learn(&mut results, "har", 30, &subjects, trial::run::<265, 266, 6, 30>);
    say("human activity: 120 labels");
    learn(&mut results, "har", 120, &subjects, trial::run::<265, 266, 6, 120>);
    say("spoken digits: pre-training, each speaker left out in turn");
    let subjects = task::spoken_digits(data)?;
    say("spoken digits: 50 labels");
    learn(&mut results, "digits", 50, &subjects, trial::run::<160, 161, 10, 50>);
    say("spoken digits: 150 labels");
    learn(&mut results, "digits", 150, &subjects, trial::run::<160, 161, 10, 150>);
    say("bearings: pre-training on load 0");
    let subjects = task::bearings(data)?;
    say("bearings: 45 labels");
    learn(&mut results, "cwru", 45, &subjects, trial::run::<64, 65, 9, 45>);
    say("done");
    Ok(results)
}

/// Every subject in every order; what they found, in that order whoever ran first.
fn learn<const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    results: &mut Results,
    dataset: &'static str,
    labels: usize,
    subjects: &[Subject<FEATURES, ROWS, OUTPUTS>],
    run: impl Fn(&Subject<FEATURES, ROWS, OUTPUTS>, u64, u64) -> Trial + Sync,
) {
    let (subjects, few): (Vec<_>, Vec<_>) =
        subjects.iter().partition(|subject| subject.features.len() > labels);
    for subject in few {
        eprintln!("{dataset} {}: skipped, has no more than {labels} samples", subject.name);
    }
    let jobs: Vec<(usize, u64)> = (0..subjects.len())
        .flat_map(|subject| (0..ORDERS).map(move |order| (subject, order)))
        .collect();
    let trials: Vec<Trial> = jobs
        .par_iter()
        .map(|&(subject, order)| run(subjects[subject], order, subject as u64))
        .collect();
    for (subject, trials) in subjects.iter().zip(trials.chunks(ORDERS as usize)) {
        let Some(first) = trials.first() else { continue };
        for (index, score) in first.scores.iter().enumerate() {
            let total: f64 = trials.iter().map(|trial| trial.scores[index].accuracy).sum();
            results.rows.push(Row {
                dataset,
                subject: subject.name.clone(),
                labels,
                method: score.method,
                setting: score.setting,
                accuracy: total / ORDERS as f64,
                passes: score.passes,
            });
        }
    }
    let certified = trials.into_iter().flat_map(|trial| trial.certified);
    results.certified.extend(certified.map(|certified| (dataset, labels, certified)));
}

/// Prints everything and keeps the rows; says whether every clause holds.
fn report(results: &Results, root: &Path) -> std::io::Result<bool> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let directory = target.join("fejer/bench");
    std::fs::create_dir_all(&directory)?;
    let file = directory.join("no_tuning.json");
    std::fs::write(&file, serde_json::to_string_pretty(&results.rows)? + "\n")?;
    table::print(&results.rows);
    let clauses = results.clauses();
    let for_a_program = std::env::args().any(|argument| argument == "--figures");
    for clause in &clauses {
        println!("{clause}");
        if for_a_program {
            clause.print_figure();
        }
    }
    let broken = clauses.iter().filter(|clause| !clause.holds).count();
    println!("{} clauses, {broken} broken; figures in {}", clauses.len(), file.display());
    Ok(broken == 0)
}
