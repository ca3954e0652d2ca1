//! What a test measured, in a line a program can read: `cargo xtask accept` gathers them.

use std::fmt::Display;

/// What such a line begins with; one JSON object follows.
pub const MARK: &str = "figure: ";

/// Prints what was measured for one promise of an issue, with its bound and whether it holds.
///
/// It asserts nothing: what fails the test is the test's own business.
pub fn figure(line: impl Display, bound: impl Display, measured: impl Display, pass: bool) {
    let [line, bound, measured] = [line.to_string(), bound.to_string(), measured.to_string()];
    let json =
        serde_json::json!({ "line": line, "bound": bound, "measured": measured, "pass": pass });
    println!("{MARK}{json}");
}
