//! What a call says.

use core::ffi::CStr;

use crate::{Error, checkpoint};

/// What a call says: FEJER_STATUS_GOOD, or why nothing was done.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FejerStatus {
    /// Done.
    Good = 0,
    /// A pointer is null.
    Null = 1,
    /// Storage is not aligned to 8 bytes, or numbers not as C aligns them.
    Alignment = 2,
    /// Not a head: never initialised, moved, or overwritten.
    Handle = 3,
    /// Memory given overlaps the head's storage, or input overlaps output.
    Overlap = 4,
    /// Not as many features or outputs as the head has, or an index past the end.
    Length = 5,
    /// The storage is too small: take FEJER_CLASSES_BYTES or FEJER_NUMBERS_BYTES.
    Storage = 6,
    /// The library was not built for this shape: see FEJER_SHAPES.
    Shape = 7,
    /// The buffer is too small for the checkpoint.
    Buffer = 8,
    /// The label is not one of the outputs, not a sound number, or of the other kind.
    Label = 9,
    /// A weight, feature, target or score is NaN, infinite or too large.
    Unsound = 10,
    /// The prior precision is not a positive number.
    Precision = 11,
    /// The duality gap is above what was asked for: give it more passes.
    Gap = 12,
    /// The checkpoint is cut short.
    Truncated = 20,
    /// Not a checkpoint: it does not begin with "FJER".
    NotACheckpoint = 21,
    /// A version of the checkpoint format this library does not know.
    Version = 22,
    /// The checkpoint's checksum does not match: a flipped bit or a cut write.
    Checksum = 23,
    /// The checkpoint's numbers are not 32-bit floats.
    Scalar = 24,
    /// A link this library does not know.
    Link = 25,
    /// The checkpoint remembers another kind of label.
    Target = 26,
    /// The checkpoint holds no memory: give it to `fejer_init`.
    HeadAlone = 27,
    /// The checkpoint was learnt from another factory head.
    Factory = 28,
    /// The checkpoint remembers more samples than this head can.
    Memory = 29,
}

impl From<Error> for FejerStatus {
    fn from(error: Error) -> Self {
        match error {
            Error::Unsound => Self::Unsound,
            Error::Precision => Self::Precision,
            Error::Target => Self::Label,
        }
    }
}

impl From<checkpoint::Error> for FejerStatus {
    fn from(error: checkpoint::Error) -> Self {
        use checkpoint::Error;
        match error {
            Error::BufferTooSmall => Self::Buffer,
            Error::Truncated => Self::Truncated,
            Error::NotACheckpoint => Self::NotACheckpoint,
            Error::Version(_) => Self::Version,
            Error::Checksum => Self::Checksum,
            Error::Scalar(_) => Self::Scalar,
            Error::Shape { .. } => Self::Shape,
            Error::Link(_) => Self::Link,
            Error::Target => Self::Target,
            Error::HeadAlone => Self::HeadAlone,
            Error::Factory => Self::Factory,
            Error::Memory(_) => Self::Memory,
            Error::Unsound => Self::Unsound,
        }
    }
}

/// Runs a call that stops at the first thing that is wrong.
pub(super) fn of(call: impl FnOnce() -> Result<(), FejerStatus>) -> FejerStatus {
    call().err().unwrap_or(FejerStatus::Good)
}

/// Every status and its word.
const WORDS: [(FejerStatus, &CStr); 23] = [
    (FejerStatus::Good, c"good"),
    (FejerStatus::Null, c"null"),
    (FejerStatus::Alignment, c"alignment"),
    (FejerStatus::Handle, c"handle"),
    (FejerStatus::Overlap, c"overlap"),
    (FejerStatus::Length, c"length"),
    (FejerStatus::Storage, c"storage"),
    (FejerStatus::Shape, c"shape"),
    (FejerStatus::Buffer, c"buffer"),
    (FejerStatus::Label, c"label"),
    (FejerStatus::Unsound, c"unsound"),
    (FejerStatus::Precision, c"precision"),
    (FejerStatus::Gap, c"gap"),
    (FejerStatus::Truncated, c"truncated"),
    (FejerStatus::NotACheckpoint, c"not-a-checkpoint"),
    (FejerStatus::Version, c"version"),
    (FejerStatus::Checksum, c"checksum"),
    (FejerStatus::Scalar, c"scalar"),
    (FejerStatus::Link, c"link"),
    (FejerStatus::Target, c"target"),
    (FejerStatus::HeadAlone, c"head-alone"),
    (FejerStatus::Factory, c"factory"),
    (FejerStatus::Memory, c"memory"),
];

/// The word of a status given as C has it.
pub(super) fn word(status: i32) -> &'static CStr {
    WORDS.iter().find(|(known, _)| *known as i32 == status).map_or(c"unknown", |&(_, word)| word)
}
