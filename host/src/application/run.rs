//! One device's life in a field, chosen by a seed: the labels it is told, and what it predicts after.

use crate::random::Random;

/// Numbers of windows of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Those that come with a label, in the order they come.
    pub labels: Vec<usize>,
    /// All others, in the field's order.
    pub checks: Vec<usize>,
}

/// Why there is no run.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the field has {windows} windows, too few to draw {labels} labelled ones and check others; give \
     more recordings or fewer labels"
)]
pub struct Error {
    /// Windows of the field.
    pub windows: usize,
    /// Labels asked for.
    pub labels: usize,
}

impl Run {
    /// Draws `labels` of so many windows without looking at them.
    ///
    /// # Errors
    /// [`Error`]: nothing would be left to check.
    pub fn compose(windows: usize, labels: usize, seed: u64) -> Result<Self, Error> {
        if windows <= labels {
            return Err(Error { windows, labels });
        }
        let mut numbers: Vec<usize> = (0..windows).collect();
        Random::new(seed, 0).draw(&mut numbers, labels);
        let mut checks = numbers.split_off(labels);
        checks.sort_unstable();
        Ok(Self { labels: numbers, checks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_is_told_or_checked_and_a_seed_repeats() {
        let run = Run::compose(50, 12, 3).unwrap();
        assert_eq!((run.labels.len(), run.checks.len()), (12, 38));
        let mut all = [run.labels.clone(), run.checks.clone()].concat();
        all.sort_unstable();
        assert_eq!(all, (0..50).collect::<Vec<_>>());
        assert!(run.checks.is_sorted() && !run.labels.is_sorted());
        assert_eq!(Run::compose(50, 12, 3), Ok(run.clone()));
        assert_ne!(Run::compose(50, 12, 4), Ok(run));
        assert_eq!(Run::compose(12, 12, 3), Err(Error { windows: 12, labels: 12 }));
    }
}
