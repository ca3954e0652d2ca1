//! Issue 6: training without gradients, and stable training by interpolation.

mod games;
mod mdlam;

use super::Line;
use crate::{Stop, data};

/// Every line.
pub fn lines(quick: bool) -> Result<Vec<Line>, Stop> {
    let data = data().ok_or_else(|| {
        Stop::usage("no recordings: set FEJER_DATA, or put them in ../shared/data")
    })?;
    let data = data.canonicalize().unwrap_or(data);
    let mut lines = games::lines(&data)?;
    lines.extend(mdlam::lines(&data, quick)?);
    Ok(lines)
}
