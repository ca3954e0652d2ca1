//! Replays a history on the desktop, through the same core as the device, to the last bit.
//!
//! A record gives one line, in the device's own words: features of the window, the decision of the
//! head, and, where a label came with it, one learning step (a visit and [`REVISITS`] revisits).
//!
//! Assumption: the device has a memory of [`MEMORY`] samples and uses f32 or Q16.16.

pub mod agreement;

use fejer::features::{Standardise, WINDOW};
use fejer::history::{self, HEADER, RECORD, Record, SAMPLES};
use fejer::{Anchored, Class, Head, Scalar};

use crate::device::DeviceLine;
use crate::pretrain::{Factory, OUTPUTS, ROWS, bands};

/// Samples the device remembers.
pub const MEMORY: usize = 64;
/// Remembered samples the device visits again after each label.
pub const REVISITS: u32 = 3;

/// A head that learns as on the device.
pub type Learning<'a, S> = Anchored<'a, S, Class, ROWS, OUTPUTS, MEMORY>;

/// Why a history cannot be replayed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file does not begin as a history does.
    #[error("the history does not begin with its header; write it with this version of `fejer`")]
    Header,
    /// A record that is none.
    #[error("record {record} of the history is of no known kind; write it again")]
    Record {
        /// Its number.
        record: u32,
    },
    /// The file ends within a record.
    #[error("the history ends within record {record}; write it again")]
    Truncated {
        /// Its number.
        record: u32,
    },
    /// The head cannot start.
    #[error("the factory head cannot learn on the device: {0}")]
    Factory(#[from] fejer::Error),
}

/// The factory head in the device's number type.
pub fn factory_head<S: Scalar>(factory: &Factory) -> Head<S, ROWS, OUTPUTS> {
    let mut head = Head::zeros(factory.head.link());
    for (weight, &exported) in head.point_mut().iter_mut().zip(factory.head.point()) {
        *weight = S::from_f32(exported);
    }
    head
}

/// Replays a whole history from the factory head. `observe` gets every line, with the head as it is
/// after it: boot, a line a record, the rows of the final weights, done.
///
/// # Errors
/// Bytes that are no history. Lines before the defect have been observed.
pub fn replay<S: Scalar<Float = f32>>(
    history: &[u8],
    factory: &Factory,
    observe: &mut dyn FnMut(&DeviceLine, &Learning<'_, S>),
) -> Result<(), Error> {
    let mut bytes = history.strip_prefix(&HEADER).ok_or(Error::Header)?;
    let head = factory_head::<S>(factory);
    let mut replay = Replay::new(&head, factory.standardise)?;
    observe(&replay.boot(), &replay.learning);
    while !bytes.is_empty() {
        let record = replay.records;
        let (line, rest) = replay.advance(bytes).ok_or(Error::Truncated { record })??;
        observe(&line, &replay.learning);
        bytes = rest;
    }
    for line in replay.weights() {
        observe(&line, &replay.learning);
    }
    observe(&DeviceLine::Done { records: replay.records, stack: 0 }, &replay.learning);
    Ok(())
}

/// Do a line of the device and one of the replay say the same? What only a device can know is left
/// out: why it booted as it did, instructions, stack.
pub fn same(device: &DeviceLine, host: &DeviceLine) -> bool {
    // as text, so that even a NaN equals itself
    common(device).to_string() == common(host).to_string()
}

fn common(line: &DeviceLine) -> DeviceLine {
    let mut line = line.clone();
    match &mut line {
        DeviceLine::Boot { reason, .. } => reason.clear(),
        DeviceLine::Learnt { instructions, .. } => *instructions = 0,
        DeviceLine::Done { stack, .. } => *stack = 0,
        _ => {}
    }
    line
}

struct Replay<'a, S: Scalar> {
    standardise: Standardise<{ ROWS - 1 }>,
    learning: Learning<'a, S>,
    passes: u32,
    records: u32,
}

/// A line, and the bytes after its record; `None` where the bytes end within the record.
type Advanced<'b> = Option<Result<(DeviceLine, &'b [u8]), Error>>;

impl<'a, S: Scalar<Float = f32>> Replay<'a, S> {
    fn new(
        head: &'a Head<S, ROWS, OUTPUTS>,
        standardise: Standardise<{ ROWS - 1 }>,
    ) -> Result<Self, fejer::Error> {
        Ok(Self { standardise, learning: Learning::new(head)?, passes: 0, records: 0 })
    }

    fn advance<'b>(&mut self, bytes: &'b [u8]) -> Advanced<'b> {
        let (record, rest) = bytes.split_first_chunk::<RECORD>()?;
        let (line, rest) = match Record::decode(record) {
            Some(Record::Idle { .. }) => (self.idle(), rest),
            Some(Record::Window { number, label }) => {
                let (samples, rest) = rest.split_first_chunk::<SAMPLES>()?;
                (self.window(number, label, &history::samples(samples)), rest)
            }
            None => return Some(Err(Error::Record { record: self.records })),
        };
        self.records += 1;
        Some(Ok((line, rest)))
    }

    fn window(&mut self, window: u32, label: Option<u8>, samples: &[f32; WINDOW]) -> DeviceLine {
        let refused =
            |error: fejer::Error| DeviceLine::Refused { window, reason: error.word().to_owned() };
        let features = match bands(samples) {
            Ok(features) => self.standardise.apply::<S>(&features),
            Err(error) => return refused(error),
        };
        let predicted = self.learning.head().decide(&features) as u8;
        let Some(class) = label else { return DeviceLine::Predicted { window, class: predicted } };
        if let Err(error) = self.learning.learn(&features, Class(class)) {
            return refused(error);
        }
        self.learning.revisit(REVISITS);
        DeviceLine::Learnt {
            window,
            class,
            predicted,
            weights: self.learning.head().hash(),
            remembered: self.remembered(),
            instructions: 0,
        }
    }

    fn idle(&mut self) -> DeviceLine {
        self.learning.consolidate_pass();
        self.passes += 1;
        let certificate = self.learning.certificate();
        DeviceLine::Idle {
            pass: self.passes,
            weights: self.learning.head().hash(),
            gap: certificate.gap,
            distance: certificate.distance,
            residual: certificate.residual,
            drift: certificate.drift,
        }
    }

    fn boot(&self) -> DeviceLine {
        DeviceLine::Boot {
            resumed: false,
            reason: "none".to_owned(),
            weights: self.learning.head().hash(),
            remembered: self.remembered(),
            records: self.records,
        }
    }

    fn weights(&self) -> Vec<DeviceLine> {
        let word = |weight: &S| weight.to_bits() as u32;
        (0..)
            .zip(self.learning.head().weights())
            .map(|(row, weights)| DeviceLine::Weights {
                row,
                values: weights.iter().map(word).collect(),
            })
            .collect()
    }

    fn remembered(&self) -> u32 {
        u32::try_from(self.learning.samples().len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests;
