//! `fejer device replay`

use std::fmt::{self, Display};
use std::path::PathBuf;

use crate::clean::CleanSet;
use crate::port::exchanges;
use crate::port::replay::{Agreed, Error, replay};
use fejer::fixed::types::I16F16;
use serde::Serialize;

use super::answer::print;
use super::read;
use crate::cli::head::{Numbers, factory};
use crate::cli::{Failure, bad};

#[derive(clap::Args)]
pub struct Arguments {
    /// What `--record` kept.
    file: PathBuf,
    /// The factory head in the firmware: the Rust file of constants it was built with.
    #[arg(long, value_name = "FILE")]
    factory: PathBuf,
    /// The clean set in the firmware: the Rust file of constants it was built with.
    #[arg(long, value_name = "FILE")]
    clean: PathBuf,
    /// Numbers of the firmware.
    #[arg(long, value_enum, default_value = "f32")]
    scalar: Numbers,
}

#[derive(Serialize)]
struct Answer {
    exchanges: usize,
    predictions: usize,
    changes: usize,
    weights: String,
    is_equal: bool,
}

impl Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { exchanges, predictions, changes, weights, .. } = self;
        write!(
            formatter,
            "{exchanges} exchanges, {predictions} predictions, {changes} changes: every bit the \
             same, weights {weights}"
        )
    }
}

pub fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let name = arguments.file.display();
    let record = exchanges(&read(&arguments.file)?);
    let record = record.ok_or_else(|| {
        bad(format!("{name}: not a record, or cut short: write it with `fejer device --record`"))
    })?;
    let factory = factory(&arguments.factory)?;
    let clean = CleanSet::parse(&String::from_utf8_lossy(&read(&arguments.clean)?));
    let clean = clean.ok_or_else(|| {
        let name = arguments.clean.display();
        bad(format!("{name}: not a file of CODES and LABELS; write it with `fejer head pretrain`"))
    })?;
    let replayed = match arguments.scalar {
        Numbers::F32 => replay::<f32>(&record, &factory, &clean),
        Numbers::Q16 => replay::<I16F16>(&record, &factory, &clean),
    };
    let Agreed { exchanges, predictions, changes, weights } =
        replayed.map_err(|error| match error {
            Error::Differs { .. } | Error::Refused { .. } => (1, format!("{name}: {error}")),
            _ => bad(format!("{name}: {error}")),
        })?;
    let weights = format!("{weights:016x}");
    print(json, &Answer { exchanges, predictions, changes, weights, is_equal: true })
}
