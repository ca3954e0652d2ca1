//! `fejer head pretrain`

use std::path::PathBuf;

use crate::clean::CleanSet;
use crate::dataset::cwru;
use crate::dataset::simulated::{self, Condition};
use crate::export;
use crate::pretrain::{Goal, pretrain};
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{Failure, bad};

/// Pre-train a head on lab recordings and export it for firmware.
///
/// Windows of 1024 samples become 64 standardised log band energies; the head is the one
/// solution of the anchored problem around zero weights, solved in f64 to the stated natural
/// residual. Written are `factory.rs` (weights and standardisation as Rust constants, to be
/// included by firmware: FEJER_FACTORY=$PWD/factory.rs cargo build -p fejer-firmware …), `clean.rs`
/// (ten windows of each class that a device judges by what it learns: FEJER_CLEAN=$PWD/clean.rs) and
/// `factory.ckpt` (the same head as a checkpoint).
///
/// Exit code 0: done; 1: the residual was not reached; 2: bad recordings or arguments.
#[derive(clap::Args)]
pub struct Arguments {
    /// Directory that holds `cwru/`; the built-in bearing simulator if left out.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Directory to write to; made if missing.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// Natural residual (largest component of F(W)) to reach.
    #[arg(long, default_value_t = Goal::default().residual, value_parser = crate::cli::positive)]
    residual: f64,
}

pub fn run(Arguments { data, out, residual }: Arguments) -> Result<(), Failure> {
    let lab = match &data {
        Some(directory) => cwru::load(directory, 0).map_err(bad)?,
        None => simulated::windows(Condition::Lab, 1),
    };
    let bar = ProgressBar::new_spinner()
        .with_style(ProgressStyle::with_template("{spinner} {msg}").map_err(bad)?);
    let goal = Goal { residual, ..Goal::default() };
    let done = pretrain(&lab, goal, &mut |progress| {
        bar.set_message(format!("pass {}, residual {:.1e}", progress.passes, progress.residual));
        bar.tick();
    })
    .map_err(|error| (1, error.to_string()))?;
    bar.finish_and_clear();
    let origin = match &data {
        Some(_) => "CWRU bearing recordings, motor load 0",
        None => "simulated bearing, lab condition",
    };
    let source = export::factory_source(&done.factory, origin);
    export::write(&out.join("factory.rs"), source.as_bytes()).map_err(bad)?;
    let fresh = if data.is_none() { simulated::windows(Condition::Lab, 3) } else { lab };
    let clean = CleanSet::choose(&fresh, &done.factory).map_err(bad)?.source(origin);
    export::write(&out.join("clean.rs"), clean.as_bytes()).map_err(bad)?;
    export::write(&out.join("factory.ckpt"), &export::checkpoint(&done.factory)).map_err(bad)?;
    println!(
        "{} windows, accuracy {:.4}, natural residual {:.1e}, distance to the exact solution ≤ {:.1e}",
        done.windows, done.accuracy, done.residual, done.distance
    );
    println!("wrote {}, clean.rs and factory.ckpt", out.join("factory.rs").display());
    Ok(())
}
