//! A frozen network in 8 bits in front of the head: dense layers, convolutions over one or two
//! dimensions and pools, trained and quantised on the host, the same bits on device and host.
//!
//! Weights and activations are signed codes without an offset, sums are 32-bit integers, and each
//! output has a scale of its own, a multiplier of 31 bits and a shift:
//!
//! ```text
//! code = clamp(⌊(Σ weight·code + bias) · multiplier / 2^shift + ½⌋)     to least … 127
//! ```
//!
//! Images are rows of pixels, channels last; a signal is an image of height 1, and a dense layer a
//! convolution whose filters cover all of its input. The last codes are a head's stored features as
//! they are, in 1/32 (see [`crate::memory`]): the host chose the last scales so. Everything is checked
//! once, in [`Extractor::new`]; the weights stay in flash.
//!
//! ```text
//!  offset  bytes  (all little-endian)                              version 1
//!       0      4  "FJEX"
//!       4      1  version
//!       5      1  layers
//!       6      2  0
//!       8      4  length of the whole, checksum included
//!      12      6  input: height, width, channels
//!      18      2  0
//!      20      4  codes of the input per unit, f32
//!      24      .  layers: kind (1 convolution, 2 maximum, 3 mean), 0, filters (2 bytes); height of a
//!                 window, rows from one to the next, rows of zeros above and below (2 bytes each);
//!                 the same for width and columns; of a convolution then for each filter bias (4),
//!                 multiplier (4), shift (1), least code (1), 0 (2); and for each its weights, row by
//!                 row
//!    last      4  CRC-32 (ISO-HDLC) of everything before
//! ```
//!
//! Reference: Jacob et al. 2018 (arXiv 1712.05877) §2; scales per filter and single rounding as in the
//! TFLite 8-bit specification.

mod blob;
mod front;
mod layer;

use core::fmt;

use blob::Header;
pub use front::{Front, Frozen, Refused, learn, predict};
use layer::Layer;
pub use layer::Shape;

/// Why bytes are no extractor, or a window cannot be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Error {
    /// Fewer bytes than the header announces.
    Truncated,
    /// The first four bytes are not "FJEX".
    NotAnExtractor,
    /// Written by a version of the format this library does not know.
    Version(u8),
    /// The checksum does not match: a bit was flipped or a write was cut.
    Checksum,
    /// This layer, from 0, has no meaning or does not fit what is below it.
    Layer(u8),
    /// The buffers are too small: they need this many bytes each.
    Room(usize),
    /// A window of another length, or not as many features: this many were wanted.
    Length(usize),
    /// A sample is NaN or infinite.
    Unsound,
}

impl Error {
    /// One word for logs and protocols.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::NotAnExtractor => "not-an-extractor",
            Self::Version(_) => "version",
            Self::Checksum => "checksum",
            Self::Layer(_) => "layer",
            Self::Room(_) => "room",
            Self::Length(_) => "length",
            Self::Unsound => "unsound",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Truncated => formatter.write_str("the extractor is cut short: flash it again"),
            Self::NotAnExtractor => formatter.write_str(
                "not a Fejér extractor (it does not begin with \"FJEX\"): check what was flashed",
            ),
            Self::Version(version) => {
                write!(formatter, "extractor format {version}, this library reads 1: update it")
            }
            Self::Checksum => formatter.write_str(
                "the extractor's checksum does not match (a flipped bit or a cut write)",
            ),
            Self::Layer(layer) => write!(formatter, "layer {layer} of the extractor does not fit"),
            Self::Room(bytes) => {
                write!(formatter, "the extractor needs two buffers of {bytes} bytes")
            }
            Self::Length(wanted) => write!(formatter, "the extractor wants {wanted} numbers"),
            Self::Unsound => formatter.write_str("a sample is NaN or infinite: check the sensor"),
        }
    }
}

impl core::error::Error for Error {}

/// A frozen network, read where it lies.
#[derive(Clone, Copy, Debug)]
pub struct Extractor<'b> {
    header: Header,
    layers: &'b [u8],
    output: Shape,
    room: usize,
}

impl<'b> Extractor<'b> {
    /// Checks the bytes; those after the extractor are ignored, so a whole flash region can be given.
    ///
    /// # Errors
    /// Whatever is wrong with them.
    pub fn new(bytes: &'b [u8]) -> Result<Self, Error> {
        let (header, layers) = Header::read(bytes)?;
        let (mut rest, mut shape) = (layers, header.input);
        let mut room = shape.volume().ok_or(Error::Layer(0))?;
        for number in 0..header.layers {
            let (layer, after) = Layer::read(rest, shape).ok_or(Error::Layer(number))?;
            (rest, shape) = (after, layer.output());
            room = room.max(shape.volume().ok_or(Error::Layer(number))?);
        }
        if !rest.is_empty() {
            return Err(Error::Layer(header.layers));
        }
        Ok(Self { header, layers, output: shape, room })
    }

    /// What a window looks like.
    pub const fn input(&self) -> Shape {
        self.header.input
    }

    /// How many features there are.
    pub fn features(&self) -> usize {
        self.output.volume().unwrap_or(0)
    }

    /// Bytes each of the two buffers has to have.
    pub const fn room(&self) -> usize {
        self.room
    }

    /// Features of a window, as a head stores them. What is beyond ±127 codes of the input is clamped.
    ///
    /// # Errors
    /// [`Error::Unsound`], [`Error::Length`], [`Error::Room`].
    pub fn extract<const ROOM: usize, const FEATURES: usize>(
        &self,
        window: &[f32],
        buffers: &mut Buffers<ROOM>,
    ) -> Result<[i8; FEATURES], Error> {
        let Buffers([from, to]) = buffers;
        let codes = self.extract_in(window, [from, to])?;
        codes.try_into().map_err(|_| Error::Length(codes.len()))
    }

    /// The same where lengths are known at run time only: the features lie in one of the buffers.
    ///
    /// # Errors
    /// As [`Extractor::extract`].
    pub fn extract_in<'r>(
        &self,
        window: &[f32],
        [mut from, mut to]: [&'r mut [i8]; 2],
    ) -> Result<&'r [i8], Error> {
        let volume = self.header.input.volume().unwrap_or(0);
        if window.len() != volume {
            return Err(Error::Length(volume));
        }
        if from.len().min(to.len()) < self.room {
            return Err(Error::Room(self.room));
        }
        for (code, &sample) in from.iter_mut().zip(window) {
            *code = self.header.code(sample).ok_or(Error::Unsound)?;
        }
        let (mut rest, mut shape) = (self.layers, self.header.input);
        for number in 0..self.header.layers {
            let (layer, after) = Layer::read(rest, shape).ok_or(Error::Layer(number))?;
            layer.apply(from, to);
            (rest, shape) = (after, layer.output());
            (from, to) = (to, from);
        }
        from.get(..self.features()).ok_or(Error::Room(self.room))
    }
}

/// The two buffers of codes an extractor works in, [`Extractor::room`] bytes each.
#[derive(Clone, Debug)]
pub struct Buffers<const ROOM: usize>([[i8; ROOM]; 2]);

impl<const ROOM: usize> Buffers<ROOM> {
    /// Fit for a `static`.
    pub const fn new() -> Self {
        Self([[0; ROOM]; 2])
    }
}

impl<const ROOM: usize> Default for Buffers<ROOM> {
    fn default() -> Self {
        Self::new()
    }
}
