//! NumPy's `.npz`: a ZIP of `.npy` files.

use std::io::{Cursor, Read};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Error, npy};

const REMEDY: &str = "write it with numpy.savez";

/// The length of each axis, and the numbers.
pub type Archived = (Vec<usize>, Vec<f64>);

/// The array of this name, its shape and its numbers; `None` if the archive has none.
///
/// # Errors
/// The archive or the array is damaged, or not of numbers.
pub fn archived(path: &Path, name: &str) -> Result<Option<Archived>, Error> {
    let broken = |reason: String| Error::Content {
        path: path.to_owned(),
        place: name.to_owned(),
        reason,
        remedy: REMEDY,
    };
    let bytes = std::fs::read(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => {
            Error::MissingFile { path: path.to_owned(), remedy: "give the path of a .npz file" }
        }
        _ => Error::Unreadable { path: path.to_owned(), source },
    })?;
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(error.to_string()))?;
    let mut member = match archive.by_name(&format!("{name}.npy")) {
        Ok(member) => member,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(broken(error.to_string())),
    };
    let mut array = vec![];
    member.read_to_end(&mut array).map_err(|error| broken(error.to_string()))?;
    npy::parse_any(path, &array).map(Some)
}

/// The same, where it has to be there under one of these names.
pub(super) fn any_of(path: &Path, names: &[&str]) -> Result<Archived, Error> {
    for name in names {
        if let Some(array) = archived(path, name)? {
            return Ok(array);
        }
    }
    Err(Error::Content {
        path: path.to_owned(),
        place: "names".into(),
        reason: format!("it has no array called {}", names.join(" or ")),
        remedy: "save features as `features` or `X` and labels as `labels` or `y`",
    })
}
