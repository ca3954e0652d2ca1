//! Labels with more to say than the class: how much it counts, and how sure it is.

use super::{Class, Target};
use crate::link::Link;
use crate::scalar::Scalar;

/// How much a sample counts: n/16 with n in 1..=128, exact in every number type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Weight(u8);

impl Weight {
    /// Weight 8, the largest: it bounds how far a full memory can carry the weights of a head.
    const HEAVIEST: u8 = 128;

    /// The weight n/16; `None` unless 1 ≤ n ≤ 128.
    pub const fn from_16ths(n: u8) -> Option<Self> {
        if n >= 1 && n <= Self::HEAVIEST { Some(Self(n)) } else { None }
    }

    /// The class weight total/(classes · count) that makes every class count the same, rounded to a
    /// sixteenth and kept between 1/16 and 8.
    pub fn balanced(count: u32, total: u32, classes: u32) -> Self {
        let divisor = u64::from(count.max(1)) * u64::from(classes.max(1));
        let sixteenths = (16 * u64::from(total) + divisor / 2) / divisor;
        Self(u8::try_from(sixteenths).unwrap_or(Self::HEAVIEST).clamp(1, Self::HEAVIEST))
    }

    /// The weight as a number.
    pub fn value<S: Scalar>(self) -> S {
        S::from_scaled(i32::from(self.0), 4)
    }
}

/// A label with a weight: the sample enters F(W) w times. Of one class or another (class weights),
/// or of one sample (how much its source is trusted).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Weighted<T> {
    /// The label.
    pub target: T,
    /// How much it counts.
    pub weight: Weight,
}

impl<S: Scalar, T: Target<S, OUTPUTS>, const OUTPUTS: usize> Target<S, OUTPUTS> for Weighted<T> {
    const BYTES: usize = T::BYTES + 1;
    const TAG: u8 = T::TAG + 16;
    const HEAVIEST: f32 = 8.0 * T::HEAVIEST;
    const LIGHTEST: f32 = T::LIGHTEST / 16.0;

    fn is_valid(&self, link: Link) -> bool {
        self.target.is_valid(link)
    }
    fn expected(&self) -> [S; OUTPUTS] {
        self.target.expected()
    }
    fn weight(&self) -> S {
        self.weight.value::<S>() * self.target.weight()
    }
    fn loss(&self, prediction: &[S; OUTPUTS]) -> S::Float {
        self.target.loss(prediction)
    }
    fn write(&self, bytes: &mut dyn FnMut(&[u8])) {
        bytes(&[self.weight.0]);
        self.target.write(bytes);
    }
    fn read(bytes: &[u8]) -> Option<Self> {
        let (&weight, target) = bytes.split_first()?;
        Some(Self { target: T::read(target)?, weight: Weight::from_16ths(weight)? })
    }
}

/// A class that is not quite certain (label smoothing): share 1 − ε for the class and ε/K more for
/// each of the K outputs, ε = n/256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Smoothed {
    /// The class.
    pub class: Class,
    /// n: the smoothing ε in 256ths; 26 is close to the customary .1.
    pub smoothing_256ths: u8,
}

impl<S: Scalar, const OUTPUTS: usize> Target<S, OUTPUTS> for Smoothed {
    const BYTES: usize = 2;
    const TAG: u8 = 3;

    fn is_valid(&self, _link: Link) -> bool {
        usize::from(self.class.0) < OUTPUTS
    }
    fn expected(&self) -> [S; OUTPUTS] {
        let outputs = S::from_scaled(i32::try_from(OUTPUTS).unwrap_or(i32::MAX), 0);
        let share = S::from_scaled(i32::from(self.smoothing_256ths), 8).divide(outputs);
        let mut wanted = [share; OUTPUTS];
        // What is left, so that the shares add up to 1 whatever the division rounded.
        let others = wanted.iter().skip(1).fold(S::ZERO, |sum, &share| sum + share);
        if let Some(share) = wanted.get_mut(usize::from(self.class.0)) {
            *share = S::ONE - others;
        }
        wanted
    }
    fn write(&self, bytes: &mut dyn FnMut(&[u8])) {
        bytes(&[self.class.0, self.smoothing_256ths]);
    }
    fn read(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [class, smoothing, ..] => {
                Some(Self { class: Class(*class), smoothing_256ths: *smoothing })
            }
            _ => None,
        }
    }
}
