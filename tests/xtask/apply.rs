//! The worked applications on an emulated Cortex-M4F: built, run, replayed, compared, judged.

mod golden;
mod judge;
mod lives;
#[path = "../support/field.rs"]
mod made_up;
mod stand_in;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use fejer_host::application::Field;
use fejer_host::application::replay::{bands, plain, spoken};
use serde::Serialize;

use crate::{Stop, setup};
use judge::{Bound, means};
use lives::{Life, live};

/// What to run.
#[derive(Args)]
pub struct Options {
    /// Which of them.
    task: Task,
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

#[derive(Clone, Copy, ValueEnum)]
enum Task {
    /// Bearing condition at another motor load.
    Bearing,
    /// Spoken digits of another speaker.
    Digits,
    /// Activity of another wearer.
    Activity,
    /// A sensor that has aged.
    Calibration,
}

/// A program, and what it promises.
struct Application {
    program: &'static str,
    /// What a device is told.
    labels: usize,
    measure: Measure,
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

const BEARING: Application =
    Application { program: "bearing", labels: 45, measure: Measure::Accuracy(0.98), ram: Some(24) };
const DIGITS: Application =
    Application { program: "digits", labels: 150, measure: Measure::Accuracy(0.94), ram: Some(64) };
const ACTIVITY: Application = Application {
    program: "activity",
    labels: 120,
    measure: Measure::Accuracy(0.985),
    ram: Some(64),
};
const CALIBRATION: Application =
    Application { program: "calibration", labels: 40, measure: Measure::Error(0.5), ram: None };

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
    let (application, lives) = match options.task {
        Task::Bearing => {
            let fields = first(options, stand_in::bearing());
            (BEARING, live::<_, 64, 65, 9, 48, 8>(&BEARING, &fields, bands, options.seeds)?)
        }
        Task::Digits => {
            let fields = first(options, stand_in::digits());
            (DIGITS, live::<_, 160, 161, 10, 144, 16>(&DIGITS, &fields, spoken, options.seeds)?)
        }
        Task::Activity => {
            let fields = first(options, stand_in::activity());
            (ACTIVITY, live::<_, 265, 266, 6, 112, 16>(&ACTIVITY, &fields, plain, options.seeds)?)
        }
        Task::Calibration => {
            let fields = first(options, vec![made_up::calibration()]);
            (CALIBRATION, live::<_, 5, 6, 1, 32, 8>(&CALIBRATION, &fields, plain, options.seeds)?)
        }
    };
    let mut bounds = judge::bounds(&application, &lives);
    if options.fields.is_none() && options.seeds == 1 {
        bounds.extend(golden::hold(application.program, &lives)?);
    }
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

fn first<T, const F: usize, const ROWS: usize, const O: usize>(
    options: &Options,
    mut fields: Vec<Field<T, F, ROWS, O>>,
) -> Vec<Field<T, F, ROWS, O>> {
    fields.truncate(options.fields.unwrap_or(usize::MAX));
    fields
}

/// The image that the tests run: a calibration of a made-up sensor.
///
/// # Errors
/// As [`lives::build`].
pub fn image_for_tests() -> Result<PathBuf, Stop> {
    let factory = made_up::calibration().factory;
    lives::build(CALIBRATION.program, &fejer_host::application::blob::bytes(&factory))
}
