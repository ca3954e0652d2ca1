//! φ = a·xy + (b/2)x² − (b/2)y²: F(x, y) = (bx + ay, by − ax), eigenvalues b ± ia.
//!
//! With b = ρL² and a = √(L² − b²) it is L-Lipschitz and *exactly* ρ-comonotone:
//! ⟨F(z), z⟩ = b‖z‖² and ‖F(z)‖² = L²‖z‖². Pethick et al. 2022; the constants and the start are those
//! of `LIONS-EPFL/stochastic-weak-minty-code`. ρ = −1/(3L), L = 3 is their lower-bound instance.

use std::sync::Arc;

use fejer::{Operator, Prox};

use super::{Facts, Game};

/// The game, by its rotation a and its pull b.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quadratic {
    rotation: f64,
    pull: f64,
}

impl Quadratic {
    /// L-Lipschitz and exactly `comonotone`-comonotone, which must be in ±1/L.
    pub fn new(comonotone: f64, lipschitz: f64) -> Self {
        let pull = comonotone * lipschitz * lipschitz;
        Self { rotation: (lipschitz * lipschitz - pull * pull).max(0.0).sqrt(), pull }
    }

    /// F at (x, y).
    pub fn field(self, [x, y]: [f64; 2]) -> [f64; 2] {
        [self.pull * x + self.rotation * y, self.pull * y - self.rotation * x]
    }

    /// (I + γF)⁻¹(x, y), the inverse of a rotation and a scaling.
    pub fn resolvent(self, step: f64, [x, y]: [f64; 2]) -> [f64; 2] {
        let (grow, turn) = (1.0 + step * self.pull, step * self.rotation);
        let square = grow * grow + turn * turn;
        [(grow * x - turn * y) / square, (turn * x + grow * y) / square]
    }

    /// L
    pub fn lipschitz(self) -> f64 {
        self.pull.hypot(self.rotation)
    }

    /// With its constants.
    pub fn game(self) -> Game {
        let comonotone = self.pull / self.lipschitz().powi(2);
        Game {
            formula: "φ = a·xy + (b/2)x² − (b/2)y², b = ρL², a² + b² = L²",
            field: Arc::new(self),
            resolvent: Some(Arc::new(self)),
            facts: Facts {
                lipschitz: self.lipschitz(),
                comonotone: Some(comonotone),
                weak_minty: comonotone,
                is_affine: true,
                radius: None,
                solution: vec![0.0; 2],
                start: vec![0.5; 2],
            },
        }
    }
}

impl Operator<f64> for Quadratic {
    fn eval(&self, point: &[f64], out: &mut [f64]) {
        let ([x, y], [first, second]) = (point, out) else { return };
        [*first, *second] = self.field([*x, *y]);
    }
}

impl Prox<f64> for Quadratic {
    fn prox(&self, step: f64, point: &mut [f64]) {
        let [x, y] = point else { return };
        [*x, *y] = self.resolvent(step, [*x, *y]);
    }
}
