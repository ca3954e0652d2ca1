//! `fejer features`

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use fejer_host::backbone::{self, Trained};
use fejer_host::dataset::{Data, Examples, Kind, Source, npy_of_floats, npy_of_labels};
use fejer_host::export;
use fejer_host::layer::Shape;
use serde::Serialize;

use super::{Failure, bad, interrupted, progress_bar};

/// Make features of data with a frozen network.
///
/// FROM is a directory that `fejer train --out DIR` wrote: its network without the last layer is
/// run over the data of its experiment. Or it is a folder of {class}_{anything}.wav (8 kHz, mono, 16
/// bit): 160 log-mel features each, those of core.
///
/// Written to --out: features.npy (f32, a row an example) and labels.npy of the training examples,
/// test_features.npy and test_labels.npy where there are any; `fejer head fit` reads them.
///
/// Exit code 0: done; 1: interrupted, nothing written; 2: bad input.
#[derive(clap::Args)]
pub struct Arguments {
    /// A trained network, or a folder of WAV files.
    from: PathBuf,
    /// Where relative paths of the network's data start; without it, the directory itself.
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

/// Rows of features, one after the other.
struct Table {
    columns: usize,
    values: Vec<f32>,
    labels: Vec<usize>,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let has_network = arguments.from.join(super::train::CHECKPOINT).is_file();
    let (data, tables) = if has_network { by_network(&arguments)? } else { of_sounds(&arguments)? };
    let [train, test] = &tables;
    for (table, prefix) in [(train, ""), (test, "test_")] {
        if table.labels.is_empty() {
            continue;
        }
        let file = |name: &str| arguments.out.join(format!("{prefix}{name}.npy"));
        let bytes = npy_of_floats(table.labels.len(), table.columns, &table.values);
        export::write(&file("features"), &bytes).map_err(bad)?;
        export::write(&file("labels"), &npy_of_labels(&table.labels)).map_err(bad)?;
    }
    let answer = Answer {
        features: train.columns,
        train: train.labels.len(),
        test: test.labels.len(),
        classes: &data.classes,
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

fn of_sounds(arguments: &Arguments) -> Result<(Data, [Table; 2]), Failure> {
    if !arguments.from.is_dir() {
        return Err(bad(format!(
            "{}: no such directory; give one that `fejer train` wrote, or a folder of WAV files",
            arguments.from.display()
        )));
    }
    let source = Kind::Wav(arguments.from.clone());
    let source = Source { source, test: 0.0, standardise: false, seed: 0 };
    let data = source.load(Path::new("")).map_err(bad)?;
    let tables = [&data.train, &data.test].map(|examples| Table {
        columns: examples.input().columns(),
        values: examples.input().values().to_vec(),
        labels: labels(examples),
    });
    Ok((data, tables))
}

fn by_network(arguments: &Arguments) -> Result<(Data, [Table; 2]), Failure> {
    let trained = backbone::read(&arguments.from).map_err(bad)?;
    let directory = arguments.data.as_ref().unwrap_or(&arguments.from);
    let data = trained.experiment.load(directory).map_err(bad)?;
    let (model, weights) = trained.backbone(&data).map_err(bad)?;
    let Shape { sites, channels } = model.output();
    if sites != 1 {
        return Err(bad(format!(
            "{}: the layer below the last gives {sites} rows an example; put \"flatten\" before it",
            arguments.from.display()
        )));
    }
    let flag = interrupted()?;
    let bar = progress_bar((data.train.len() + data.test.len()) as u64, "examples")?;
    let mut tables = vec![];
    for examples in [&data.train, &data.test] {
        let mut values = Vec::with_capacity(examples.len() * channels);
        Trained::features(&model, &weights, examples.input(), &mut |rows| {
            values.extend_from_slice(rows);
            bar.inc((rows.len() / channels.max(1)) as u64);
            !flag.load(Ordering::SeqCst)
        });
        if flag.load(Ordering::SeqCst) {
            return Err((1, "interrupted; nothing was written".into()));
        }
        tables.push(Table { columns: channels, values, labels: labels(examples) });
    }
    bar.finish_and_clear();
    let tables = tables.try_into().map_err(|_| bad("two tables"))?;
    Ok((data, tables))
}

/// The class of each example.
fn labels(examples: &Examples<f32>) -> Vec<usize> {
    let class = |row: &[f32]| row.iter().position(|&target| target > 0.5).unwrap_or(0);
    examples.target().each_row().map(class).collect()
}
