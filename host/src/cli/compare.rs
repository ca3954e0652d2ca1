//! `fejer compare`

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use crate::experiment::{Ended, Epoch, Experiment, train};
use crate::export;
use crate::model::Field;
use crate::report::{self, Chart, Curve, TrainingReport};
use crate::trainer::Recipe;
use serde::Serialize;

use super::{Failure, bad, data_directory, environment, interrupted, progress_bar};

/// Train several ways with several seeds: one table and one picture.
///
/// Each file is one way to train, named after the file. One file alone is trained with both fields,
/// gradient and monotone, unless it is one of mDLAM. Every seed replaces training.seed; the data stay the same. A run that
/// diverges is shown as such.
///
/// Written to --out: compare.html, compare.svg, compare.csv (one row a method and seed).
///
/// Exit code 0: done; 1: every run of a method diverged, or interrupted; 2: bad input.
#[derive(clap::Args)]
pub struct Arguments {
    /// Experiments.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Seeds, one run each.
    #[arg(long, value_name = "N,N…", value_delimiter = ',', default_values_t = [1, 2, 3])]
    seeds: Vec<u64>,
    /// Directory to write to; made if missing.
    #[arg(long, value_name = "DIR", default_value = "compare")]
    out: PathBuf,
    /// Where relative paths of the data start; without it, where each file is.
    #[arg(long, value_name = "DIR", env = "FEJER_DATA")]
    data: Option<PathBuf>,
    /// Print the table as JSON.
    #[arg(long)]
    json: bool,
}

/// One run, for CSV and JSON; what diverged has no scores.
#[derive(Clone, Debug, Serialize)]
struct Row {
    method: String,
    seed: u64,
    epochs: usize,
    seconds: f64,
    train_loss: Option<f64>,
    test_loss: Option<f64>,
    test_error: Option<f64>,
    test_weighted_f1: Option<f64>,
}

struct Way {
    name: String,
    experiment: Experiment,
    text: String,
    file: PathBuf,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let ways = ways(&arguments.files)?;
    let flag = interrupted()?;
    let bar = progress_bar((ways.len() * arguments.seeds.len()) as u64, "runs")?;
    let (mut rows, mut curves) = (Vec::new(), Vec::new());
    for way in &ways {
        let data = way
            .experiment
            .load(&data_directory(arguments.data.as_ref(), &way.file))
            .map_err(bad)?;
        let mut seeds = Vec::new();
        for &seed in &arguments.seeds {
            bar.set_message(format!("{}, seed {seed}", way.name));
            let training = Recipe { seed, ..way.experiment.training.clone() };
            let experiment = Experiment { training, ..way.experiment.clone() };
            let mut model = experiment.build(&data, Some((&way.text, &way.file))).map_err(bad)?;
            let ended = train(&experiment, &mut model, &data, None, &mut |_| {
                let is_over = flag.load(Ordering::SeqCst);
                if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .map_err(|error| bad(format!("{}: {error}", way.file.display())))?;
            if flag.load(Ordering::SeqCst) {
                return Err((1, "interrupted; nothing was written".into()));
            }
            rows.push(row(&way.name, seed, &ended));
            let value = |row: &Epoch| (row.epoch, row.test_loss.unwrap_or(row.train_loss));
            seeds.push(ended.history.iter().map(value).collect());
            bar.inc(1);
        }
        curves.push(Curve { name: way.name.clone(), seeds });
    }
    bar.finish_and_clear();
    write(&arguments, &ways, &rows, curves)?;
    let is_lost = |way: &&Way| {
        rows.iter().filter(|row| row.method == way.name).all(|row| row.train_loss.is_none())
    };
    match ways.iter().find(is_lost) {
        None => Ok(()),
        Some(way) => {
            Err((1, format!("every run of {} diverged; take a smaller training.step", way.name)))
        }
    }
}

fn ways(files: &[PathBuf]) -> Result<Vec<Way>, Failure> {
    let read = |file: &PathBuf| {
        let (experiment, text) = Experiment::read(file).map_err(bad)?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Way { name, experiment, text, file: file.clone() })
    };
    let mut ways = files.iter().map(read).collect::<Result<Vec<Way>, Failure>>()?;
    let fields = |way: &Way| way.experiment.training.mdlam.is_none();
    if let [only] = ways.as_slice()
        && fields(only)
    {
        let with = |name: &str, field| {
            let training = Recipe { field, warm_start: 0.0, ..only.experiment.training.clone() };
            let experiment = Experiment { training, ..only.experiment.clone() };
            let (text, file) = (only.text.clone(), only.file.clone());
            Way { name: name.into(), experiment, text, file }
        };
        ways = vec![with("gradient", Field::Gradient), with("monotone", Field::Monotone)];
    }
    for (index, way) in ways.iter().enumerate() {
        if ways[..index].iter().any(|other| other.name == way.name) {
            return Err(bad(format!(
                "{}: another file is called {} as well; rename one, the table names methods by files",
                way.file.display(),
                way.name
            )));
        }
    }
    Ok(ways)
}

fn row(method: &str, seed: u64, ended: &Ended) -> Row {
    let is_sound = ended.outcome.is_ok();
    let test = ended.test.as_ref().filter(|_| is_sound);
    Row {
        method: method.into(),
        seed,
        epochs: ended.history.len(),
        seconds: ended.history.last().map_or(0.0, |row| row.seconds),
        train_loss: is_sound.then_some(ended.train.loss),
        test_loss: test.map(|scores| scores.loss),
        test_error: test.map(|scores| scores.error),
        test_weighted_f1: test.map(|scores| scores.weighted_f1),
    }
}

/// Mean ± deviation over the seeds of a method.
fn summary(rows: &[Row], method: &str, pick: fn(&Row) -> Option<f64>) -> String {
    let values: Option<Vec<f64>> =
        rows.iter().filter(|row| row.method == method).map(pick).collect();
    let Some(values) = values.filter(|values| !values.is_empty()) else { return "–".into() };
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let square = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    format!("{mean:.4} ± {:.4}", (square / values.len() as f64).sqrt())
}

fn write(
    arguments: &Arguments,
    ways: &[Way],
    rows: &[Row],
    curves: Vec<Curve>,
) -> Result<(), Failure> {
    let picks: [fn(&Row) -> Option<f64>; 4] = [
        |row| row.train_loss,
        |row| row.test_loss,
        |row| row.test_error,
        |row| row.test_weighted_f1,
    ];
    let head = ["method", "training loss", "test loss", "test error", "test F1"];
    let mut table = vec![head.map(String::from).to_vec()];
    for way in ways {
        let cells = picks.map(|pick| summary(rows, &way.name, pick));
        table.push(std::iter::once(way.name.clone()).chain(cells).collect());
    }
    let mut csv = csv::Writer::from_writer(Vec::new());
    rows.iter().try_for_each(|row| csv.serialize(row)).map_err(bad)?;
    let chart = Chart {
        title: "Loss".into(),
        description:
            "On the test, or in training where none is kept: means over the seeds as lines, \
                      each seed as a thin one."
                .into(),
        curves,
        ..Chart::default()
    };
    let page = TrainingReport {
        title: "Comparison".into(),
        told: format!("{} ways to train, seeds {:?}", ways.len(), arguments.seeds),
        table: table.clone(),
        charts: vec![chart.clone()],
        configuration: ways.iter().map(|way| format!("# {}\n{}\n", way.name, way.text)).collect(),
        environment: environment(),
        ..TrainingReport::default()
    };
    let put =
        |name: &str, bytes: &[u8]| export::write(&at(&arguments.out, name), bytes).map_err(bad);
    put("compare.csv", &csv.into_inner().map_err(bad)?)?;
    put("compare.svg", report::curves(&chart).as_bytes())?;
    put("compare.html", report::training_page(&page).as_bytes())?;
    if arguments.json {
        println!("{}", serde_json::to_string(rows).map_err(bad)?);
    } else {
        for row in table {
            let cells: Vec<String> = row.iter().skip(1).map(|cell| format!("{cell:>18}")).collect();
            println!("{:<24}{}", row[0], cells.concat());
        }
        println!("wrote {}", at(&arguments.out, "compare.html").display());
    }
    Ok(())
}

fn at(out: &Path, name: &str) -> PathBuf {
    out.join(name)
}
