//! 61 quadratic games at once, s-Lipschitz for s = 10⁻³ … 1 and all exactly ρ-comonotone: the slow
//! ones make every rate sublinear (mdlam_rapp.md B4).
//!
//! All minimisers come first, then all maximisers. The start is 1/√61 in each complex mode.

use std::sync::Arc;

use fejer::{Operator, Prox};

use super::{Facts, Game, Quadratic};

/// How many games.
const COUNT: usize = 61;

/// All of them.
#[derive(Clone, Debug)]
pub struct Scales {
    games: Vec<Quadratic>,
    comonotone: f64,
}

impl Scales {
    /// With this ρ, in ±1.
    pub fn new(comonotone: f64) -> Self {
        let scale = |index: usize| 10_f64.powf(3.0 * index as f64 / (COUNT - 1) as f64 - 3.0);
        let games = (0..COUNT).map(|index| Quadratic::new(comonotone, scale(index))).collect();
        Self { games, comonotone }
    }

    /// With its constants.
    pub fn game(self) -> Game {
        let comonotone = self.comonotone;
        let field = Arc::new(self);
        Game {
            formula: "61 quadratic games of the scales L = 10⁻³ … 1",
            resolvent: Some(field.clone()),
            field,
            facts: Facts {
                lipschitz: 1.0,
                comonotone: Some(comonotone),
                weak_minty: comonotone,
                is_affine: true,
                radius: None,
                solution: vec![0.0; 2 * COUNT],
                start: vec![(0.5 / COUNT as f64).sqrt(); 2 * COUNT],
            },
        }
    }
}

impl Operator<f64> for Scales {
    fn eval(&self, point: &[f64], out: &mut [f64]) {
        if point.len() != 2 * COUNT || out.len() != 2 * COUNT {
            return;
        }
        let (x, y) = point.split_at(COUNT);
        let (first, second) = out.split_at_mut(COUNT);
        let out = first.iter_mut().zip(second);
        for ((game, out), (&x, &y)) in self.games.iter().zip(out).zip(x.iter().zip(y)) {
            [*out.0, *out.1] = game.field([x, y]);
        }
    }
}

impl Prox<f64> for Scales {
    fn prox(&self, step: f64, point: &mut [f64]) {
        if point.len() != 2 * COUNT {
            return;
        }
        let (x, y) = point.split_at_mut(COUNT);
        for ((game, x), y) in self.games.iter().zip(x).zip(y) {
            [*x, *y] = game.resolvent(step, [*x, *y]);
        }
    }
}
