//! Issue 5: firmware one could ship.

mod sensors;

use super::Line;
use crate::{Stop, data};

pub fn lines(_quick: bool) -> Result<Vec<Line>, Stop> {
    let data = data().ok_or_else(|| {
        Stop::usage("no recordings: set FEJER_DATA, or put them in ../shared/data")
    })?;
    let data = data.canonicalize().unwrap_or(data);
    sensors::lines(&data)
}
