//! Running other programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::{Stop, place};

/// A program to be run in the checkout.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(place::root());
    command
}

/// The Cargo that runs us.
pub fn cargo() -> Command {
    program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Does it run and end well? Nothing is shown.
pub fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Runs it with its output shown on standard error.
pub fn shown(command: &mut Command) -> Result<(), Stop> {
    let name = describe(command);
    match command.stdin(Stdio::null()).stdout(std::io::stderr()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Stop::failed(format!("`{name}` failed: {status}"))),
        Err(error) => Err(Stop::usage(format!("`{name}` cannot be run: {error}"))),
    }
}

/// Runs it and gives what it wrote, whatever its exit code.
pub fn output(command: &mut Command) -> Result<Output, Stop> {
    let name = describe(command);
    let run = command.stdin(Stdio::null()).output();
    run.map_err(|error| Stop::usage(format!("`{name}` cannot be run: {error}")))
}

/// First line a program writes to standard output, for reports.
pub fn first_line(command: &mut Command) -> String {
    let line = output(command).ok().and_then(|output| {
        String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
    });
    line.unwrap_or_else(|| "unknown".to_owned())
}

fn describe(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(name).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
