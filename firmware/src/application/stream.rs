//! The windows of a worked application, in place of its sensor.
//!
//! ```text
//! file    "FJSTRM" version 1, 0                                             8 bytes
//! record  kind (0 check, 1 label) · 0 · 0 · 0 · number u32 ·
//!         target f32 · n, samples u32                      16 bytes, little-endian
//!         followed by the n samples, f32 each
//! ```
//!
//! Both kinds say what the window should be predicted as; of a check, only to count by it.

use crate::recording::{self, Error, Source};

const HEADER: [u8; 8] = *b"FJSTRM\x01\x00";
const RECORD: usize = 16;

/// What comes before the samples of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// Is its target to be learnt?
    pub is_label: bool,
    /// The writer's number for the window.
    pub number: u32,
    /// The number of its class, or the number it stands for.
    pub target: f32,
    /// How many samples follow.
    pub samples: u32,
}

impl Record {
    fn decode(bytes: &[u8; RECORD]) -> Option<Self> {
        let [kind @ (0 | 1), 0, 0, 0, rest @ ..] = *bytes else { return None };
        let ([number, target, samples], []) = rest.as_chunks() else { return None };
        Some(Self {
            is_label: kind == 1,
            number: u32::from_le_bytes(*number),
            target: f32::from_le_bytes(*target),
            samples: u32::from_le_bytes(*samples),
        })
    }
}

/// A stream, being read.
pub struct Stream<R> {
    source: R,
    /// Samples of the window not read yet.
    left: u32,
}

impl<R: Source> Stream<R> {
    /// Begins a stream.
    ///
    /// # Errors
    /// [`Error::NotAHistory`], [`Error::Source`].
    pub fn new(mut source: R) -> Result<Self, Error<R::Error>> {
        recording::begins_with(&mut source, &HEADER)?;
        Ok(Self { source, left: 0 })
    }

    /// The next record, with what was left of the one before passed over; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Record`], [`Error::Truncated`], [`Error::Source`].
    pub fn record(&mut self) -> Result<Option<Record>, Error<R::Error>> {
        let mut passed = [0.0; 32];
        while self.left > 0 {
            let count = passed.len().min(self.left as usize);
            self.fill(passed.get_mut(..count).unwrap_or_default())?;
        }
        let mut bytes = [0; RECORD];
        if !recording::begin(&mut self.source, &mut bytes)? {
            return Ok(None);
        }
        let record = Record::decode(&bytes).ok_or(Error::Record)?;
        self.left = record.samples;
        Ok(Some(record))
    }

    /// The next samples of the window.
    ///
    /// # Errors
    /// [`Error::Record`] if it has not so many, [`Error::Truncated`], [`Error::Source`].
    pub fn fill(&mut self, samples: &mut [f32]) -> Result<(), Error<R::Error>> {
        let left = self.left.checked_sub(samples.len() as u32).ok_or(Error::Record)?;
        recording::samples(&mut self.source, samples)?;
        self.left = left;
        Ok(())
    }

    /// All samples of the window.
    ///
    /// # Errors
    /// [`Error::Record`] if it has another number of them, [`Error::Truncated`], [`Error::Source`].
    pub fn window(&mut self, samples: &mut [f32]) -> Result<(), Error<R::Error>> {
        if self.left as usize != samples.len() {
            return Err(Error::Record);
        }
        self.fill(samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> Vec<u8> {
        let mut bytes = HEADER.to_vec();
        for (kind, number, samples) in [(1_u8, 7_u32, 100_u32), (0, 8, 3)] {
            bytes.extend([kind, 0, 0, 0]);
            bytes.extend(number.to_le_bytes());
            bytes.extend(2.5_f32.to_le_bytes());
            bytes.extend(samples.to_le_bytes());
            (0..samples).for_each(|sample| bytes.extend((sample as f32).to_le_bytes()));
        }
        bytes
    }

    #[test]
    fn records_come_in_order_and_what_was_not_read_is_passed_over() {
        let bytes = stream();
        let mut stream = Stream::new(&bytes[..]).expect("a stream");
        let first = Record { is_label: true, number: 7, target: 2.5, samples: 100 };
        assert_eq!(stream.record(), Ok(Some(first)));
        let mut samples = [0.0; 3];
        for place in 0..2 {
            assert_eq!(stream.fill(&mut samples), Ok(()));
            assert_eq!(samples[2], (3 * place + 2) as f32);
        }
        let second = Record { is_label: false, number: 8, samples: 3, ..first };
        assert_eq!(stream.record(), Ok(Some(second)));
        assert_eq!(stream.window(&mut [0.0; 2]), Err(Error::Record));
        assert_eq!(stream.fill(&mut [0.0; 4]), Err(Error::Record));
        assert_eq!(stream.window(&mut samples), Ok(()));
        assert_eq!((samples, stream.record()), ([0.0, 1.0, 2.0], Ok(None)));
    }

    #[test]
    fn every_truncation_is_an_error_unless_it_falls_between_records() {
        let bytes = stream();
        let ends = [HEADER.len(), HEADER.len() + RECORD + 400, bytes.len()];
        for length in 0..=bytes.len() {
            let read = Stream::new(&bytes[..length]).and_then(|mut stream| {
                while stream.record()?.is_some() {}
                Ok(())
            });
            match length {
                0..8 => assert_eq!(read, Err(Error::NotAHistory), "{length} bytes"),
                _ if ends.contains(&length) => assert_eq!(read, Ok(()), "{length} bytes"),
                _ => assert_eq!(read, Err(Error::Truncated), "{length} bytes"),
            }
        }
    }

    #[test]
    fn what_is_no_stream_and_no_record_is_refused() {
        let mut bytes = stream();
        bytes[HEADER.len()] = 2;
        let mut stream = Stream::new(&bytes[..]).expect("a stream");
        assert_eq!(stream.record(), Err(Error::Record));
        bytes[6] = 2;
        assert!(matches!(Stream::new(&bytes[..]), Err(Error::NotAHistory)));
    }
}
