//! `fejer features`

mod backbone;
mod rows;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use crate::backbone::onnx;
use crate::dataset::signals::Features;
use crate::dataset::{Examples, npy_of_floats, npy_of_labels};
use crate::export;
use serde::Serialize;

use self::backbone::Backbone;
use self::rows::Rows;
use super::{Failure, bad, interrupted, progress_bar};

/// Make features of data: of raw signals as the device does, or with a frozen network.
///
/// FROM says what of:
///   a directory that `fejer train --out DIR` wrote: its network without the last layer is run over
///     the data of its experiment;
///   signals in a .csv or .npy file: one window of 1024 samples a row, or one long column that is cut
///     into windows;
///   a folder of {class}_{anything}.csv, .npy or .wav: a signal each. WAV files (8 kHz, mono, 16 bit)
///     give 160 log-mel features of the whole sound unless --signal is given;
///   with --backbone also examples in a .npy or .npz file (examples first, images as [n, channels,
///     height, width]), or an experiment's .toml, for the data it names.
///
/// What of signals, --signal says: log-bands (--bands of equal width),
/// log-mel (mel bands from 0 to half of --rate), or statistics (mean, RMS, kurtosis, crest, zero
/// crossings). They are those of core: the device computes the same ones.
///
/// --backbone is a frozen network: model.onnx (needs a fejer built with `--features onnx`), or a
/// directory that `fejer train` wrote. Of an ONNX network --output names the node to stop at, by its
/// name or its value's, such as the layer below a classifier's last; a name that is not there lists
/// those that are. It runs an example at a time: inputs declare a batch of 1 or a dynamic one.
///
///   fejer features recordings/ --signal log-bands --bands 32
///   fejer features images.npy --labels labels.npy --backbone resnet.onnx --output flatten
///   fejer head fit features/features.npy --labels features/labels.npy
///
/// Written to --out: features.npy (f32, a row an example) and, where classes are known, labels.npy of
/// the training examples; test_features.npy and test_labels.npy where there is a test. `fejer head
/// fit` reads them.
///
/// Exit code 0: done; 1: interrupted, nothing written; 2: bad input.
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// A trained network, signals, or data for a backbone.
    from: PathBuf,
    /// Frozen network the data go through: an ONNX file, or what `fejer train` wrote.
    #[arg(long, value_name = "FILE|DIR")]
    backbone: Option<PathBuf>,
    /// Node of the ONNX network to stop at; without it, its end.
    #[arg(long, value_name = "NODE", requires = "backbone")]
    output: Option<String>,
    /// Features of raw signals.
    #[arg(long, value_enum, value_name = "KIND")]
    signal: Option<Features>,
    /// Bands of log-bands and log-mel: 8, 16, 32, 64 or 128.
    #[arg(long, value_name = "N", default_value_t = 64)]
    bands: usize,
    /// Samples a second of the signals; log-mel needs it.
    #[arg(long, value_name = "HZ")]
    rate: Option<f32>,
    /// Column of the class in a CSV file, which then needs a header.
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
    /// Labels beside a .npy file: whole numbers from 0, one a row.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Where relative paths of an experiment's data start; without it, at the experiment.
    #[arg(long, value_name = "DIR", env = "FEJER_DATA")]
    data: Option<PathBuf>,
    /// Directory to write to; made if missing.
    #[arg(long, value_name = "DIR", default_value = "features")]
    out: PathBuf,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    features: usize,
    train: usize,
    test: usize,
    classes: &'a [String],
    out: &'a Path,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let networks = [Some(&arguments.from), arguments.backbone.as_ref()];
    for path in networks.into_iter().flatten().filter(|path| onnx::is_onnx(path)) {
        onnx::supported(path).map_err(bad)?;
    }
    let rows = rows::read(&arguments)?;
    let backbone = backbone::open(&arguments, &rows)?;
    let columns = backbone.features(&rows);
    let tables = through(&backbone, &rows)?;
    for ((examples, values), prefix) in rows.both().into_iter().zip(&tables).zip(["", "test_"]) {
        if examples.is_empty() {
            continue;
        }
        let file = |name: &str| arguments.out.join(format!("{prefix}{name}.npy"));
        let bytes = npy_of_floats(examples.len(), columns, values);
        export::write(&file("features"), &bytes).map_err(bad)?;
        if rows.is_labelled {
            export::write(&file("labels"), &npy_of_labels(&labels(examples))).map_err(bad)?;
        }
    }
    let answer = Answer {
        features: columns,
        train: rows.data.train.len(),
        test: rows.data.test.len(),
        classes: if rows.is_labelled { &rows.data.classes } else { &[] },
        out: &arguments.out,
    };
    if arguments.json {
        println!("{}", serde_json::to_string(&answer).map_err(bad)?);
    } else {
        println!(
            "{} features of {} + {} examples; wrote {}",
            answer.features,
            answer.train,
            answer.test,
            arguments.out.join("features.npy").display()
        );
    }
    Ok(())
}

/// Features of the examples to train on and of those of the test.
fn through(backbone: &Backbone, rows: &Rows) -> Result<[Vec<f32>; 2], Failure> {
    const AT_ONCE: usize = 256;
    let flag = interrupted()?;
    let count = rows.data.train.len() + rows.data.test.len();
    let bar = progress_bar(count as u64, "examples")?;
    let mut tables = [vec![], vec![]];
    for (examples, values) in rows.both().into_iter().zip(&mut tables) {
        for first in (0..examples.len()).step_by(AT_ONCE) {
            let end = examples.len().min(first + AT_ONCE);
            values.extend(backbone.apply(rows, examples, first..end)?);
            bar.inc((end - first) as u64);
            if flag.load(Ordering::SeqCst) {
                return Err((1, "interrupted; nothing was written".into()));
            }
        }
    }
    bar.finish_and_clear();
    Ok(tables)
}

/// The class of each example.
fn labels(examples: &Examples<f32>) -> Vec<usize> {
    let class = |row: &[f32]| row.iter().position(|&target| target > 0.5).unwrap_or(0);
    examples.target().each_row().map(class).collect()
}
