//! Alternating descent-ascent: the minimiser steps first, the maximiser answers what it sees then.
//!
//! ```text
//! x⁺ = prox(x − γF_x(x, y))       y⁺ = prox(y − γF_y(x⁺, y))
//! ```
//! On the bilinear game it neither comes nearer nor runs away for γ < 2/L: det of its step is 1.

use fejer::{Method, Operator, Prox};

/// The alternating step; the first half of the point is the minimiser's. A must act on the players
/// one by one.
#[derive(Clone, Debug)]
pub struct Alternating {
    field: Vec<f64>,
    moved: Vec<f64>,
}

impl Alternating {
    /// For points of this length.
    pub fn new(length: usize) -> Self {
        Self { field: vec![0.0; length], moved: vec![0.0; length] }
    }
}

impl Method<f64> for Alternating {
    fn advance(
        &mut self,
        operator: &dyn Operator<f64>,
        prox: &dyn Prox<f64>,
        step: f64,
        point: &mut [f64],
    ) {
        let length = point.len();
        let Some(field) = self.field.get_mut(..length) else { return };
        let Some(moved) = self.moved.get_mut(..length) else { return };
        for player in [0..length / 2, length / 2..length] {
            operator.eval(point, field);
            for (moved, (&value, &field)) in moved.iter_mut().zip(point.iter().zip(field.iter())) {
                *moved = value - step * field;
            }
            prox.prox(step, moved);
            point[player.clone()].copy_from_slice(&moved[player]);
        }
    }
}
