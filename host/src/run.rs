//! One run of the demonstration: what a device lives through, chosen by a seed.
//!
//! ```text
//! every other window, unlabelled            accuracy before
//! labelled windows in random order, and after some of them a block of unlabelled ones
//!                                           the curve
//! idle passes
//! every other window, unlabelled            accuracy after
//! ```
//!
//! The labelled windows are drawn at random from the field without looking at their classes; they
//! are never counted in an accuracy. The blocks of the curve are always the same windows.

use std::ops::Range;

use fejer::history::{HEADER, Record};

use crate::dataset::{CLASSES, Windows};
use crate::random::Random;

/// Labelled windows of a run unless told otherwise.
pub const LABELS: usize = 45;
/// Passes over the memory after the last label.
pub const IDLE_PASSES: u32 = 10;
/// Windows of a block of the curve.
pub const BLOCK: usize = 108;
/// A block follows the label with this number.
const BLOCK_AFTER: [usize; 6] = [3, 6, 10, 15, 22, 31];

/// When an accuracy is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// With the factory head.
    Before,
    /// Between labels.
    Curve,
    /// After all labels and the idle passes.
    After,
}

/// Records of a history that measure one accuracy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// When.
    pub stage: Stage,
    /// Labels learnt by then.
    pub labels: u32,
    /// Numbers of the records, all unlabelled windows; the device says one line a record.
    pub records: Range<usize>,
}

/// What a device lives through.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The seed it was drawn with.
    pub seed: u64,
    /// The record after the file's header, in order.
    pub records: Vec<Record>,
    /// What is measured, in order.
    pub measurements: Vec<Measurement>,
}

/// Why there is no run.
#[derive(Debug, thiserror::Error)]
#[error(
    "the field has {windows} windows, too few for {labels} labelled ones and {BLOCK} to measure on; give longer recordings or fewer labels"
)]
pub struct Error {
    /// Windows of the field.
    pub windows: usize,
    /// Labels asked for.
    pub labels: usize,
}

/// Rows are the truth, columns the predicted class.
pub type Confusion = [[u32; CLASSES.len()]; CLASSES.len()];

impl Run {
    /// Draws `labels` windows of the field and composes the run around them.
    ///
    /// # Errors
    /// [`Error`]: the field has too few windows.
    pub fn compose(field: &Windows, labels: usize, seed: u64) -> Result<Self, Error> {
        let windows = field.len();
        if windows < labels.saturating_add(BLOCK) {
            return Err(Error { windows, labels });
        }
        let mut numbers: Vec<usize> = (0..windows).collect();
        Random::new(seed, 0).draw(&mut numbers, labels + BLOCK);
        let (labelled, others) = numbers.split_at(labels);
        let block = &others[..BLOCK];
        let others: Vec<usize> = (0..windows).filter(|window| !labelled.contains(window)).collect();

        let mut run = Self { seed, records: Vec::new(), measurements: Vec::new() };
        run.measure(Stage::Before, 0, &others);
        for (learnt, &window) in (1..).zip(labelled) {
            let label = Some(field.labels[window]);
            run.records.push(Record::Window { number: number(window), label });
            if BLOCK_AFTER.contains(&learnt) && learnt < labels {
                run.measure(Stage::Curve, learnt, block);
            }
        }
        run.records.extend((1..=IDLE_PASSES).map(|number| Record::Idle { number }));
        run.measure(Stage::After, labels, &others);
        Ok(run)
    }

    fn measure(&mut self, stage: Stage, labels: usize, windows: &[usize]) {
        let start = self.records.len();
        let unlabelled = |&window| Record::Window { number: number(window), label: None };
        self.records.extend(windows.iter().map(unlabelled));
        let records = start..self.records.len();
        self.measurements.push(Measurement { stage, labels: number(labels), records });
    }

    /// The bytes a device reads.
    pub fn history(&self, field: &Windows) -> Vec<u8> {
        let mut bytes = HEADER.to_vec();
        for record in &self.records {
            bytes.extend_from_slice(&record.encode());
            if let Record::Window { number, .. } = *record {
                let samples = &field.samples[number as usize];
                bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
            }
        }
        bytes
    }

    /// Counts decisions of one measurement. `decided` gives the class predicted for a record; a
    /// window that was refused counts in no column.
    pub fn confusion(
        &self,
        measurement: &Measurement,
        field: &Windows,
        decided: impl Fn(usize) -> Option<u8>,
    ) -> Confusion {
        let mut confusion = Confusion::default();
        for record in measurement.records.clone() {
            let Some(Record::Window { number, .. }) = self.records.get(record) else { continue };
            let truth = usize::from(field.labels[*number as usize]);
            let row = confusion.get_mut(truth);
            let column = decided(record).and_then(|class| row?.get_mut(usize::from(class)));
            if let Some(count) = column {
                *count += 1;
            }
        }
        confusion
    }

    /// Share of the windows of one measurement that were classified correctly.
    pub fn accuracy(
        &self,
        measurement: &Measurement,
        field: &Windows,
        decided: impl Fn(usize) -> Option<u8>,
    ) -> f64 {
        let confusion = self.confusion(measurement, field, decided);
        let right: u32 = confusion.iter().enumerate().map(|(class, row)| row[class]).sum();
        f64::from(right) / measurement.records.len().max(1) as f64
    }

    /// The one measurement before or after learning.
    pub fn measurement(&self, stage: Stage) -> Option<&Measurement> {
        self.measurements.iter().find(|measurement| measurement.stage == stage)
    }
}

fn number(window: usize) -> u32 {
    u32::try_from(window).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fejer::features::WINDOW;

    fn field() -> Windows {
        let samples: Vec<[f32; WINDOW]> = (0..300).map(|window| [window as f32; WINDOW]).collect();
        let labels = (0..300).map(|window| (window % 9) as u8).collect();
        Windows { samples, labels }
    }

    #[test]
    fn labelled_windows_are_never_measured_and_every_other_one_is() {
        let field = field();
        let run = Run::compose(&field, 45, 3).unwrap();
        let labelled: Vec<u32> = run
            .records
            .iter()
            .filter_map(|record| match *record {
                Record::Window { number, label: Some(label) } => {
                    assert_eq!(label, field.labels[number as usize]);
                    Some(number)
                }
                _ => None,
            })
            .collect();
        assert_eq!(labelled.len(), 45);
        for measurement in &run.measurements {
            let windows = &run.records[measurement.records.clone()];
            let expected = if measurement.stage == Stage::Curve { BLOCK } else { 255 };
            assert_eq!(windows.len(), expected);
            for record in windows {
                let Record::Window { number, label: None } = record else { panic!("{record:?}") };
                assert!(!labelled.contains(number));
            }
        }
        let stages: Vec<_> = run.measurements.iter().map(|m| (m.stage, m.labels)).collect();
        assert_eq!(stages.first(), Some(&(Stage::Before, 0)));
        assert_eq!(stages.last(), Some(&(Stage::After, 45)));
        assert_eq!(stages.len(), 2 + BLOCK_AFTER.len());
        let idle = run.records.iter().filter(|record| matches!(record, Record::Idle { .. }));
        assert_eq!(idle.count(), IDLE_PASSES as usize);
    }

    #[test]
    fn a_seed_repeats_and_another_one_differs() {
        let field = field();
        assert_eq!(Run::compose(&field, 45, 3).unwrap(), Run::compose(&field, 45, 3).unwrap());
        let other = Run::compose(&field, 45, 4).unwrap().records;
        assert_ne!(Run::compose(&field, 45, 3).unwrap().records, other);
    }

    #[test]
    fn accuracy_counts_right_decisions_and_refused_windows_are_wrong() {
        let field = field();
        let run = Run::compose(&field, 45, 1).unwrap();
        let before = run.measurement(Stage::Before).unwrap();
        let truth = |record: usize| match run.records[record] {
            Record::Window { number, .. } => Some(field.labels[number as usize]),
            Record::Idle { .. } => None,
        };
        assert_eq!(run.accuracy(before, &field, truth), 1.0);
        assert_eq!(run.accuracy(before, &field, |_| None), 0.0);
        let confusion = run.confusion(before, &field, truth);
        assert_eq!(confusion.iter().flatten().sum::<u32>(), 255);
        let half = run.accuracy(before, &field, |record| truth(record).filter(|_| record % 2 == 0));
        assert!((half - 0.5).abs() < 0.01);
    }

    #[test]
    fn a_field_too_small_is_refused() {
        let mut field = field();
        field.samples.truncate(100);
        field.labels.truncate(100);
        let error = Run::compose(&field, 45, 1).unwrap_err().to_string();
        assert!(error.contains("100 windows") && error.contains("45 labelled"), "{error}");
    }
}
