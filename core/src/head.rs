//! The head: one linear layer with a bias and a link.
//!
//! Prediction: link(Wη) with η the features and a 1 appended. `ROWS` is the number of features plus
//! one; the last row is the bias. Callers pass plain features, and a wrong length does not compile.

use crate::kernel;
use crate::link::Link;
use crate::reach::Reach;
use crate::scalar::Scalar;
use crate::stored::Stored;

/// A labelled example: plain features, stored as numbers or as a shorter `X`, and the prediction
/// they should have had.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample<S, const FEATURES: usize, const OUTPUTS: usize, X = S> {
    /// What the head sees, without the appended 1.
    pub features: [X; FEATURES],
    /// The prediction wanted: one-hot for a class, any numbers for a regression.
    pub target: [S; OUTPUTS],
}

/// Weights `[[S; OUTPUTS]; ROWS]`, feature-major, with the bias as last row, and a link.
///
/// ```
/// use fejer::{Head, Link};
/// let head = Head::new(Link::Softmax, [[1.0_f32, -1.0], [0.0, 0.0], [0.5, 0.0]]); // 2 features
/// let [yes, no] = head.predict(&[0.2, 7.0]);
/// assert!(yes > no);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Head<S, const ROWS: usize, const OUTPUTS: usize> {
    link: Link,
    weights: [[S; OUTPUTS]; ROWS],
    /// What is known of the weights' size; no part of what the head is.
    reach: Reach,
}

impl<S: PartialEq, const ROWS: usize, const OUTPUTS: usize> PartialEq for Head<S, ROWS, OUTPUTS> {
    fn eq(&self, other: &Self) -> bool {
        self.link == other.link && self.weights == other.weights
    }
}

impl<S, const ROWS: usize, const OUTPUTS: usize> Head<S, ROWS, OUTPUTS> {
    /// A head with these weights. Usable in a `const` or `static`: such a head lives in flash.
    pub const fn new(link: Link, weights: [[S; OUTPUTS]; ROWS]) -> Self {
        Self { link, weights, reach: Reach::UNKNOWN }
    }

    /// The link.
    pub const fn link(&self) -> Link {
        self.link
    }

    /// The weights, feature-major; the last row is the bias.
    pub const fn weights(&self) -> &[[S; OUTPUTS]; ROWS] {
        &self.weights
    }

    /// The weights as a flat point: row after row.
    pub const fn point(&self) -> &[S] {
        self.weights.as_flattened()
    }

    /// The same point, to be moved by a method.
    pub const fn point_mut(&mut self) -> &mut [S] {
        self.weights_mut().as_flattened_mut()
    }

    pub(crate) const fn weights_mut(&mut self) -> &mut [[S; OUTPUTS]; ROWS] {
        self.reach = Reach::UNKNOWN;
        &mut self.weights
    }

    /// The weights for a step that keeps the book of their reach itself.
    pub(crate) const fn booked(&mut self) -> (&mut [[S; OUTPUTS]; ROWS], &mut Reach) {
        (&mut self.weights, &mut self.reach)
    }
}

impl<S: Scalar, const ROWS: usize, const OUTPUTS: usize> Head<S, ROWS, OUTPUTS> {
    /// A head that knows nothing: all weights 0.
    pub const fn zeros(link: Link) -> Self {
        let weights = [[S::ZERO; OUTPUTS]; ROWS];
        Self { link, weights, reach: Reach::OF_ZEROS }
    }

    /// Scores Wη, before the link. `FEATURES` must be `ROWS − 1`; anything else does not compile.
    pub fn scores<X: Stored<S>, const FEATURES: usize>(
        &self,
        features: &[X; FEATURES],
    ) -> [S; OUTPUTS] {
        const { assert!(ROWS == FEATURES + 1, "a head has one row a feature and one for the bias") }
        kernel::score(&self.weights, features)
    }

    /// Prediction link(Wη): for softmax, the share of each class.
    pub fn predict<X: Stored<S>, const FEATURES: usize>(
        &self,
        features: &[X; FEATURES],
    ) -> [S; OUTPUTS] {
        let mut scores = self.scores(features);
        self.link.predict(&mut scores);
        scores
    }

    /// The output with the highest score, the first of equals.
    pub fn decide<X: Stored<S>, const FEATURES: usize>(&self, features: &[X; FEATURES]) -> usize {
        argmax(&self.scores(features))
    }

    /// Would every weight be sound after W + ηᵀ·step? A bound, not a trial.
    pub(crate) fn stays_sound<X: Stored<S>>(&self, features: &[X], step: &[S; OUTPUTS]) -> bool {
        let reach = with_one(features).fold(S::ONE, |most, feature| most.max(feature.abs()));
        let most = crate::scalar::largest(self.point());
        // Halved before they are added: the sum of two sound numbers may not be sound.
        let half = S::from_scaled(1, 1);
        let room = (S::LIMIT * half - most * half).divide(reach);
        most.is_sound() && crate::scalar::largest(step) < room
    }

    /// FNV-1a over the link and the weights' bytes, little-endian, row after row: equal heads have
    /// equal hashes on every machine.
    pub fn hash(&self) -> u64 {
        const PRIME: u64 = 0x0000_0100_0000_01b3;
        let weights = self.point().iter();
        let weights =
            weights.flat_map(|weight| weight.to_bits().to_le_bytes().into_iter().take(S::BYTES));
        self.link
            .tag()
            .into_iter()
            .chain(weights)
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
    }
}

#[cfg(feature = "fixed")]
impl<const ROWS: usize, const OUTPUTS: usize> Head<fixed::types::I16F16, ROWS, OUTPUTS> {
    /// A Q16.16 head from a head in `f32`, rounded as [`Scalar::from_f32`] rounds, at compile time if
    /// wished: the factory head of a part without an FPU.
    #[expect(clippy::indexing_slicing, reason = "const fn has no iterators; bounds are the loop's")]
    pub const fn from_f32(head: &Head<f32, ROWS, OUTPUTS>) -> Self {
        let mut weights = [[fixed::types::I16F16::ZERO; OUTPUTS]; ROWS];
        let mut row = 0;
        while row < ROWS {
            let mut output = 0;
            while output < OUTPUTS {
                let bits = crate::scalar::nearest(head.weights[row][output] * 65_536.0);
                weights[row][output] = fixed::types::I16F16::from_bits(bits);
                output += 1;
            }
            row += 1;
        }
        Self::new(head.link, weights)
    }
}

/// The features with the 1 of the bias appended.
pub(crate) fn with_one<S: Scalar, X: Stored<S>>(features: &[X]) -> impl Iterator<Item = S> {
    features.iter().map(|&feature| feature.value()).chain(core::iter::once(S::ONE))
}

/// ‖η‖², the 1 included, as a sum of products: it may be beyond the range of the number type.
pub(crate) fn squared_norm<S: Scalar>(features: impl Iterator<Item = S>) -> S::Wide {
    features.fold(S::WIDE_ZERO, |sum, feature| S::accumulate(sum, feature, feature))
}

/// Is every feature sound?
pub(crate) fn are_sound<S: Scalar, X: Stored<S>>(features: &[X]) -> bool {
    X::ALWAYS_SOUND || features.iter().all(|feature| feature.value().is_sound())
}

/// link(scores) − target: the field's factor for one sample.
#[inline(always)]
pub(crate) fn residual<S: Scalar, const OUTPUTS: usize>(
    link: Link,
    mut scores: [S; OUTPUTS],
    target: &[S; OUTPUTS],
) -> [S; OUTPUTS] {
    link.predict_all(&mut scores);
    for (score, &target) in scores.iter_mut().zip(target) {
        *score = score.saturating_minus(target);
    }
    scores
}

/// Index of the largest score, the first of equals.
pub(crate) fn argmax<S: Scalar>(scores: &[S]) -> usize {
    let mut best = (0, None);
    for (index, &score) in scores.iter().enumerate() {
        if best.1.is_none_or(|top| score > top) {
            best = (index, Some(score));
        }
    }
    best.0
}

#[cfg(all(test, feature = "fixed"))]
mod tests {
    use super::*;
    use fixed::types::I16F16;

    /// Against ⌊x + ½⌋ in f64, which is exact for every f32 of the range; at compile time as well.
    #[test]
    fn numbers_and_heads_are_rounded_to_the_nearest_place_and_halves_upwards() {
        const ODD: f32 = 8_388_609.0 / 65_536.0;
        const FLASHED: Head<I16F16, 1, 1> = Head::from_f32(&Head::new(Link::Identity, [[ODD]]));
        assert_eq!(FLASHED.point(), &[I16F16::from_bits(8_388_609)]);
        let places = [0.0, 0.49999997, 0.5, 1.5, 2.5, 4_194_303.5, 8_388_607.5, 8_388_609.0];
        let large = [16_777_215.0, 16_777_217.0, 2_147_483_500.0, 2_147_483_648.0, 1e30];
        let all = places.into_iter().chain(large).chain([f32::INFINITY]);
        for place in all.flat_map(|place| [place, -place]) {
            let exact = libm::floor(f64::from(place) + 0.5) as i32;
            let value = place / 65_536.0;
            assert_eq!(I16F16::from_f32(value).to_bits(), exact, "{place}");
            let head = Head::new(Link::Identity, [[value]]);
            let head = Head::<I16F16, 1, 1>::from_f32(&head);
            assert_eq!(head.point(), &[I16F16::from_bits(exact)], "{place}");
        }
        let head = Head::new(Link::Identity, [[f32::NAN]]);
        let head = Head::<I16F16, 1, 1>::from_f32(&head);
        assert!(!head.point().iter().any(|weight| weight.is_sound()));
    }
}
