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
//!      16      1  targets: 0 = head alone, 1 = classes, 2 = numbers
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

use crate::anchored::Anchored;
use crate::head::Head;
use crate::link::Link;
use crate::memory::{Remembered, Target, read_scalar, write_scalar};
use crate::scalar::{Scalar, all_sound};
use bytes::{CHECKSUM, Header, Writer};

pub use bytes::Error;

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

/// Reads the head of a checkpoint, with or without a memory. Bytes after the checkpoint are
/// ignored, so a whole flash slot can be given.
///
/// # Errors
/// Whatever is wrong with the bytes; nothing of them is used then.
pub fn decode_head<S: Scalar, const ROWS: usize, const OUTPUTS: usize>(
    bytes: &[u8],
) -> Result<Head<S, ROWS, OUTPUTS>, Error> {
    Ok(parse(bytes)?.1)
}

/// Reads a head with its memory, to go on learning from `factory` exactly where it stopped.
///
/// # Errors
/// Whatever is wrong with the bytes, [`Error::HeadAlone`] if they hold no memory,
/// [`Error::Factory`] if the head was learnt from another factory head, [`Error::Memory`] if more
/// samples are remembered than fit.
pub fn decode<'a, S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>(
    bytes: &[u8],
    factory: &'a Head<S, ROWS, OUTPUTS>,
) -> Result<Anchored<'a, S, T, ROWS, OUTPUTS, MEMORY>, Error>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    let (header, head, memory) = parse::<S, ROWS, OUTPUTS>(bytes)?;
    if header.target != T::TAG {
        return Err(if header.target == 0 { Error::HeadAlone } else { Error::Target });
    }
    if header.factory != factory.hash() {
        return Err(Error::Factory);
    }
    if header.samples > MEMORY {
        return Err(Error::Memory(header.samples));
    }
    let (link, plain) = (head.link(), ROWS - 1);
    let stride = plain + T::BYTES + OUTPUTS * S::BYTES;
    if memory.len() != header.samples * stride {
        return Err(Error::Truncated);
    }
    let sample = |bytes: &[u8]| {
        let (codes, rest) = bytes.split_at_checked(plain)?;
        let (target, rest) = rest.split_at_checked(T::BYTES)?;
        let target = T::read(target).filter(|target| target.is_valid(link))?;
        let mut dual = [S::ZERO; OUTPUTS];
        for (dual, bytes) in dual.iter_mut().zip(rest.chunks_exact(S::BYTES)) {
            *dual = read_scalar(bytes)?;
        }
        all_sound(&dual).then(|| Remembered::from_parts(codes, target, dual))
    };
    if memory.chunks_exact(stride).any(|bytes| sample(bytes).is_none()) {
        return Err(Error::Unsound);
    }
    let mut solve = Anchored::with_precision(factory, S::from_bits(header.precision))
        .map_err(|_| Error::Unsound)?;
    solve.restore(head, header.visits, memory.chunks_exact(stride).filter_map(sample));
    Ok(solve)
}

/// What a checkpoint holds: its header, its head and the bytes of its samples.
type Parsed<'b, S, const ROWS: usize, const OUTPUTS: usize> =
    (Header, Head<S, ROWS, OUTPUTS>, &'b [u8]);

/// Header, head and the bytes of the samples, all checked.
fn parse<S: Scalar, const ROWS: usize, const OUTPUTS: usize>(
    bytes: &[u8],
) -> Result<Parsed<'_, S, ROWS, OUTPUTS>, Error> {
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
    let mut head = Head::zeros(link);
    for (weight, bytes) in head.point_mut().iter_mut().zip(weights.chunks_exact(S::BYTES)) {
        *weight = read_scalar(bytes).ok_or(Error::Truncated)?;
    }
    if !all_sound(head.point()) {
        return Err(Error::Unsound);
    }
    Ok((header, head, memory))
}
