//! The multiplier of the last layer in the variant after dlADMM (Wang et al., KDD 2019):
//! R(Z) + ⟨U, Z − V⟩ + ρ/2‖Z − V‖² = R(Z) + ρ/2‖Z − (V + S)‖² + const with S = −U/ρ.
//!
//! After Z is minimised, U ← U + ρ(Z − V) is −∇R(Z): what drives the layers below is the loss itself and
//! not ρ times a distance, so ρ may be as small as the published 10⁻⁶.

use crate::matrix::Matrix;
use crate::real::Real;

use super::last::Last;

/// The new S = V + S − Z; scores ← Z − S, which the other blocks take for Z.
pub(super) fn lift<T: Real>(last: &Last<'_, T>, scores: &mut Matrix<T>) -> Vec<T> {
    let columns = scores.columns();
    let mut shift = last.shift.to_vec();
    let pairs = shift.iter_mut().zip(scores.values_mut());
    for ((index, (shift, score)), &product) in pairs.enumerate().zip(last.product.values()) {
        *shift = product + last.bias[index % columns] + *shift - *score;
        *score -= *shift;
    }
    shift
}
