//! Spoken digits: a head that has heard three speakers is personalised to a fourth; each of the four in
//! turn.
//!
//! A window is a whole recording at 8 kHz, in [−1, 1); its features are those of
//! [`crate::dataset::digits`].

use std::path::Path;

use fejer::Class;
use rayon::prelude::*;

use super::factory::Rows;
use super::{Error, Factory};
use crate::dataset::digits::{self, Recording};

pub use crate::dataset::digits::FEATURES;
/// Digits.
pub const OUTPUTS: usize = digits::CLASSES;
/// Rows of the head.
pub const ROWS: usize = FEATURES + 1;
/// Samples remembered.
pub const MEMORY: usize = 144;
/// Labels held out at most.
pub const HOLDOUT: usize = 16;
/// Labels a speaker gives.
pub const LABELS: usize = 150;

/// Λ in the lab: trained with less, the head fits its few speakers too closely to be of use to others.
const PRECISION: f64 = 3.0;
/// What may be lost on the clean set: it is of other speakers, and what is learnt of one is of less use
/// to them.
const MARGIN: f32 = 0.25;
/// Speakers that are left out in turn: the first so many by name.
const SPEAKERS: usize = 4;

/// One speaker.
pub type Field = super::Field<Class, FEATURES, ROWS, OUTPUTS>;

/// The fields, from `data/fsdd/`.
///
/// # Errors
/// See [`Error`].
pub fn fields(data: &Path) -> Result<Vec<Field>, Error> {
    let recordings = digits::load(data)?;
    let of = |(window, recording): (usize, &Recording)| {
        let place = || format!("{} says {}", recording.speaker, recording.digit);
        digits::features(&recording.samples).map_err(|source| Error::Features {
            place: place(),
            window,
            source,
        })
    };
    let features: Vec<[f32; FEATURES]> =
        recordings.par_iter().enumerate().map(of).collect::<Result<_, Error>>()?;
    let mut speakers: Vec<&str> = recordings.iter().map(|r| r.speaker.as_str()).collect();
    speakers.sort_unstable();
    speakers.dedup();
    let field = |&speaker: &&str| {
        let rows = |is_own: bool| {
            let some = recordings.iter().zip(&features);
            let some = some.filter(|(recording, _)| (recording.speaker == speaker) == is_own);
            let (features, targets) =
                some.map(|(recording, row)| (*row, Class(recording.digit))).unzip();
            Rows { features, targets }
        };
        let own = recordings.iter().filter(|recording| recording.speaker == speaker);
        let windows = own.map(|recording| recording.samples.clone()).collect();
        let factory = Factory::classifier(&rows(false), PRECISION, MARGIN)?;
        Ok(factory.field(speaker.to_owned(), windows, rows(true)))
    };
    speakers.iter().take(SPEAKERS).map(field).collect()
}
