//! What features are made of: examples of an experiment, of arrays, or of raw signals.

use std::path::Path;

use crate::backbone;
use crate::dataset::signals::{self, Features, Sensing, Window};
use crate::dataset::{self, Data, Examples, Kind, Source};
use crate::experiment::Experiment;
use crate::matrix::Matrix;

use super::super::{Failure, bad, data_directory, train};
use super::Arguments;

/// Examples.
pub struct Rows {
    pub data: Data,
    /// The axes of one example.
    pub axes: Vec<usize>,
    /// Whether images have their channels last, as networks of `fejer train` do.
    pub channels_last: bool,
    /// Whether the classes are known.
    pub is_labelled: bool,
}

impl Rows {
    /// Those to train on and those of the test.
    pub fn both(&self) -> [&Examples<f32>; 2] {
        [&self.data.train, &self.data.test]
    }

    fn of_experiment(experiment: &Experiment, directory: &Path) -> Result<Self, Failure> {
        let data = experiment.load(directory).map_err(bad)?;
        let axes = experiment.model.input.clone();
        Ok(Self { data, axes, channels_last: true, is_labelled: true })
    }

    fn of_table(
        axes: Vec<usize>,
        input: Matrix<f32>,
        labels: Option<&[usize]>,
        classes: Vec<String>,
    ) -> Self {
        let count = input.rows();
        let train = match labels {
            Some(labels) => Examples::classified(input, labels, classes.len()),
            None => Examples::new(count, input, Matrix::zeros(count, 1)),
        };
        let data = Data { train, test: Examples::default(), graph: None, classes };
        Self { data, axes, channels_last: false, is_labelled: labels.is_some() }
    }
}

/// What `fejer train` wrote at this place.
pub fn is_trained(path: &Path) -> bool {
    path.join(train::CHECKPOINT).is_file()
}

pub fn read(arguments: &Arguments) -> Result<Rows, Failure> {
    let from = &arguments.from;
    let extension = from.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let has_backbone = arguments.backbone.is_some();
    match extension.to_ascii_lowercase().as_str() {
        _ if is_trained(from) => {
            let trained = backbone::read(from).map_err(bad)?;
            let directory = arguments.data.as_ref().unwrap_or(from);
            Rows::of_experiment(&trained.experiment, directory)
        }
        "onnx" => Err(bad(format!(
            "{0}: a network, not data; give it as: fejer features DATA --backbone {0}",
            from.display()
        ))),
        "toml" if has_backbone => {
            let (experiment, _) = Experiment::read(from).map_err(bad)?;
            Rows::of_experiment(&experiment, &data_directory(arguments.data.as_ref(), from))
        }
        "npy" | "npz" if has_backbone && arguments.signal.is_none() => {
            let read = dataset::arrays(from, arguments.labels.as_deref()).map_err(bad)?;
            let (axes, input, labels) = read;
            let classes = numbered(labels.as_deref().unwrap_or_default());
            Ok(Rows::of_table(axes, input, labels.as_deref(), classes))
        }
        "csv" | "npy" => of_signals(arguments),
        _ if from.is_dir() => of_folder(arguments),
        _ => {
            let exists = if from.exists() { "not understood" } else { "no such file or directory" };
            Err(bad(format!(
                "{}: {exists}; give a directory that `fejer train` wrote, a .csv or .npy file of signals, a folder of \
                 signals or WAV files, or with --backbone a .npy, .npz or .toml file",
                from.display()
            )))
        }
    }
}

/// Sounds as a whole if nothing else is asked for and there is one; otherwise signals.
fn of_folder(arguments: &Arguments) -> Result<Rows, Failure> {
    let is_sound = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.map(|entry| entry.path()).unwrap_or_default();
        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav"))
    };
    let has_sounds = std::fs::read_dir(&arguments.from).is_ok_and(|mut files| files.any(is_sound));
    if arguments.signal.is_some() || !has_sounds {
        return of_signals(arguments);
    }
    let source = Kind::Wav(arguments.from.clone());
    let source = Source { source, test: 0.0, standardise: false, seed: 0 };
    let data = source.load(Path::new("")).map_err(bad)?;
    let axes = vec![data.train.input().columns()];
    Ok(Rows { data, axes, channels_last: false, is_labelled: true })
}

fn of_signals(arguments: &Arguments) -> Result<Rows, Failure> {
    let path = &arguments.from;
    let windows = signals::windows(path, arguments.label.as_deref()).map_err(bad)?;
    let input = match (arguments.signal, &arguments.backbone) {
        (None, Some(_)) if path.is_file() => raw(&windows),
        (features, _) => {
            let features = features.unwrap_or_default();
            if features == Features::LogMel && arguments.rate.is_none() {
                return Err(bad("--signal log-mel needs --rate HZ, the samples a second"));
            }
            let rate = arguments.rate.unwrap_or(1.0);
            Sensing { features, bands: arguments.bands, rate }.of(&windows).map_err(bad)?
        }
    };
    let axes = vec![input.columns()];
    if let Some(file) = &arguments.labels {
        let labels = dataset::labels(file, windows.len()).map_err(bad)?;
        return Ok(Rows::of_table(axes, input, Some(&labels), numbered(&labels)));
    }
    let named: Option<Vec<String>> = windows.into_iter().map(|window| window.class).collect();
    let mut classes = named.clone().unwrap_or_default();
    classes.sort();
    classes.dedup();
    let number = |name: &String| classes.binary_search(name).unwrap_or(0);
    let labels: Option<Vec<usize>> = named.map(|named| named.iter().map(number).collect());
    Ok(Rows::of_table(axes, input, labels.as_deref(), classes.clone()))
}

/// Classes without names.
fn numbered(labels: &[usize]) -> Vec<String> {
    (0..=labels.iter().copied().max().unwrap_or(0)).map(|class| class.to_string()).collect()
}

/// Samples as they are, for a network that takes them.
fn raw(windows: &[Window]) -> Matrix<f32> {
    let columns = windows.first().map_or(0, |window| window.samples.len());
    let values = windows.iter().flat_map(|window| window.samples.iter().copied()).collect();
    Matrix::new(windows.len(), columns, values)
}
