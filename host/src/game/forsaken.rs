//! φ = x(y − .45) + ψ(x) − ψ(y), ψ(z) = z²/4 − z⁴/2 + z⁶/6, |x|, |y| ≤ 3/2: Hsieh, Mertikopoulos &
//! Cevher 2021, example 5.2.
//!
//! The solution attracts from nearby, a limit cycle around it from elsewhere. L = ‖F′(3/2, √(3/5))‖₂,
//! where ψ″ is largest and smallest. det F′ vanishes inside the box, so F is comonotone with no ρ at
//! all; and the weak Minty constant is −1.52056, at (−.258, .792), far below −1/(2L) = −.0403: the
//! −.477761 of `LIONS-EPFL/weak-minty-code` is a local minimum (mdlam_rapp.md B3). No theorem here
//! covers it; what converges does so as a matter of fact, and of where it starts.

use std::sync::Arc;

use fejer::Operator;

use super::{Facts, Game};

/// The game.
#[derive(Clone, Copy, Debug)]
pub struct Forsaken;

impl Forsaken {
    /// With its constants.
    pub fn game(self) -> Game {
        Game {
            formula: "φ = x(y − .45) + ψ(x) − ψ(y), ψ = z²/4 − z⁴/2 + z⁶/6",
            field: Arc::new(self),
            resolvent: None,
            facts: Facts {
                lipschitz: 12.402_569_242_368_148,
                comonotone: None,
                weak_minty: -1.520_57,
                is_affine: false,
                radius: Some(1.5),
                solution: vec![0.078_026_668_738_460_09, 0.411_933_851_365_819_84],
                start: vec![1.0, 1.0],
            },
        }
    }
}

impl Operator<f64> for Forsaken {
    fn eval(&self, point: &[f64], out: &mut [f64]) {
        let slope = |z: f64| z * (0.5 + z * z * (z * z - 2.0));
        let (&[x, y], [first, second]) = (point, out) else { return };
        (*first, *second) = (y - 0.45 + slope(x), slope(y) - x);
    }
}
