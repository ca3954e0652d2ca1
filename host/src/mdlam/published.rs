//! The code behind the published figures, `mDLAM.py`, where it is another algorithm than the paper's
//! (mdlam_rapp.md A5). Kept in [`super::Variant::Published`], each where its block is:
//!
//! - nothing is extrapolated: the old weights are set to the new ones before their difference is taken;
//! - the bias of the second layer is never updated;
//! - the ridge is in the coupling and in the objective, so it counts twice; W takes a plain gradient
//!   step, 1/α with α of 1, 2, 4 … 2¹⁰ (`weights.rs`), A the same before it is clamped (`activations.rs`):
//!   far shorter than 1/(ρ·λ_max) where ρ·λ_max is below 1;
//! - the last scores begin at ±1 and come from FISTA with too long a step (`fista.rs`);
//! - intervals keep a margin of 10⁻⁹ (`scores.rs`), and nothing is projected when ε shrinks.
//!
//! Left out: softmax without the maximum taken off, comparisons with variables of another layer (they
//! choose between two equal steps), and weights drawn with one seed for all layers.

use crate::matrix::{Matrix, View};
use crate::real::Real;

/// Whether the bias of this layer stays as it was drawn.
pub(super) fn keeps_bias(layer: usize) -> bool {
    layer == 1
}

/// The last scores of the first epoch: 1 at the label, −1 elsewhere.
pub(super) fn begin<T: Real>(scores: &mut [Matrix<T>], target: View<'_, T>) {
    let Some(last) = scores.last_mut() else { return };
    let half = T::from_f64(0.5);
    for (score, &asked) in last.values_mut().iter_mut().zip(target.values()) {
        *score = if asked > half { T::ONE } else { -T::ONE };
    }
}
