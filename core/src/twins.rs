//! Both versions of a kernel side by side, for the firmware that holds them to the same bits on the
//! device. Not for users.

use crate::kernel;
use crate::scalar::Scalar;
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
    pub const USED: Self = Self { score: X::score, update: X::update };

    /// The safe version that every target has.
    pub const PORTABLE: Self =
        Self { score: kernel::portable::score, update: kernel::portable::update };
}
