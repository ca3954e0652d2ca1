//! Issue 5: firmware one could ship.

mod applications;
mod c;
mod extractor;
mod images;
mod persistence;
mod port;
mod sensors;

use super::Line;
use crate::{Stop, data};

/// Every line.
pub fn lines(quick: bool) -> Result<Vec<Line>, Stop> {
    let data = data().ok_or_else(|| {
        Stop::usage("no recordings: set FEJER_DATA, or put them in ../shared/data")
    })?;
    let data = data.canonicalize().unwrap_or(data);
    let mut lines = applications::lines(&data, quick)?;
    if quick {
        return Ok(lines); // `cargo xtask test` runs the others, but for the day and the images' sizes
    }
    lines.extend(c::lines(&data)?);
    lines.extend(extractor::lines(&data)?);
    lines.extend(port::lines(&data)?);
    lines.extend(persistence::lines(&data)?);
    lines.extend(images::lines(&data)?);
    lines.extend(sensors::lines(&data)?);
    Ok(lines)
}

/// A line that does not hold for every figure a test owes and did not print.
fn missing(lines: &[Line], owed: &[&str]) -> Vec<Line> {
    let is_missing = |owed: &&&str| !lines.iter().any(|line| line.begins_with(owed));
    let line = |owed: &&str| Line::new(*owed, "a figure", "nothing was printed", false);
    owed.iter().filter(is_missing).map(line).collect()
}
