//! A microphone: a stream of PCM samples of 16 bits.

use super::{Error, Sensor};
use crate::recording::Source;

/// One over the largest magnitude of a sample: windows are within ±1.
const SCALE: f32 = 1.0 / 32_768.0;

/// Windows of a PCM stream: mono, signed, 16 bits, low byte first.
///
/// A window whose samples are all alike is [`Error::Silent`]: a data line that nobody drives reads as
/// zeros or as ones for ever, whereas even a quiet room moves a microphone's last bit.
pub struct Microphone<S>(S);

impl<S: Source> Microphone<S> {
    /// The microphone whose samples come from `source`.
    pub fn new(source: S) -> Self {
        Self(source)
    }

    /// The source, back.
    pub fn into_inner(self) -> S {
        self.0
    }

    /// The next sample; `None` at the end.
    fn sample(&mut self) -> Result<Option<i16>, Error<S::Error>> {
        let mut bytes = [0; 2];
        let mut filled = 0;
        while let Some(rest @ [_, ..]) = bytes.get_mut(filled..) {
            match self.0.read(rest).map_err(Error::Transfer)? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(Error::Truncated),
                read => filled += read,
            }
        }
        Ok(Some(i16::from_le_bytes(bytes)))
    }
}

impl<S: Source, const SAMPLES: usize> Sensor<SAMPLES> for Microphone<S> {
    type Error = Error<S::Error>;

    fn read(&mut self, window: &mut [f32; SAMPLES]) -> Result<bool, Self::Error> {
        let Some(first) = self.sample()? else { return Ok(false) };
        let mut moves = false;
        for (index, sample) in window.iter_mut().enumerate() {
            let pcm = match index {
                0 => first,
                _ => self.sample()?.ok_or(Error::Truncated)?,
            };
            moves |= pcm != first;
            *sample = f32::from(pcm) * SCALE;
        }
        if moves { Ok(true) } else { Err(Error::Silent) }
    }
}
