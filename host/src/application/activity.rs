//! Activity: a head that knows sixteen wearers meets eight others.
//!
//! A window is the 265 features themselves ([`crate::dataset::har`]).

use std::path::Path;

use fejer::Class;

use super::factory::Rows;
use super::{Error, Factory};
use crate::dataset::har::{self, Activities};

pub use crate::dataset::har::FEATURES;
/// Activities.
pub const OUTPUTS: usize = har::CLASSES.len();
/// Rows of the head.
pub const ROWS: usize = FEATURES + 1;
/// Samples remembered.
pub const MEMORY: usize = 112;
/// Labels held out at most.
pub const HOLDOUT: usize = 16;
/// Labels a wearer gives.
pub const LABELS: usize = 120;

/// Λ in the lab.
const PRECISION: f64 = 0.3;
/// What may be lost on the clean set.
const MARGIN: f32 = 0.1;
/// Subjects up to this one are the lab's.
const LAB: u8 = 16;
/// Subjects beyond them: the first so many.
const WEARERS: usize = 8;

/// One wearer.
pub type Field = super::Field<Class, FEATURES, ROWS, OUTPUTS>;

/// The fields, from `data/har/`.
///
/// # Errors
/// See [`Error`].
pub fn fields(data: &Path) -> Result<Vec<Field>, Error> {
    let all = har::load(data)?;
    let factory = Factory::classifier(&rows(all.of(|who| who <= LAB)), PRECISION, MARGIN)?;
    let mut wearers: Vec<u8> = all.subjects.iter().copied().filter(|&who| who > LAB).collect();
    wearers.sort_unstable();
    wearers.dedup();
    let field = |&wearer: &u8| {
        let rows = rows(all.of(|who| who == wearer));
        let windows = rows.features.iter().map(|row| row.to_vec()).collect();
        factory.field(format!("subject {wearer}"), windows, rows)
    };
    Ok(wearers.iter().take(WEARERS).map(field).collect())
}

fn rows(activities: Activities) -> Rows<Class, FEATURES> {
    let targets = activities.labels.into_iter().map(Class).collect();
    Rows { features: activities.features, targets }
}
