//! Cargo's runner for bare-metal targets: runs an image under QEMU and passes its exit code on.
//!
//! `FEJER_TIMEOUT` gives the seconds it may run, `FEJER_COUNT=1` lets it count instructions,
//! `FEJER_PARTS` names what is connected to it, such as `tmp105,address=0x48`, separated by spaces.

use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use fejer_host::device::{Device, Ended, Error, Image, PANIC, Power};

fn main() -> ExitCode {
    match run() {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(Failure::Usage(message)) => {
            eprintln!("fejer-qemu: {message}");
            ExitCode::from(2)
        }
        // The panic itself was printed as a line of the device.
        Err(Failure::Device(Error::Panicked { .. })) => ExitCode::from(PANIC as u8),
        Err(Failure::Device(error)) => {
            eprintln!("fejer-qemu: {error}");
            ExitCode::from(2)
        }
    }
}

enum Failure {
    Usage(String),
    Device(Error),
}

fn run() -> Result<i32, Failure> {
    let mut words = env::args().skip(1);
    let usage = "usage: fejer-qemu IMAGE [WORD…]: runs a firmware image, the words are its own";
    let path = words.next().ok_or_else(|| Failure::Usage(usage.to_owned()))?;
    let image = Image::load(path).map_err(Failure::Device)?;
    let mut device = Device::new(&image, ".");
    device.arguments = words.collect();
    device.counting = env::var("FEJER_COUNT").is_ok_and(|value| value != "0");
    if let Ok(parts) = env::var("FEJER_PARTS") {
        device.parts = parts.split_whitespace().map(str::to_owned).collect();
    }
    if let Ok(seconds) = env::var("FEJER_TIMEOUT") {
        let parsed = seconds.parse().ok().and_then(|value| Duration::try_from_secs_f64(value).ok());
        device.timeout = parsed.ok_or_else(|| {
            Failure::Usage(format!("FEJER_TIMEOUT must be a number of seconds, not `{seconds}`"))
        })?;
    }
    let mut terminal = io::stdout().lock();
    let ended = device.run_until(&mut |line| match writeln!(terminal, "{line}") {
        Ok(()) => Power::On,
        Err(_) => Power::Cut, // nobody reads any more
    });
    match ended.map_err(Failure::Device)? {
        Ended::Exit(code) => Ok(code),
        Ended::PowerCut => Ok(0),
    }
}
