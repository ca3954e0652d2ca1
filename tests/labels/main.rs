//! Labels with a weight, smoothed labels, and classes that were not there at the factory.

mod new_class;
mod smoothing;
#[path = "../support/mod.rs"]
mod support;
mod weights;

use fejer::memory::Weight;
use fejer::{Anchored, Class, Head, Scalar, Target};
use support::{Random, random_features};

const FEATURES: usize = 4;
const ROWS: usize = 5;
const OUTPUTS: usize = 3;
const MEMORY: usize = 24;
type Solve<'a, S, T> = Anchored<'a, S, T, ROWS, OUTPUTS, MEMORY>;

fn weight(sixteenths: u8) -> Weight {
    Weight::from_16ths(sixteenths).expect("in range")
}

fn labelled<S: Scalar>(random: &mut Random, count: usize) -> Vec<([S; FEATURES], Class)> {
    (0..count).map(|_| (random_features(random), Class(random.below(OUTPUTS) as u8))).collect()
}

/// Learns every sample and consolidates.
fn learnt<'a, S: Scalar, T: Target<S, OUTPUTS>>(
    factory: &'a Head<S, ROWS, OUTPUTS>,
    samples: impl IntoIterator<Item = ([S; FEATURES], T)>,
    passes: u32,
) -> Solve<'a, S, T> {
    let mut solve = Solve::new(factory).expect("sound");
    for (features, target) in samples {
        solve.learn(&features, target).expect("sound");
        solve.revisit(1);
    }
    (0..passes).for_each(|_| solve.consolidate_pass());
    solve
}
