//! φ = (x − .9)(y − .9): F(x, y) = (y − .9, .9 − x), a rotation about (.9, .9).
//!
//! Monotone and nothing more (ρ = 0), 1-Lipschitz. Played in the box |x|, |y| ≤ 1 by Pethick et al.
//! 2022, from 0 (`LIONS-EPFL/weak-minty-code`); here free unless a box is asked for, as the plain step
//! only shows in the open that it moves away.

use std::sync::Arc;

use fejer::{Operator, Prox};

use super::{Facts, Game, Quadratic};

/// The game.
#[derive(Clone, Copy, Debug)]
pub struct Bilinear;

/// Both players' answer.
const CENTRE: f64 = 0.9;

impl Bilinear {
    /// With its constants.
    pub fn game(self) -> Game {
        Game {
            formula: "φ = (x − .9)(y − .9)",
            field: Arc::new(self),
            resolvent: Some(Arc::new(self)),
            facts: Facts {
                lipschitz: 1.0,
                comonotone: Some(0.0),
                weak_minty: 0.0,
                is_affine: true,
                radius: None,
                solution: vec![CENTRE; 2],
                start: vec![0.0; 2],
            },
        }
    }
}

impl Operator<f64> for Bilinear {
    fn eval(&self, point: &[f64], out: &mut [f64]) {
        let ([x, y], [first, second]) = (point, out) else { return };
        (*first, *second) = (*y - CENTRE, CENTRE - *x);
    }
}

impl Prox<f64> for Bilinear {
    fn prox(&self, step: f64, point: &mut [f64]) {
        let [x, y] = point else { return };
        let centred = Quadratic::new(0.0, 1.0).resolvent(step, [*x - CENTRE, *y - CENTRE]);
        [*x, *y] = centred.map(|value| value + CENTRE);
    }
}
