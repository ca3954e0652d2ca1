//! `fejer train`

mod method;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::dataset::Data;
use crate::experiment::{Ended, Epoch, Experiment, Step, from_csv, to_csv, train};
use crate::export;
use crate::report::{self, Chart, Curve, TrainingReport};
use crate::trainer::{Checkpoint, Outcome, Scores};
use serde::Serialize;

use super::{Failure, bad, data_directory, environment, interrupted, progress_bar};
use method::Chosen;

pub const EXPERIMENT: &str = "experiment.toml";
pub const CHECKPOINT: &str = "checkpoint.safetensors";
const HISTORY: &str = "history.csv";
/// A checkpoint is not written more often, but always at the end.
const WRITE_EVERY: Duration = Duration::from_secs(5);

/// What an experiment's file may say.
const FILE: &str = r#"A whole file:

  [data]
  source = { moons = { noise = 0.1 } }   # or idx, npy, csv, wav, graph, propagated, probit
  test = 0.5                             # share kept for the test
  standardise = true                     # from the training examples

  [model]
  input = [2]        # [features], [nodes, features] or [height, width, channels]
  layers = [{ dense = 64 }, "relu", { dense = 2 }, "softmax"]
  loss = "squared_error"                 # or cross_entropy, binary_cross_entropy: no last link
  initialiser = "torch"                  # or glorot, he

  [training]
  field = "gradient"                     # or monotone
  warm_start = 0.1                       # monotone for the first tenth, then the field above
  update = { sgd = { momentum = 0.9 } }  # or adam, adamw, adagrad, adadelta, extragradient,
                                         #    lookahead, rapp, operator_extrapolation
  schedule = "constant"                  # or { step = … }, { cosine = … }, { inverse_time = … }
  step = 0.15
  batch = 100
  epochs = 100
  seed = 1

Layers: { dense = N }, { graph = N }, { convolution = { filters, size, stride, padding } },
{ average_pool = { size } }, { max_pool = { size } }, "flatten", "batch_norm",
{ dropout = P }, { chebyshev = K },
{ select = [SITES] }, { spectral_dense = N }, { spectral_convolution = … },
{ transposed_convolution = { channels, size, stride, padding } }. Links: "relu",
"sigmoid", "softmax", "tanh", "softplus", "probit", "identity", { leaky_relu = 128ths }.

Without gradients, for dense layers with relu, leaky_relu, tanh or sigmoid between and the losses
cross_entropy or squared_error (then without a last link): `--method mdlam`, or in [training]

  mdlam = { rho = 1e-3, epsilon = 100, least_epsilon = 1e-3, ridge = 0.05, lasso = 0,
            variant = "accelerated" }    # or plain, published, penalty

Scores and outputs of every layer become variables of their own and are minimised in turn, on all
examples at once. rho: the cost of layers that do not fit, beside a loss summed over examples.
epsilon: how far an output may be from its link's value; halved every epoch down to the least.
ridge, lasso: penalties of the weights. epochs and seed are those of the file; field, update, step
and batch stay in it and are not used. The loss shown is the network's own."#;

/// Train a whole network on the desktop from an experiment's TOML file.
///
/// Written to --out: the experiment, checkpoint.safetensors (weights and everything needed to go
/// on; --resume gives the bits of a run that never stopped), history.csv, curves.svg, report.html.
/// Ctrl-C ends after the step under way and leaves such a checkpoint. The same file gives the same
/// bits, whatever the number of threads.
///
/// Exit code 0: done; 1: diverged or interrupted, with the last sound checkpoint kept; 2: bad input.
#[derive(clap::Args)]
#[command(after_long_help = FILE)]
pub struct Arguments {
    /// The experiment.
    file: PathBuf,
    /// Directory to write to; made if missing.
    #[arg(long, value_name = "DIR", default_value = "run")]
    out: PathBuf,
    /// Where relative paths of the data start; without it, where the file is.
    #[arg(long, value_name = "DIR", env = "FEJER_DATA")]
    data: Option<PathBuf>,
    #[command(flatten)]
    chosen: Chosen,
    /// Go on from the checkpoint in --out. Only training.epochs may have changed.
    #[arg(long)]
    resume: bool,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// The object of `--json`.
#[derive(Serialize)]
struct Answer<'a> {
    outcome: &'a str,
    epochs: usize,
    seconds: f64,
    train: &'a Scores,
    test: Option<&'a Scores>,
    out: &'a Path,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let (mut experiment, mut text) = Experiment::read(&arguments.file).map_err(bad)?;
    if arguments.chosen.apply(&mut experiment.training) {
        // what is written down is what was trained
        text = toml::to_string(&experiment).map_err(bad)?;
    }
    let directory = data_directory(arguments.data.as_ref(), &arguments.file);
    let data = experiment.load(&directory).map_err(bad)?;
    let mut model = experiment.build(&data, Some((&text, &arguments.file))).map_err(bad)?;
    let out = &arguments.out;
    let from = if arguments.resume { Some(resumed(out, &experiment)?) } else { None };
    let from = from.as_ref().map(|(checkpoint, history)| (checkpoint, history.clone()));

    let flag = interrupted()?;
    let bar = progress_bar(0, "steps")?;
    let mut written = Instant::now();
    let mut failed = None;
    let ended = train(&experiment, &mut model, &data, from, &mut |step: &Step<'_>| {
        bar.set_length(step.all);
        bar.set_position(step.made);
        if let Some(row) = step.epoch {
            bar.set_message(message(row));
        }
        if let Some((history, checkpoint)) = step.kept.filter(|_| written.elapsed() > WRITE_EVERY) {
            failed = keep(out, &text, history, checkpoint).err();
            written = Instant::now();
        }
        let is_over = failed.is_some() || flag.load(Ordering::SeqCst);
        if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .map_err(|error| bad(format!("{}: {error}", arguments.file.display())))?;
    bar.finish_and_clear();
    if let Some(failure) = failed {
        return Err(failure);
    }
    keep(out, &text, &ended.history, &ended.checkpoint)?;
    show(&arguments, &ended, &data, &text)
}

fn message(row: &Epoch) -> String {
    let error = row.test_error.map_or_else(String::new, |error| format!(", test error {error:.4}"));
    format!("epoch {}, loss {:.4}{error}", row.epoch, row.train_loss)
}

/// The checkpoint and the rows up to it.
fn resumed(out: &Path, experiment: &Experiment) -> Result<(Checkpoint<f32>, Vec<Epoch>), Failure> {
    let checkpoint = read_checkpoint(&out.join(CHECKPOINT))?;
    let history = std::fs::read_to_string(out.join(HISTORY)).unwrap_or_default();
    let per_epoch = match experiment.training.mdlam {
        Some(_) => 1,
        None => checkpoint.examples.div_ceil(experiment.training.batch).max(1) as u64,
    };
    let epochs = u32::try_from(checkpoint.step / per_epoch).unwrap_or(u32::MAX);
    Ok((checkpoint, from_csv(&history, epochs)))
}

pub fn read_checkpoint(path: &Path) -> Result<Checkpoint<f32>, Failure> {
    let named = |error: &dyn std::fmt::Display| bad(format!("{}: {error}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| {
        named(&format!("cannot be read: {error}; give the --out directory of a training"))
    })?;
    Checkpoint::decode(&bytes).map_err(|error| named(&error))
}

fn keep(
    out: &Path,
    text: &str,
    history: &[Epoch],
    checkpoint: &Checkpoint<f32>,
) -> Result<(), Failure> {
    export::write(&out.join(EXPERIMENT), text.as_bytes()).map_err(bad)?;
    let checkpoint = Checkpoint { description: text.to_owned(), ..checkpoint.clone() };
    export::write(&out.join(CHECKPOINT), &checkpoint.encode()).map_err(bad)?;
    export::write(&out.join(HISTORY), to_csv(history).as_bytes()).map_err(bad)
}

fn show(arguments: &Arguments, ended: &Ended, data: &Data, text: &str) -> Result<(), Failure> {
    let out = &arguments.out;
    let report = page(arguments, ended, data, text);
    if let Some(chart) = report.charts.first() {
        export::write(&out.join("curves.svg"), report::curves(chart).as_bytes()).map_err(bad)?;
    }
    export::write(&out.join("report.html"), report::training_page(&report).as_bytes())
        .map_err(bad)?;
    let (outcome, failure) = match &ended.outcome {
        Ok(Outcome::Finished) => ("finished", None),
        Ok(Outcome::Interrupted) => {
            ("interrupted", Some("interrupted; go on with --resume".to_owned()))
        }
        Err(error) => ("diverged", Some(error.to_string())),
    };
    if arguments.json {
        let result = Answer {
            outcome,
            epochs: ended.history.len(),
            seconds: ended.history.last().map_or(0.0, |row| row.seconds),
            train: &ended.train,
            test: ended.test.as_ref(),
            out,
        };
        println!("{}", serde_json::to_string(&result).map_err(bad)?);
    } else {
        println!("{outcome} after {} epochs", ended.history.len());
        print_scores("training", &ended.train);
        ended.test.iter().for_each(|scores| print_scores("test", scores));
        println!("wrote {}", out.join("report.html").display());
    }
    failure.map_or(Ok(()), |message| Err((1, message)))
}

pub fn print_scores(name: &str, scores: &Scores) {
    println!(
        "  {name:<9} loss {:.5}  squared error {:.5}  error {:.4}  weighted F1 {:.4}",
        scores.loss, scores.squared_error, scores.error, scores.weighted_f1
    );
}

fn page(arguments: &Arguments, ended: &Ended, data: &Data, text: &str) -> TrainingReport {
    let curve = |name: &str, pick: &dyn Fn(&Epoch) -> Option<f64>| Curve {
        name: name.into(),
        seeds: vec![ended.history.iter().filter_map(|row| Some((row.epoch, pick(row)?))).collect()],
    };
    let mut charts = vec![Chart {
        title: "Loss".into(),
        description: "Over the batches of an epoch, each before its step, and on the test.".into(),
        curves: vec![
            curve("training", &|row| Some(row.train_loss)),
            curve("test", &|row| row.test_loss),
        ],
        ..Chart::default()
    }];
    let judged = ended.test.as_ref().unwrap_or(&ended.train);
    if ended.test.is_some() {
        charts.push(Chart {
            title: "Error on the test".into(),
            description: "Share of wrong decisions.".into(),
            curves: vec![curve("test", &|row| row.test_error)],
            ..Chart::default()
        });
    }
    let counts = judged
        .confusion
        .iter()
        .map(|row| row.iter().map(|&count| u32::try_from(count).unwrap_or(u32::MAX)).collect());
    let on = if ended.test.is_some() { "test" } else { "training" };
    TrainingReport {
        title: format!("Training of {}", arguments.file.display()),
        told: format!("{} + {} examples", data.train.len(), data.test.len()),
        figures: vec![
            (format!("error ({on})"), format!("{:.4}", judged.error)),
            (format!("weighted F1 ({on})"), format!("{:.4}", judged.weighted_f1)),
            (format!("loss ({on})"), format!("{:.5}", judged.loss)),
            ("epochs".into(), ended.history.len().to_string()),
        ],
        charts,
        table: rows(&ended.history),
        confusion: Some((on.into(), data.classes.clone(), counts.collect())),
        configuration: text.into(),
        environment: environment(),
        ..TrainingReport::default()
    }
}

fn rows(history: &[Epoch]) -> Vec<Vec<String>> {
    let head = ["epoch", "seconds", "training loss", "test loss", "test error", "test F1"];
    let number =
        |value: Option<f64>| value.map_or_else(|| "–".into(), |value| format!("{value:.5}"));
    let row = |row: &Epoch| {
        let values = [Some(row.train_loss), row.test_loss, row.test_error, row.test_weighted_f1];
        let mut cells = vec![row.epoch.to_string(), format!("{:.1}", row.seconds)];
        cells.extend(values.map(number));
        cells
    };
    std::iter::once(head.map(String::from).into()).chain(history.iter().map(row)).collect()
}
