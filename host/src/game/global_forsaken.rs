//! φ = xy + ψ(x) − ψ(y), ψ(z) = 2z⁶/21 − z⁴/3 + z²/3, |x|, |y| ≤ 4/3: Pethick et al. 2022.
//!
//! L = √((74125591 + 9409√59721901)/2)/2835. The weak Minty constant is −.119732 on a fine grid (−.11973
//! in mdlam_rapp.md B3) and stated rounded down; ρL = −.362 is within reach of EG+. det F′ vanishes
//! inside the box, so F is comonotone with no ρ at all, and RAPP's theorem says nothing.

use std::sync::Arc;

use fejer::Operator;

use super::{Facts, Game};

/// The game.
#[derive(Clone, Copy, Debug)]
pub struct GlobalForsaken;

impl GlobalForsaken {
    /// With its constants.
    pub fn game(self) -> Game {
        Game {
            formula: "φ = xy + ψ(x) − ψ(y), ψ = 2z⁶/21 − z⁴/3 + z²/3",
            field: Arc::new(self),
            resolvent: None,
            facts: Facts {
                lipschitz: 3.022_397_641_960_374,
                comonotone: None,
                weak_minty: -0.119_74,
                is_affine: false,
                radius: Some(4.0 / 3.0),
                solution: vec![0.0; 2],
                start: vec![-0.9, -0.9],
            },
        }
    }
}

impl Operator<f64> for GlobalForsaken {
    fn eval(&self, point: &[f64], out: &mut [f64]) {
        let slope = |z: f64| z * (2.0 / 3.0 + z * z * (z * z * (4.0 / 7.0) - 4.0 / 3.0));
        let (&[x, y], [first, second]) = (point, out) else { return };
        (*first, *second) = (y + slope(x), slope(y) - x);
    }
}
