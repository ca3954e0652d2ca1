//! What stands for a network where the feature `onnx` is off: there is none.

use std::path::Path;

use super::Error;

/// A frozen network; without the feature `onnx` it cannot be had.
pub enum Frozen {}

impl Frozen {
    /// Refuses.
    ///
    /// # Errors
    /// [`Error::Feature`].
    pub fn open(path: &Path, _node: Option<&str>, _axes: &[usize]) -> Result<Self, Error> {
        Err(Error::Feature { path: path.to_owned() })
    }

    /// Features of an example.
    pub fn features(&self) -> usize {
        match *self {}
    }

    /// Rows of features, an example after the other.
    ///
    /// # Errors
    /// None.
    pub fn apply(&self, _first: usize, _rows: &[f32]) -> Result<Vec<f32>, Error> {
        match *self {}
    }
}
