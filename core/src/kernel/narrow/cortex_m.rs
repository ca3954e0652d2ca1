//! The way to the assembly: as [`super::rows`], for the shapes there are registers for.
#![expect(unsafe_code, reason = "calls assembly; each call states why it may")]

use fixed::types::extra::{LeEqU32, Unsigned};

#[cfg(cortex_m = "baseline")]
use super::baseline as assembly;
#[cfg(cortex_m = "mainline")]
use super::mainline as assembly;
use super::mantissas::Mantissas;
use super::{Weight, parts, rows};
use crate::stored::Short;

/// Two parts.
const MOST_OUTPUTS: usize = 12;

/// Is there a twin for this shape?
const fn is_covered<const ROWS: usize, const OUTPUTS: usize>(features: usize) -> bool {
    0 < OUTPUTS && OUTPUTS <= MOST_OUTPUTS && 0 < features && ROWS == features + 1
}

#[inline]
pub(super) fn score<Frac: Unsigned + LeEqU32 + 'static, const ROWS: usize, const OUTPUTS: usize>(
    weights: &[[Weight<Frac>; OUTPUTS]; ROWS],
    features: &[Short],
    sums: &mut [i32; OUTPUTS],
) {
    let count = features.len();
    if !is_covered::<ROWS, OUTPUTS>(count) {
        return rows::score(weights, features, sums);
    }
    let (weights, features) = (weights.as_ptr().cast(), features.as_ptr().cast());
    let sums = sums.as_mut_ptr();
    // SAFETY: a row of weights for every feature, checked above, and a sum for every output; weights
    // and features are transparent around i32 and i16, and the second part is not empty if called.
    unsafe {
        assembly::score::<OUTPUTS, 0, ROWS>(weights, features, count, sums);
        if parts::count(OUTPUTS) > 1 {
            assembly::score::<OUTPUTS, 1, ROWS>(weights, features, count, sums);
        }
    }
}

#[inline]
pub(super) fn update<
    Frac: Unsigned + LeEqU32 + 'static,
    const ROWS: usize,
    const OUTPUTS: usize,
>(
    weights: &mut [[Weight<Frac>; OUTPUTS]; ROWS],
    features: &[Short],
    mantissas: &Mantissas<OUTPUTS>,
) {
    let count = features.len();
    if !is_covered::<ROWS, OUTPUTS>(count) {
        return rows::update(weights, features, mantissas);
    }
    let (weights, features) = (weights.as_mut_ptr().cast(), features.as_ptr().cast());
    let mantissas = core::ptr::from_ref(mantissas).cast();
    // SAFETY: as above; `Mantissas` is its shift, then a number an output.
    unsafe {
        assembly::update::<OUTPUTS, 0>(weights, features, count, mantissas);
        if assembly::UPDATES_IN_PARTS && parts::count(OUTPUTS) > 1 {
            assembly::update::<OUTPUTS, 1>(weights, features, count, mantissas);
        }
    }
}
