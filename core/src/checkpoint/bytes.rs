//! Header, checksum and errors of a checkpoint.

use core::fmt;

use crc::{CRC_32_ISO_HDLC, Crc, NoTable};

use crate::head::Head;
use crate::scalar::Scalar;

const MAGIC: [u8; 4] = *b"FJER";
const VERSION: u8 = 1;
/// Where the length of the whole stands.
const LENGTH: core::ops::Range<usize> = 8..12;
/// Bytes of the checksum.
pub(super) const CHECKSUM: usize = 4;
/// Without a table: a kilobyte of flash is worth more than the time.
pub(crate) const CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// Why bytes are not a checkpoint of this head. Whoever asked keeps the head it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "port", derive(serde::Serialize, serde::Deserialize))]
pub enum Error {
    /// The buffer given to encode is too small; take [`super::full_length`] bytes.
    BufferTooSmall,
    /// Fewer bytes than the header announces.
    Truncated,
    /// The first four bytes are not "FJER".
    NotACheckpoint,
    /// Written by a version of the format this library does not know.
    Version(u8),
    /// The checksum does not match: a bit was flipped or a write was cut.
    Checksum,
    /// Another number type (kind and fraction bits).
    Scalar([u8; 2]),
    /// Another shape.
    Shape {
        /// Features + 1 in the checkpoint.
        rows: usize,
        /// Outputs in the checkpoint.
        outputs: usize,
    },
    /// A link this version does not know: number and parameter.
    Link([u8; 2]),
    /// Another kind of target.
    Target,
    /// The checkpoint holds a head without a memory: read it with [`super::decode_head`].
    HeadAlone,
    /// Learnt from another factory head, so its dual values mean nothing here.
    Factory,
    /// More samples than this memory holds.
    Memory(usize),
    /// A number in it is NaN, infinite, saturated or no valid label.
    Unsound,
}

impl Error {
    /// One word for logs and protocols.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::BufferTooSmall => "buffer",
            Self::Truncated => "truncated",
            Self::NotACheckpoint => "magic",
            Self::Version(_) => "version",
            Self::Checksum => "checksum",
            Self::Scalar(_) => "scalar",
            Self::Shape { .. } => "shape",
            Self::Link(_) => "link",
            Self::Target => "target",
            Self::HeadAlone => "head-alone",
            Self::Factory => "factory",
            Self::Memory(_) => "memory",
            Self::Unsound => "unsound",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::BufferTooSmall => {
                formatter.write_str("the buffer is too small: take checkpoint::full_length bytes")
            }
            Self::Truncated => {
                formatter.write_str("the checkpoint is cut short: read it again or flash it again")
            }
            Self::NotACheckpoint => formatter.write_str(
                "not a Fejér checkpoint (it does not begin with \"FJER\"): check what was flashed",
            ),
            Self::Version(version) => write!(
                formatter,
                "checkpoint format {version}, this library reads {VERSION}: update it or export again"
            ),
            Self::Checksum => formatter.write_str(
                "the checkpoint's checksum does not match (a flipped bit or a cut write)",
            ),
            Self::Scalar([kind, bits]) => write!(
                formatter,
                "the checkpoint's numbers are of kind {kind} with {bits} fraction bits, not this \
                 head's: export it for this scalar"
            ),
            Self::Shape { rows, outputs } => write!(
                formatter,
                "the checkpoint is of a head with {} features and {outputs} outputs, not this one's",
                rows.saturating_sub(1)
            ),
            Self::Link([tag, parameter]) => {
                write!(formatter, "the checkpoint has an unknown link {tag} ({parameter})")
            }
            Self::Target => formatter.write_str("the checkpoint remembers another kind of target"),
            Self::HeadAlone => {
                formatter.write_str("the checkpoint has no memory: read it with decode_head")
            }
            Self::Factory => formatter.write_str(
                "the checkpoint was learnt from another factory head: start from the factory again",
            ),
            Self::Memory(samples) => write!(
                formatter,
                "the checkpoint remembers {samples} samples, more than this memory holds"
            ),
            Self::Unsound => formatter.write_str(
                "the checkpoint holds a NaN, infinite or saturated number or a bad label",
            ),
        }
    }
}

impl core::error::Error for Error {}

/// The fields of a header; see the drawing in [`super`].
#[derive(Clone, Copy)]
pub(super) struct Header {
    pub link: [u8; 2],
    pub scalar: [u8; 2],
    pub rows: usize,
    pub outputs: usize,
    pub target: u8,
    pub samples: usize,
    pub visits: u32,
    pub precision: u64,
    pub factory: u64,
}

impl Header {
    pub fn of<S: Scalar, const ROWS: usize, const OUTPUTS: usize>(
        head: &Head<S, ROWS, OUTPUTS>,
        target: u8,
    ) -> Self {
        Self {
            link: head.link().tag(),
            scalar: S::TAG,
            rows: ROWS,
            outputs: OUTPUTS,
            target,
            samples: 0,
            visits: 0,
            precision: 0,
            factory: 0,
        }
    }

    /// Writes it with a length of 0, which [`Writer::finish`] puts right.
    pub fn write(&self, put: &mut dyn FnMut(&[u8])) {
        let short = |number: usize| u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes();
        put(&MAGIC);
        let ([link, parameter], [kind, fraction]) = (self.link, self.scalar);
        put(&[VERSION, link, kind, fraction]);
        put(&[0; LENGTH.end - LENGTH.start]);
        put(&short(self.rows));
        put(&short(self.outputs));
        put(&[self.target, parameter]);
        put(&short(self.samples));
        put(&self.visits.to_le_bytes());
        put(&self.precision.to_le_bytes());
        put(&self.factory.to_le_bytes());
    }

    /// Header and body, once magic, version, length and checksum are right.
    pub fn read(bytes: &[u8]) -> Result<(Self, &[u8]), Error> {
        let covered = checked(bytes, MAGIC, VERSION)?;
        let [_, link, kind, fraction] = field(covered, 4)?;
        let short = |at| field(covered, at).map(u16::from_le_bytes).map(usize::from);
        let [target, parameter] = field(covered, 16)?;
        let header = Self {
            link: [link, parameter],
            scalar: [kind, fraction],
            rows: short(12)?,
            outputs: short(14)?,
            target,
            samples: short(18)?,
            visits: u32::from_le_bytes(field(covered, 20)?),
            precision: u64::from_le_bytes(field(covered, 24)?),
            factory: u64::from_le_bytes(field(covered, 32)?),
        };
        Ok((header, covered.get(super::HEADER..).ok_or(Error::Truncated)?))
    }
}

/// What the checksum covers, once magic, version, length and checksum are right.
pub(super) fn checked(bytes: &[u8], magic: [u8; 4], version: u8) -> Result<&[u8], Error> {
    if field::<4>(bytes, 0)? != magic {
        return Err(Error::NotACheckpoint);
    }
    let [found] = field(bytes, magic.len())?;
    if found != version {
        return Err(Error::Version(found));
    }
    let whole = bytes.get(..length_of(bytes)?).ok_or(Error::Truncated)?;
    let (covered, checksum) = whole.split_last_chunk::<CHECKSUM>().ok_or(Error::Truncated)?;
    if CRC.checksum(covered) != u32::from_le_bytes(*checksum) {
        return Err(Error::Checksum);
    }
    Ok(covered)
}

/// The length a header announces.
pub(super) fn length_of(bytes: &[u8]) -> Result<usize, Error> {
    let length = u32::from_le_bytes(field(bytes, LENGTH.start)?);
    usize::try_from(length).map_err(|_| Error::Truncated)
}

/// The bytes at an offset, as an array.
pub(super) fn field<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Error> {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().ok_or(Error::Truncated)
}

/// Puts bytes one after the other into a buffer; too many are noticed at the end.
pub(super) struct Writer<'b> {
    buffer: &'b mut [u8],
    used: usize,
    fits: bool,
}

impl<'b> Writer<'b> {
    pub fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, used: 0, fits: true }
    }

    pub fn put(&mut self, bytes: &[u8]) {
        let end = self.used + bytes.len();
        match self.buffer.get_mut(self.used..end) {
            Some(room) => room.copy_from_slice(bytes),
            None => self.fits = false,
        }
        self.used = end;
    }

    /// Fills in the length, adds the checksum and gives what was written.
    pub fn finish(mut self) -> Result<&'b [u8], Error> {
        let length = u32::try_from(self.used + CHECKSUM).map_err(|_| Error::BufferTooSmall)?;
        if let Some(room) = self.buffer.get_mut(LENGTH) {
            room.copy_from_slice(&length.to_le_bytes());
        }
        let checksum = CRC.checksum(self.buffer.get(..self.used).unwrap_or_default());
        self.put(&checksum.to_le_bytes());
        let Self { buffer, used, fits } = self;
        buffer.get(..used).filter(|_| fits).ok_or(Error::BufferTooSmall)
    }
}
