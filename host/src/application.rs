//! The four worked applications: a head leaves the factory with what it needs to learn under guard,
//! and meets a load, a speaker, a wearer or a worn sensor it has never seen.
//!
//! | task | window | head | field |
//! |---|---|---|---|
//! | bearing | 1024 samples of acceleration | 64 → 9, softmax | motor loads 1 and 2 after load 0 |
//! | digits | a spoken digit, 8 kHz | 160 → 10, softmax | each of four speakers after the others |
//! | activity | 265 features of a wearer's motion | 265 → 6, softmax | eight subjects after sixteen others |
//! | calibration | a raw reading and two temperatures | 5 → 1, identity | sensors that have aged |

pub mod activity;
pub mod bearing;
pub mod blob;
pub mod calibration;
pub mod digits;
pub mod emulate;
mod error;
pub mod factory;
mod label;
pub mod line;
pub mod replay;
mod run;
pub mod stream;
pub mod taught;
pub mod trial;

use fejer::features::Standardise;
use fejer::{Head, Settings, Target};

pub use error::Error;
pub use label::Labelled;
pub use run::{Error as RunError, Run};

/// What leaves the factory, in the flash of a device.
#[derive(Clone, Debug)]
pub struct Factory<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize> {
    /// Of the lab's features.
    pub standardise: Standardise<FEATURES>,
    /// Pre-trained in the lab.
    pub head: Head<f32, ROWS, OUTPUTS>,
    /// Codes of the clean set, sample after sample.
    pub clean_codes: Vec<i8>,
    /// Its labels.
    pub clean_targets: Vec<T>,
    /// What the lab found out for the guard.
    pub settings: Settings<f32>,
}

/// One field: a factory, and what a device meets there.
#[derive(Clone, Debug)]
pub struct Field<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize> {
    /// Such as `load 1`, `jackson`, `subject 17`.
    pub name: String,
    /// What it came with.
    pub factory: Factory<T, FEATURES, ROWS, OUTPUTS>,
    /// What the sensor gives, window after window, in the units the device's program takes.
    pub windows: Vec<Vec<f32>>,
    /// The same as standardised features, by the arithmetic of the device.
    pub features: Vec<[f32; FEATURES]>,
    /// What they should be predicted as.
    pub targets: Vec<T>,
}

impl<T: Target<f32, OUTPUTS>, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>
    Field<T, FEATURES, ROWS, OUTPUTS>
{
    /// How many windows there are.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }
}
