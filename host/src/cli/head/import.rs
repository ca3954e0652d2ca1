//! `fejer head import`

use std::path::{Path, PathBuf};

use crate::head;
use clap::ValueEnum;
use fejer::Link;
use serde::Serialize;

use super::Written;
use crate::cli::{Failure, bad};

/// The arrays looked for.
const ARRAYS: &str = "\
scikit-learn, from LogisticRegression `model` and StandardScaler `scaler`:
  numpy.savez('head.npz', coef_=model.coef_, intercept_=model.intercept_,
              mean_=scaler.mean_, scale_=scaler.scale_)
PyTorch, from torch.nn.Linear `layer`:
  safetensors.torch.save_file({'weight': layer.weight, 'bias': layer.bias,
                               'mean': mean, 'scale': scale}, 'head.safetensors')

coef_ and weight are outputs × features, intercept_ and bias have one number an output, mean and scale
one a feature: x is standardised as (x − mean)/scale. Without mean and scale, features are taken as
they are. A binary LogisticRegression has one row; it becomes two classes with the same shares.";

/// Take over a linear head of scikit-learn or PyTorch.
///
/// Written is a checkpoint of core, and with --rust a file of constants. A checkpoint has no place for
/// the standardisation: include the constants in the firmware, or fold it into the weights with
/// --fold (8-bit remembered samples want standardised features, so folding is for heads that do not
/// go on learning).
///
/// Exit code 0: done; 2: bad input.
#[derive(clap::Args)]
#[command(after_long_help = ARRAYS)]
pub struct Arguments {
    /// A .npz or .safetensors file.
    file: PathBuf,
    /// What makes predictions of scores.
    #[arg(long, value_enum, default_value = "softmax")]
    link: Choice,
    #[command(flatten)]
    written: Written,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Links of linear heads there.
#[derive(Clone, Copy, ValueEnum)]
enum Choice {
    Softmax,
    Sigmoid,
    Identity,
}

/// What was written.
#[derive(Serialize)]
pub(super) struct Answer<'a> {
    pub features: usize,
    pub outputs: usize,
    pub is_standardised: bool,
    pub out: &'a Path,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let link = match arguments.link {
        Choice::Softmax => Link::Softmax,
        Choice::Sigmoid => Link::Sigmoid,
        Choice::Identity => Link::Identity,
    };
    let head = head::import(&arguments.file, link).map_err(bad)?;
    let origin = format!("imported from {}", arguments.file.display());
    arguments.written.write(&head, &origin)?;
    let answer = Answer {
        features: head.features(),
        outputs: head.outputs,
        is_standardised: head.standardise.is_some() && !arguments.written.fold,
        out: &arguments.written.out,
    };
    answer.print(arguments.json)?;
    if answer.is_standardised && arguments.written.rust.is_none() {
        eprintln!("the checkpoint takes standardised features; --rust FILE writes mean and scale");
    }
    Ok(())
}

impl Answer<'_> {
    pub(super) fn print(&self, is_json: bool) -> Result<(), Failure> {
        if is_json {
            println!("{}", serde_json::to_string(self).map_err(bad)?);
        } else {
            let Self { features, outputs, out, .. } = self;
            println!("{features} features, {outputs} outputs; wrote {}", out.display());
        }
        Ok(())
    }
}
