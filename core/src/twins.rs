//! Both versions of a kernel side by side, for the firmware that holds them to the same bits on the
//! device. Not for users.

#[cfg(feature = "fixed")]
use fixed::types::I8F24;

use crate::kernel;
#[cfg(feature = "fixed")]
use crate::kernel::narrow;
use crate::scalar::Scalar;
#[cfg(feature = "fixed")]
use crate::stored::Short;
use crate::stored::Stored;

/// The two passes over the weights.
pub struct Twin<S, X, const OUTPUTS: usize> {
    /// Weights, features to scores.
    pub score: fn(&[[S; OUTPUTS]], &[X]) -> [S; OUTPUTS],
    /// Weights, features, step.
    pub update: fn(&mut [[S; OUTPUTS]], &[X], &[S; OUTPUTS]),
}

impl<S: Scalar, X: Stored<S>, const OUTPUTS: usize> Twin<S, X, OUTPUTS> {
    /// What the steps use on this target.
    pub const fn used() -> Self {
        Self { score: X::score, update: X::update }
    }

    /// The safe version that every target has.
    pub const fn portable() -> Self {
        Self { score: kernel::portable::score, update: kernel::portable::update }
    }
}

/// The two passes of a learning step in 32-bit arithmetic.
#[cfg(feature = "fixed")]
pub struct NarrowTwin<const ROWS: usize, const OUTPUTS: usize> {
    /// Weights, features to sums.
    pub score: fn(&[[I8F24; OUTPUTS]; ROWS], &[Short]) -> [i32; OUTPUTS],
    /// Weights, features, step.
    pub update: fn(&mut [[I8F24; OUTPUTS]; ROWS], &[Short], &[I8F24; OUTPUTS]),
}

#[cfg(feature = "fixed")]
impl<const ROWS: usize, const OUTPUTS: usize> NarrowTwin<ROWS, OUTPUTS> {
    /// What the steps use on this target.
    pub const fn used() -> Self {
        let (score, update) =
            (narrow::sums::<ROWS, OUTPUTS, false>, narrow::updated::<_, _, false>);
        Self { score, update }
    }

    /// The safe version that every target has.
    pub const fn portable() -> Self {
        let (score, update) = (narrow::sums::<ROWS, OUTPUTS, true>, narrow::updated::<_, _, true>);
        Self { score, update }
    }
}
