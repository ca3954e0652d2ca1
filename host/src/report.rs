//! What the demo did: one self-contained HTML page, and its main picture as a standalone SVG.
//!
//! `page` and `picture` are pure functions from [`Demo`] to text. The page fetches nothing: style and
//! drawings are inline, light and dark follow the reader's system, and every drawing has its numbers in a
//! table beside it. [`Headline`] is also the JSON object that `--json` prints.
//!
//! Assumption: all runs of a [`Demo`] share the classes and the number of labels; they differ in the seed.

mod accuracy;
mod certificate;
mod chart;
mod confusion;
mod curves;
mod map;
mod number;
mod page;
mod palette;
mod table;
#[cfg(test)]
mod tests;
mod training;

use serde::{Deserialize, Serialize};

pub use accuracy::picture;
pub use curves::{Chart, Clock, Curve, picture as curves};
pub use map::Map;
pub use page::page;
pub use table::table;
pub use training::{TrainingReport, page as training_page};

/// Everything the report shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Demo {
    /// What was run.
    pub setting: Setting,
    /// Class names, in the order of the head's outputs.
    pub classes: Vec<String>,
    /// The figures to remember; also the object of `--json`.
    pub headline: Headline,
    /// One run a seed.
    pub runs: Vec<Run>,
    /// Every check that decides the exit code.
    pub checks: Vec<Check>,
    /// What it ran on: rustc, QEMU, commit, date, in the order to show.
    pub environment: Vec<Fact>,
}

impl Demo {
    /// Whether every check holds.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.passed)
    }
}

/// What was run, for the head of the page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Setting {
    /// Where the windows come from, such as `CWRU bearing recordings, load 0 → load 2`.
    pub data: String,
    /// The number type on the device: `f32` or `q16`.
    pub scalar: String,
    /// The board, such as `mps2-an386 (Cortex-M4F)`.
    pub board: String,
    /// The seeds, one a run.
    pub seeds: Vec<u64>,
    /// The prior precision Λ.
    pub prior_precision: f64,
}

/// The figures to remember: means and worst cases over the runs. Its field names are the keys of `--json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Headline {
    /// Mean accuracy of the factory head on the device, before any label.
    pub accuracy_before: f64,
    /// Mean accuracy on the device after the labels and the idle passes.
    pub accuracy_after: f64,
    /// Labelled windows a run.
    pub labels: u32,
    /// Whether device and host had the same weights, to the last bit, after every step of every run.
    pub bit_identical: bool,
    /// Largest difference of a weight to the independent f64 solution's twin of the same steps.
    pub oracle_max_difference: f64,
    /// Worst natural residual at the end of a run.
    pub residual: f64,
    /// Worst duality gap at the end of a run.
    pub gap: f64,
    /// Worst certified distance of the weights to the exact solution.
    pub distance: f64,
    /// Instructions the device spent on one learning step.
    pub instructions_per_step: u64,
    /// RAM of the firmware: static, and the deepest stack.
    pub ram_bytes: u64,
    /// Flash of the firmware, factory head included.
    pub flash_bytes: u64,
    /// Deepest stack seen on the device.
    pub stack_bytes: u64,
}

/// One run: one choice of labelled windows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    /// What chose the labelled windows.
    pub seed: u64,
    /// Accuracy while labels arrive, replayed on the desktop.
    pub host: Vec<Point>,
    /// The same, as the device printed it.
    pub device: Vec<Point>,
    /// The certificate after each idle pass, as the device printed it.
    pub passes: Vec<Pass>,
    /// Device decisions before any label: rows are the truth, columns the prediction.
    pub before: Vec<Vec<u32>>,
    /// Device decisions after learning, same layout.
    pub after: Vec<Vec<u32>>,
}

/// Accuracy when so many labels had been learnt.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Labelled windows learnt so far.
    pub labels: u32,
    /// Share of right decisions, 0 to 1.
    pub accuracy: f64,
}

/// The certificate after one idle pass.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pass {
    /// Idle passes done, from 1.
    pub pass: u32,
    /// Duality gap.
    pub gap: f64,
    /// Certified distance to the exact solution.
    pub distance: f64,
    /// Natural residual.
    pub residual: f64,
}

/// One promise and what was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What is promised.
    pub name: String,
    /// What is allowed, such as `≤ 1e-4`.
    pub bound: String,
    /// What was measured.
    pub measured: String,
    /// Whether it holds.
    pub passed: bool,
}

/// A named fact about where the run took place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Such as `rustc`.
    pub name: String,
    /// Such as `1.95.0`.
    pub value: String,
}
