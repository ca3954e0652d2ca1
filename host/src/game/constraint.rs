//! A of 0 ∈ F(x) + A(x): core's sets and regularisers, by name.

use std::sync::Arc;

use fejer::{Free, Interval, Lasso, Ridge};

use super::{Game, Resolvent};

/// What is added to a game.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Constraint {
    /// Nothing.
    Free,
    /// |xᵢ| ≤ radius.
    Box {
        /// Half a side.
        radius: f64,
    },
    /// strength · ‖x‖₁ for the minimiser and against the maximiser.
    Lasso {
        /// Of the penalty.
        strength: f64,
    },
    /// precision/2 · ‖x‖₂², likewise.
    Ridge {
        /// Of the penalty.
        precision: f64,
    },
}

impl Constraint {
    /// The box a game is played in.
    pub fn of(game: &Game) -> Self {
        game.facts.radius.map_or(Self::Free, |radius| Self::Box { radius })
    }

    /// Its resolvent.
    pub fn prox(self) -> Arc<Resolvent> {
        match self {
            Self::Free => Arc::new(Free),
            Self::Box { radius } => Arc::new(Interval { low: -radius, high: radius }),
            Self::Lasso { strength } => Arc::new(Lasso { strength }),
            Self::Ridge { precision } => Arc::new(Ridge { precision }),
        }
    }

    /// The solution of the game with it, where it is that of F alone: inside a box, or at 0, which is
    /// where the penalties are least.
    pub fn solution(self, game: &Game) -> Option<&[f64]> {
        let solution = game.facts.solution.as_slice();
        let is_kept = match self {
            Self::Free => true,
            Self::Box { radius } => solution.iter().all(|value| value.abs() < radius),
            Self::Lasso { .. } | Self::Ridge { .. } => solution.iter().all(|&value| value == 0.0),
        };
        is_kept.then_some(solution)
    }

    /// Is every point allowed?
    pub fn is_free(self) -> bool {
        self == Self::Free
    }
}

impl std::fmt::Display for Constraint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Free => formatter.write_str("free"),
            Self::Box { radius } => write!(formatter, "in the box |xᵢ| ≤ {radius:.4}"),
            Self::Lasso { strength } => write!(formatter, "with {strength}·‖x‖₁"),
            Self::Ridge { precision } => write!(formatter, "with {precision}/2·‖x‖₂²"),
        }
    }
}
