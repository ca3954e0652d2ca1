//! A frozen network and the windows it is shown: plain Rust, so that the host computes the same codes.

use fejer::extractor::{Error, Extractor};

use crate::workload::Random;

/// Bytes of each buffer: enough for networks whose largest image has as many numbers.
pub const ROOM: usize = 2048;
/// The most numbers in a window.
pub const WINDOW: usize = 1024;

/// What the host quantised, from `fejer quantise`, or the network of every kind of layer that is
/// committed; it stays in flash.
pub static EXTRACTOR: &[u8] = include_bytes!(env!("FEJER_EXTRACTOR_FILE"));

/// Windows that are the same on every machine.
pub struct Windows(Random);

impl Windows {
    /// From the first.
    pub const fn new() -> Self {
        Self(Random::new(1))
    }

    /// Fills the next window with numbers in ±4.
    pub fn next(&mut self, window: &mut [f32]) {
        for number in window {
            *number = (self.0.below(1 << 16) as f32 - 32768.0) / 8192.0;
        }
    }
}

impl Default for Windows {
    fn default() -> Self {
        Self::new()
    }
}

/// Goes on with an FNV-1a hash over codes, from [`FIRST_HASH`].
pub fn hash(hash: u64, codes: &[i8]) -> u64 {
    codes.iter().fold(hash, |hash, code| {
        (hash ^ u64::from(code.cast_unsigned())).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The hash of nothing.
pub const FIRST_HASH: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash of the features of the first windows.
///
/// # Errors
/// The network is larger than [`ROOM`] and [`WINDOW`] allow.
pub fn hash_of(
    extractor: &Extractor<'_>,
    windows: u32,
    buffers: [&mut [i8]; 2],
    window: &mut [f32; WINDOW],
) -> Result<u64, Error> {
    let volume = extractor.input().volume().unwrap_or(0);
    let window = window.get_mut(..volume).ok_or(Error::Length(volume))?;
    let ([from, to], mut drawn) = (buffers, Windows::new());
    let mut sum = FIRST_HASH;
    for _ in 0..windows {
        drawn.next(window);
        sum = hash(sum, extractor.extract_in(window, [from, to])?);
    }
    Ok(sum)
}
