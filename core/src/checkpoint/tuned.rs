//! What a tuner keeps over a reset: its learner's checkpoint, and behind it what it judges by.
//!
//! ```text
//!  offset  bytes  (all little-endian)                              version 1
//!       0      4  "FJTN"
//!       4      1  version
//!       5      1  bit 0: what was learnt is trusted; bit 1: nothing to do in idle time
//!       6      1  good verdicts in a row
//!       7      1  labels since the last verdict
//!       8      4  length of this part, checksum included
//!      12      4  labels taken
//!      16     16  statistics of the two drift detectors, bits of their number type, 8 bytes each
//!      32      2  n, labels held out
//!      34      .  n samples, oldest first: rows − 1 feature codes, the target
//!    last      4  CRC-32 (ISO-HDLC) of everything before in this part
//! ```

use super::bytes::{CHECKSUM, Error, Writer, checked, field, length_of};
use super::{encode, full_length, resume};
use crate::memory::{Remembered, Target};
use crate::scalar::Scalar;
use crate::tuner::{Judge, Tuner};

const MAGIC: [u8; 4] = *b"FJTN";
const VERSION: u8 = 1;
const HEADER: usize = 34;

/// Bytes of a tuner with everything full: the buffer to have ready for [`encode_tuner`].
pub const fn tuner_length<
    S,
    T,
    const ROWS: usize,
    const OUTPUTS: usize,
    const MEMORY: usize,
    const HOLDOUT: usize,
>() -> usize
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    full_length::<S, T, ROWS, OUTPUTS, MEMORY>()
        + HEADER
        + HOLDOUT * (ROWS - 1 + T::BYTES)
        + CHECKSUM
}

/// Writes a tuner to `buffer` and gives the bytes written. They begin with the checkpoint of its
/// learner, which [`super::resume`] and [`super::decode_head`] read by itself.
///
/// # Errors
/// [`Error::BufferTooSmall`]; see [`tuner_length`].
pub fn encode_tuner<
    'b,
    S,
    T,
    const ROWS: usize,
    const OUTPUTS: usize,
    const MEMORY: usize,
    const HOLDOUT: usize,
>(
    tuner: &Tuner<'_, S, T, ROWS, OUTPUTS, MEMORY, HOLDOUT>,
    buffer: &'b mut [u8],
) -> Result<&'b [u8], Error>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    let first = encode(tuner.learner(), buffer)?.len();
    let rest = buffer.get_mut(first..).ok_or(Error::BufferTooSmall)?;
    let judge = tuner.judge_state();
    let flags = u8::from(judge.is_trusted) | u8::from(judge.is_settled) << 1;
    let mut writer = Writer::new(rest);
    writer.put(&MAGIC);
    writer.put(&[VERSION, flags, judge.good_in_a_row, judge.unjudged]);
    writer.put(&[0; 4]);
    writer.put(&judge.labels.to_le_bytes());
    for statistic in judge.statistics {
        writer.put(&statistic.to_bits().to_le_bytes());
    }
    let count = u16::try_from(tuner.held().len()).map_err(|_| Error::BufferTooSmall)?;
    writer.put(&count.to_le_bytes());
    for sample in tuner.held() {
        for code in sample.codes() {
            writer.put(&[code.cast_unsigned()]);
        }
        sample.target.write(&mut |bytes| writer.put(bytes));
    }
    let length = first + writer.finish()?.len();
    buffer.get(..length).ok_or(Error::BufferTooSmall)
}

/// Puts a tuner where it stopped, in place. One that was stored with work to do in idle time begins
/// that work again.
///
/// # Errors
/// As [`super::resume`], for either part; the tuner is then as before.
pub fn resume_tuner<
    S,
    T,
    const ROWS: usize,
    const OUTPUTS: usize,
    const MEMORY: usize,
    const HOLDOUT: usize,
>(
    bytes: &[u8],
    tuner: &mut Tuner<'_, S, T, ROWS, OUTPUTS, MEMORY, HOLDOUT>,
) -> Result<(), Error>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    let part = bytes.get(length_of(bytes)?..).ok_or(Error::Truncated)?;
    let covered = checked(part, MAGIC, VERSION)?;
    let [flags, good_in_a_row, unjudged] = field(covered, 5)?;
    let statistic = |at| {
        let value = <S::Float as Scalar>::from_bits(u64::from_le_bytes(field(covered, at)?));
        let is_valid = value.is_sound() && value >= S::Float::ZERO;
        if is_valid { Ok(value) } else { Err(Error::Unsound) }
    };
    let judge = Judge {
        is_trusted: flags & 1 != 0,
        is_settled: flags & 2 != 0,
        good_in_a_row,
        unjudged,
        labels: u32::from_le_bytes(field(covered, 12)?),
        statistics: [statistic(16)?, statistic(24)?],
    };
    let count = usize::from(u16::from_le_bytes(field(covered, 32)?));
    if count > HOLDOUT {
        return Err(Error::Memory(count));
    }
    let stride = ROWS - 1 + T::BYTES;
    let samples = covered.get(HEADER..).filter(|samples| samples.len() == count * stride);
    let samples = samples.ok_or(Error::Truncated)?;
    let link = tuner.learner().factory().link();
    let sample = |bytes: &[u8]| {
        let (codes, target) = bytes.split_at_checked(ROWS - 1)?;
        let target = T::read(target).filter(|target| target.is_valid(link))?;
        Some(Remembered::from_parts(codes, target, [S::ZERO; OUTPUTS]))
    };
    let held = || samples.chunks_exact(stride).map(sample);
    if !held().all(|sample| sample.is_some()) {
        return Err(Error::Unsound);
    }
    resume(bytes, tuner.learner_mut())?;
    tuner.restore(judge, held().flatten());
    Ok(())
}
