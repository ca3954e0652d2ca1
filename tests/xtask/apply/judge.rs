//! Holds the devices of an application to its promises, and shows them.

use std::fmt::Write;

use serde::Serialize;

use super::lives::Life;
use super::{Application, Measure};

const KB: u64 = 1024;

/// A promise and what was measured.
#[derive(Serialize)]
pub struct Bound {
    /// What was promised.
    pub bound: String,
    /// What came of it.
    pub measured: String,
    /// Does it hold?
    pub pass: bool,
}

/// Means before and after, over devices.
pub fn means(lives: &[Life]) -> [f64; 2] {
    let mean = |of: fn(&Life) -> f64| lives.iter().map(of).sum::<f64>() / lives.len().max(1) as f64;
    [mean(|life| life.before), mean(|life| life.after)]
}

/// Every promise of an application.
pub fn bounds(application: &Application, lives: &[Life]) -> Vec<Bound> {
    let [before, after] = means(lives);
    let measured = format!("{before:.4} before, {after:.4} after");
    let (bound, pass) = match application.measure {
        Measure::Accuracy(least) => (format!("accuracy ≥ {least}"), after >= least),
        Measure::Error(part) => (format!("error ≤ {part} of before"), after <= part * before),
    };
    let different = lives.iter().find_map(|life| life.difference.clone());
    let largest = |of: fn(&Life) -> u64| lives.iter().map(of).max().unwrap_or(0);
    let (flash, ram) = (largest(|life| life.flash), largest(|life| life.ram));
    let allocators: Option<Vec<_>> = lives.iter().map(|life| life.allocators.as_ref()).collect();
    let allocators = allocators.map(|names| names.into_iter().flatten().count());
    let mut bounds = vec![
        Bound { bound, measured, pass },
        Bound {
            bound: "device = desktop, bit for bit".to_owned(),
            pass: different.is_none(),
            measured: different.unwrap_or_else(|| format!("{} devices", lives.len())),
        },
        size("flash", flash, application.flash),
        Bound {
            bound: "no allocator in the link map".to_owned(),
            pass: allocators == Some(0),
            measured: match allocators {
                Some(count) => format!("{count} symbols of one"),
                None => "stripped: nobody can know".to_owned(),
            },
        },
    ];
    bounds.extend(application.ram.map(|most| size("RAM with stack", ram, most)));
    bounds
}

fn size(what: &str, bytes: u64, most: u64) -> Bound {
    Bound {
        bound: format!("{what} ≤ {most} KB"),
        measured: format!("{bytes} B"),
        pass: bytes <= most * KB,
    }
}

/// A line a device, the mean, a line a promise.
pub fn table(measure: Measure, lives: &[Life], bounds: &[Bound]) -> String {
    let mut text = format!(
        "{:<12} {:>4} {:>8} {:>8} {:>6} {:>8} {:>8} {:>6} {:>7} {:>7}  {}\n",
        measure.name(),
        "seed",
        "before",
        "after",
        "labels",
        "windows",
        "rejected",
        "drift",
        "RAM",
        "flash",
        "device = desktop"
    );
    for life in lives {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:<12} {:>4} {:>8.4} {:>8.4} {:>6} {:>8} {:>8} {:>6} {:>7} {:>7}  {}",
            life.field,
            life.seed,
            life.before,
            life.after,
            life.labels,
            life.windows,
            life.rejected,
            if life.has_drifted { "yes" } else { "no" },
            life.ram,
            life.flash,
            if life.difference.is_none() { "yes" } else { "NO" }
        );
    }
    let [before, after] = means(lives);
    let _ = writeln!(text, "{:<12} {:>4} {before:>8.4} {after:>8.4}", "mean", "");
    for Bound { bound, measured, pass } in bounds {
        let verdict = if *pass { "holds" } else { "FAILS" };
        let _ = writeln!(text, "{verdict}  {bound}: {measured}");
    }
    text
}
