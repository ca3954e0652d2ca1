//! A network from elsewhere, in an ONNX file, run as it is to make features (feature `onnx`).
//!
//! One input and one output; an example at a time, so that features do not depend on what else is
//! in a batch. Without the feature every file ends in [`Error::Feature`].

#[cfg(not(feature = "onnx"))]
mod absent;
mod error;
#[cfg(feature = "onnx")]
mod file;
#[cfg(feature = "onnx")]
mod frozen;

#[cfg(not(feature = "onnx"))]
pub use absent::Frozen;
pub use error::Error;
#[cfg(feature = "onnx")]
pub use frozen::Frozen;

use std::path::Path;

/// Whether the path names an ONNX file.
pub fn is_onnx(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("onnx"))
}

/// Whether this build runs such a file.
///
/// # Errors
/// [`Error::Feature`].
pub fn supported(path: &Path) -> Result<(), Error> {
    if cfg!(feature = "onnx") { Ok(()) } else { Err(Error::Feature { path: path.to_owned() }) }
}
