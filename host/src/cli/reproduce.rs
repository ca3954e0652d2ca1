//! `fejer reproduce`

use std::path::PathBuf;

use crate::reproduce::{self, Experiment, Setting, reproduce};
use crate::{export, report};

use super::{Failure, bad, progress_bar};

/// Run a published experiment and show it beside its honest baselines.
///
/// Every experiment prints, for each case, the published figure, ours over the seeds (mean ± standard
/// deviation), and what the field must be compared with before anything is claimed: SGD on the
/// squared error with the same step, with the best of the steps × 1, 3, 10, 30 (for cora × 1, 10,
/// 30, 100; chosen on the training data), SGD on the matching loss, and Adam. Bars that must hold are
/// marked `ok` or `MISSED`.
///
/// Exit code 0: every bar holds; 1: one is missed; 2: bad data or arguments.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which one.
    #[arg(value_enum)]
    experiment: Experiment,
    /// Directory of the data sets, for the experiments that read one.
    #[arg(long, value_name = "DIR", env = "FEJER_DATA")]
    data: Option<PathBuf>,
    /// Seeds, one repetition each; without it, 1103,1111,1214 as published, for cora 1 to 10.
    #[arg(long, value_name = "N,N…", value_delimiter = ',')]
    seeds: Vec<u64>,
    /// Only the contenders whose names begin so, such as --only "monotone field"; may be repeated.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Stop every training after so many epochs, for a quick look: no bar is judged.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    epochs: Option<u32>,
    /// Train on the first N examples only, for a quick look: no bar is judged.
    #[arg(long, value_name = "N", value_parser = positive)]
    examples: Option<usize>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Also draw the experiment into this SVG file (saturation).
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let bar = progress_bar(0, "epochs of all trainings")?;
    let observe = |done: u64, all: u64| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let setting = Setting {
        data: arguments.data,
        seeds: arguments.seeds,
        only: arguments.only,
        epochs: arguments.epochs,
        examples: arguments.examples,
        observe: &observe,
    };
    let report = reproduce(arguments.experiment, &setting).map_err(bad)?;
    bar.finish_and_clear();
    if let Some(file) = &arguments.picture {
        let chart = reproduce::picture(arguments.experiment, &setting).map_err(bad)?;
        let chart =
            chart.ok_or_else(|| bad("--picture: this experiment draws none; saturation does"))?;
        export::write(file, report::curves(&chart).as_bytes()).map_err(bad)?;
    }
    if arguments.json {
        println!("{}", serde_json::to_string(&report).map_err(bad)?);
    } else {
        print!("{}", report.text());
    }
    let missed: Vec<String> = report.missed().map(name).collect();
    match missed.as_slice() {
        [] => Ok(()),
        missed => Err((1, format!("missed: {}", missed.join("; ")))),
    }
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("must be a whole number above 0".into()),
    }
}

fn name(figure: &reproduce::Figure) -> String {
    format!("{}, {}: {}", figure.case, figure.contender, figure.quantity)
}
