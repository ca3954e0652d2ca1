//! The demonstration on the terminal: set-up, progress, a short table, files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use fejer_host::demo::{self, Kind, Stage};
use fejer_host::export;
use fejer_host::report::{self, Demo, Fact};
use indicatif::{ProgressBar, ProgressStyle};

use crate::firmware::{self, Build};
use crate::shell::{cargo, first_line, program};
use crate::{Stop, place, setup};

/// What to demonstrate.
#[derive(Args)]
pub struct Options {
    /// Directory of recordings (`DIR/cwru/*.npy`); the built-in bearing simulator if left out.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Number type on the device, and with it the board.
    #[arg(long, value_enum, default_value = "f32")]
    scalar: Number,
    /// How many choices of labelled windows to try.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=20))]
    seeds: u64,
    /// Print the figures as one JSON object, the last line of standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Number {
    /// 32-bit floats on a Cortex-M4F.
    F32,
    /// Q16.16 fixed point on a Cortex-M3 without FPU.
    Q16,
}

/// Runs it; fails if a check failed.
pub fn run(options: &Options) -> Result<(), Stop> {
    setup::all()?;
    let kind = match options.scalar {
        Number::F32 => Kind::F32,
        Number::Q16 => Kind::Q16,
    };
    let directory = place::target().join("fejer/demo");
    let what = demo::Options {
        data: options.data.clone(),
        kind,
        seeds: (1..=options.seeds).collect(),
        directory: directory.join(kind.name()),
        environment: environment(),
    };
    let bar = ProgressBar::new(1000);
    let style = ProgressStyle::with_template("{bar:30} {msg} {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    let done = demo::demonstrate(&what, &mut build_firmware, &|stage| show(&bar, stage));
    bar.finish_and_clear();
    let demo = done.map_err(|error| Stop { code: error.exit_code(), line: error.to_string() })?;
    write(&demo, &directory, kind)?;
    print!("{}", report::table(&demo));
    println!("page: {}", page_name(&directory, kind).display());
    if options.json {
        println!("{}", json(&demo.headline)?);
    }
    match demo.checks.iter().filter(|check| !check.passed).count() {
        0 => Ok(()),
        failed => Err(Stop::failed(format!("{failed} of {} checks failed", demo.checks.len()))),
    }
}

/// Builds the demo's firmware around a factory file and gives the image.
pub fn build_firmware(factory: &Path, kind: Kind) -> Result<PathBuf, String> {
    let factory = factory.canonicalize().map_err(|error| error.to_string())?;
    let mut build = cargo();
    build.env("FEJER_FACTORY", factory);
    of(kind).program_with(build, "finetune")
}

/// Builds one program of the firmware with the factory head that is committed.
pub fn build_default_firmware(kind: Kind, program: &str) -> Result<PathBuf, String> {
    of(kind).program(program)
}

const fn of(kind: Kind) -> Build {
    match kind {
        Kind::F32 => firmware::M4F,
        Kind::Q16 => firmware::M3,
    }
}

fn show(bar: &ProgressBar, stage: Stage) {
    let (done, message) = match stage {
        Stage::Windows => (0, "windows".to_owned()),
        Stage::Pretrain(residual) => (20, format!("pre-training, residual {residual:.1e}")),
        Stage::Build => (100, "building the firmware".to_owned()),
        Stage::Devices(share) => (200 + (700.0 * share) as u64, "devices learn".to_owned()),
        Stage::Trials => (900, "power cut, instructions".to_owned()),
    };
    if bar.is_hidden() && bar.message() != message && matches!(stage, Stage::Build | Stage::Trials)
    {
        // No terminal: a line a stage. Bad recordings were refused before the first of them.
        eprintln!("{message}");
    }
    bar.set_position(done);
    bar.set_message(message);
}

fn write(demo: &Demo, directory: &Path, kind: Kind) -> Result<(), Stop> {
    let keep = |path: &Path, text: &str| {
        export::write(path, text.as_bytes()).map_err(|error| Stop::usage(error.to_string()))
    };
    keep(&page_name(directory, kind), &report::page(demo))?;
    keep(&directory.join(format!("demo-{}.svg", kind.name())), &report::picture(demo))?;
    keep(&directory.join(format!("demo-{}.json", kind.name())), &json(demo)?)
}

fn page_name(directory: &Path, kind: Kind) -> PathBuf {
    directory.join(format!("demo-{}.html", kind.name()))
}

fn json(value: &impl serde::Serialize) -> Result<String, Stop> {
    serde_json::to_string(value).map_err(|error| Stop::failed(error.to_string()))
}

fn environment() -> Vec<Fact> {
    let fact = |name: &str, value| Fact { name: name.to_owned(), value };
    vec![
        fact("rustc", first_line(program("rustc").arg("--version"))),
        fact("QEMU", first_line(program("qemu-system-arm").arg("--version"))),
        fact("commit", first_line(program("git").args(["rev-parse", "--short", "HEAD"]))),
        fact("date", first_line(program("date").arg("+%Y-%m-%d"))),
    ]
}
