//! What a product states about its tuner.

use crate::DEFAULT_PRECISION;
use crate::scalar::Scalar;

/// What a product states about its tuner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings<F> {
    /// Prior precision Λ.
    pub precision: F,
    /// One label in so many is held out, on average ([`Settings::is_held`]); 0: none.
    pub held_every: u32,
    /// Remembered samples visited again at once with every label.
    pub revisits: u32,
    /// Duality gap a remembered sample to be certified before a verdict, in nats (identity: squared
    /// units of the target).
    pub gap: F,
    /// Passes over the memory, at most, to get there.
    pub passes: u32,
    /// Mean loss that may be added on the clean set: a share of its classes, or squared units.
    pub margin: F,
    /// Good verdicts in a row before what was learnt is used.
    pub streak: u8,
    /// Confidence below which a prediction is rejected.
    pub confidence: F,
    /// Share of the lab's windows that is rejected.
    pub doubtful: F,
    /// Share of the lab's windows that is predicted wrongly.
    pub mistaken: F,
    /// Windows, or labels, to a false alarm of drift, on average at least.
    pub alarm: F,
}

impl<F: Scalar> Settings<F> {
    /// One setting for every classifier; a product states its own margin and what its lab found.
    pub fn new() -> Self {
        Self {
            precision: F::from_f32(DEFAULT_PRECISION),
            held_every: 4,
            revisits: 3,
            gap: F::from_f32(1e-3),
            passes: 40,
            margin: F::from_f32(0.1),
            streak: 10,
            confidence: F::ZERO,
            doubtful: F::from_f32(0.05),
            mistaken: F::from_f32(0.05),
            alarm: F::from_f32(10_000.0),
        }
    }
}

impl<F> Settings<F> {
    /// Is the label of this number held out? Where the multiples of the golden ratio fall into the first
    /// of so many parts of the circle: as evenly as can be, but in step with no period of the labels,
    /// such as the classes in turn, one of which every fourth label would be.
    pub fn is_held(&self, number: u32) -> bool {
        const GOLDEN: u32 = 0x9e37_79b9; // 2³² (√5 − 1)/2
        const FIRST: u32 = 5; // something is to be learnt before it is judged
        let part = u32::MAX.checked_div(self.held_every);
        part.is_some_and(|part| number.wrapping_add(FIRST).wrapping_mul(GOLDEN) <= part)
    }
}

impl<F: Scalar> Default for Settings<F> {
    fn default() -> Self {
        Self::new()
    }
}
