//! `cargo xtask`: what a person or a CI does with this repository, set-up included.

mod accept;
mod apply;
mod c;
mod demo;
mod firmware;
mod place;
mod setup;
mod shell;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Demonstrate, test and accept Fejér. Every command first sets up what it needs: the bare-metal
/// targets of the pinned toolchain and `qemu-system-arm`.
///
/// Exit codes: 0 all held; 1 a check or a test failed; 2 bad input or a missing tool, in one line
/// (a wrong argument prints its usage).
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Only set up, for the device bench and the C interface too: targets, emulators, LLVM's tools, a
    /// C compiler. Quick when they are there.
    Setup,
    /// Pre-train a head on the desktop, let an emulated Cortex-M learn, compare bit for bit.
    ///
    /// Three devices (one a seed) see the field's windows, learn 45 labelled ones drawn at random,
    /// consolidate in idle time and see the rest again. The desktop replays the same history through
    /// the same core, and an independent f64 oracle checks every step. A fourth device is cut off its
    /// power while it learns, a fifth counts its instructions. The page is written to
    /// target/fejer/demo/.
    Demo(demo::Options),
    /// Let emulated Cortex-M4Fs learn one of the four worked applications, and compare with the desktop.
    ///
    /// Each field gets a device with the factory head: it is told labels, settles after each of them and
    /// predicts the rest. The factory is compiled into the image by FEJER_APPLICATION. What is printed
    /// is also held to firmware/src/bin/APPLICATION.out, which FEJER_BLESS=1 writes.
    Apply(apply::Options),
    /// Format, lints, documentation, unit, property and device tests.
    Test,
    /// Run every line under "It is done when" of an issue and print them as JSON.
    ///
    /// Standard output is one array of `{line, bound, measured, pass}`; progress goes to standard
    /// error. Data are looked for in FEJER_DATA, then in ../shared/data.
    Accept {
        /// Number of the issue.
        issue: u32,
        /// Leave out what builds from scratch or repeats `cargo xtask test`.
        #[arg(long)]
        quick: bool,
    },
}

/// Why a command ended early: an exit code and one line.
pub struct Stop {
    code: u8,
    line: String,
}

impl Stop {
    /// The user can mend it.
    pub fn usage(line: impl Into<String>) -> Self {
        Self { code: 2, line: line.into() }
    }

    /// Something did not hold.
    pub fn failed(line: impl Into<String>) -> Self {
        Self { code: 1, line: line.into() }
    }
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Setup => setup::all().and_then(|()| setup::bench()).and_then(|()| setup::c()),
        Command::Demo(options) => demo::run(&options),
        Command::Apply(options) => apply::run(&options),
        Command::Test => test::run(),
        Command::Accept { issue, quick } => accept::run(issue, quick),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop { code, line }) => {
            eprintln!("{line}");
            ExitCode::from(code)
        }
    }
}

/// Directory of recordings, from FEJER_DATA or beside the checkout.
pub fn data() -> Option<PathBuf> {
    let named = std::env::var_os("FEJER_DATA").map(PathBuf::from);
    named.or_else(|| Some(place::root().join("../shared/data"))).filter(|path| path.is_dir())
}
