//! `fejer quantise`

use std::path::{Path, PathBuf};

use crate::backbone;
use crate::dataset::{Examples, npy_of_floats, npy_of_labels};
use crate::export;
use crate::extractor::{correct, features, quantise};
use crate::head::{self, Head};
use crate::trainer::evaluate;
use fejer::extractor::Extractor;
use serde::Serialize;

use super::{Failure, bad, data_directory};

/// Put the network below a head into 8 bits for a device.
///
/// The network is a directory that `fejer train --out DIR` wrote. Its last layer, which must be
/// dense, becomes the head that learns on the device; what is below it becomes a frozen extractor of
/// 8-bit weights and activations, with scales found over the training examples. A device runs dense
/// layers, convolutions, batch_norm right above one of them, relu, pools and flatten.
///
/// Written to --out: extractor.bin (core's `extractor::Extractor` reads it) and head.ckpt, its head;
/// then the features the device will see, bit for bit: features.npy and labels.npy of the training
/// examples, test_features.npy and test_labels.npy of the test. `fejer head fit` reads them.
///
/// Exit code 0: done; 2: bad input.
#[derive(clap::Args)]
pub struct Arguments {
    /// What `fejer train` wrote to.
    directory: PathBuf,
    /// Where relative paths of the data start; without it, the directory itself.
    #[arg(long, value_name = "DIR", env = "FEJER_DATA")]
    data: Option<PathBuf>,
    /// Directory to write to; made if missing.
    #[arg(long, value_name = "DIR", default_value = "extractor")]
    out: PathBuf,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    features: usize,
    flash_bytes: usize,
    ram_bytes: usize,
    /// Of the examples of the test, or the training where there is none.
    examples: usize,
    accuracy_float: f64,
    accuracy_8_bit: f64,
    out: &'a Path,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let trained = backbone::read(&arguments.directory).map_err(bad)?;
    let file = arguments.directory.join(super::train::EXPERIMENT);
    let directory = data_directory(arguments.data.as_ref(), &file);
    let data = trained.experiment.load(&directory).map_err(bad)?;
    let quantised = quantise(&trained, &data).map_err(bad)?;
    let extractor = Extractor::new(&quantised.bytes).map_err(bad)?;
    let (out, head) = (&arguments.out, &quantised.head);
    export::write(&out.join("extractor.bin"), &quantised.bytes).map_err(bad)?;
    export::write(&out.join("head.ckpt"), &head::encode(head).map_err(bad)?).map_err(bad)?;

    let mut right = (0, 0);
    for (examples, prefix) in [(&data.train, ""), (&data.test, "test_")] {
        if examples.is_empty() {
            continue;
        }
        let codes = features(&quantised.bytes, examples).map_err(bad)?;
        right = (correct(head, &codes, examples), examples.len());
        write(out, prefix, head, &codes, examples)?;
    }
    let judged = if data.test.is_empty() { &data.train } else { &data.test };
    let (model, point) = trained.whole(&data).map_err(bad)?;
    let scores = evaluate(&model, &point, judged, &mut model.tape());
    let answer = Answer {
        features: extractor.features(),
        flash_bytes: quantised.bytes.len(),
        ram_bytes: 2 * extractor.room(),
        examples: right.1,
        accuracy_float: 1.0 - scores.error,
        accuracy_8_bit: right.0 as f64 / right.1.max(1) as f64,
        out,
    };
    if arguments.json {
        println!("{}", serde_json::to_string(&answer).map_err(bad)?);
    } else {
        println!(
            "{} features, {} bytes of flash, {} of RAM; accuracy {:.4} in 8 bits, {:.4} in floats, over {} \
             examples; wrote {}",
            answer.features,
            answer.flash_bytes,
            answer.ram_bytes,
            answer.accuracy_8_bit,
            answer.accuracy_float,
            answer.examples,
            out.join("extractor.bin").display()
        );
    }
    Ok(())
}

/// Features and labels as `fejer features` writes them.
fn write(
    out: &Path,
    prefix: &str,
    head: &Head,
    codes: &[i8],
    examples: &Examples<f32>,
) -> Result<(), Failure> {
    let file = |name: &str| out.join(format!("{prefix}{name}.npy"));
    let values: Vec<f32> = codes.iter().map(|&code| fejer::Stored::value(code)).collect();
    let bytes = npy_of_floats(examples.len(), head.features(), &values);
    export::write(&file("features"), &bytes).map_err(bad)?;
    let class = |row: &[f32]| row.iter().position(|&target| target > 0.5).unwrap_or(0);
    let labels: Vec<usize> = examples.target().each_row().map(class).collect();
    export::write(&file("labels"), &npy_of_labels(&labels)).map_err(bad)
}
