//! The windows a device is shown, as bytes: `firmware/src/application/stream.rs` draws them.

use super::{Field, Labelled, Run};

const HEADER: [u8; 8] = *b"FJSTRM\x01\x00";
const RECORD: usize = 16;

/// A window with what it should be predicted as.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Is its target to be learnt?
    pub is_label: bool,
    /// Of the window.
    pub number: u32,
    /// The number of its class, or the number it stands for.
    pub target: f32,
    /// What the sensor gave.
    pub samples: Vec<f32>,
}

/// Why bytes are no stream.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// They do not begin as one does.
    #[error("the stream does not begin with its header; write it with this version of `fejer`")]
    Header,
    /// A record that is none.
    #[error("record {record} of the stream is of no known kind or length; write it again")]
    Record {
        /// Counted from 0.
        record: usize,
    },
    /// They end within a record.
    #[error("the stream ends within record {record}; write it again")]
    Truncated {
        /// Counted from 0.
        record: usize,
    },
}

/// The stream of a run.
///
/// # Panics
/// The run is of another field.
pub fn bytes<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    field: &Field<T, FEATURES, ROWS, OUTPUTS>,
    run: &Run,
) -> Vec<u8>
where
    T: Labelled<OUTPUTS>,
{
    let mut bytes = HEADER.to_vec();
    let labels = run.labels.iter().map(|window| (1, window));
    for (kind, &window) in labels.chain(run.checks.iter().map(|window| (0, window))) {
        let samples = &field.windows[window];
        bytes.extend([kind, 0, 0, 0]);
        bytes.extend(short(window).to_le_bytes());
        bytes.extend(field.targets[window].number().to_le_bytes());
        bytes.extend(short(samples.len()).to_le_bytes());
        bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    }
    bytes
}

/// The records of a stream, in order.
///
/// # Errors
/// See [`Error`].
pub fn records(bytes: &[u8]) -> Result<Vec<Record>, Error> {
    let mut rest = bytes.strip_prefix(&HEADER).ok_or(Error::Header)?;
    let mut records = Vec::new();
    while !rest.is_empty() {
        let (record, after) = next(rest, records.len())?;
        records.push(record);
        rest = after;
    }
    Ok(records)
}

fn next(bytes: &[u8], record: usize) -> Result<(Record, &[u8]), Error> {
    let (fixed, rest) = bytes.split_first_chunk::<RECORD>().ok_or(Error::Truncated { record })?;
    let [kind @ (0 | 1), 0, 0, 0, numbers @ ..] = *fixed else {
        return Err(Error::Record { record });
    };
    let ([number, target, count], []) = numbers.as_chunks() else {
        return Err(Error::Record { record });
    };
    let length = (u32::from_le_bytes(*count) as usize).saturating_mul(size_of::<f32>());
    let (samples, rest) = rest.split_at_checked(length).ok_or(Error::Truncated { record })?;
    let record = Record {
        is_label: kind == 1,
        number: u32::from_le_bytes(*number),
        target: f32::from_le_bytes(*target),
        samples: samples.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect(),
    };
    Ok((record, rest))
}

fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
