//! Bearing condition: a head that knows the faults at motor load 0 meets loads 1 and 2.
//!
//! A window is 1024 samples of acceleration at 12 kHz; its features are 64 log band energies.

use std::path::Path;

use fejer::Class;
use rayon::prelude::*;

use super::factory::Rows;
use super::{Error, Factory};
use crate::dataset::{CLASSES, Windows, cwru};
use crate::pretrain::bands;

pub use crate::pretrain::FEATURES;
/// Faults.
pub const OUTPUTS: usize = CLASSES.len();
/// Rows of the head.
pub const ROWS: usize = FEATURES + 1;
/// Samples remembered.
pub const MEMORY: usize = 48;
/// Samples remembered where there are 16 KB of RAM.
pub const SMALL_MEMORY: usize = 24;
/// Labels held out at most.
pub const HOLDOUT: usize = 8;
/// Labels a machine gets.
pub const LABELS: usize = 45;

/// Λ in the lab.
const PRECISION: f64 = 0.3;
/// What may be lost on the clean set.
const MARGIN: f32 = 0.05;
/// The lab's load, and the fields'.
const LAB: u8 = 0;
const FIELDS: [u8; 2] = [1, 2];

/// One motor load.
pub type Field = super::Field<Class, FEATURES, ROWS, OUTPUTS>;

/// The fields, from `data/cwru/`.
///
/// # Errors
/// See [`Error`].
pub fn fields(data: &Path) -> Result<Vec<Field>, Error> {
    let (_, lab) = load(data, LAB)?;
    let factory = Factory::classifier(&lab, PRECISION, MARGIN)?;
    let field = |number| {
        let (windows, rows) = load(data, number)?;
        Ok(factory.field(place(number), windows, rows))
    };
    FIELDS.into_iter().map(field).collect()
}

fn place(load: u8) -> String {
    format!("load {load}")
}

/// Windows and their features.
fn load(data: &Path, number: u8) -> Result<(Vec<Vec<f32>>, Rows<Class, FEATURES>), Error> {
    let Windows { samples, labels } = cwru::load(data, number)?;
    let of = |(window, samples)| {
        bands(samples).map_err(|source| Error::Features { place: place(number), window, source })
    };
    let features = samples.par_iter().enumerate().map(of).collect::<Result<_, Error>>()?;
    let targets = labels.into_iter().map(Class).collect();
    let windows = samples.iter().map(|window| window.to_vec()).collect();
    Ok((windows, Rows { features, targets }))
}
