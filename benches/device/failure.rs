//! Why there are no figures.

use std::fmt::Display;

/// One line: what, where and the remedy.
pub struct Failure(pub String);

impl Failure {
    /// Something that failed while doing this.
    pub fn while_doing(doing: impl Display) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self(format!("{doing}: {error}"))
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}
