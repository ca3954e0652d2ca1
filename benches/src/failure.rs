//! Why there are no figures.

use std::fmt::Display;

/// What, where and the remedy.
pub struct Failure(pub String);

impl Failure {
    /// Something that failed while doing this.
    pub fn while_doing<E: Display>(doing: impl Display) -> impl FnOnce(E) -> Self {
        move |error| Self(format!("{doing}: {error}"))
    }
}
