//! `fejer head fit`

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::dataset::{self, Kind, Source, har};
use crate::fit::{Fitted, Goal, Outcome, Problem, fit};
use crate::head::{Head, Standardise};
use crate::matrix::Matrix;
use crate::real::Real;
use fejer::Link;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::Written;
use crate::cli::{Failure, bad, interrupted};

/// What a file of samples may be.
const FILES: &str = "\
Samples:
  fejer head fit features.npy --labels labels.npy
  fejer head fit both.npz                  # arrays features (or X) and labels (or y)
  fejer head fit table.csv --label fault   # the other columns are features
  fejer head fit har --data DIR            # DIR/har/features.npy, labels.npy
  fejer head fit mnist --data DIR          # DIR/mnist/train-*.gz, pixels from 0 to 1

`fejer features` makes features of recordings, or takes those of a network's last hidden layer.";

/// Retrain the head alone, on any number of samples, to a certified duality gap.
///
/// Solved is the problem the device solves: the loss of a softmax head over all samples plus
/// Λ/2 ‖W − W₀‖², the bias included, W₀ the weights of --anchor or 0. First come anchored passes, the
/// device's own step; where they are slow, Newton's method with conjugate gradients finishes. It ends
/// when the duality gap certifies the objective to --accuracy, relatively. The bits do not depend
/// on the number of threads. Ctrl-C ends after the step under way and keeps what there is.
///
/// Exit code 0: certified; 1: ended before; 2: bad input.
#[derive(clap::Args)]
#[command(after_long_help = FILES)]
pub struct Arguments {
    /// Samples: har, mnist, or a .npy, .npz or .csv file.
    samples: PathBuf,
    /// Labels of a .npy file of features: whole numbers from 0.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Name of the label column of a CSV file.
    #[arg(long, value_name = "NAME", default_value = "label")]
    label: String,
    /// Where har/ and mnist/ are.
    #[arg(long, value_name = "DIR", env = "FEJER_DATA", default_value = ".")]
    data: PathBuf,
    /// Λ: small trusts the labels, large the anchor.
    #[arg(long, default_value_t = 0.3, value_parser = crate::cli::positive)]
    precision: f64,
    /// W₀: a checkpoint of a softmax head; zeros if left out.
    #[arg(long, value_name = "FILE")]
    anchor: Option<PathBuf>,
    /// Duality gap to certify, as a share of the objective.
    #[arg(long, default_value_t = 1e-6, value_parser = crate::cli::positive)]
    accuracy: f64,
    /// Most anchored passes before Newton's method.
    #[arg(long, default_value_t = Goal::default().passes)]
    passes: u32,
    /// Every feature to mean 0 and deviation 1 over the samples first.
    #[arg(long)]
    standardise: bool,
    /// Compute in f64, for accuracies below 1e-7.
    #[arg(long)]
    double: bool,
    #[command(flatten)]
    written: Written,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    outcome: &'static str,
    samples: usize,
    features: usize,
    classes: usize,
    precision: f64,
    objective: f64,
    gap: f64,
    relative_gap: f64,
    distance: f64,
    passes: u32,
    newton_steps: u32,
    products: u32,
    seconds: f64,
    accuracy: f64,
    out: &'a Path,
}

/// Samples as they were read.
struct Samples {
    features: Matrix<f32>,
    labels: Vec<usize>,
    classes: Vec<String>,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let mut samples = load(&arguments)?;
    let anchor = arguments.anchor.as_deref().map(super::read).transpose()?;
    let classes = classes(&arguments, &samples, anchor.as_ref())?;
    let standardise = arguments.standardise.then(|| standardised(&mut samples.features));
    let start = Instant::now();
    let anchor = anchor.map(|anchor| anchor.weights);
    let (progress, outcome, correct, weights) = if arguments.double {
        let values = samples.features.values().iter().map(|&x| f64::from(x)).collect();
        let features = Matrix::new(samples.features.rows(), samples.features.columns(), values);
        let anchor: Option<Vec<f64>> = anchor.map(|w| w.into_iter().map(f64::from).collect());
        parts(solve(&arguments, &features, &samples.labels, classes, anchor.as_deref())?)
    } else {
        let Samples { features, labels, .. } = &samples;
        parts(solve(&arguments, features, labels, classes, anchor.as_deref())?)
    };
    let seconds = start.elapsed().as_secs_f64();
    let head = Head { link: Link::Softmax, outputs: classes, weights, standardise };
    let origin = format!("fitted on {} samples", samples.labels.len());
    arguments.written.write(&head, &origin)?;
    let certificate = progress.certificate;
    let (word, failure) = match outcome {
        Outcome::Certified => ("certified", None),
        Outcome::Exhausted => ("exhausted", Some("the steps ran out before the gap was reached")),
        Outcome::Stalled => ("stalled", Some("the gap is beyond these numbers: add --double")),
        Outcome::Interrupted => ("interrupted", Some("interrupted; the head so far was written")),
    };
    if arguments.json {
        let answer = Answer {
            outcome: word,
            samples: samples.labels.len(),
            features: samples.features.columns(),
            classes,
            precision: arguments.precision,
            objective: certificate.objective,
            gap: certificate.gap,
            relative_gap: certificate.relative(),
            distance: certificate.distance,
            passes: progress.passes,
            newton_steps: progress.steps,
            products: progress.products,
            seconds,
            accuracy: correct,
            out: &arguments.written.out,
        };
        println!("{}", serde_json::to_string(&answer).map_err(bad)?);
    } else {
        println!(
            "{word}: {} samples, {} features, {classes} classes in {seconds:.2} s ({} passes, {} \
             Newton steps)",
            samples.labels.len(),
            samples.features.columns(),
            progress.passes,
            progress.steps
        );
        println!(
            "  objective {:.6}, duality gap {:.1e} ({:.1e} of it), ‖W − W*‖ ≤ {:.1e}, accuracy {correct:.4}",
            certificate.objective,
            certificate.gap,
            certificate.relative(),
            certificate.distance
        );
        println!("wrote {}", arguments.written.out.display());
    }
    failure.map_or(Ok(()), |message| Err((1, message.to_owned())))
}

type Parts = (crate::fit::Progress, Outcome, f64, Vec<f32>);

fn parts<T: Real>(fitted: Fitted<T>) -> Parts {
    let weights = fitted.weights.iter().map(|weight| weight.to_f32()).collect();
    (fitted.progress, fitted.outcome, fitted.correct, weights)
}

fn solve<T: Real>(
    arguments: &Arguments,
    features: &Matrix<T>,
    labels: &[usize],
    classes: usize,
    anchor: Option<&[T]>,
) -> Result<Fitted<T>, Failure> {
    let precision = arguments.precision;
    let problem = Problem { features: features.view(), labels, classes, precision, anchor };
    let goal = Goal { accuracy: arguments.accuracy, passes: arguments.passes, ..Goal::default() };
    let flag = interrupted()?;
    let bar = ProgressBar::new_spinner()
        .with_style(ProgressStyle::with_template("{spinner} {elapsed} {msg}").map_err(bad)?);
    let fitted = fit(&problem, goal, &mut |progress| {
        bar.set_message(format!(
            "{} passes, {} Newton steps, gap {:.1e} of the objective (to {:.0e})",
            progress.passes,
            progress.steps,
            progress.certificate.relative(),
            goal.accuracy
        ));
        bar.tick();
        if flag.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    bar.finish_and_clear();
    fitted.map_err(|error| bad(format!("{}: {error}", arguments.samples.display())))
}

fn load(arguments: &Arguments) -> Result<Samples, Failure> {
    match arguments.samples.to_str() {
        Some("har") => {
            let all = har::load(&arguments.data).map_err(bad)?;
            let values = all.features.into_iter().flatten().collect();
            Ok(Samples {
                features: Matrix::new(all.labels.len(), har::FEATURES, values),
                labels: all.labels.into_iter().map(usize::from).collect(),
                classes: har::CLASSES.map(str::to_owned).into(),
            })
        }
        Some("mnist") => {
            let file = |name: &str| arguments.data.join("mnist").join(name);
            let images = file("train-images-idx3-ubyte.gz");
            let labels = file("train-labels-idx1-ubyte.gz");
            let source = Kind::Idx { images, labels, test_images: None, test_labels: None };
            let source = Source { source, test: 0.0, standardise: false, seed: 0 };
            let read = source.load(Path::new("")).map_err(bad)?;
            let class = |row: &[f32]| row.iter().position(|&target| target > 0.5).unwrap_or(0);
            let labels = read.train.target().each_row().map(class).collect();
            let input = read.train.input();
            let features = Matrix::new(input.rows(), input.columns(), input.values().to_vec());
            Ok(Samples { features, labels, classes: read.classes })
        }
        _ => {
            let (path, labels) = (&arguments.samples, arguments.labels.as_deref());
            let (features, labels, classes) =
                dataset::labelled(path, labels, &arguments.label).map_err(bad)?;
            Ok(Samples { features, labels, classes })
        }
    }
}

/// How many classes the head has: those of the anchor, or of the samples, of which none may be empty.
fn classes(
    arguments: &Arguments,
    samples: &Samples,
    anchor: Option<&Head>,
) -> Result<usize, Failure> {
    let path = arguments.samples.display();
    if let (Some(anchor), Some(file)) = (anchor, &arguments.anchor) {
        let file = file.display();
        let [expected, found] = [samples.features.columns(), anchor.features()];
        if expected != found {
            return Err(bad(format!(
                "{file}: a head of {found} features, but {path} has {expected}; give the head that \
                 was trained on such features"
            )));
        }
        if anchor.link != Link::Softmax {
            return Err(bad(format!("{file}: not a softmax head, and only such are fitted here")));
        }
        return Ok(anchor.outputs);
    }
    let classes = samples.classes.len();
    if classes < 2 {
        return Err(bad(format!("{path}: only one class; give samples of at least two")));
    }
    match (0..classes).find(|class| !samples.labels.contains(class)) {
        None => Ok(classes),
        Some(class) => Err(bad(format!(
            "{path}: class {class} ({}) has no sample; renumber the labels without gaps, or give \
             --anchor FILE, whose head has that class",
            samples.classes[class]
        ))),
    }
}

/// Every feature to mean 0 and deviation 1; one that never changes keeps its unit.
fn standardised(features: &mut Matrix<f32>) -> Standardise {
    let (rows, columns) = (features.rows() as f64, features.columns());
    let (mut mean, mut square) = (vec![0.0; columns], vec![0.0; columns]);
    for row in features.view().each_row() {
        row.iter().zip(&mut mean).for_each(|(&x, mean)| *mean += f64::from(x) / rows);
    }
    for row in features.view().each_row() {
        for ((&x, mean), square) in row.iter().zip(&mean).zip(&mut square) {
            *square += (f64::from(x) - mean).powi(2) / rows;
        }
    }
    let inverse = |&variance: &f64| if variance > 1e-12 { 1.0 / libm::sqrt(variance) } else { 1.0 };
    let inverse_deviation: Vec<f32> = square.iter().map(|v| inverse(v) as f32).collect();
    let mean: Vec<f32> = mean.into_iter().map(|mean| mean as f32).collect();
    for (at, value) in features.values_mut().iter_mut().enumerate() {
        *value = (*value - mean[at % columns]) * inverse_deviation[at % columns];
    }
    Standardise { mean, inverse_deviation }
}
