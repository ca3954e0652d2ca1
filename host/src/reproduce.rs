//! Published experiments by name, each beside its honest baselines.
//!
//! An experiment is one file of this module: it makes data and models, names its contenders and what
//! is measured, and gives a [`Report`]. To add one: a file, a variant of [`Experiment`], an arm of
//! [`reproduce`]. Nothing is chosen by looking at a test set.

mod contender;
mod cora;
mod gcn;
mod graphs;
mod mdlam;
mod mnist;
mod moons;
mod probit;
mod report;
mod saturation;
mod setting;
mod solar;
mod study;
mod traffic;

use crate::report::Chart;
pub use contender::{Contender, Criterion};
pub use report::{Bar, Figure, Known, Report};
pub use setting::Setting;
pub use study::{Job, Measure, Measured, Study, Train, marked};

/// Every experiment there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Experiment {
    /// One probit layer: how far from the truth after 200 epochs (bar B2).
    Probit,
    /// Starting where the link is flat (bar B4).
    Saturation,
    /// Two half moons, fully connected networks (bar B5).
    Moons,
    /// A graph network recovered from its answers (bar B3).
    Gcn,
    /// Solar ramping events in California, from `solar/` (bar B6).
    Solar,
    /// Anomalies of traffic flow, from `traffic/` (weighted F1 ≥ .665).
    Traffic,
    /// LeNet on handwritten digits, from `mnist/` (accuracy ≥ .99; by far the longest).
    Mnist,
    /// Topics of papers in a citation graph, from `cora/` (accuracy ≥ .81).
    Cora,
    /// The same graph without graph layers and without gradients, from `cora/`.
    Mdlam,
}

/// The seeds the paper uses everywhere.
pub const SEEDS: [u64; 3] = [1103, 1111, 1214];

impl Experiment {
    /// The paper's seeds; for Cora and mDLAM those their bars are a mean of, ten and five.
    pub fn seeds(self) -> Vec<u64> {
        match self {
            Self::Cora => (1..=10).collect(),
            Self::Mdlam => (1..=5).collect(),
            _ => SEEDS.to_vec(),
        }
    }
}

/// Why an experiment could not be run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data are missing or bad.
    #[error(transparent)]
    Data(#[from] crate::dataset::Error),
    /// A model could not be built.
    #[error(transparent)]
    Model(#[from] crate::model::Error),
    /// A layer could not be built.
    #[error(transparent)]
    Layer(#[from] crate::layer::Error),
    /// A training was refused. One that diverges is a result, not an error.
    #[error(transparent)]
    Training(#[from] crate::trainer::Error),
    /// None of the contenders asked for.
    #[error("no contender's name begins with {only}; see the names without --only")]
    NoContender {
        /// What was asked for.
        only: String,
    },
    /// The experiment reads a data set and was told of no place.
    #[error("{experiment} needs a data set; give its directory with --data DIR or FEJER_DATA")]
    NoData {
        /// Its name.
        experiment: &'static str,
    },
}

/// Runs an experiment.
///
/// # Errors
/// See [`Error`].
pub fn reproduce(experiment: Experiment, setting: &Setting<'_>) -> Result<Report, Error> {
    let setting = &setting.seeded(experiment);
    let report = match experiment {
        Experiment::Probit => probit::run(setting),
        Experiment::Saturation => saturation::run(setting),
        Experiment::Moons => moons::run(setting),
        Experiment::Gcn => gcn::run(setting),
        Experiment::Solar => solar::run(setting),
        Experiment::Traffic => traffic::run(setting),
        Experiment::Mnist => mnist::run(setting),
        Experiment::Cora => cora::run(setting),
        Experiment::Mdlam => mdlam::run(setting),
    }?;
    if report.figures.is_empty() {
        return Err(Error::NoContender { only: setting.only.join(", ") });
    }
    Ok(if setting.is_shortened() { report.shortened() } else { report })
}

/// The picture of an experiment, if it has one.
///
/// # Errors
/// See [`Error`].
pub fn picture(experiment: Experiment, setting: &Setting<'_>) -> Result<Option<Chart>, Error> {
    match experiment {
        Experiment::Saturation => saturation::chart(&setting.seeded(experiment)).map(Some),
        _ => Ok(None),
    }
}
