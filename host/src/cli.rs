//! The subcommands, one a file: arguments in, exit code and message out.

pub mod reproduce;

/// An exit code and what to say with it: 1 for a run that did not get where it should, 2 for bad
/// input.
pub type Failure = (u8, String);

/// Bad input.
pub fn bad(error: impl std::fmt::Display) -> Failure {
    (2, error.to_string())
}
