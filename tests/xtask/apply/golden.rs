//! What a program came to when it was last looked at, beside its source: `FEJER_BLESS=1` writes it.

use std::path::PathBuf;

use super::judge::Bound;
use super::lives::Life;
use crate::{Stop, place};

/// Holds the devices of a program to its golden output, or writes it.
///
/// # Errors
/// It cannot be written.
pub fn hold(program: &str, lives: &[Life]) -> Result<Option<Bound>, Stop> {
    let (path, found): (_, String) = (path(program), lives.iter().map(line).collect());
    let name = format!("firmware/src/bin/{program}.out");
    if std::env::var_os("FEJER_BLESS").is_some() {
        let failed = |error| Stop::failed(format!("{name} cannot be written: {error}"));
        std::fs::write(&path, found).map_err(failed)?;
        eprintln!("wrote {name}");
        return Ok(None);
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    let mut pairs = golden.lines().zip(found.lines());
    let different = pairs.find(|(golden, found)| golden != found);
    let measured = match different {
        Some((golden, found)) => format!("{found}, not {golden}"),
        None => format!("{} lines, of {}", found.lines().count(), golden.lines().count()),
    };
    Ok(Some(Bound { bound: format!("as in {name}"), measured, pass: golden == found }))
}

fn line(life: &Life) -> String {
    let Life { field, before, after, weights, labels, windows, .. } = life;
    format!(
        "{field}: {before:.4} before, {after:.4} after {labels} labels, on {windows} windows, weights {weights}\n"
    )
}

fn path(program: &str) -> PathBuf {
    place::root().join("firmware/src/bin").join(program).with_extension("out")
}
