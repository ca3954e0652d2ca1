//! The dual value of a prediction.

use super::MOST_UNROLLED;
use crate::link::{Link, stay_rolled};
use crate::scalar::Scalar;

/// α = y − p. For softmax Σα = 0 must hold to the last place, or the certificate's p leaves the
/// simplex: the largest entry is set to minus the sum of the others.
#[inline(always)]
pub(crate) fn dual_values<S: Scalar, const OUTPUTS: usize>(
    link: Link,
    expected: &[S; OUTPUTS],
    share: &[S; OUTPUTS],
) -> [S; OUTPUTS] {
    let mut dual = *expected;
    if OUTPUTS <= MOST_UNROLLED {
        subtract(link, &mut dual, share);
    } else {
        subtract_many(link, &mut dual, share);
    }
    dual
}

/// [`subtract`] in a function of its own.
#[inline(never)]
fn subtract_many<S: Scalar>(link: Link, dual: &mut [S], share: &[S]) {
    subtract(link, dual, share);
}

/// [`dual_values`], from the expected predictions in place.
#[inline]
fn subtract<S: Scalar>(link: Link, dual: &mut [S], share: &[S]) {
    for (dual, &share) in dual.iter_mut().zip(share) {
        stay_rolled();
        *dual = *dual - share;
    }
    if link == Link::Softmax {
        // The first of equals.
        let (mut top, mut largest) = (0, S::ZERO - S::LIMIT);
        for (output, &dual) in dual.iter().enumerate() {
            stay_rolled();
            (top, largest) = if largest < dual { (output, dual) } else { (top, largest) };
        }
        let mut others = S::ZERO;
        for (output, &dual) in dual.iter().enumerate() {
            stay_rolled();
            others = others + if output == top { S::ZERO } else { dual };
        }
        if let Some(largest) = dual.get_mut(top) {
            *largest = -others;
        }
    }
}
