//! The worked applications on emulated boards: built, run, replayed, compared, judged.

mod golden;
mod judge;
mod lives;

use std::path::{Path, PathBuf};

use clap::Args;
use fejer_host::application::replay::{bands, plain, spoken};
use fejer_host::application::trial::Task;
use fejer_host::application::{self, Field, activity, bearing, blob, calibration, digits};
use serde::Serialize;

use crate::accept::Line;
use crate::firmware::{Build, M0_FLOATS, M4F_PRODUCT};
use crate::{Stop, setup};
use judge::{Bound, means};
use lives::{Life, live};

/// What to run.
#[derive(Args)]
pub struct Options {
    /// Which of them.
    task: Task,
    /// Which board it runs on.
    #[arg(long, value_enum, default_value_t = Board::Mps2)]
    board: Board,
    /// Only the first so many fields.
    #[arg(long, value_name = "N")]
    fields: Option<usize>,
    /// How many choices of labelled windows to try in each field.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=20))]
    seeds: u64,
    /// Print one JSON object, the last line of standard output.
    #[arg(long)]
    json: bool,
    /// Directory of recordings; FEJER_DATA, then ../shared/data if left out.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// A board QEMU emulates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Board {
    /// mps2-an386, a Cortex-M4F.
    Mps2,
    /// A BBC micro:bit, a Cortex-M0 without an FPU: bearing, with 24 windows remembered.
    Microbit,
}

/// A program, and what it promises.
struct Application {
    program: &'static str,
    build: Build,
    /// QEMU's name for the board, if the image does not tell.
    machine: Option<&'static str>,
    /// Name of its golden output.
    golden: &'static str,
    /// What a device is told.
    labels: usize,
    measure: Measure,
    /// Most KB of an image, recordings apart.
    flash: u64,
    /// Most KB, with the memory and the stack.
    ram: Option<u64>,
}

/// What a loss stands for, and what is promised of it on average.
#[derive(Clone, Copy)]
enum Measure {
    /// Share of windows predicted rightly: at least so many in the end.
    Accuracy(f64),
    /// Root of the mean squared error: at most this part of the factory's in the end.
    Error(f64),
}

impl Measure {
    /// Of losses summed over windows.
    fn of(self, lost: f32, windows: u32) -> f64 {
        let mean = f64::from(lost) / f64::from(windows.max(1));
        match self {
            Self::Accuracy(_) => 1.0 - mean,
            Self::Error(_) => mean.sqrt(),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Accuracy(_) => "accuracy",
            Self::Error(_) => "error",
        }
    }
}

const BEARING: Application = Application {
    program: "bearing",
    build: M4F_PRODUCT,
    machine: None,
    golden: "bearing",
    labels: bearing::LABELS,
    measure: Measure::Accuracy(0.98),
    flash: 48,
    ram: Some(24),
};
const SMALL_BEARING: Application = Application {
    build: M0_FLOATS,
    machine: Some("microbit"),
    golden: "bearing-microbit",
    flash: 32,
    ram: Some(14),
    ..BEARING
};
const DIGITS: Application = Application {
    program: "digits",
    build: M4F_PRODUCT,
    machine: None,
    golden: "digits",
    labels: digits::LABELS,
    measure: Measure::Accuracy(0.94),
    flash: 48,
    ram: Some(64),
};
const ACTIVITY: Application = Application {
    program: "activity",
    build: M4F_PRODUCT,
    machine: None,
    golden: "activity",
    labels: activity::LABELS,
    measure: Measure::Accuracy(0.985),
    flash: 48,
    ram: Some(64),
};
const CALIBRATION: Application = Application {
    program: "calibration",
    build: M4F_PRODUCT,
    machine: None,
    golden: "calibration",
    labels: calibration::LABELS,
    measure: Measure::Error(0.5),
    flash: 48,
    ram: None,
};

/// All that came of an application.
#[derive(Serialize)]
struct Summary<'a> {
    application: &'a str,
    measure: &'a str,
    before: f64,
    after: f64,
    devices: &'a [Life],
    bounds: &'a [Bound],
}

/// Runs it; fails if a promise does not hold.
///
/// # Errors
/// Recordings, tools or devices that fail; a bound that does not hold; a golden output that differs.
pub fn run(options: &Options) -> Result<(), Stop> {
    setup::all()?;
    let Came { application, lives, bounds } = devices(options)?;
    print!("{}", judge::table(application.measure, &lives, &bounds));
    if options.json {
        let [before, after] = means(&lives);
        let (program, measure) = (application.program, application.measure.name());
        let (devices, bounds) = (&lives[..], &bounds[..]);
        let summary = Summary { application: program, measure, before, after, devices, bounds };
        let text = serde_json::to_string(&summary);
        println!("{}", text.map_err(|error| Stop::failed(error.to_string()))?);
    }
    match bounds.iter().filter(|bound| !bound.pass).count() {
        0 => Ok(()),
        failed => Err(Stop::failed(format!("{failed} of {} bounds do not hold", bounds.len()))),
    }
}

/// What every promise of a task came to, over all its fields.
///
/// # Errors
/// Recordings, tools or devices that fail.
pub fn lines(task: Task, board: Board, data: &Path) -> Result<Vec<Line>, Stop> {
    let data = Some(data.to_owned());
    let options = Options { task, board, fields: None, seeds: 1, json: false, data };
    let Came { application, bounds, .. } = devices(&options)?;
    let name = application.golden;
    let line = |Bound { bound, measured, pass }| Line::new(name, bound, measured, pass);
    Ok(bounds.into_iter().map(line).collect())
}

/// What came of an application.
struct Came {
    application: Application,
    lives: Vec<Life>,
    bounds: Vec<Bound>,
}

fn devices(options: &Options) -> Result<Came, Stop> {
    let data = || {
        let named = options.data.clone().or_else(crate::data);
        named.ok_or_else(|| Stop::usage("no recordings: give --data DIR, or set FEJER_DATA"))
    };
    let (seeds, bad) = (options.seeds, |error: application::Error| Stop::usage(error.to_string()));
    let (application, lives) = match options.task {
        task if options.board == Board::Microbit => {
            use bearing::{FEATURES, HOLDOUT, OUTPUTS, ROWS, SMALL_MEMORY};
            if task != Task::Bearing {
                return Err(Stop::usage("--board microbit: only bearing fits it; leave it out"));
            }
            let fields = first(options, bearing::fields(&data()?).map_err(bad)?);
            let live = live::<_, FEATURES, ROWS, OUTPUTS, SMALL_MEMORY, HOLDOUT>;
            (SMALL_BEARING, live(&SMALL_BEARING, &fields, bands, seeds)?)
        }
        Task::Bearing => {
            use bearing::{FEATURES, HOLDOUT, MEMORY, OUTPUTS, ROWS};
            let fields = first(options, bearing::fields(&data()?).map_err(bad)?);
            let live = live::<_, FEATURES, ROWS, OUTPUTS, MEMORY, HOLDOUT>;
            (BEARING, live(&BEARING, &fields, bands, seeds)?)
        }
        Task::Digits => {
            use digits::{FEATURES, HOLDOUT, MEMORY, OUTPUTS, ROWS};
            let fields = first(options, digits::fields(&data()?).map_err(bad)?);
            let live = live::<_, FEATURES, ROWS, OUTPUTS, MEMORY, HOLDOUT>;
            (DIGITS, live(&DIGITS, &fields, spoken, seeds)?)
        }
        Task::Activity => {
            use activity::{FEATURES, HOLDOUT, MEMORY, OUTPUTS, ROWS};
            let fields = first(options, activity::fields(&data()?).map_err(bad)?);
            let live = live::<_, FEATURES, ROWS, OUTPUTS, MEMORY, HOLDOUT>;
            (ACTIVITY, live(&ACTIVITY, &fields, plain, seeds)?)
        }
        Task::Calibration => {
            use calibration::{FEATURES, HOLDOUT, MEMORY, OUTPUTS, ROWS};
            let fields = first(options, calibration::fields().map_err(bad)?);
            let live = live::<_, FEATURES, ROWS, OUTPUTS, MEMORY, HOLDOUT>;
            (CALIBRATION, live(&CALIBRATION, &fields, plain, seeds)?)
        }
    };
    let mut bounds = judge::bounds(&application, &lives);
    if options.fields.is_none() && options.seeds == 1 {
        bounds.extend(golden::hold(application.golden, &lives)?);
    }
    Ok(Came { application, lives, bounds })
}

fn first<T, const F: usize, const ROWS: usize, const O: usize>(
    options: &Options,
    mut fields: Vec<Field<T, F, ROWS, O>>,
) -> Vec<Field<T, F, ROWS, O>> {
    fields.truncate(options.fields.unwrap_or(usize::MAX));
    fields
}

/// The image that the tests run: a calibration of the first sensor.
///
/// # Errors
/// As [`lives::build`].
pub fn image_for_tests() -> Result<PathBuf, Stop> {
    let fields = calibration::fields().map_err(|error| Stop::failed(error.to_string()))?;
    let field = fields.first().ok_or_else(|| Stop::failed("there is no sensor"))?;
    lives::build(&CALIBRATION, &blob::bytes(&field.factory))
}
