//! Games: two players, one minimises φ(x, y) over x, the other maximises it over y. A solution is a
//! zero of F = (∂φ/∂x, −∂φ/∂y), or of F + A under a constraint or a regulariser.
//!
//! A game is one file of this module: its operator and what is known of it, constant by constant. To
//! add one: a file, a variant of [`Name`], an arm of [`Name::game`]. The methods are core's, on the
//! operators as they are; [`method`] adds those that have no use on a device.
//!
//! Two constants decide what theory promises ([`claim`]). F is ρ-*comonotone* if
//! ⟨F(x) − F(y), x − y⟩ ≥ ρ‖F(x) − F(y)‖² for all x, y, and satisfies a *weak Minty* inequality with
//! ρ if ⟨F(x), x − x*⟩ ≥ ρ‖F(x)‖² for all x and one solution x*, which is less. Monotone is ρ = 0;
//! games worth a picture have ρ < 0.
//!
//! Constants without a source below were computed here, and `tests.rs` holds them against a grid.

mod bilinear;
pub mod claim;
mod constraint;
pub mod figures;
mod forsaken;
mod global_forsaken;
pub mod method;
mod noise;
mod page;
mod play;
mod polar;
mod quadratic;
mod radius;
mod scales;
mod table;
pub mod tables;
#[cfg(test)]
mod tests;
mod walk;

use std::sync::Arc;

use fejer::{Operator, Prox};

pub use bilinear::Bilinear;
pub use constraint::Constraint;
pub use forsaken::Forsaken;
pub use global_forsaken::GlobalForsaken;
pub use page::page;
pub use play::{Error, Play, Played, Row};
pub use polar::Polar;
pub use quadratic::Quadratic;
pub use radius::{growth, matrix, of_matrix};
pub use scales::Scales;
pub use table::text;

/// F, to be evaluated on any thread.
pub type Field = dyn Operator<f64> + Send + Sync;
/// The resolvent of A, or of F itself.
pub type Resolvent = dyn Prox<f64> + Send + Sync;

/// Every game there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Name {
    /// φ = axy + (b/2)x² − (b/2)y²: a rotation and an exact comonotonicity, --rho; L = 1.
    Quadratic,
    /// φ = (x − .9)(y − .9): a rotation alone, monotone; L = 1, in the box of radius 1 with --box 1.
    Bilinear,
    /// φ = x(y − .45) + ψ(x) − ψ(y), ψ = z²/4 − z⁴/2 + z⁶/6: a limit cycle before the solution, and no
    /// theorem.
    Forsaken,
    /// Two cycles around the solution, one of them attracting; weak Minty with ρL = −.886.
    PolarI,
    /// The same with ρL = −.4996, the edge of what is covered.
    PolarIi,
    /// The same with ρL = −.101.
    PolarIii,
    /// φ = xy + ψ(x) − ψ(y), ψ = 2z⁶/21 − z⁴/3 + z²/3: a limit cycle, and weak Minty with ρL = −.362.
    GlobalForsaken,
    /// 61 quadratic games at once, from slow to fast: the rate is 1/K and no better; --rho, L = 1.
    Scales,
}

impl Name {
    /// The game; `comonotone` is ρ of those that can be chosen, in ±1/L.
    pub fn game(self, comonotone: f64) -> Game {
        match self {
            Self::Quadratic => Quadratic::new(comonotone, 1.0).game(),
            Self::Bilinear => Bilinear.game(),
            Self::Forsaken => Forsaken.game(),
            Self::PolarI => Polar::FIRST.game(),
            Self::PolarIi => Polar::SECOND.game(),
            Self::PolarIii => Polar::THIRD.game(),
            Self::GlobalForsaken => GlobalForsaken.game(),
            Self::Scales => Scales::new(comonotone).game(),
        }
    }

    /// Can its ρ be chosen?
    pub fn takes_comonotone(self) -> bool {
        matches!(self, Self::Quadratic | Self::Scales)
    }
}

/// A game and what is known of it.
#[derive(Clone)]
pub struct Game {
    /// φ or F, in a line.
    pub formula: &'static str,
    /// F; the first half of a point is the minimiser's.
    pub field: Arc<Field>,
    /// z ↦ (I + γF)⁻¹z, where F is linear.
    pub resolvent: Option<Arc<Resolvent>>,
    /// Its constants.
    pub facts: Facts,
}

/// What is known of a game. Where it is played in a box, of F there.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Least Lipschitz modulus L.
    pub lipschitz: f64,
    /// Largest ρ with which F is comonotone; none where there is no such ρ.
    pub comonotone: Option<f64>,
    /// Largest ρ of a weak Minty inequality at the solution, at most rounded down; it holds for F plus
    /// the box as well, because ⟨F(x), x − x*⟩ > 0 on its boundary.
    pub weak_minty: f64,
    /// Is F affine?
    pub is_affine: bool,
    /// The box |xᵢ| ≤ r it is played in; free where there is none.
    pub radius: Option<f64>,
    /// The one solution.
    pub solution: Vec<f64>,
    /// Where a run starts if nobody says otherwise.
    pub start: Vec<f64>,
}
