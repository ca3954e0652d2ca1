//! The kernels against their portable versions, bit for bit, over random shapes and numbers: negative
//! zero, subnormal and very large ones among them. Plain Rust; `bin/twins` runs it on the device.

use fejer::fixed::FixedI32;
use fejer::fixed::types::extra::{LeEqU32, Unsigned};
use fejer::twins::{NarrowTwin, Twin};
use fejer::{Scalar, Short, Stored};

use crate::workload::Random;

/// Most features tried.
const FEATURES: usize = 40;
/// Random shapes and numbers an output count.
const TRIALS: u32 = 100;

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `score` or `update`.
    pub pass: &'static str,
    /// Number type of the weights.
    pub scalar: &'static str,
    /// Rows of weights.
    pub rows: usize,
    /// Features.
    pub features: usize,
    /// Outputs.
    pub outputs: usize,
}

/// Something that can be drawn at random.
trait Drawn {
    fn draw(random: &mut Random) -> Self;
}

impl Drawn for f32 {
    fn draw(random: &mut Random) -> Self {
        let sign = random.below(2) << 31;
        let mantissa = (random.below(1 << 12) << 11) | random.below(1 << 11);
        // Products of two stay finite.
        let exponent = match random.below(16) {
            0 => return Self::from_bits(sign),
            1 => 0,
            2 => 150 + random.below(30),
            3 => 1 + random.below(40),
            _ => 119 + random.below(10),
        };
        Self::from_bits(sign | (exponent << 23) | mantissa)
    }
}

impl Drawn for Short {
    fn draw(random: &mut Random) -> Self {
        Self((random.below(1 << 16) as u16).cast_signed())
    }
}

impl<Frac: Unsigned + LeEqU32> Drawn for FixedI32<Frac> {
    fn draw(random: &mut Random) -> Self {
        let bits = (random.below(1 << 16) << 16) | random.below(1 << 16);
        Self::from_bits(bits.cast_signed() >> [2, 4, 8, 16][random.below(4) as usize])
    }
}

/// One output count: every feature count and, now and then, a shape no twin is made for.
#[inline(never)]
fn compare<S, X, const OUTPUTS: usize>(
    scalar: &'static str,
    twin: &Twin<S, X, OUTPUTS>,
    portable: &Twin<S, X, OUTPUTS>,
) -> Result<(), Difference>
where
    S: Scalar + Drawn,
    X: Stored<S> + Drawn,
{
    let mut random = Random::new(OUTPUTS as u32);
    for trial in 0..TRIALS {
        let features: [X; FEATURES] = core::array::from_fn(|_| X::draw(&mut random));
        let mut weights = [[S::ZERO; OUTPUTS]; FEATURES + 1];
        weights.as_flattened_mut().iter_mut().for_each(|weight| *weight = S::draw(&mut random));
        let step: [S; OUTPUTS] = core::array::from_fn(|_| S::draw(&mut random));
        let count = trial as usize % (FEATURES + 1);
        let rows = if random.below(8) == 0 { random.below(42) as usize } else { count + 1 };
        let (Some(features), Some(rows)) = (features.get(..count), weights.get_mut(..rows)) else {
            continue;
        };
        let (length, outputs) = (rows.len(), OUTPUTS);
        let differs = |pass| Difference { pass, scalar, rows: length, features: count, outputs };
        let (ours, theirs) = ((twin.score)(rows, features), (portable.score)(rows, features));
        if !same_bits(&ours, &theirs) {
            return Err(differs("score"));
        }
        let mut copy = [[S::ZERO; OUTPUTS]; FEATURES + 1];
        let copy = copy.get_mut(..length).unwrap_or_default();
        copy.copy_from_slice(rows);
        (twin.update)(rows, features, &step);
        (portable.update)(copy, features, &step);
        if !same_bits(rows.as_flattened(), copy.as_flattened()) {
            return Err(differs("update"));
        }
    }
    Ok(())
}

/// One shape of a step in 32-bit arithmetic.
#[inline(never)]
fn compare_narrow<const ROWS: usize, const OUTPUTS: usize>() -> Result<(), Difference> {
    let (twin, portable) = (NarrowTwin::used(), NarrowTwin::portable());
    let mut random = Random::new((ROWS * OUTPUTS) as u32);
    for _ in 0..TRIALS {
        let features: [Short; 41] = core::array::from_fn(|_| Short::draw(&mut random));
        let features = features.get(..ROWS - 1).unwrap_or_default();
        let mut ours = [[Q24::ZERO; OUTPUTS]; ROWS];
        ours.as_flattened_mut().iter_mut().for_each(|weight| *weight = Q24::draw(&mut random));
        let step: [Q24; OUTPUTS] = core::array::from_fn(|_| Q24::draw(&mut random));
        let differs = |pass| Difference {
            pass,
            scalar: "narrow",
            rows: ROWS,
            features: ROWS - 1,
            outputs: OUTPUTS,
        };
        if (twin.score)(&ours, features) != (portable.score)(&ours, features) {
            return Err(differs("score"));
        }
        let mut theirs = ours;
        (twin.update)(&mut ours, features, &step);
        (portable.update)(&mut theirs, features, &step);
        if ours != theirs {
            return Err(differs("update"));
        }
    }
    Ok(())
}

fn same_bits<S: Scalar>(ours: &[S], theirs: &[S]) -> bool {
    ours.iter().zip(theirs).all(|(ours, theirs)| ours.to_bits() == theirs.to_bits())
}

macro_rules! twins {
    ($($name:literal: $scalar:ty, $stored:ty, $portable:ident;)*) => {
        /// Number types whose kernels are compared.
        const KINDS: usize = [$($name),*].len();

        /// Compares them all; gives how many comparisons were made.
        ///
        /// # Errors
        /// The first that differs.
        pub fn compare_all() -> Result<u32, Difference> {
            $(each_count!($name, $scalar, $stored, $portable: 1 2 3 4 5 6 7 8 9 10 11 12 13);)*
            each_narrow!(1 2 3 4 5 6 7 8 9 10 11 12 13);
            Ok(TRIALS * 13 * (KINDS + 3) as u32)
        }
    };
}

macro_rules! each_count {
    ($name:literal, $scalar:ty, $stored:ty, $portable:ident: $($outputs:literal)*) => {
        $(compare::<$scalar, $stored, $outputs>($name, &Twin::used(), &Twin::$portable())?;)*
    };
}

/// The kernels of a step in 32-bit arithmetic: no feature, an even and an odd number of them.
macro_rules! each_narrow {
    ($($outputs:literal)*) => {
        $(
            compare_narrow::<1, $outputs>()?;
            compare_narrow::<9, $outputs>()?;
            compare_narrow::<42, $outputs>()?;
        )*
    };
}

type Q16 = FixedI32<fejer::fixed::types::extra::U16>;
type Q24 = FixedI32<fejer::fixed::types::extra::U24>;

// The last word names the constructor of `Twin` that gives the portable version.
twins! {
    "f32": f32, f32, portable;
    "q16": Q16, Short, portable;
    "q24": Q24, Short, portable;
}
