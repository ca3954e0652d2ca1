//! How soon the last layer is fitted here and by scikit-learn, to 1e-6 of the least objective.
//!
//! `cargo bench -p fejer-benches --bench head_fit` installs scikit-learn into a private environment
//! under `target/fejer` and fits a softmax head with a penalised bias to HAR (8 013 × 265) and to MNIST's
//! pixels (60 000 × 784) in float32, for Λ = 1, 10 and n/10, by `fejer_host::fit` and by LogisticRegression
//! with each solver (C = 1/Λ, a column of ones, no intercept), all on two threads. Ours ends where
//! its own certificate says 1e-6. Of each solver the loosest tolerance that reaches 1e-6 is looked
//! for first and that alone is measured, in its favour; then all take turns. A solver still not there
//! after six times our time (and five seconds) is ended, and its ratio is at least what is printed.
//!
//! Printed are medians and ranges of the ratios, scikit-learn's time over ours in the same round; written
//! is `target/fejer/bench/head_fit.json`, an array of `{data, lambda, solver, ratio_median,
//! ratio_min, ratio_max, is_lower_bound}`. Exit code 1 where lbfgs, newton-cholesky or saga is sooner
//! than ours, or ours is not within 1e-6.
//!
//! `-- --rounds N` for other than 5, `-- --data NAME` for one of them, `-- --lambda L` for one Λ
//! (`n/10` for that). Data come from `FEJER_DATA`, or from `../shared/data` beside the checkout.

mod data;
mod theirs;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use data::Data;
use fejer_benches::failure::Failure;
use fejer_host::fit::{Fitted, Goal, Outcome, Problem, fit};
use fejer_host::matrix::Matrix;
use fejer_host::real::Real;

/// Relative accuracy of the objective.
const ACCURACY: f64 = 1e-6;
const SOLVERS: [&str; 4] = ["lbfgs", "newton-cholesky", "saga", "newton-cg"];
/// From loose to tight.
const TOLERANCES: [&str; 9] =
    ["1e-1", "1e-2", "3e-3", "1e-3", "3e-4", "1e-4", "1e-5", "1e-6", "1e-8"];
const LAMBDAS: [&str; 3] = ["1", "10", "n/10"];
/// Most of a solver's time, in ours.
const PATIENCE: f64 = 6.0;

#[derive(serde::Serialize)]
struct Row {
    data: &'static str,
    lambda: f64,
    solver: &'static str,
    ratio_median: f64,
    ratio_min: f64,
    ratio_max: f64,
    is_lower_bound: bool,
}

struct Arguments {
    rounds: usize,
    data: Option<String>,
    lambda: Option<String>,
}

fn main() -> ExitCode {
    parse().and_then(|arguments| compare(&arguments)).unwrap_or_else(|Failure(line)| {
        eprintln!("head_fit: {line}");
        ExitCode::from(2)
    })
}

fn parse() -> Result<Arguments, Failure> {
    let mut parsed = Arguments { rounds: 5, data: None, lambda: None };
    let mut rest = std::env::args().skip(1).filter(|text| text != "--bench");
    while let Some(argument) = rest.next() {
        let value = rest.next().ok_or_else(|| Failure(format!("{argument}: give its value")))?;
        match argument.as_str() {
            "--data" => parsed.data = Some(value),
            "--lambda" => parsed.lambda = Some(value),
            "--rounds" => {
                let rounds = value.parse().ok().filter(|&rounds| rounds > 0);
                let why = || Failure("--rounds: give a number of at least 1".into());
                parsed.rounds = rounds.ok_or_else(why)?;
            }
            other => {
                let known = "--rounds N, --data NAME, --lambda L";
                return Err(Failure(format!("{other}: not known; there are {known}")));
            }
        }
    }
    Ok(parsed)
}

fn compare(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source =
        std::env::var_os("FEJER_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from)
        .join("fejer");
    let directory = target.join("bench");
    std::fs::create_dir_all(&directory).map_err(Failure::while_doing(directory.display()))?;
    let python = theirs::SCIKIT_LEARN.python(&target)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
    let pool = pool.map_err(Failure::while_doing("starting two threads"))?;
    let mut rows = vec![];
    known("--data", &arguments.data, &data::NAMES)?;
    known("--lambda", &arguments.lambda, &LAMBDAS)?;
    let wanted = |name: &str, wish: &Option<String>| wish.as_ref().is_none_or(|wish| wish == name);
    println!("scikit-learn's time over ours to {ACCURACY:e} of the objective: median [range]");
    for name in data::NAMES.into_iter().filter(|name| wanted(name, &arguments.data)) {
        let data = data::load(name, &source, &directory)?;
        for lambda in LAMBDAS.into_iter().filter(|l| wanted(l, &arguments.lambda)) {
            let tenth = data.labels.len() as f64 / 10.0;
            let precision = lambda.parse().unwrap_or(tenth);
            rows.extend(
                pool.install(|| one(&data, precision, arguments.rounds, &python, &directory))?,
            );
        }
    }
    let path = directory.join("head_fit.json");
    let text = serde_json::to_string_pretty(&rows).map_err(Failure::while_doing("writing"))?;
    std::fs::write(&path, text + "\n").map_err(Failure::while_doing(path.display()))?;
    println!("written to {}", path.display());
    let is_won = |row: &Row| row.solver == "newton-cg" || row.ratio_median > 1.0;
    Ok(ExitCode::from(u8::from(!rows.iter().all(is_won))))
}

/// Refuses a wish for what there is not.
fn known(argument: &str, wish: &Option<String>, names: &[&str]) -> Result<(), Failure> {
    match wish {
        Some(wish) if !names.contains(&wish.as_str()) => {
            Err(Failure(format!("{argument} {wish}: not known; there are {}", names.join(", "))))
        }
        _ => Ok(()),
    }
}

/// All solvers on one problem.
fn one(
    data: &Data,
    precision: f64,
    rounds: usize,
    python: &Path,
    directory: &Path,
) -> Result<Vec<Row>, Failure> {
    let least = least(data, precision)?;
    let bound = least * (1.0 + ACCURACY);
    let (mut seconds, fitted) = ours(&data.features, data, precision, ACCURACY)?;
    let weights = directory.join("head_fit.weights");
    let bytes: Vec<u8> = fitted.weights.iter().flat_map(|weight| weight.to_le_bytes()).collect();
    std::fs::write(&weights, bytes).map_err(Failure::while_doing(weights.display()))?;
    let path = weights.to_string_lossy();
    let hour = Duration::from_secs(3600);
    let judged = theirs::fit(python, data, precision, ["score", &path], hour)?;
    let excess = judged.map_or(f64::NAN, |judged| judged.objective / least - 1.0);
    let progress = fitted.progress;
    println!(
        "{} Λ = {precision}: ours {seconds:.2} s, {} passes, {} steps, {} products, certified {:.1e}, \
         off by {excess:.1e}",
        data.name,
        progress.passes,
        progress.steps,
        progress.products,
        progress.certificate.relative()
    );
    if excess.is_nan() || excess > ACCURACY {
        return Err(Failure(format!("ours is off by {excess:e}, not {ACCURACY:e}")));
    }
    let most = Duration::from_secs_f64(PATIENCE * seconds);
    let mut contenders = vec![];
    for solver in SOLVERS {
        let tolerance = tolerance(python, data, precision, solver, (bound, most))?;
        contenders.push((solver, tolerance, vec![]));
    }
    for _ in 0..rounds {
        for (solver, tolerance, ratios) in &mut contenders {
            let Some(tolerance) = tolerance else { continue };
            seconds = ours(&data.features, data, precision, ACCURACY)?.0;
            let again = theirs::fit(python, data, precision, [solver, tolerance], 4 * most)?;
            let their = again.map_or(4.0 * most.as_secs_f64(), |answer| answer.seconds);
            ratios.push(their / seconds);
        }
    }
    let row = |(solver, tolerance, ratios): (_, Option<&str>, Vec<f64>)| match tolerance {
        Some(_) => Row::new(data.name, precision, solver, ratios, false),
        None => Row::new(data.name, precision, solver, vec![PATIENCE], true),
    };
    Ok(contenders.into_iter().map(row).collect())
}

/// The loosest tolerance with which a solver reaches the bound; `None` if its time is up before.
fn tolerance(
    python: &Path,
    data: &Data,
    precision: f64,
    solver: &str,
    (bound, most): (f64, Duration),
) -> Result<Option<&'static str>, Failure> {
    for tolerance in TOLERANCES {
        match theirs::fit(python, data, precision, [solver, tolerance], most)? {
            Some(answer) if answer.objective <= bound => return Ok(Some(tolerance)),
            Some(_) => {}
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// The least objective, from a fit in f64 certified to a hundredth of the accuracy.
fn least(data: &Data, precision: f64) -> Result<f64, Failure> {
    let values = data.features.values().iter().map(|&x| f64::from(x)).collect();
    let long = Matrix::new(data.features.rows(), data.features.columns(), values);
    let (_, fitted) = ours(&long, data, precision, 0.01 * ACCURACY)?;
    let certificate = fitted.progress.certificate;
    Ok(certificate.objective - certificate.gap)
}

/// Seconds and what came of it.
fn ours<T: Real>(
    features: &Matrix<T>,
    data: &Data,
    precision: f64,
    accuracy: f64,
) -> Result<(f64, Fitted<T>), Failure> {
    let (view, labels, classes) = (features.view(), &data.labels[..], data.classes);
    let problem = Problem { features: view, labels, classes, precision, anchor: None };
    let goal = Goal { accuracy, ..Goal::default() };
    let start = Instant::now();
    let fitted = fit(&problem, goal, &mut |progress| {
        if std::env::var_os("FEJER_TRACE").is_some() {
            eprintln!("  {:.2} s {progress:?}", start.elapsed().as_secs_f64());
        }
        ControlFlow::Continue(())
    });
    let fitted = fitted.map_err(Failure::while_doing(data.name))?;
    let seconds = start.elapsed().as_secs_f64();
    match fitted.outcome {
        Outcome::Certified => Ok((seconds, fitted)),
        other => Err(Failure(format!("{} Λ = {precision}: ours ended {other:?}", data.name))),
    }
}

impl Row {
    fn new(
        data: &'static str,
        lambda: f64,
        solver: &'static str,
        mut ratios: Vec<f64>,
        is_lower_bound: bool,
    ) -> Self {
        ratios.sort_by(f64::total_cmp);
        let count = ratios.len();
        let ratio_median = (ratios[(count - 1) / 2] + ratios[count / 2]) / 2.0;
        let (ratio_min, ratio_max) = (ratios[0], ratios[count - 1]);
        let sign = if is_lower_bound { "≥" } else { " " };
        println!("  {solver:16} {sign}{ratio_median:6.2} [{ratio_min:.2}, {ratio_max:.2}]");
        Self { data, lambda, solver, ratio_median, ratio_min, ratio_max, is_lower_bound }
    }
}
