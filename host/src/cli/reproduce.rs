//! `fejer reproduce`

use std::path::PathBuf;

use fejer_host::reproduce::{self, Experiment, SEEDS, Setting, reproduce};
use fejer_host::{export, report};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, bad};

/// Run a published experiment and show it beside its honest baselines.
///
/// Every experiment prints, for each case, the published figure, ours over the seeds (mean ± standard
/// deviation), and what the field must be compared with before anything is claimed: SGD on the
/// squared error with the same step, with the best of the steps × 1, 3, 10, 30 (chosen on the training
/// data), SGD on the matching loss, and Adam. Bars that must hold are marked `ok` or `MISSED`.
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
    /// Seeds, one repetition each.
    #[arg(long, value_name = "N,N…", value_delimiter = ',', default_values_t = SEEDS)]
    seeds: Vec<u64>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Also draw the experiment into this SVG file (saturation).
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} trainings, {eta} left");
    let bar = ProgressBar::new(0).with_style(style.map_err(bad)?);
    let observe = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let setting = Setting { data: arguments.data, seeds: arguments.seeds, observe: &observe };
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

fn name(figure: &reproduce::Figure) -> String {
    format!("{}, {}: {}", figure.case, figure.contender, figure.quantity)
}
