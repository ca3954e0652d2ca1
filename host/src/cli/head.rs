//! `fejer head …`: the small classifier that learns on the device.

mod export;
mod fit;
mod import;
mod pretrain;
mod replay;

pub use replay::{Numbers, factory};

use std::path::Path;

use crate::export as files;
use crate::head::{self, Head};
use clap::Subcommand;

use super::{Failure, bad};

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Pre-train a head on lab recordings and export it for firmware.
    Pretrain(pretrain::Arguments),
    /// Retrain the head alone, on any number of samples, to a certified duality gap.
    Fit(fit::Arguments),
    /// Take the last layer of a trained network as a head.
    Export(export::Arguments),
    /// Take over a linear head of scikit-learn or PyTorch.
    Import(import::Arguments),
    /// Replay what a device did and compare every bit.
    Replay(replay::Arguments),
}

pub fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Pretrain(arguments) => pretrain::run(arguments),
        Command::Fit(arguments) => fit::run(arguments),
        Command::Export(arguments) => export::run(arguments),
        Command::Import(arguments) => import::run(arguments),
        Command::Replay(arguments) => replay::run(arguments),
    }
}

/// Where a head is written to.
#[derive(clap::Args)]
struct Written {
    /// The head as a checkpoint of core; without what standardises its features.
    #[arg(long, value_name = "FILE", default_value = "head.ckpt")]
    out: std::path::PathBuf,
    /// Also as a Rust file of constants MEAN, INVERSE_DEVIATION and WEIGHTS.
    #[arg(long, value_name = "FILE")]
    rust: Option<std::path::PathBuf>,
    /// Fold the standardisation into the weights: the head then takes features as they come.
    #[arg(long)]
    fold: bool,
}

impl Written {
    fn write(&self, head: &Head, origin: &str) -> Result<(), Failure> {
        let head = if self.fold { head.folded() } else { head.clone() };
        let bytes = head::encode(&head).map_err(bad)?;
        files::write(&self.out, &bytes).map_err(bad)?;
        match &self.rust {
            Some(path) => files::write(path, head::source(&head, origin).as_bytes()).map_err(bad),
            None => Ok(()),
        }
    }
}

/// A head from a checkpoint.
pub(super) fn read(path: &Path) -> Result<Head, Failure> {
    let named = |error: &dyn std::fmt::Display| bad(format!("{}: {error}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| {
        named(&format!("cannot be read: {error}; give the path of a checkpoint"))
    })?;
    head::decode(&bytes).map_err(|error| named(&error))
}
