//! Published experiments by name, each beside its honest baselines.
//!
//! An experiment is one file of this module: it makes data and models, names its contenders and what
//! is measured, and gives a [`Report`]. To add one: a file, a variant of [`Experiment`], an arm of
//! [`reproduce`]. Nothing is chosen by looking at a test set.

mod gcn;
mod graphs;
mod moons;
mod probit;
mod report;
mod solar;
mod study;
mod traffic;

use std::path::PathBuf;

pub use report::{Bar, Figure, Known, Report};
pub use study::{Contender, Criterion, Measure, Measured, Study, marked};

/// Every experiment there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Experiment {
    /// One probit layer: how far from the truth after 200 epochs (bar B2).
    Probit,
    /// Two half moons, fully connected networks (bar B5).
    Moons,
    /// A graph network recovered from its answers (bar B3).
    Gcn,
    /// Solar ramping events in California, from `solar/` (bar B6).
    Solar,
    /// Anomalies of traffic flow, from `traffic/` (weighted F1 ≥ .665).
    Traffic,
}

/// What may be chosen.
pub struct Setting<'a> {
    /// Where the data sets are, for the experiments that need one.
    pub data: Option<PathBuf>,
    /// One repetition a seed.
    pub seeds: Vec<u64>,
    /// Told after every training: how many are done, and how many there are.
    pub observe: &'a (dyn Fn(usize, usize) + Sync),
}

/// The seeds the paper uses everywhere.
pub const SEEDS: [u64; 3] = [1103, 1111, 1214];

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
    /// No seed.
    #[error("no seed; give at least one, such as --seeds 1103")]
    NoSeed,
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
    if setting.seeds.is_empty() {
        return Err(Error::NoSeed);
    }
    match experiment {
        Experiment::Probit => probit::run(setting),
        Experiment::Moons => moons::run(setting),
        Experiment::Gcn => gcn::run(setting),
        Experiment::Solar => solar::run(setting),
        Experiment::Traffic => traffic::run(setting),
    }
}
