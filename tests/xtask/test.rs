//! The test command: every stage in order, its time, and one line at the end.

use std::process::Command;
use std::time::Instant;

use crate::firmware::{Build, M0, M0_PRODUCT, M3, M4F, M4F_PRODUCT, M33, NRF52840, STM32F411};
use crate::shell::{cargo, shown};
use crate::{Stop, apply, c, data, setup};

/// Programs of the firmware, and the variables that name their images to the tests.
const IMAGES: [(Build, &str, &str); 6] = [
    (M4F, "finetune", "FEJER_FIRMWARE_F32"),
    (M3, "finetune", "FEJER_FIRMWARE_Q16"),
    (M4F, "steps", "FEJER_STEPS_F32"),
    (M3, "steps", "FEJER_STEPS_Q16"),
    (M4F, "twins", "FEJER_TWINS_F32"),
    (M3, "twins", "FEJER_TWINS_Q16"),
];

/// Each image that is spoken to.
pub const SERVE: [(Build, &str); 2] =
    [(M4F_PRODUCT, "FEJER_SERVE_F32"), (M0_PRODUCT, "FEJER_SERVE_M0")];

/// Each image that reads a thermometer.
pub const SENSE: [(Build, &str); 2] = [(M4F, "FEJER_SENSE_M4F"), (M33, "FEJER_SENSE_M33")];

/// Each image of the 8-bit network.
pub const EXTRACT: [(Build, &str); 2] = [(M4F, "FEJER_EXTRACT_M4F"), (M0, "FEJER_EXTRACT_M0")];

/// Something to run that passes or stops everything.
type Stage<'a> = &'a mut dyn FnMut() -> Result<(), Stop>;

/// Runs everything; stops at the first stage that fails.
pub fn run() -> Result<(), Stop> {
    setup::all()?;
    setup::style()?;
    setup::c()?;
    let data = data();
    if data.is_none() && std::env::var_os("CI").is_some() {
        return Err(Stop::usage("no recordings: set FEJER_DATA, or put them in ../shared/data"));
    }
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--locked"]);
    match &data {
        Some(directory) => {
            let directory = directory.canonicalize().unwrap_or_else(|_| directory.clone());
            tests.env("FEJER_DATA", directory);
        }
        None => eprintln!("no recordings (FEJER_DATA, ../shared/data): their tests are skipped"),
    }
    let mut images = Vec::new();
    let mut c_image = None;
    let stages: [(&str, Stage<'_>); 8] = [
        ("format", &mut || shown(cargo().args(["fmt", "--all", "--check"]))),
        ("lints", &mut || lints(&["--workspace", "--all-targets"])),
        ("lints without features", &mut || lints(&["-p", "fejer", "--no-default-features"])),
        ("lints of the firmware on its boards", &mut || {
            let lib = ["-p", "fejer-firmware", "--target"];
            lints(&[&lib[..], &["thumbv7em-none-eabihf"]].concat())?;
            lints(&[&lib[..], &["thumbv7m-none-eabi", "--features", "q16"]].concat())?;
            [NRF52840, STM32F411].into_iter().try_for_each(lints_on_a_board)
        }),
        ("documentation", &mut || {
            let mut doc = cargo();
            doc.args(["doc", "--workspace", "--no-deps", "--locked", "-q"]);
            shown(doc.env("RUSTDOCFLAGS", "-D warnings"))
        }),
        ("core for every bare-metal target", &mut || {
            core_on_bare_metal(&["--no-default-features"])?;
            core_on_bare_metal(&["--features", "fixed"])?;
            core_on_bare_metal(&["--features", "port"])
        }),
        ("firmware", &mut || {
            let serve = SERVE.map(|(build, variable)| (build, "serve", variable));
            let sense = SENSE.map(|(build, variable)| (build, "sense", variable));
            let extract = EXTRACT.map(|(build, variable)| (build, "extract", variable));
            let all = IMAGES.into_iter().chain(serve).chain(sense).chain(extract);
            for (build, program, variable) in all {
                images.push((variable, build.program(program).map_err(Stop::failed)?));
            }
            images.push(("FEJER_CALIBRATION", apply::image_for_tests()?));
            Ok(())
        }),
        ("a program in C", &mut || {
            c_image = Some(c::build()?);
            Ok(())
        }),
    ];
    let count = stages.len();
    for (name, stage) in stages {
        timed(name, stage)?;
    }
    tests.envs(images);
    tests.envs(c_image.map(|image| ("FEJER_C", image)));
    timed("cargo test", &mut || run_tests(&mut tests))?;
    eprintln!("stages: {} passed, 0 failed", count + 1);
    Ok(())
}

fn lints(arguments: &[&str]) -> Result<(), Stop> {
    shown(cargo().args(["clippy", "-q", "--locked"]).args(arguments).args(["--", "-D", "warnings"]))
}

/// What is meant for a board that is not emulated.
fn lints_on_a_board(build: Build) -> Result<(), Stop> {
    let mut clippy = cargo();
    clippy.args(["clippy", "-q", "--locked", "-p", "fejer-firmware", "--target", build.target]);
    clippy.args(["--lib", "--bin", "serve", "--bin", "sense", "--bin", "bench"]);
    clippy.args(["--", "-D", "warnings"]);
    shown(clippy.env("FEJER_BOARD", build.board.unwrap_or_default()))
}

/// Builds core without `std` for all of them at once.
fn core_on_bare_metal(features: &[&str]) -> Result<(), Stop> {
    let targets = setup::bare_metal().flat_map(|target| ["--target", target]);
    shown(cargo().args(["build", "-q", "-p", "fejer", "--locked"]).args(features).args(targets))
}

/// On standard output, where a CI looks for the summary.
fn run_tests(tests: &mut Command) -> Result<(), Stop> {
    match tests.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Stop::failed("a test failed: see above")),
        Err(error) => Err(Stop::usage(format!("cargo cannot be run: {error}"))),
    }
}

fn timed(name: &str, stage: Stage<'_>) -> Result<(), Stop> {
    eprintln!("── {name}");
    let start = Instant::now();
    stage()?;
    eprintln!("── {name}: {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}
