//! Raw signals of users: windows of samples from CSV, NumPy and WAV files.
//!
//! A file is one window a row, or one long column (of a .npy file, one axis) that is cut into windows
//! of 1 024 samples that do not overlap; what remains at its end is left out. A folder is a file a
//! recording, {class}_{anything}.csv, .npy or .wav.

mod sensing;
mod table;

pub use sensing::{Features, Sensing};

use std::path::{Path, PathBuf};

use super::{Error, WINDOW, digits, npy, sounds};

const MISSING: &str = "give a file of signals, or a folder of {class}_{anything}.csv, .npy or .wav";
const AXES: &str = "one signal (one axis) or one window a row (two axes) is needed; save it so";
const FINITE: &str = "every sample must be a finite number; repair it, or drop the window";

/// A window, and where it is from.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The file.
    pub path: PathBuf,
    /// The line, row or first sample, for messages.
    pub place: String,
    /// Its samples.
    pub samples: Vec<f32>,
    /// Its class, if the file or its name says it.
    pub class: Option<String>,
}

/// All windows of a file or of a folder; `label` names the column of the classes in CSV files.
///
/// # Errors
/// See [`Error`].
pub fn windows(path: &Path, label: Option<&str>) -> Result<Vec<Window>, Error> {
    if !path.is_dir() {
        return of_file(path, label);
    }
    let mut windows = vec![];
    for (file, class) in sounds::named(path, &["csv", "npy", "wav"], MISSING)? {
        let own = of_file(&file, label)?;
        windows.extend(own.into_iter().map(|window| match window.class {
            Some(_) => window,
            None => Window { class: Some(class.clone()), ..window },
        }));
    }
    Ok(windows)
}

fn of_file(path: &Path, label: Option<&str>) -> Result<Vec<Window>, Error> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "csv" => table::windows(path, label),
        "npy" => of_array(path),
        "wav" => cut(path, &digits::read_sound(path)?, None, "sample"),
        _ => Err(Error::Content {
            path: path.to_owned(),
            place: "name".into(),
            reason: format!("`{extension}` is no kind of file that holds signals"),
            remedy: MISSING,
        }),
    }
}

fn of_array(path: &Path) -> Result<Vec<Window>, Error> {
    let (shape, numbers) = npy::read_any(path, MISSING)?;
    let columns = match shape[..] {
        [_] | [1, _] | [_, 1] => None,
        [_, columns] if columns > 0 => Some(columns),
        _ => {
            let found = shape.iter().map(|&axis| axis as u64).collect();
            return Err(Error::Shape { path: path.to_owned(), found, remedy: AXES });
        }
    };
    if let Some(at) = numbers.iter().position(|&number| !(number as f32).is_finite()) {
        return Err(Error::Content {
            path: path.to_owned(),
            place: match columns {
                Some(columns) => format!("row {}, column {}", at / columns, at % columns),
                None => format!("sample {at}"),
            },
            reason: format!("the number {}", numbers[at]),
            remedy: FINITE,
        });
    }
    let samples: Vec<f32> = numbers.into_iter().map(|number| number as f32).collect();
    let Some(columns) = columns else { return cut(path, &samples, None, "sample") };
    let window = |(row, samples): (usize, &[f32])| Window {
        path: path.to_owned(),
        place: format!("row {row}"),
        samples: samples.to_vec(),
        class: None,
    };
    Ok(samples.chunks_exact(columns).enumerate().map(window).collect())
}

/// Whole windows of a signal; `unit` is what its positions are called.
fn cut(path: &Path, signal: &[f32], class: Option<&str>, unit: &str) -> Result<Vec<Window>, Error> {
    if signal.len() < WINDOW {
        let (path, samples) = (path.to_owned(), signal.len());
        return Err(Error::TooShort { path, samples, needed: WINDOW });
    }
    let window = |(at, samples): (usize, &[f32])| Window {
        path: path.to_owned(),
        place: format!("window from {unit} {}", at * WINDOW),
        samples: samples.to_vec(),
        class: class.map(str::to_owned),
    };
    Ok(signal.chunks_exact(WINDOW).enumerate().map(window).collect())
}

#[cfg(test)]
mod tests;
