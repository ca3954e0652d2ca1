//! The subcommands, one a file: arguments in, exit code and message out.

pub mod compare;
pub mod device;
pub mod evaluate;
pub mod features;
pub mod game;
pub mod head;
pub mod new;
pub mod plan;
pub mod quantise;
pub mod reproduce;
pub mod train;
pub mod trial;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::report::Fact;
use indicatif::{ProgressBar, ProgressStyle};

/// An exit code and what to say with it: 1 for a run that did not get where it should, 2 for bad
/// input.
pub type Failure = (u8, String);

/// Bad input.
pub fn bad(error: impl std::fmt::Display) -> Failure {
    (2, error.to_string())
}

/// A number above 0.
pub fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if number.is_finite() && number > 0.0 { Ok(number) } else { Err("must be above 0".to_owned()) }
}

/// A bar with the time left.
pub fn progress_bar(length: u64, what: &str) -> Result<ProgressBar, Failure> {
    let template = format!("{{bar:30}} {{pos}}/{{len}} {what}, {{eta}} left  {{msg}}");
    let style = ProgressStyle::with_template(&template).map_err(bad)?;
    Ok(ProgressBar::new(length).with_style(style))
}

/// Becomes true with the first Ctrl-C; a second one ends the program at once.
pub fn interrupted() -> Result<&'static AtomicBool, Failure> {
    static IS_INTERRUPTED: AtomicBool = AtomicBool::new(false);
    static HANDLER: OnceLock<Result<(), String>> = OnceLock::new();
    let set = || {
        let handle = || {
            if IS_INTERRUPTED.swap(true, Ordering::SeqCst) {
                std::process::exit(1);
            }
        };
        ctrlc::set_handler(handle).map_err(|error| error.to_string())
    };
    HANDLER.get_or_init(set).clone().map_err(bad)?;
    Ok(&IS_INTERRUPTED)
}

/// Where relative paths of an experiment start: `--data`, or the directory of its file.
pub fn data_directory(data: Option<&PathBuf>, file: &Path) -> PathBuf {
    match data {
        Some(directory) => directory.clone(),
        None => file.parent().map_or_else(PathBuf::new, Path::to_owned),
    }
}

/// What a run took place on.
pub fn environment() -> Vec<Fact> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let facts = [
        ("fejer", env!("CARGO_PKG_VERSION").to_owned()),
        ("system", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
        ("cores", cores.to_string()),
    ];
    facts.map(|(name, value)| Fact { name: name.into(), value }).into()
}
