//! `fejer`: what an engineer does with heads on a desktop.

use std::process::ExitCode;

use clap::Parser;
use fejer_host::cli;

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
    Plan(cli::plan::Arguments),
    /// Speak to a device over its port.
    Device(cli::device::Arguments),
    /// Run a published experiment and show it beside its honest baselines.
    Reproduce(cli::reproduce::Arguments),
    /// Play a two-player game with any method: who arrives, who circles, who leaves.
    Game(cli::game::Arguments),
    /// Try a worked application on the desktop: taught rightly, and taught wrongly.
    Trial(cli::trial::Arguments),
    /// Make features of data with a frozen network.
    Features(cli::features::Arguments),
    /// Put the network below a head into 8 bits for a device.
    Quantise(cli::quantise::Arguments),
    /// Write a firmware project around a head.
    New(cli::new::Arguments),
    /// Train a whole network on the desktop from an experiment's TOML file.
    Train(cli::train::Arguments),
    /// Score a trained network on its data.
    Evaluate(cli::evaluate::Arguments),
    /// Train several ways with several seeds: one table and one picture.
    Compare(cli::compare::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse() {
        Arguments::Head(command) => cli::head::run(command),
        Arguments::Plan(arguments) => cli::plan::run(&arguments),
        Arguments::Device(arguments) => cli::device::run(arguments),
        Arguments::Reproduce(arguments) => cli::reproduce::run(arguments),
        Arguments::Game(arguments) => cli::game::run(&arguments),
        Arguments::Trial(arguments) => cli::trial::run(&arguments),
        Arguments::Features(arguments) => cli::features::run(arguments),
        Arguments::Quantise(arguments) => cli::quantise::run(arguments),
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
