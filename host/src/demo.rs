//! The demonstration: pre-train in the lab, learn on an emulated device in the field, and check on
//! the desktop that the device did exactly what it should have.
//!
//! Every seed chooses other labelled windows. For each, the same history goes through the device,
//! through core on the desktop (same bits expected) and through the f64 oracle (small differences
//! expected). One more device is cut off its power while it learns, one counts instructions.

mod checks;
mod seed;
mod trials;

use std::path::{Path, PathBuf};

use fejer::Scalar;
use fejer::fixed::types::I16F16;
use rayon::prelude::*;

use crate::dataset::simulated::{self, Condition};
use crate::dataset::{CLASSES, Windows, cwru};
use crate::device::{Image, LineError};
use crate::pretrain::{Goal, Pretrained, pretrain};
use crate::report::{Demo, Fact, Headline, Setting};
use crate::{dataset, device, export, pretrain, replay, run};

pub use seed::Seed;
pub use trials::Trials;

/// The number type on the device, and with it the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `f32` on a Cortex-M4F.
    F32,
    /// Q16.16 on a Cortex-M3 without FPU.
    Q16,
}

impl Kind {
    /// As the command line names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Q16 => "q16",
        }
    }

    const fn board(self) -> &'static str {
        match self {
            Self::F32 => "mps2-an386 (Cortex-M4F, QEMU)",
            Self::Q16 => "mps2-an385 (Cortex-M3, QEMU)",
        }
    }

    /// Largest difference of a weight to the oracle that is allowed.
    const fn oracle_bound(self) -> f64 {
        match self {
            Self::F32 => 1e-4,
            Self::Q16 => 2e-3,
        }
    }
}

/// What to demonstrate.
#[derive(Clone, Debug)]
pub struct Options {
    /// Directory with `cwru/`; the simulator if there is none.
    pub data: Option<PathBuf>,
    /// Number type and board.
    pub kind: Kind,
    /// One run each.
    pub seeds: Vec<u64>,
    /// Where files go; made if missing.
    pub directory: PathBuf,
    /// What it ran on, for the page.
    pub environment: Vec<Fact>,
}

/// What happens, for progress displays.
#[derive(Clone, Copy, Debug)]
pub enum Stage {
    /// Windows are read or simulated.
    Windows,
    /// The head is pre-trained; natural residual so far.
    Pretrain(f64),
    /// The firmware is built around the head.
    Build,
    /// Devices run; share of all their records done.
    Devices(f64),
    /// Instructions are counted and power is cut.
    Trials,
}

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each wraps the error of a stage, which says it all")]
pub enum Error {
    #[error(transparent)]
    Dataset(#[from] dataset::Error),
    #[error(transparent)]
    Pretrain(#[from] pretrain::Error),
    #[error(transparent)]
    Run(#[from] run::Error),
    #[error(transparent)]
    Export(#[from] export::Error),
    #[error(transparent)]
    Replay(#[from] replay::Error),
    #[error(transparent)]
    Device(#[from] device::Error),
    #[error(transparent)]
    Line(#[from] LineError),
    #[error("the firmware could not be built: {0}")]
    Build(String),
    #[error("the flash of an earlier device in {directory} cannot be removed ({why}); remove it")]
    Flash { directory: PathBuf, why: std::io::Error },
    #[error("the device of seed {seed} ended with code {code} after `{last}`; see {directory}")]
    Ended { seed: u64, code: i32, last: String, directory: PathBuf },
}

impl Error {
    /// 2 for what the user can mend (data, a missing tool), 1 for what should not have happened.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Dataset(_) | Self::Pretrain(_) | Self::Run(_) | Self::Export(_) => 2,
            Self::Device(device::Error::Missing(_)) => 2,
            _ => 1,
        }
    }
}

/// Makes firmware around a factory file and gives the path of the image.
pub type Build<'a> = dyn FnMut(&Path, Kind) -> Result<PathBuf, String> + 'a;

/// Lab and field.
struct Conditions {
    lab: Windows,
    field: Windows,
    story: String,
    /// Accuracy that must be reached after learning.
    goal: f64,
}

/// Runs the whole demonstration.
///
/// # Errors
/// See [`Error`]. A check that fails is no error: it stands in the result.
pub fn demonstrate(
    options: &Options,
    build: &mut Build<'_>,
    observe: &(dyn Fn(Stage) + Sync),
) -> Result<Demo, Error> {
    match options.kind {
        Kind::F32 => demonstrate_in::<f32>(options, build, observe),
        Kind::Q16 => demonstrate_in::<I16F16>(options, build, observe),
    }
}

fn demonstrate_in<S: Scalar<Float = f32>>(
    options: &Options,
    build: &mut Build<'_>,
    observe: &(dyn Fn(Stage) + Sync),
) -> Result<Demo, Error> {
    observe(Stage::Windows);
    let conditions = conditions(options.data.as_deref())?;
    let pretrained = pretrain(&conditions.lab, Goal::default(), &mut |progress| {
        observe(Stage::Pretrain(progress.residual));
    })?;
    observe(Stage::Build);
    let source = options.directory.join("factory.rs");
    let origin = format!("{} (lab)", conditions.story);
    export::write(&source, export::factory_source(&pretrained.factory, &origin).as_bytes())?;
    export::write(
        &options.directory.join("factory.ckpt"),
        &export::checkpoint(&pretrained.factory),
    )?;
    let image = Image::load(build(&source, options.kind).map_err(Error::Build)?)?;

    let bench = Bench { image: &image, pretrained: &pretrained, field: &conditions.field, options };
    let progress = seed::Progress::new(options.seeds.len(), observe);
    let seeds = options
        .seeds
        .par_iter()
        .map(|&seed| Seed::run::<S>(&bench, seed, &progress))
        .collect::<Result<Vec<_>, _>>()?;
    observe(Stage::Trials);
    let trials = Trials::run::<S>(&bench, options.seeds.first().copied().unwrap_or(0))?;
    Ok(assemble(&bench, &conditions, &seeds, &trials))
}

/// What every run needs.
struct Bench<'a> {
    image: &'a Image,
    pretrained: &'a Pretrained,
    field: &'a Windows,
    options: &'a Options,
}

fn conditions(data: Option<&Path>) -> Result<Conditions, dataset::Error> {
    Ok(match data {
        Some(directory) => Conditions {
            lab: cwru::load(directory, 0)?,
            field: cwru::load(directory, 2)?,
            story: "CWRU bearing recordings, motor load 0 → 2 hp".to_owned(),
            goal: 0.99,
        },
        None => Conditions {
            lab: simulated::windows(Condition::Lab, 1),
            field: simulated::windows(Condition::Field, 2),
            story: "simulated bearing, lab → field condition".to_owned(),
            goal: 0.97,
        },
    })
}

fn assemble(bench: &Bench<'_>, conditions: &Conditions, seeds: &[Seed], trials: &Trials) -> Demo {
    let mean =
        |value: fn(&Seed) -> f64| seeds.iter().map(value).sum::<f64>() / seeds.len().max(1) as f64;
    let worst = |value: fn(&Seed) -> f64| seeds.iter().map(value).fold(0.0, f64::max);
    let sizes = bench.image.sizes();
    let stack_bytes = seeds.iter().map(|seed| seed.stack).max().unwrap_or(0);
    let headline = Headline {
        accuracy_before: mean(Seed::accuracy_before),
        accuracy_after: mean(Seed::accuracy_after),
        labels: run::LABELS as u32,
        bit_identical: seeds.iter().all(|seed| seed.differences == 0),
        oracle_max_difference: worst(|seed| seed.oracle_difference),
        residual: worst(|seed| seed.last_pass().residual),
        gap: worst(|seed| seed.last_pass().gap),
        distance: worst(|seed| seed.last_pass().distance),
        instructions_per_step: trials.instructions,
        ram_bytes: sizes.ram_bytes + stack_bytes,
        flash_bytes: sizes.flash_bytes,
        stack_bytes,
    };
    let checks = checks::checks(bench.options.kind, conditions.goal, &headline, seeds, trials);
    let mut environment = bench.options.environment.clone();
    environment.push(Fact {
        name: "pre-training".to_owned(),
        value: format!(
            "{} windows, {} passes, natural residual {:.1e}, accuracy in the lab {:.4}",
            bench.pretrained.windows,
            bench.pretrained.passes,
            bench.pretrained.residual,
            bench.pretrained.accuracy
        ),
    });
    Demo {
        setting: Setting {
            data: conditions.story.clone(),
            scalar: bench.options.kind.name().to_owned(),
            board: bench.options.kind.board().to_owned(),
            seeds: bench.options.seeds.clone(),
            prior_precision: f64::from(fejer::DEFAULT_PRECISION),
        },
        classes: CLASSES.iter().map(ToString::to_string).collect(),
        headline,
        runs: seeds.iter().map(|seed| seed.run.clone()).collect(),
        checks,
        environment,
    }
}
