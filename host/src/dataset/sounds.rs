//! A folder of WAV files whose names begin with their class: `yes_1.wav`, `no_anna_7.wav`. Features
//! are those of [`super::digits`]; sounds are 8 kHz, mono, 16 bit.

use std::path::{Path, PathBuf};

use super::{Error, digits};
use crate::matrix::Matrix;

/// Features, and the class of each by name, in the order of the files' names.
pub(super) fn read(directory: &Path) -> Result<(Matrix<f32>, Vec<String>), Error> {
    let missing = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => Error::MissingDirectory {
            path: directory.to_owned(),
            remedy: "give the folder of WAV files in data.source",
        },
        _ => Error::Unreadable { path: directory.to_owned(), source },
    };
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(missing)? {
        let path = entry.map_err(missing)?.path();
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav")) {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        let remedy = "put WAV files there, named {class}_{anything}.wav";
        return Err(Error::MissingFile { path: directory.join("*.wav"), remedy });
    }
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for path in &files {
        let refuse = |reason: String| Error::Content {
            path: path.clone(),
            place: "name or sound".into(),
            reason,
            remedy: "name it {class}_{anything}.wav, 8 kHz, mono, 16 bit, with sound in it",
        };
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let class = stem.and_then(|stem| stem.split_once('_')).map(|(class, _)| class);
        let class = class.filter(|class| !class.is_empty());
        let class = class.ok_or_else(|| refuse("no class before a `_`".into()))?;
        let sound = digits::read_sound(path)?;
        let features = digits::features(&sound).map_err(|error| refuse(error.to_string()))?;
        values.extend_from_slice(&features);
        labels.push(class.to_owned());
    }
    Ok((Matrix::new(files.len(), digits::FEATURES, values), labels))
}
