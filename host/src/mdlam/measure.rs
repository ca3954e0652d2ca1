//! What is known of a solver between two updates.

use crate::matrix::Matrix;
use crate::model::Loss;
use crate::real::Real;

use super::objective::{Fit, Objective, penalty};
use super::settings::Variant;
use super::solver::{Solver, predict};

impl<T: Real> Solver<'_, T> {
    /// The objective and its terms, computed anew.
    pub fn objective(&self) -> Objective {
        let (settings, variables) = (&self.settings, &self.variables);
        let loss: Loss = self.criterion.loss();
        let mut objective = Objective::default();
        let mut prediction = Matrix::default();
        for (layer, part) in self.parts.iter().enumerate() {
            let scores = variables.scores[layer].view();
            let fit = Fit { bias: variables.bias(part), scores };
            objective.coupling += settings.rho * fit.half_square(self.products[layer].view());
            objective.penalty += penalty(settings, &variables.point[part.matrix.clone()]);
            let Some(outputs) = variables.outputs.get(layer) else {
                objective.loss = loss.value(1, scores, self.target);
                continue;
            };
            predict(part, scores, &mut prediction);
            let mut squares = 0.0;
            for (&output, &h) in outputs.values().iter().zip(prediction.values()) {
                let apart = (output.to_f64() - h.to_f64()).abs();
                objective.slack += apart;
                objective.worst = objective.worst.max(apart);
                squares += apart * apart;
            }
            if settings.variant == Variant::Penalty {
                objective.coupling += 0.5 * settings.rho * squares;
            }
        }
        objective
    }

    /// ‖∇R(Z_L) + ρ(Z_L − A·W − 1·bᵀ)‖_∞ of the last layer: 0 right after its scores are minimised.
    pub fn last_residual(&self) -> f64 {
        let top = self.parts.len() - 1;
        self.last().residual(self.variables.scores[top].view())
    }
}
