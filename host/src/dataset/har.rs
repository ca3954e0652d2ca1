//! Human activity from a smartphone's accelerometer and gyroscope.
//!
//! `DIR/har/features.npy` (n × 265 little-endian 32-bit floats: 265 of the 561 published features,
//! in [−1, 1]), `labels.npy` (n bytes, an index of [`CLASSES`]) and `subjects.npy` (n bytes, who
//! moved).
//!
//! Reference: Anguita, Ghio, Oneto, Parra & Reyes-Ortiz, *A public domain dataset for human activity
//! recognition using smartphones*, 2013.

use std::path::Path;

use super::{Error, npy};

/// Features of a row.
pub const FEATURES: usize = 265;

/// The activities in the order of their labels.
pub const CLASSES: [&str; 6] =
    ["walking", "walking upstairs", "walking downstairs", "sitting", "standing", "laying"];

const MISSING: &str = "put features.npy, labels.npy and subjects.npy there";

/// Rows of features with who did what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activities {
    /// One row after the other.
    pub features: Vec<[f32; FEATURES]>,
    /// The activity of each row, an index of [`CLASSES`].
    pub labels: Vec<u8>,
    /// Who, for each row.
    pub subjects: Vec<u8>,
}

impl Activities {
    /// The rows of the subjects that `who` accepts, in order.
    pub fn of(&self, who: impl Fn(u8) -> bool) -> Self {
        let rows = || (0..self.features.len()).filter(|&row| who(self.subjects[row]));
        Self {
            features: rows().map(|row| self.features[row]).collect(),
            labels: rows().map(|row| self.labels[row]).collect(),
            subjects: rows().map(|row| self.subjects[row]).collect(),
        }
    }
}

/// All rows from `directory/har/`.
///
/// # Errors
/// See [`Error`].
pub fn load(directory: &Path) -> Result<Activities, Error> {
    let files = directory.join("har");
    if !files.is_dir() {
        let remedy = "the data directory is the one that contains har/";
        return Err(Error::MissingDirectory { path: files, remedy });
    }
    let path = files.join("features.npy");
    let array = npy::read(&path, npy::FLOAT, MISSING)?;
    if !matches!(array.shape[..], [_, columns] if columns == FEATURES as u64) {
        let remedy = "rows of 265 features are needed; save array.reshape(-1, 265)";
        return Err(Error::Shape { path, found: array.shape, remedy });
    }
    let floats = array.floats(&path)?;
    let (rows, _) = floats.as_chunks::<FEATURES>();
    let bytes = |name: &str| {
        let path = files.join(name);
        let array = npy::read(&path, npy::BYTE, MISSING)?;
        if array.shape.len() != 1 {
            let remedy = "one byte a row (one axis) is needed; save array.ravel()";
            return Err(Error::Shape { path, found: array.shape, remedy });
        }
        if array.data.len() != rows.len() {
            return Err(Error::Rows { path, found: array.data.len(), expected: rows.len() });
        }
        Ok(array.data)
    };
    let (labels, subjects) = (bytes("labels.npy")?, bytes("subjects.npy")?);
    if let Some(row) = labels.iter().position(|&label| usize::from(label) >= CLASSES.len()) {
        let (path, label) = (files.join("labels.npy"), labels[row]);
        return Err(Error::Label { path, row, label, classes: CLASSES.len() });
    }
    Ok(Activities { features: rows.to_vec(), labels, subjects })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(directory: &Path, name: &str, description: &str, shape: &str, data: &[u8]) {
        let header =
            format!("{{'descr': '{description}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend_from_slice(&u16::try_from(header.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(data);
        std::fs::write(directory.join("har").join(name), bytes).unwrap();
    }

    /// Three rows; row r has r in every column.
    fn good() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("har")).unwrap();
        let features: Vec<u8> =
            (0..3 * FEATURES).flat_map(|at| ((at / FEATURES) as f32).to_le_bytes()).collect();
        write(directory.path(), "features.npy", "<f4", "(3, 265)", &features);
        write(directory.path(), "labels.npy", "|u1", "(3,)", &[5, 0, 2]);
        write(directory.path(), "subjects.npy", "|u1", "(3,)", &[1, 17, 1]);
        directory
    }

    #[test]
    fn rows_keep_their_label_and_subject() {
        let directory = good();
        let all = load(directory.path()).unwrap();
        let first = all.of(|subject| subject == 1);
        assert_eq!(first.labels, [5, 2]);
        assert_eq!(first.features[1], [2.0; FEATURES]);
        assert_eq!(all.of(|_| true), all);
    }

    #[test]
    fn each_defect_has_its_own_error() {
        let fails = |name, description, shape, data: &[u8]| {
            let directory = good();
            write(directory.path(), name, description, shape, data);
            let error = load(directory.path()).unwrap_err();
            let line = error.to_string();
            assert!(line.contains(name) && line.contains(';') && !line.contains('\n'), "{line}");
            error
        };
        let row = [0; 4 * FEATURES];
        assert!(matches!(fails("features.npy", "<f4", "(265, 1)", &row), Error::Shape { .. }));
        assert!(matches!(fails("features.npy", "<f4", "(2, 265)", &row), Error::Truncated { .. }));
        assert!(matches!(fails("labels.npy", "|u1", "(1, 265)", &row), Error::Shape { .. }));
        assert!(matches!(fails("labels.npy", "<i8", "(3,)", &row), Error::Type { .. }));
        assert!(matches!(
            fails("labels.npy", "|u1", "(3,)", &[0, 6, 7]),
            Error::Label { row: 1, label: 6, .. }
        ));
        assert!(matches!(
            fails("subjects.npy", "|u1", "(2,)", &[1, 1]),
            Error::Rows { found: 2, expected: 3, .. }
        ));
        let mut bad = row;
        bad[400..404].copy_from_slice(&f32::NAN.to_le_bytes());
        assert!(matches!(
            fails("features.npy", "<f4", "(1, 265)", &bad),
            Error::NotFinite { sample: 100, .. }
        ));
        let directory = good();
        std::fs::remove_file(directory.path().join("har/subjects.npy")).unwrap();
        assert!(matches!(load(directory.path()), Err(Error::MissingFile { .. })));
        let empty = tempfile::tempdir().unwrap();
        assert!(matches!(load(empty.path()), Err(Error::MissingDirectory { .. })));
    }
}
