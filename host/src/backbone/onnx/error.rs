//! Why an ONNX file makes no features.

#[cfg(feature = "onnx")]
use std::path::Path;
use std::path::PathBuf;

/// What is wrong with it: the file, the place, and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// This build runs none.
    #[error(
        "{}: this fejer was built without the feature `onnx`; install one with it: cargo install --path host --features onnx",
        path.display()
    )]
    Feature {
        /// The file.
        path: PathBuf,
    },
    /// The system would not let us read it.
    #[error("{}: cannot be read: {source}; give an ONNX file to --backbone", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Something in it is not what it must be.
    #[error("{}: {place}: {reason}; {remedy}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Where in it: an input, a node, the graph.
        place: String,
        /// What is wrong there.
        reason: String,
        /// What to do about it.
        remedy: &'static str,
    },
}

#[cfg(feature = "onnx")]
impl Error {
    /// In one line, however many a library says it in.
    pub(super) fn content(
        path: &Path,
        place: impl Into<String>,
        reason: impl ToString,
        remedy: &'static str,
    ) -> Self {
        const LONGEST: usize = 400;
        let words = reason.to_string();
        let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let reason = match line.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{} …", &line[..end]),
            None => line,
        };
        Self::Content { path: path.to_owned(), place: place.into(), reason, remedy }
    }
}
