//! A recorded history in place of a sensor: the windows, labels and idle times, one after another.

use fejer::features::WINDOW;
use fejer::history::{HEADER, RECORD, Record};

/// Bytes converted at a time.
const CHUNK: usize = 512;

/// Where the bytes of a recording come from.
pub trait Source {
    /// Why a transfer failed.
    type Error;
    /// Reads up to `bytes.len()` bytes and says how many; 0 at the end.
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Self::Error>;
}

impl Source for &[u8] {
    type Error = core::convert::Infallible;

    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Self::Error> {
        let (head, tail) = self.split_at(self.len().min(bytes.len()));
        bytes[..head.len()].copy_from_slice(head);
        *self = tail;
        Ok(head.len())
    }
}

/// What is wrong with a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error<E> {
    /// It does not begin as a history of this version does.
    NotAHistory,
    /// The record is none.
    Record,
    /// It ends within a record, or before the record to go on at.
    Truncated,
    /// A transfer failed.
    Source(E),
}

impl<E> Error<E> {
    /// One line for people.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::NotAHistory => "it does not begin as one of version 1 does: write it again",
            Self::Record => "a record is of no known kind or length: write it again",
            Self::Truncated => "it is cut short, or not the history this device was stopped in",
            Self::Source(_) => "it cannot be read: check the file and its permissions",
        }
    }
}

/// A history, being read.
pub struct Recording<R> {
    source: R,
    records: u32,
}

impl<R: Source> Recording<R> {
    /// Begins a history.
    pub fn new(source: R) -> Result<Self, Error<R::Error>> {
        let mut recording = Self { source, records: 0 };
        begins_with(&mut recording.source, &HEADER)?;
        Ok(recording)
    }

    /// Goes on to where `records` records have been read or passed over; `window` is scratch.
    pub fn pass_over(
        &mut self,
        records: u32,
        window: &mut [f32; WINDOW],
    ) -> Result<(), Error<R::Error>> {
        while self.records < records {
            self.next(window)?.ok_or(Error::Truncated)?;
        }
        Ok(())
    }

    /// Records read or passed over.
    pub fn records(&self) -> u32 {
        self.records
    }

    /// The next record, with its samples in `window` if it has any; `None` at the end.
    pub fn next(&mut self, window: &mut [f32; WINDOW]) -> Result<Option<Record>, Error<R::Error>> {
        let mut bytes = [0; RECORD];
        if !begin(&mut self.source, &mut bytes)? {
            return Ok(None);
        }
        let record = Record::decode(&bytes).ok_or(Error::Record)?;
        if let Record::Window { .. } = record {
            samples(&mut self.source, window)?;
        }
        self.records += 1;
        Ok(Some(record))
    }
}

/// Reads the first bytes, which must be these.
pub(crate) fn begins_with<R: Source>(
    source: &mut R,
    header: &[u8; 8],
) -> Result<(), Error<R::Error>> {
    let mut bytes = [0; 8];
    match fill(source, &mut bytes) {
        Err(Error::Truncated) => Err(Error::NotAHistory),
        Ok(()) if bytes != *header => Err(Error::NotAHistory),
        other => other,
    }
}

/// Reads the fixed part of a record; false at the end.
pub(crate) fn begin<R: Source>(source: &mut R, bytes: &mut [u8]) -> Result<bool, Error<R::Error>> {
    match source.read(bytes).map_err(Error::Source)? {
        0 => Ok(false),
        read => fill(source, bytes.get_mut(read..).unwrap_or_default()).map(|()| true),
    }
}

/// Reads little-endian samples until the slice is full.
pub(crate) fn samples<R: Source>(
    source: &mut R,
    samples: &mut [f32],
) -> Result<(), Error<R::Error>> {
    let mut chunk = [0; CHUNK];
    for samples in samples.chunks_mut(CHUNK / size_of::<f32>()) {
        let bytes = chunk.get_mut(..size_of_val(samples)).unwrap_or_default();
        fill(source, bytes)?;
        for (sample, &bytes) in samples.iter_mut().zip(bytes.as_chunks().0) {
            *sample = f32::from_le_bytes(bytes);
        }
    }
    Ok(())
}

fn fill<R: Source>(source: &mut R, mut bytes: &mut [u8]) -> Result<(), Error<R::Error>> {
    while !bytes.is_empty() {
        match source.read(bytes).map_err(Error::Source)? {
            0 => return Err(Error::Truncated),
            // No index: what says that one is wrong takes half a kilobyte.
            read => bytes = bytes.get_mut(read..).unwrap_or_default(),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> Vec<u8> {
        let mut bytes = HEADER.to_vec();
        for (number, label) in [(7, None), (8, Some(3))] {
            bytes.extend(Record::Window { number, label }.encode());
            for sample in 0..WINDOW {
                bytes.extend((sample as f32 + number as f32).to_le_bytes());
            }
        }
        bytes.extend(Record::Idle { number: 1 }.encode());
        bytes
    }

    #[test]
    fn records_come_in_order_with_their_samples() {
        let bytes = history();
        let mut window = [0.0; WINDOW];
        let mut recording = Recording::new(&bytes[..]).expect("a history");
        let first = Record::Window { number: 7, label: None };
        assert_eq!(recording.next(&mut window), Ok(Some(first)));
        assert_eq!((window[0], window[WINDOW - 1]), (7.0, 1030.0));
        let second = Record::Window { number: 8, label: Some(3) };
        assert_eq!(recording.next(&mut window), Ok(Some(second)));
        assert_eq!(recording.next(&mut window), Ok(Some(Record::Idle { number: 1 })));
        assert_eq!(recording.next(&mut window), Ok(None));
        assert_eq!(recording.records(), 3);

        let mut later = Recording::new(&bytes[..]).expect("a history");
        assert_eq!(later.pass_over(1, &mut window), Ok(()));
        assert_eq!(later.next(&mut window), Ok(Some(second)));
        assert_eq!((window[0], later.records()), (8.0, 2));
        assert_eq!(later.pass_over(4, &mut window), Err(Error::Truncated));
    }

    #[test]
    fn every_truncation_is_an_error_unless_it_falls_between_records() {
        let bytes = history();
        let record = RECORD + 4 * WINDOW;
        let mut window = [0.0; WINDOW];
        for length in 0..bytes.len() {
            let read = Recording::new(&bytes[..length]).and_then(|mut recording| {
                while recording.next(&mut window)?.is_some() {}
                Ok(recording.records())
            });
            let whole = length.checked_sub(HEADER.len());
            match whole {
                None => assert_eq!(read, Err(Error::NotAHistory), "{length} bytes"),
                Some(rest) if rest % record == 0 => assert_eq!(read, Ok((rest / record) as u32)),
                Some(_) => assert_eq!(read, Err(Error::Truncated), "{length} bytes"),
            }
        }
    }

    #[test]
    fn what_is_no_history_and_no_record_is_refused() {
        let mut bytes = history();
        bytes[HEADER.len()] = 9;
        let mut recording = Recording::new(&bytes[..]).expect("a history");
        assert_eq!(recording.next(&mut [0.0; WINDOW]), Err(Error::Record));
        bytes[6] = 2;
        assert!(matches!(Recording::new(&bytes[..]), Err(Error::NotAHistory)));
    }
}
