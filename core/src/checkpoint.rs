//! Heads as bytes: what the factory flashes, what a device keeps over a reset.
//!
//! ```text
//!  offset  bytes  (all little-endian)                              version 1
//!       0      4  "FJER"
//!       4      1  version
//!       5      1  link: 0 identity, 1 sigmoid, 2 softmax, 3 ReLU, 4 leaky ReLU, 5 softplus, 6 tanh,
//!                 7 probit
//!       6      2  number type: 1 0 = f32, 2 0 = f64, 3 b = fixed point with b fraction bits
//!       8      4  length of the whole checkpoint, checksum included
//!      12      2  rows = features + 1
//!      14      2  outputs
//!      16      1  targets: 0 = head alone, 1 = classes, 2 = numbers, 3 = smoothed classes; +16 = each
//!                 with its weight in 16ths before it
//!      17      1  parameter of the link: slope of a leaky ReLU in 128ths, else 0
//!      18      2  n, remembered samples
//!      20      4  visits made: the state of the visiting order
//!      24      8  prior precision, bits of the number type
//!      32      8  hash of the factory head the dual values are anchored to
//!      40      .  weights, row after row, the bias last
//!       .      .  n samples, oldest first: rows − 1 feature codes of 1/32, the target, the dual
//!                 values, outputs numbers
//!    last      4  CRC-32 (ISO-HDLC) of everything before
//! ```
//!
//! The header and the head alone are what a product exchanges; the samples let learning go on to
//! the last bit where it stopped.

mod bytes;
mod tuned;

use crate::anchored::Anchored;
use crate::head::Head;
use crate::link::Link;
use crate::memory::{Remembered, Target, read_scalar, write_scalar};
use crate::scalar::{Scalar, all_sound};
use bytes::{CHECKSUM, Header, Writer};

pub(crate) use bytes::CRC;
pub use bytes::Error;
pub use tuned::{encode_tuner, resume_tuner, tuner_length};

/// Bytes before the weights.
const HEADER: usize = 40;

/// Bytes of a checkpoint of a head alone.
pub const fn head_length<S: Scalar, const ROWS: usize, const OUTPUTS: usize>() -> usize {
    HEADER + ROWS * OUTPUTS * S::BYTES + CHECKSUM
}

/// Bytes of a checkpoint with a full memory: the buffer to have ready for [`encode`].
pub const fn full_length<S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>()
-> usize
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    head_length::<S, ROWS, OUTPUTS>() + MEMORY * (ROWS - 1 + T::BYTES + OUTPUTS * S::BYTES)
}

/// Writes a head and its memory to `buffer` and gives the bytes written.
///
/// # Errors
/// [`Error::BufferTooSmall`]; see [`full_length`].
pub fn encode<'b, S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>(
    solve: &Anchored<'_, S, T, ROWS, OUTPUTS, MEMORY>,
    buffer: &'b mut [u8],
) -> Result<&'b [u8], Error>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    let mut writer = Writer::new(buffer);
    Header {
        samples: solve.samples().len(),
        visits: solve.visits(),
        precision: solve.precision().to_bits(),
        factory: solve.factory().hash(),
        ..Header::of(solve.head(), T::TAG)
    }
    .write(&mut |bytes| writer.put(bytes));
    solve.head().point().iter().for_each(|&w| write_scalar(w, &mut |bytes| writer.put(bytes)));
    for sample in solve.samples() {
        for code in sample.codes() {
            writer.put(&[code.cast_unsigned()]);
        }
        sample.target.write(&mut |bytes| writer.put(bytes));
        sample.dual.iter().for_each(|&d| write_scalar(d, &mut |bytes| writer.put(bytes)));
    }
    writer.finish()
}

/// Writes a head alone to `buffer` and gives the bytes written.
///
/// # Errors
/// [`Error::BufferTooSmall`]; see [`head_length`].
pub fn encode_head<'b, S: Scalar, const ROWS: usize, const OUTPUTS: usize>(
    head: &Head<S, ROWS, OUTPUTS>,
    buffer: &'b mut [u8],
) -> Result<&'b [u8], Error> {
    let mut writer = Writer::new(buffer);
    Header::of(head, 0).write(&mut |bytes| writer.put(bytes));
    head.point().iter().for_each(|&w| write_scalar(w, &mut |bytes| writer.put(bytes)));
    writer.finish()
}

/// Link, features and outputs of the head in a checkpoint of any number type.
///
/// # Errors
/// Whatever is wrong with the bytes.
pub fn shape(bytes: &[u8]) -> Result<(Link, usize, usize), Error> {
    let (header, _) = Header::read(bytes)?;
    let link = Link::from_tag(header.link).ok_or(Error::Link(header.link))?;
    let features = header.rows.checked_sub(1).ok_or(Error::Truncated)?;
    Ok((link, features, header.outputs))
}

/// Reads the head of a checkpoint, with or without a memory. Bytes after the checkpoint are
/// ignored, so a whole flash slot can be given.
///
/// # Errors
/// Whatever is wrong with the bytes; nothing of them is used then.
pub fn decode_head<S: Scalar, const ROWS: usize, const OUTPUTS: usize>(
    bytes: &[u8],
) -> Result<Head<S, ROWS, OUTPUTS>, Error> {
    let parsed = Parsed::read::<S, ROWS, OUTPUTS>(bytes)?;
    let mut head = Head::zeros(parsed.link);
    parsed.write_weights(&mut head);
    Ok(head)
}

/// Reads a head with its memory, to go on learning from `factory` exactly where it stopped.
///
/// # Errors
/// As [`resume`], and [`Error::Unsound`] if the factory head itself is not sound.
pub fn decode<'a, S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>(
    bytes: &[u8],
    factory: &'a Head<S, ROWS, OUTPUTS>,
) -> Result<Anchored<'a, S, T, ROWS, OUTPUTS, MEMORY>, Error>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    let header = Parsed::read::<S, ROWS, OUTPUTS>(bytes)?.header;
    // A head alone has no precision; `resume` refuses it by name.
    let made = match header.target {
        0 => Anchored::new(factory),
        _ => Anchored::with_precision(factory, S::from_bits(header.precision)),
    };
    let mut solve = made.map_err(|_| Error::Unsound)?;
    resume(bytes, &mut solve)?;
    Ok(solve)
}

/// Puts a head with its memory where it stopped, in place: no second copy on a device's stack.
///
/// # Errors
/// Whatever is wrong with the bytes, [`Error::HeadAlone`] if they hold no memory,
/// [`Error::Factory`] if the head was learnt from another factory head, [`Error::Memory`] if more
/// samples are remembered than fit. `solve` is then as before.
pub fn resume<S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>(
    bytes: &[u8],
    solve: &mut Anchored<'_, S, T, ROWS, OUTPUTS, MEMORY>,
) -> Result<(), Error>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    let parsed = Parsed::read::<S, ROWS, OUTPUTS>(bytes)?;
    let header = parsed.header;
    if header.target != T::TAG {
        return Err(if header.target == 0 { Error::HeadAlone } else { Error::Target });
    }
    if header.factory != solve.factory().hash() {
        return Err(Error::Factory);
    }
    if header.samples > MEMORY {
        return Err(Error::Memory(header.samples));
    }
    let plain = ROWS - 1;
    let stride = plain + T::BYTES + OUTPUTS * S::BYTES;
    if parsed.memory.len() != header.samples * stride {
        return Err(Error::Truncated);
    }
    let sample = |bytes: &[u8]| {
        let (codes, rest) = bytes.split_at_checked(plain)?;
        let (target, rest) = rest.split_at_checked(T::BYTES)?;
        let target = T::read(target).filter(|target| target.is_valid(parsed.link))?;
        let mut dual = [S::ZERO; OUTPUTS];
        for (dual, bytes) in dual.iter_mut().zip(rest.chunks_exact(S::BYTES)) {
            *dual = read_scalar(bytes)?;
        }
        all_sound(&dual).then(|| Remembered::from_parts(codes, target, dual))
    };
    let samples = || parsed.memory.chunks_exact(stride).map(sample);
    let precision = S::from_bits(header.precision);
    if !(samples().all(|sample| sample.is_some()) && precision > S::ZERO && precision.is_sound()) {
        return Err(Error::Unsound);
    }
    parsed.write_weights(solve.restore(precision, header.visits, samples().flatten()));
    Ok(())
}

/// A checkpoint of the right number type, shape and checksum, with sound weights.
struct Parsed<'b> {
    header: Header,
    link: Link,
    weights: &'b [u8],
    memory: &'b [u8],
}

impl<'b> Parsed<'b> {
    fn read<S: Scalar, const ROWS: usize, const OUTPUTS: usize>(
        bytes: &'b [u8],
    ) -> Result<Self, Error> {
        let (header, body) = Header::read(bytes)?;
        if header.scalar != S::TAG {
            return Err(Error::Scalar(header.scalar));
        }
        if (header.rows, header.outputs) != (ROWS, OUTPUTS) {
            return Err(Error::Shape { rows: header.rows, outputs: header.outputs });
        }
        let link = Link::from_tag(header.link).ok_or(Error::Link(header.link))?;
        let (weights, memory) =
            body.split_at_checked(ROWS * OUTPUTS * S::BYTES).ok_or(Error::Truncated)?;
        let sound = |bytes| read_scalar::<S>(bytes).is_some_and(Scalar::is_sound);
        if !weights.chunks_exact(S::BYTES).all(sound) {
            return Err(Error::Unsound);
        }
        Ok(Self { header, link, weights, memory })
    }

    fn write_weights<S: Scalar, const ROWS: usize, const OUTPUTS: usize>(
        &self,
        head: &mut Head<S, ROWS, OUTPUTS>,
    ) {
        for (weight, bytes) in head.point_mut().iter_mut().zip(self.weights.chunks_exact(S::BYTES))
        {
            *weight = read_scalar(bytes).unwrap_or(*weight);
        }
    }
}
