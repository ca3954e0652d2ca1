//! Remembered samples: features in 8 bit, the label and the dual value.
//!
//! Features are stored as 8-bit codes (range ±3.97, error at most 1/64 inside it; features are
//! standardised), the last being the appended 1. Learning always uses the stored features.

mod label;
mod policy;

use crate::head::argmax;
use crate::link::Link;
use crate::scalar::{Scalar, all_sound};
use crate::stored::{CODE_ONE, Stored, to_code};

pub use label::{Smoothed, Weight, Weighted};
pub use policy::{Admission, Place, Policy};

/// What a label says the prediction should have been.
pub trait Target<S: Scalar, const OUTPUTS: usize>: Copy {
    /// Bytes in a checkpoint.
    const BYTES: usize;
    /// Name of the kind in a checkpoint.
    const TAG: u8;
    /// The largest [`Target::weight`] there is.
    const HEAVIEST: f32 = 1.0;
    /// The smallest there is.
    const LIGHTEST: f32 = 1.0;
    /// Can this link predict it? A class must be below `OUTPUTS`; numbers must be shares that add up
    /// to 1 for softmax, and within ±1 for the other bounded links.
    fn is_valid(&self, link: Link) -> bool;
    /// The prediction wanted.
    fn expected(&self) -> [S; OUTPUTS];
    /// How much the sample counts, w > 0.
    fn weight(&self) -> S {
        S::ONE
    }
    /// What a prediction loses that should have been this: 1 for another class, else 0; of numbers,
    /// the squared distance.
    fn loss(&self, prediction: &[S; OUTPUTS]) -> S::Float {
        let is_right = argmax(prediction) == argmax(&self.expected());
        if is_right { S::Float::ZERO } else { S::Float::ONE }
    }
    /// Writes [`Target::BYTES`] bytes.
    fn write(&self, bytes: &mut dyn FnMut(&[u8]));
    /// Reads what [`Target::write`] wrote; `None` if the bytes are too short.
    fn read(bytes: &[u8]) -> Option<Self>;
}

/// One class of several, counted from 0: the one-hot target of a softmax head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Class(pub u8);

impl<S: Scalar, const OUTPUTS: usize> Target<S, OUTPUTS> for Class {
    const BYTES: usize = 1;
    const TAG: u8 = 1;

    fn is_valid(&self, _link: Link) -> bool {
        usize::from(self.0) < OUTPUTS
    }
    fn expected(&self) -> [S; OUTPUTS] {
        let mut wanted = [S::ZERO; OUTPUTS];
        if let Some(share) = wanted.get_mut(usize::from(self.0)) {
            *share = S::ONE;
        }
        wanted
    }
    fn write(&self, bytes: &mut dyn FnMut(&[u8])) {
        bytes(&[self.0]);
    }
    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.first().map(|&class| Self(class))
    }
}

/// Any numbers: the target of a regression, or shares.
impl<S: Scalar, const OUTPUTS: usize> Target<S, OUTPUTS> for [S; OUTPUTS] {
    const BYTES: usize = S::BYTES * OUTPUTS;
    const TAG: u8 = 2;

    fn is_valid(&self, link: Link) -> bool {
        let within = self.iter().all(|value| value.abs() <= S::ONE);
        let shares = || {
            let total = self.iter().fold(S::ZERO, |sum, &share| sum + share);
            (total - S::ONE).abs() < S::from_scaled(1, 10) && self.iter().all(|&s| s >= S::ZERO)
        };
        all_sound(self) && (within || !link.is_bounded()) && (link != Link::Softmax || shares())
    }
    fn expected(&self) -> [S; OUTPUTS] {
        *self
    }
    fn loss(&self, prediction: &[S; OUTPUTS]) -> S::Float {
        self.iter().zip(prediction).fold(S::Float::ZERO, |sum, (wanted, found)| {
            let apart = found.to_float() - wanted.to_float();
            sum + apart * apart
        })
    }
    fn write(&self, bytes: &mut dyn FnMut(&[u8])) {
        for value in self {
            write_scalar(*value, bytes);
        }
    }
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut values = [S::ZERO; OUTPUTS];
        for (value, bytes) in values.iter_mut().zip(bytes.chunks(S::BYTES)) {
            *value = read_scalar(bytes)?;
        }
        (bytes.len() >= S::BYTES * OUTPUTS).then_some(values)
    }
}

/// The low bytes of a number, little-endian.
pub(crate) fn write_scalar<S: Scalar>(value: S, bytes: &mut dyn FnMut(&[u8])) {
    bytes(value.to_bits().to_le_bytes().get(..S::BYTES).unwrap_or_default());
}

/// The number in the first bytes, little-endian.
pub(crate) fn read_scalar<S: Scalar>(bytes: &[u8]) -> Option<S> {
    let mut bits = [0; 8];
    bits.get_mut(..S::BYTES)?.copy_from_slice(bytes.get(..S::BYTES)?);
    Some(S::from_bits(u64::from_le_bytes(bits)))
}

/// One remembered sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Remembered<S, T, const ROWS: usize, const OUTPUTS: usize> {
    codes: [i8; ROWS],
    /// The label.
    pub target: T,
    /// α = y − p: what this sample contributes to the weights is α ηᵀ·w/Λ. 0 for a new sample.
    pub dual: [S; OUTPUTS],
}

impl<S: Scalar, T: Target<S, OUTPUTS>, const ROWS: usize, const OUTPUTS: usize>
    Remembered<S, T, ROWS, OUTPUTS>
{
    /// Stores plain features (without the 1) in 8 bit.
    pub fn new<X: Stored<S>>(features: &[X], target: T) -> Self {
        let mut codes = [CODE_ONE; ROWS];
        let plain = ROWS.saturating_sub(1);
        for (code, feature) in codes.iter_mut().take(plain).zip(features) {
            *code = to_code(feature.value());
        }
        Self { codes, target, dual: [S::ZERO; OUTPUTS] }
    }

    /// A sample as a checkpoint holds it: codes without the 1.
    pub(crate) fn from_parts(plain: &[u8], target: T, dual: [S; OUTPUTS]) -> Self {
        let mut codes = [CODE_ONE; ROWS];
        let count = ROWS.saturating_sub(1);
        for (code, byte) in codes.iter_mut().take(count).zip(plain) {
            *code = byte.cast_signed();
        }
        Self { codes, target, dual }
    }

    /// The stored codes of the plain features, `ROWS − 1` of them.
    pub fn codes(&self) -> &[i8] {
        self.codes.split_last().map_or(&[], |(_, plain)| plain)
    }

    /// The features as stored, with the 1 appended.
    pub fn features(&self) -> impl Iterator<Item = S> + '_ {
        self.codes.iter().map(|&code| code.value())
    }

    /// One stored feature; the last is the 1.
    pub(crate) fn feature<N: Scalar>(&self, row: usize) -> N {
        self.codes.get(row).copied().unwrap_or_default().value()
    }

    /// All of them, the 1 included, in floats.
    pub(crate) fn float_features(&self) -> [S::Float; ROWS] {
        self.codes.map(Stored::value)
    }

    /// ‖η‖², the 1 included, as an exact sum.
    pub(crate) fn squared_norm(&self) -> S::Wide {
        self.features().fold(S::WIDE_ZERO, |sum, feature| S::accumulate(sum, feature, feature))
    }

    /// p = y − α, the prediction this sample's dual value stands for.
    pub(crate) fn share(&self) -> [S; OUTPUTS] {
        let mut share = self.target.expected();
        for (share, &dual) in share.iter_mut().zip(&self.dual) {
            *share = *share - dual;
        }
        share
    }
}

/// The `visit`-th index of a deterministic walk over `count` samples: every pass of `count` visits
/// meets each sample once, and successive passes take different orders. No randomness is kept; the
/// number of visits is the whole state.
pub(crate) fn visiting_order(visit: u32, count: usize) -> usize {
    let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
    let (pass, position) = (visit / count, visit % count);
    // The fractional part of (pass + 1)·(golden ratio) picks the stride; then the nearest one above
    // that shares no factor with the count.
    let fraction = pass.wrapping_add(1).wrapping_mul(0x9e37_79b9);
    let scaled = (u64::from(fraction) * u64::from(count)) >> 32;
    let mut stride = u32::try_from(scaled).unwrap_or(0).max(1);
    while greatest_common_divisor(stride, count) != 1 {
        stride += 1;
    }
    // In words of the machine: a division in 64 bits is a kilobyte of text on a device.
    let [position, stride, pass, count] =
        [position, stride, pass, count].map(|number| usize::try_from(number).unwrap_or(0));
    (position * stride % count + pass % count) % count
}

/// Samples that [`visiting_order`] can walk over without leaving a word of the machine.
pub(crate) const MOST_VISITED: usize = if usize::BITS > 32 { u32::MAX as usize } else { 1 << 16 };

fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_visiting_order_is_that_of_arithmetic_in_64_bits() {
        for (count, visit) in [(2, 5), (144, 1 << 31), (144, u32::MAX), (65_536, 3_999_999_999)] {
            let (pass, position) = (visit / count, visit % count);
            let first = u64::from(visiting_order(pass * count, count as usize) as u32);
            let second = visiting_order(pass * count + 1, count as usize) as u64;
            let (count, position) = (u64::from(count), u64::from(position));
            let stride = (second + count - first) % count;
            let expected = (position * stride + u64::from(pass)) % count;
            assert_eq!(visiting_order(visit, count as usize) as u64, expected);
        }
    }

    #[test]
    fn every_pass_of_the_visiting_order_meets_every_sample_once() {
        for count in 1..=60_usize {
            for pass in 0..7_u32 {
                let mut seen = [false; 60];
                for position in 0..count {
                    let visit = pass * count as u32 + position as u32;
                    seen[visiting_order(visit, count)] = true;
                }
                assert!(seen[..count].iter().all(|&seen| seen), "{count} {pass}");
            }
        }
    }
}
