//! Optimistic Adagrad (Liu et al. 2020, arXiv 1912.11940): OSG with a step of its own for every number.
//!
//! ```text
//! x_k = z_{k−1} − ηH_{k−1}⁻¹ĝ_{k−1}      z_k = z_{k−1} − ηH_{k−1}⁻¹ĝ_k      H_k = δI + diag(s_k)
//! ```
//! ĝ_k = F̂(x_k), s_k the root of the sum of its squares so far, H_0 = δI and ĝ_0 = F̂(z_0). Both lines use
//! the same old H: updated in between it would be another method. The paper is about A = 0; a set or
//! regulariser that acts on every number by itself is taken at that number's step.

use fejer::{Method, Operator, Prox};

/// The optimistic adaptive step.
///
/// It remembers: one object, one run.
#[derive(Clone, Debug)]
pub struct OptimisticAdagrad {
    offset: f64,
    field: Vec<f64>,
    squares: Vec<f64>,
    midpoint: Vec<f64>,
    steps: Vec<f64>,
    is_started: bool,
}

impl OptimisticAdagrad {
    /// With δ > 0, for points of this length.
    pub fn new(offset: f64, length: usize) -> Self {
        let zeros = || vec![0.0; length];
        Self {
            offset,
            field: zeros(),
            squares: zeros(),
            midpoint: zeros(),
            steps: zeros(),
            is_started: false,
        }
    }

    /// The diagonal of H, as the next step will use it.
    pub fn diagonal(&self) -> impl Iterator<Item = f64> {
        self.squares.iter().map(|sum| self.offset + sum.sqrt())
    }

    fn gather(&mut self) {
        for (sum, field) in self.squares.iter_mut().zip(&self.field) {
            *sum += field * field;
        }
    }
}

/// x ← prox(x − step·direction), number by number.
fn descend(point: &mut [f64], steps: &[f64], direction: &[f64], prox: &dyn Prox<f64>) {
    for ((value, &step), direction) in point.iter_mut().zip(steps).zip(direction) {
        *value -= step * direction;
        prox.prox(step, std::slice::from_mut(value));
    }
}

impl Method<f64> for OptimisticAdagrad {
    fn advance(
        &mut self,
        operator: &dyn Operator<f64>,
        prox: &dyn Prox<f64>,
        step: f64,
        point: &mut [f64],
    ) {
        if point.len() != self.field.len() {
            return;
        }
        let is_first = !self.is_started;
        if is_first {
            operator.eval(point, &mut self.field);
            self.is_started = true;
        }
        for (own, sum) in self.steps.iter_mut().zip(&self.squares) {
            *own = step / (self.offset + sum.sqrt());
        }
        if is_first {
            self.gather();
        }
        self.midpoint.copy_from_slice(point);
        descend(&mut self.midpoint, &self.steps, &self.field, prox);
        operator.eval(&self.midpoint, &mut self.field);
        descend(point, &self.steps, &self.field, prox);
        self.gather();
    }
}
