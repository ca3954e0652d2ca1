//! What was promised and what was measured, for `cargo xtask accept 3`.

use serde::Serialize;

/// One promise.
#[derive(Debug, Serialize)]
pub struct Line {
    pub line: String,
    pub bound: String,
    pub measured: String,
    pub pass: bool,
}

impl Line {
    pub fn new(line: String, bound: impl ToString, measured: impl ToString, pass: bool) -> Self {
        Self { line, bound: bound.to_string(), measured: measured.to_string(), pass }
    }
}
