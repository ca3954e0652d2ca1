//! The tasks by name, each with its sizes and what it must reach.

use std::path::Path;

use clap::ValueEnum;
use fejer::Class;

use super::study::Goal;
use super::{Row, Study};
use crate::application::{Error, activity, bearing, calibration, digits};

/// A worked application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Task {
    /// Bearing faults at motor loads the head has not met, from `cwru/`
    Bearing,
    /// Spoken digits of a new speaker, from `fsdd/`
    Digits,
    /// Activities of a new wearer, from `har/`
    Activity,
    /// References for sensors that have aged; simulated
    Calibration,
}

impl Task {
    /// One word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bearing => "bearing",
            Self::Digits => "digits",
            Self::Activity => "activity",
            Self::Calibration => "calibration",
        }
    }

    /// Tries it, in the fields of a data directory.
    ///
    /// # Errors
    /// [`Error::NoData`] where one is needed; else what is wrong with the data.
    pub fn study(self, data: Option<&Path>, study: &Study<'_>) -> Result<Vec<Row>, Error> {
        let data = || data.ok_or(Error::NoData { task: self.word() });
        match self {
            Self::Bearing => {
                use bearing::{FEATURES, HOLDOUT, LABELS, MEMORY, OUTPUTS, ROWS};
                let fields = bearing::fields(data()?)?;
                let goal = Goal::Accuracy(0.98);
                study.rows::<Class, FEATURES, ROWS, OUTPUTS, MEMORY, HOLDOUT>(&fields, LABELS, goal)
            }
            Self::Digits => {
                use digits::{FEATURES, HOLDOUT, LABELS, MEMORY, OUTPUTS, ROWS};
                let fields = digits::fields(data()?)?;
                let goal = Goal::Accuracy(0.94);
                study.rows::<Class, FEATURES, ROWS, OUTPUTS, MEMORY, HOLDOUT>(&fields, LABELS, goal)
            }
            Self::Activity => {
                use activity::{FEATURES, HOLDOUT, LABELS, MEMORY, OUTPUTS, ROWS};
                let fields = activity::fields(data()?)?;
                let goal = Goal::Accuracy(0.985);
                study.rows::<Class, FEATURES, ROWS, OUTPUTS, MEMORY, HOLDOUT>(&fields, LABELS, goal)
            }
            Self::Calibration => {
                use calibration::{FEATURES, HOLDOUT, LABELS, MEMORY, OUTPUTS, ROWS};
                let fields = calibration::fields()?;
                let goal = Goal::Share(0.5);
                study.rows::<[f32; 1], FEATURES, ROWS, OUTPUTS, MEMORY, HOLDOUT>(
                    &fields, LABELS, goal,
                )
            }
        }
    }
}
