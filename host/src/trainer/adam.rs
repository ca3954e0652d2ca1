//! Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019), as PyTorch computes them: ε is added
//! to the corrected root, the decay of AdamW is taken off before the step.

use fejer::{Method, Operator, Prox};

use crate::real::Real;

/// x ← (1 − γλ)x − γ·m̂/(√v̂ + ε) with averages m of the field and v of its square.
#[derive(Clone, Debug)]
pub struct Adam<T> {
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    decay: f64,
    pub(super) made: u32,
    pub(super) mean: Vec<T>,
    pub(super) square: Vec<T>,
    field: Vec<T>,
}

impl<T: Real> Adam<T> {
    /// For a point of this length; `decay` is AdamW's λ, 0 for Adam.
    pub fn new(betas: [f64; 2], epsilon: f64, decay: f64, length: usize) -> Self {
        let zeros = vec![T::ZERO; length];
        let [beta1, beta2] = betas;
        let (mean, square, field) = (zeros.clone(), zeros.clone(), zeros);
        Self { beta1, beta2, epsilon, decay, made: 0, mean, square, field }
    }
}

impl<T: Real> Method<T> for Adam<T> {
    fn advance(
        &mut self,
        operator: &dyn Operator<T>,
        prox: &dyn Prox<T>,
        step: T,
        point: &mut [T],
    ) {
        let field = &mut self.field[..point.len()];
        operator.eval(point, field);
        self.made = self.made.saturating_add(1);
        let made = f64::from(self.made);
        let correction1 = 1.0 - libm::pow(self.beta1, made);
        let correction2 = 1.0 - libm::pow(self.beta2, made);
        let [beta1, beta2, epsilon] = [self.beta1, self.beta2, self.epsilon].map(T::from_f64);
        let length = T::from_f64(step.to_f64() / correction1);
        let unbiased = T::from_f64(1.0 / libm::sqrt(correction2));
        let kept = T::from_f64(1.0 - step.to_f64() * self.decay);
        let averages = self.mean.iter_mut().zip(&mut self.square);
        for ((value, (mean, square)), &field) in point.iter_mut().zip(averages).zip(&*field) {
            *mean += (T::ONE - beta1) * (field - *mean);
            *square = beta2 * *square + (T::ONE - beta2) * field * field;
            let root = square.sqrt() * unbiased + epsilon;
            *value = kept * *value - length * (*mean / root);
        }
        prox.prox(step, point);
    }
}

#[cfg(test)]
mod tests {
    use fejer::Free;

    use super::*;

    fn run(decay: f64, steps: u32) -> f64 {
        let gradient = |point: &[f64], out: &mut [f64]| out[0] = 4.0 * point[0];
        let mut method = Adam::new([0.9, 0.999], 1e-8, decay, 1);
        let mut point = [1.0];
        (0..steps).for_each(|_| method.advance(&gradient, &Free, 0.1, &mut point));
        point[0]
    }

    #[test]
    fn the_first_step_has_the_step_size_as_its_length() {
        assert!((run(0.0, 1) - (1.0 - 0.1 * 4.0 / (4.0 + 1e-8))).abs() < 1e-15);
        assert!((run(0.01, 1) - (0.999 - 0.1 * 4.0 / (4.0 + 1e-8))).abs() < 1e-15);
    }

    #[test]
    fn two_steps_by_hand() {
        let x1 = 1.0 - 0.1 * 4.0 / (4.0 + 1e-8);
        let (g1, g2) = (4.0, 4.0 * x1);
        let mean = (0.1 * 0.9 * g1 + 0.1 * g2) / (1.0 - 0.81);
        let square = (0.001 * 0.999 * g1 * g1 + 0.001 * g2 * g2) / (1.0 - 0.999_f64.powi(2));
        let x2 = x1 - 0.1 * mean / (square.sqrt() + 1e-8);
        assert!((run(0.0, 2) - x2).abs() < 1e-13);
    }
}
