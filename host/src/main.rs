//! `fejer`: what an engineer does with heads on a desktop.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use fejer_host::dataset::cwru;
use fejer_host::dataset::simulated::{self, Condition};
use fejer_host::export;
use fejer_host::pretrain::{Goal, pretrain};
use indicatif::{ProgressBar, ProgressStyle};

/// Heads that learn where the data is: pre-train on the desktop, learn on the device.
#[derive(Parser)]
#[command(name = "fejer", version, arg_required_else_help = true)]
enum Arguments {
    /// Work with the head: the small classifier that learns on the device.
    #[command(subcommand)]
    Head(Head),
}

#[derive(Subcommand)]
enum Head {
    /// Pre-train a head on lab recordings and export it for firmware.
    ///
    /// Windows of 1024 samples become 64 standardised log band energies; the head is the one
    /// solution of the anchored problem around zero weights, solved in f64 to the stated natural
    /// residual. Written are `factory.rs` (weights and standardisation as Rust constants, to be
    /// included by firmware: FEJER_FACTORY=factory.rs cargo build -p fejer-firmware …) and
    /// `factory.ckpt` (the same head as a checkpoint).
    ///
    /// Exit code 0: done; 1: the residual was not reached; 2: bad recordings or arguments.
    Pretrain {
        /// Directory that holds `cwru/`; the built-in bearing simulator if left out.
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Directory to write to; made if missing.
        #[arg(long, value_name = "DIR", default_value = ".")]
        out: PathBuf,
        /// Natural residual (largest component of F(W)) to reach.
        #[arg(long, default_value_t = Goal::default().residual, value_parser = positive)]
        residual: f64,
    },
}

fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if number.is_finite() && number > 0.0 { Ok(number) } else { Err("must be above 0".to_owned()) }
}

fn main() -> ExitCode {
    let Arguments::Head(Head::Pretrain { data, out, residual }) = Arguments::parse();
    match export_pretrained(data, &out, residual) {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, message)) => {
            eprintln!("fejer: {message}");
            ExitCode::from(code)
        }
    }
}

fn export_pretrained(
    data: Option<PathBuf>,
    out: &std::path::Path,
    residual: f64,
) -> Result<(), (u8, String)> {
    let bad = |error: &dyn std::fmt::Display| (2, error.to_string());
    let lab = match &data {
        Some(directory) => cwru::load(directory, 0).map_err(|error| bad(&error))?,
        None => simulated::windows(Condition::Lab, 1),
    };
    let bar = ProgressBar::new_spinner()
        .with_style(ProgressStyle::with_template("{spinner} {msg}").map_err(|error| bad(&error))?);
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
    export::write(&out.join("factory.rs"), source.as_bytes()).map_err(|error| bad(&error))?;
    export::write(&out.join("factory.ckpt"), &export::checkpoint(&done.factory))
        .map_err(|error| bad(&error))?;
    println!(
        "{} windows, accuracy {:.4}, natural residual {:.1e}, distance to the exact solution ≤ {:.1e}",
        done.windows, done.accuracy, done.residual, done.distance
    );
    println!("wrote {} and factory.ckpt", out.join("factory.rs").display());
    Ok(())
}
