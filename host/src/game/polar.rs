//! F(x, y) = (axs − y, ays + x), s = (r² − 1)(16r² − 9)/16, r² = x² + y², |x|, |y| ≤ 11/10: PolarGame,
//! Pethick et al. 2022, example 3.
//!
//! Around the solution 0 the flow of −F has two cycles: r = 1 attracts, r = 3/4 repels. The weak Minty
//! constants are exact, attained at (0, −5/(4√2)); L is ‖F′(1.1, 1.1)‖₂. Comonotone it is with far
//! smaller constants only (found numerically, rounded down): ρL = −10.3, −5.7 and −1.13, so that the
//! theorem of RAPP says nothing here and that of EG+ does.

use std::sync::Arc;

use fejer::Operator;

use super::{Facts, Game};

/// One of the three games.
#[derive(Clone, Copy, Debug)]
pub struct Polar {
    /// a, the push across the circles.
    radial: f64,
    lipschitz: f64,
    comonotone: f64,
    weak_minty: f64,
}

impl Polar {
    /// Example (i), a = 1: ρ below −1/(2L).
    pub const FIRST: Self = Self {
        radial: 1.0,
        lipschitz: 18.547_951_868_806_6,
        comonotone: -0.553,
        weak_minty: -50_176.0 / 1_050_977.0,
    };
    /// Example (ii), a = 3/4: ρ just above −1/(2L).
    pub const SECOND: Self = Self {
        radial: 0.75,
        lipschitz: 13.938_389_880_205_17,
        comonotone: -0.409,
        weak_minty: -602_112.0 / 16_798_825.0,
    };
    /// Example (iii), a = 1/3: ρ well above −1/(2L).
    pub const THIRD: Self = Self {
        radial: 1.0 / 3.0,
        lipschitz: 6.306_089_579_516_583,
        comonotone: -0.180,
        weak_minty: -150_528.0 / 9_439_585.0,
    };

    /// With its constants.
    pub fn game(self) -> Game {
        Game {
            formula: "F = (axs − y, ays + x), s = (r² − 1)(16r² − 9)/16",
            field: Arc::new(self),
            resolvent: None,
            facts: Facts {
                lipschitz: self.lipschitz,
                comonotone: Some(self.comonotone),
                weak_minty: self.weak_minty,
                is_affine: false,
                radius: Some(1.1),
                solution: vec![0.0; 2],
                start: vec![-0.75, -0.75],
            },
        }
    }
}

impl Operator<f64> for Polar {
    fn eval(&self, point: &[f64], out: &mut [f64]) {
        let (&[x, y], [first, second]) = (point, out) else { return };
        let square = x * x + y * y;
        let push = self.radial * (square - 1.0) * (16.0 * square - 9.0) / 16.0;
        (*first, *second) = (push * x - y, push * y + x);
    }
}
