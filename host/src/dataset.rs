//! Labelled data: windows of vibration, from recordings on disk or from the built-in simulator, and two
//! other tasks a head can be put to, human activity and spoken digits.
//!
//! A recording of vibration is cut into ⌊n / 1024⌋ windows of 1 024 samples that do not overlap; what remains at
//! its end is left out. Both sources give the same nine classes in the same order.

mod archive;
pub mod cwru;
pub mod digits;
mod examples;
pub mod har;
mod idx;
pub mod mnist;
mod npy;
mod planetoid;
mod propagated;
pub mod signals;
pub mod simulated;
pub mod solar;
mod sounds;
mod source;
mod synthetic;
mod tables;
pub mod traffic;
mod write;

pub use archive::{Archived, archived};
pub use examples::Examples;
pub use source::{Data, Kind, Source};
pub use synthetic::{moons, probit, recovery};
pub use tables::{Arrays, Labelled, arrays, labelled, labels};
pub use write::{npy_of_floats, npy_of_labels};

use std::path::{Path, PathBuf};

/// Samples in one window.
pub const WINDOW: usize = fejer::features::WINDOW;

/// The nine faults in the order of their labels: the damaged part, and the width of the damage in
/// thousandths of an inch.
pub const CLASSES: [&str; 9] = [
    "ball007", "ball014", "ball021", "inner007", "inner014", "inner021", "outer007", "outer014",
    "outer021",
];

/// Windows of one operating condition with their labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Windows {
    /// One window after the other.
    pub samples: Vec<[f32; WINDOW]>,
    /// The class of each window, an index of [`CLASSES`].
    pub labels: Vec<u8>,
}

impl Windows {
    /// How many windows there are.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there is no window.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Cuts a recording of one class into windows; returns how many that gave.
    pub fn push_recording(&mut self, signal: &[f32], label: u8) -> usize {
        let (windows, _rest) = signal.as_chunks::<WINDOW>();
        self.samples.extend_from_slice(windows);
        self.labels.resize(self.samples.len(), label);
        windows.len()
    }
}

/// Why recordings could not be used. Each names the file, what is wrong with it, and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A directory that should hold the recordings is not there.
    #[error("{}: no such directory; {remedy}", path.display())]
    MissingDirectory {
        /// The directory looked for.
        path: PathBuf,
        /// What to pass instead.
        remedy: &'static str,
    },
    /// A file is not there.
    #[error("{}: no such file; {remedy}", path.display())]
    MissingFile {
        /// The file looked for.
        path: PathBuf,
        /// What to put there.
        remedy: &'static str,
    },
    /// The system would not let us read it.
    #[error("{}: cannot be read: {source}; check that it is a file and its permissions", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The bytes are not in NumPy's format.
    #[error("{}: not a .npy file: {reason}; write it with numpy.save", path.display())]
    NotNpy {
        /// The file.
        path: PathBuf,
        /// What is wrong with its header.
        reason: String,
    },
    /// The numbers are of another type.
    #[error("{}: numbers of type {found}, but {remedy}", path.display())]
    Type {
        /// The file.
        path: PathBuf,
        /// NumPy's name of the type in the file.
        found: String,
        /// The type needed, and how to convert to it.
        remedy: &'static str,
    },
    /// The array has other axes.
    #[error("{}: an array of shape {found:?}, but {remedy}", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// The length of each axis.
        found: Vec<u64>,
        /// The shape needed, and how to get it.
        remedy: &'static str,
    },
    /// Two files that belong together have different lengths.
    #[error(
        "{}: {found} rows, but features.npy beside it has {expected}; copy both again",
        path.display()
    )]
    Rows {
        /// The file.
        path: PathBuf,
        /// Its rows.
        found: usize,
        /// The rows of the features.
        expected: usize,
    },
    /// A label that is no class.
    #[error(
        "{}: row {row} has the label {label}, but there are {classes} classes counted from 0; repair it",
        path.display()
    )]
    Label {
        /// The file.
        path: PathBuf,
        /// The first such row, counted from 0.
        row: usize,
        /// Its label.
        label: u8,
        /// How many classes there are.
        classes: usize,
    },
    /// The file's name does not say what is in it.
    #[error("{}: the name must be {{digit}}_{{speaker}}_{{number}}.wav; rename or remove it", path.display())]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// The bytes are not such a sound.
    #[error(
        "{}: not the sound needed: {reason}; convert it to WAV, 8 kHz, mono, 16 bit",
        path.display()
    )]
    Wav {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file ends before its last sample.
    #[error(
        "{}: truncated: the header promises {expected} bytes of samples, the file has {found}; copy it again",
        path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Bytes of samples by the header.
        expected: u64,
        /// Bytes of samples in the file.
        found: u64,
    },
    /// A sample is NaN or infinite.
    #[error(
        "{}: sample {sample} is {value}, but every sample must be finite; cut the recording before it or repair it",
        path.display()
    )]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// The first such sample, counted from 0.
        sample: usize,
        /// Its value.
        value: f32,
    },
    /// Something in a file is not what it must be.
    #[error("{}: {place}: {reason}; {remedy}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Where in it: a line, a row, a header.
        place: String,
        /// What is wrong there.
        reason: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// A number of the experiment's data section makes no sense.
    #[error("data.{field} {remedy}")]
    Setting {
        /// Its name.
        field: &'static str,
        /// What it must be.
        remedy: String,
    },
    /// A class without an example.
    #[error(
        "{}class {class} ({name}) has no example to train on; correct the labels, or keep fewer examples for the test",
        path.as_ref().map_or_else(String::new, |path| format!("{}: ", path.display()))
    )]
    EmptyClass {
        /// Where the labels are, unless they are made.
        path: Option<PathBuf>,
        /// From 0.
        class: usize,
        /// What it is called.
        name: String,
    },
    /// A graph that is none.
    #[error("{}: {source}", path.display())]
    Graph {
        /// The file of its edges.
        path: PathBuf,
        /// What is wrong with them.
        source: crate::layer::Error,
    },
    /// Not even one window.
    #[error(
        "{}: {samples} samples, but at least {needed} are needed; give a longer recording",
        path.display()
    )]
    TooShort {
        /// The file.
        path: PathBuf,
        /// Samples in the file.
        samples: usize,
        /// Samples needed.
        needed: usize,
    },
}

impl Error {
    pub(crate) fn not_npy(path: &Path, reason: impl ToString) -> Self {
        // a reason may quote the file over several lines; an error is one line
        let reason = reason.to_string();
        let reason = reason.lines().next().unwrap_or_default().trim().to_owned();
        Self::NotNpy { path: path.to_owned(), reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_cut_into_whole_windows() {
        let signal: Vec<f32> = (0..2 * WINDOW + 1023).map(|sample| sample as f32).collect();
        let mut windows = Windows::default();
        assert_eq!(windows.push_recording(&signal, 4), 2);
        assert_eq!(windows.push_recording(&signal[..WINDOW], 5), 1);
        assert_eq!(windows.push_recording(&signal[..WINDOW - 1], 6), 0);
        assert_eq!(windows.labels, [4, 4, 5]);
        assert_eq!(windows.samples[1][0], WINDOW as f32);
        assert_eq!(windows.len(), 3);
    }
}
