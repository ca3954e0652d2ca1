//! The numbers of mDLAM: all an experiment may choose.

use serde::{Deserialize, Serialize};

use super::Error;

/// How to alternate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// ρ: how much a layer that does not fit its neighbours costs, beside a loss that is a sum over
    /// the examples.
    pub rho: f64,
    /// ε of the first epoch; halved epoch after epoch …
    pub epsilon: f64,
    /// … until it is this.
    pub least_epsilon: f64,
    /// µ of (µ/2)‖W‖²; biases are free.
    pub ridge: f64,
    /// µ of µ‖W‖₁.
    pub lasso: f64,
    /// Which of the algorithms.
    pub variant: Variant,
}

/// Algorithms on the same variables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// As the paper means it: exact moduli, Nesterov's extrapolation of W and A, taken back unless it
    /// decreases the objective by a stated share, every ε a phase of its own.
    #[default]
    Accelerated,
    /// The same without extrapolation.
    Plain,
    /// As the paper's code does it (see `published.rs`), to meet the published figures.
    Published,
    /// The sibling dlADMM in small: ρ/2‖A − h(Z)‖² in place of the inequalities, and one multiplier
    /// for the last layer; ReLU only, ε is not used.
    Penalty,
}

impl Default for Settings {
    /// The paper's ε; ρ and µ of its code on Cora.
    fn default() -> Self {
        Self {
            rho: 1e-3,
            epsilon: 100.0,
            least_epsilon: 1e-3,
            ridge: 0.05,
            lasso: 0.0,
            variant: Variant::Accelerated,
        }
    }
}

impl Settings {
    /// Refuses what makes no sense.
    ///
    /// # Errors
    /// [`Error::Settings`]: names the field and what it must be.
    pub fn check(&self) -> Result<(), Error> {
        let is_positive = |value: f64| value.is_finite() && value > 0.0;
        let is_sound = |value: f64| value.is_finite() && value >= 0.0;
        let refuse = |field, remedy| Err(Error::Settings { field, remedy });
        match self {
            _ if !is_positive(self.rho) => refuse("rho", "must be above 0"),
            _ if !is_sound(self.least_epsilon) => refuse("least_epsilon", "must be at least 0"),
            _ if !is_sound(self.epsilon) || self.epsilon < self.least_epsilon => {
                refuse("epsilon", "must be a number no smaller than least_epsilon")
            }
            _ if !is_sound(self.ridge) => refuse("ridge", "must be at least 0"),
            _ if !is_sound(self.lasso) => refuse("lasso", "must be at least 0"),
            _ => Ok(()),
        }
    }

    /// µ as the objective counts it: the code adds its ridge to the coupling and to the objective.
    pub(super) fn counted_ridge(&self) -> f64 {
        if self.variant == Variant::Published { 2.0 * self.ridge } else { self.ridge }
    }
}
