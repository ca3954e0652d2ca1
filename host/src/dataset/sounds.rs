//! A folder of WAV files whose names begin with their class: `yes_1.wav`, `no_anna_7.wav`. Features
//! are those of [`super::digits`]; sounds are 8 kHz, mono, 16 bit.

use std::path::{Path, PathBuf};

use super::{Error, digits};
use crate::matrix::Matrix;

const REMEDY: &str = "name it {class}_{anything}.wav, 8 kHz, mono, 16 bit, with sound in it";

/// Features, and the class of each by name, in the order of the files' names.
pub(super) fn read(directory: &Path) -> Result<(Matrix<f32>, Vec<String>), Error> {
    let missing = "put WAV files there, named {class}_{anything}.wav";
    let files = named(directory, &["wav"], missing)?;
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for (path, class) in files {
        let sound = digits::read_sound(&path)?;
        let features = digits::features(&sound).map_err(|error| Error::Content {
            path: path.clone(),
            place: "sound".into(),
            reason: error.to_string(),
            remedy: REMEDY,
        })?;
        values.extend_from_slice(&features);
        labels.push(class);
    }
    Ok((Matrix::new(labels.len(), digits::FEATURES, values), labels))
}

/// The files with one of these extensions in the order of their names, and the class each name begins
/// with; `missing` says what to do if there are none.
pub(super) fn named(
    directory: &Path,
    extensions: &[&str],
    missing: &'static str,
) -> Result<Vec<(PathBuf, String)>, Error> {
    let unreadable = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => Error::MissingDirectory {
            path: directory.to_owned(),
            remedy: "give the folder of WAV files in data.source",
        },
        _ => Error::Unreadable { path: directory.to_owned(), source },
    };
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let has = |extension: &std::ffi::OsStr| {
            extensions.iter().any(|wanted| extension.eq_ignore_ascii_case(wanted))
        };
        if path.extension().is_some_and(has) {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        let path = directory.join(format!("*.{}", extensions[extensions.len() - 1]));
        return Err(Error::MissingFile { path, remedy: missing });
    }
    let class = |path: PathBuf| {
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let class = stem.and_then(|stem| stem.split_once('_')).map(|(class, _)| class.to_owned());
        match class.filter(|class| !class.is_empty()) {
            Some(class) => Ok((path, class)),
            None => Err(Error::Content {
                path,
                place: "name".into(),
                reason: "no class before a `_`".into(),
                remedy: "name it {class}_{anything}, such as worn_3.wav",
            }),
        }
    };
    files.into_iter().map(class).collect()
}
