//! `fejer`: what an engineer does with heads on a desktop.

mod cli;

use std::process::ExitCode;

use clap::Parser;
use fejer_host::plan::{self, Method, Request, Scalar};

/// Heads that learn where the data is: pre-train on the desktop, learn on the device.
#[derive(Parser)]
#[command(name = "fejer", version, arg_required_else_help = true)]
enum Arguments {
    /// Work with the head: the small classifier that learns on the device.
    #[command(subcommand)]
    Head(cli::head::Command),
    /// Which microcontroller a head needs: RAM, flash, instructions and time, before writing code.
    ///
    /// Per board: RAM (weights, remembered samples, stack), flash (text of both operations, factory
    /// weights), instructions and time of a prediction and of a learning step, the share of the time
    /// they take, and whether it fits. The figures are those of the device bench
    /// (benches/device.json), counted under QEMU; sizes it has not measured are fitted between those
    /// it has (16→4, 64→6, 128→10, 561→6). Cycles are a model of the Cortex-M4F.
    ///
    /// Exit code 0: done; 1: the board named does not fit; 2: bad arguments.
    Plan(Planned),
    /// Speak to a device over its port.
    Device(cli::device::Arguments),
    /// Run a published experiment and show it beside its honest baselines.
    Reproduce(cli::reproduce::Arguments),
    /// Make features of data with a frozen network.
    Features(cli::features::Arguments),
    /// Write a firmware project around a head.
    New(cli::new::Arguments),
    /// Train a whole network on the desktop from an experiment's TOML file.
    Train(cli::train::Arguments),
    /// Score a trained network on its data.
    Evaluate(cli::evaluate::Arguments),
    /// Train several ways with several seeds: one table and one picture.
    Compare(cli::compare::Arguments),
}

#[derive(clap::Args)]
struct Planned {
    /// Features the head sees, without the 1 of the bias.
    #[arg(long)]
    features: usize,
    /// Classes, or outputs.
    #[arg(long)]
    classes: usize,
    /// Numbers of the weights.
    #[arg(long, value_enum, default_value = "f32")]
    scalar: Scalar,
    /// Learning step.
    #[arg(long, value_enum, default_value = "anchored")]
    method: Method,
    /// Labelled samples to remember, 8 bits a feature.
    #[arg(long, value_name = "N", default_value_t = 0)]
    memory: usize,
    /// Only this board; without it, all there are.
    #[arg(long, value_name = "NAME")]
    board: Option<String>,
    /// Clock of the core, in place of each board's highest.
    #[arg(long, value_name = "HZ", value_parser = positive)]
    clock: Option<f64>,
    /// Windows a second, each predicted and learnt.
    #[arg(long, value_name = "WINDOWS_PER_SECOND", default_value_t = 1.0, value_parser = positive)]
    rate: f64,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if number.is_finite() && number > 0.0 { Ok(number) } else { Err("must be above 0".to_owned()) }
}

fn main() -> ExitCode {
    let done = match Arguments::parse() {
        Arguments::Head(command) => cli::head::run(command),
        Arguments::Plan(planned) => show_plan(&planned),
        Arguments::Device(arguments) => cli::device::run(arguments),
        Arguments::Reproduce(arguments) => cli::reproduce::run(arguments),
        Arguments::Features(arguments) => cli::features::run(arguments),
        Arguments::New(arguments) => cli::new::run(arguments),
        Arguments::Train(arguments) => cli::train::run(arguments),
        Arguments::Evaluate(arguments) => cli::evaluate::run(arguments),
        Arguments::Compare(arguments) => cli::compare::run(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, message)) => {
            eprintln!("fejer: {message}");
            ExitCode::from(code)
        }
    }
}

fn show_plan(planned: &Planned) -> Result<(), (u8, String)> {
    let request = Request {
        features: planned.features,
        classes: planned.classes,
        scalar: planned.scalar,
        method: planned.method,
        memory: planned.memory,
        board: planned.board.as_deref(),
        clock: planned.clock,
        rate: planned.rate,
    };
    let plan = plan::plan(&request).map_err(|error| (2, error.to_string()))?;
    if planned.json {
        let json = serde_json::to_string(&plan).map_err(|error| (2, error.to_string()))?;
        println!("{json}");
    } else {
        print!("{}", plan::text(&plan));
    }
    let fits = plan.boards.iter().any(|board| board.cost.as_ref().is_some_and(|cost| cost.fits));
    match &planned.board {
        Some(name) if !fits => Err((1, format!("it does not fit the {name}"))),
        _ => Ok(()),
    }
}
