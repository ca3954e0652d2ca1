//! Safe and portable: one row at a time, so that the text does not grow with the features.

use fixed::types::extra::{LeEqU32, Unsigned};

use super::mantissas::Mantissas;
use super::{Weight, guard, moved, product};
use crate::stored::Short;

/// sums ← sums + Σ ⌊weight·feature / 2¹⁶⌋ ≫ g
pub(super) fn score<Frac: Unsigned + LeEqU32 + 'static, const ROWS: usize, const OUTPUTS: usize>(
    weights: &[[Weight<Frac>; OUTPUTS]; ROWS],
    features: &[Short],
    sums: &mut [i32; OUTPUTS],
) {
    for (row, &Short(feature)) in weights.iter().zip(features) {
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum = sum.wrapping_add(product(weight.to_bits(), feature) >> guard(ROWS));
        }
    }
}

/// weight ← weight + ⌊(mantissa·feature + 2^(s−1)) / 2^s⌋
pub(super) fn update<
    Frac: Unsigned + LeEqU32 + 'static,
    const ROWS: usize,
    const OUTPUTS: usize,
>(
    weights: &mut [[Weight<Frac>; OUTPUTS]; ROWS],
    features: &[Short],
    mantissas: &Mantissas<OUTPUTS>,
) {
    for (row, &Short(feature)) in weights.iter_mut().zip(features) {
        move_row(row, &mantissas.values, feature, mantissas.shift.cast_unsigned());
    }
}

/// weight ← weight + mantissa·feature·2^−s for s ≤ 0, the bias too.
#[cold]
#[inline(never)]
pub(super) fn update_far<
    Frac: Unsigned + LeEqU32 + 'static,
    const ROWS: usize,
    const OUTPUTS: usize,
>(
    weights: &mut [[Weight<Frac>; OUTPUTS]; ROWS],
    features: &[Short],
    mantissas: &Mantissas<OUTPUTS>,
) {
    let up = mantissas.shift.unsigned_abs() & 31;
    let features = features.iter().map(|feature| feature.0).chain(core::iter::once(Short::ONE));
    for (row, feature) in weights.iter_mut().zip(features) {
        move_far(row, &mantissas.values, i32::from(feature) << up);
    }
}

#[inline(never)]
fn move_far<Frac: Unsigned + LeEqU32 + 'static>(
    row: &mut [Weight<Frac>],
    mantissas: &[i32],
    feature: i32,
) {
    for (weight, mantissa) in row.iter_mut().zip(mantissas) {
        *weight = Weight::from_bits(weight.to_bits().wrapping_add(mantissa.wrapping_mul(feature)));
    }
}

/// weight ← weight + ⌊(mantissa·feature + 2^(s−1)) / 2^s⌋ for one row.
#[inline(always)]
pub(super) fn move_row<Frac: Unsigned + LeEqU32 + 'static>(
    row: &mut [Weight<Frac>],
    mantissas: &[i32],
    feature: i16,
    shift: u32,
) {
    for (weight, &mantissa) in row.iter_mut().zip(mantissas) {
        *weight = moved(*weight, mantissa, feature, shift);
    }
}

/// [`move_row`] once for all shapes.
#[inline(never)]
pub(super) fn move_row_out_of_line<Frac: Unsigned + LeEqU32 + 'static>(
    row: &mut [Weight<Frac>],
    mantissas: &[i32],
    feature: i16,
    shift: u32,
) {
    move_row(row, mantissas, feature, shift);
}
