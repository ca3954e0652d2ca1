//! What a device saw, as bytes: the windows, labels and idle times in order. A host writes one to
//! drive a device in emulation, a device may log one, and a replay through this crate gives the
//! device's weights to the last bit.
//!
//! ```text
//! file    "FJHIST" version 1, 0                                   8 bytes
//! record  kind (0 window, 1 idle) · label (255 none) · 0 · 0 · number u32 LE      8 bytes
//!         kind 0 is followed by the 1024 samples, f32 LE          4096 bytes
//! ```

use crate::features::WINDOW;

/// First bytes of a history.
pub const HEADER: [u8; 8] = *b"FJHIST\x01\x00";
/// Bytes of a record, samples apart.
pub const RECORD: usize = 8;
/// Bytes of the samples of a window.
pub const SAMPLES: usize = 4 * WINDOW;
const NO_LABEL: u8 = 255;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// A window arrived, its samples follow, perhaps with a label.
    Window {
        /// The writer's number for it.
        number: u32,
        /// The class, if somebody told.
        label: Option<u8>,
    },
    /// Time for one pass of consolidation.
    Idle {
        /// The writer's number for it.
        number: u32,
    },
}

impl Record {
    /// The record's bytes. A label of 255 cannot be told from none.
    pub fn encode(&self) -> [u8; RECORD] {
        let (kind, label, number) = match *self {
            Self::Window { number, label } => (0, label.unwrap_or(NO_LABEL), number),
            Self::Idle { number } => (1, NO_LABEL, number),
        };
        let [a, b, c, d] = number.to_le_bytes();
        [kind, label, 0, 0, a, b, c, d]
    }

    /// The record in these bytes; `None` if they are none.
    pub fn decode(bytes: &[u8; RECORD]) -> Option<Self> {
        let [kind, label, 0, 0, a, b, c, d] = *bytes else { return None };
        let number = u32::from_le_bytes([a, b, c, d]);
        match kind {
            0 => Some(Self::Window { number, label: (label != NO_LABEL).then_some(label) }),
            1 => Some(Self::Idle { number }),
            _ => None,
        }
    }
}

/// The samples of a window from their bytes.
pub fn samples(bytes: &[u8; SAMPLES]) -> [f32; WINDOW] {
    let mut window = [0.0; WINDOW];
    for (sample, bytes) in window.iter_mut().zip(bytes.as_chunks().0) {
        *sample = f32::from_le_bytes(*bytes);
    }
    window
}
