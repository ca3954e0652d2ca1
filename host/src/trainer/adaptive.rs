//! Steps divided by what the field was so far, number by number, as PyTorch computes them: Adagrad (Duchi,
//! Hazan & Singer 2011) by the root of the sum of its squares, Adadelta (Zeiler 2012) by the root of their
//! average, times that of the steps.

use fejer::{Method, Operator, Prox};

use crate::real::Real;

/// x ← x − γ·F/(√s + ε), s the sum of F² from 0.
#[derive(Clone, Debug)]
pub struct Adagrad<T> {
    epsilon: f64,
    pub(super) squares: Vec<T>,
    field: Vec<T>,
}

impl<T: Real> Adagrad<T> {
    /// For a point of this length.
    pub fn new(epsilon: f64, length: usize) -> Self {
        Self { epsilon, squares: vec![T::ZERO; length], field: vec![T::ZERO; length] }
    }
}

impl<T: Real> Method<T> for Adagrad<T> {
    fn advance(
        &mut self,
        operator: &dyn Operator<T>,
        prox: &dyn Prox<T>,
        step: T,
        point: &mut [T],
    ) {
        let (field, epsilon) = (&mut self.field[..point.len()], T::from_f64(self.epsilon));
        operator.eval(point, field);
        for ((value, square), &field) in point.iter_mut().zip(&mut self.squares).zip(&*field) {
            *square += field * field;
            *value -= step * (field / (square.sqrt() + epsilon));
        }
        prox.prox(step, point);
    }
}

/// x ← x − γ·d, d = F·√(u + ε)/√(v + ε) with averages v of F² and u of d², both from 0.
#[derive(Clone, Debug)]
pub struct Adadelta<T> {
    kept: f64,
    epsilon: f64,
    pub(super) squares: Vec<T>,
    pub(super) steps: Vec<T>,
    field: Vec<T>,
}

impl<T: Real> Adadelta<T> {
    /// For a point of this length; `kept` is the weight of the old averages.
    pub fn new(kept: f64, epsilon: f64, length: usize) -> Self {
        let zeros = vec![T::ZERO; length];
        Self { kept, epsilon, squares: zeros.clone(), steps: zeros.clone(), field: zeros }
    }
}

impl<T: Real> Method<T> for Adadelta<T> {
    fn advance(
        &mut self,
        operator: &dyn Operator<T>,
        prox: &dyn Prox<T>,
        step: T,
        point: &mut [T],
    ) {
        let field = &mut self.field[..point.len()];
        operator.eval(point, field);
        let [kept, epsilon] = [self.kept, self.epsilon].map(T::from_f64);
        let new = T::ONE - kept;
        let averages = self.squares.iter_mut().zip(&mut self.steps);
        for ((value, (square, steps)), &field) in point.iter_mut().zip(averages).zip(&*field) {
            *square = kept * *square + new * field * field;
            let along = field * ((*steps + epsilon).sqrt() / (*square + epsilon).sqrt());
            *steps = kept * *steps + new * along * along;
            *value -= step * along;
        }
        prox.prox(step, point);
    }
}

#[cfg(test)]
mod tests {
    use fejer::Free;

    use super::*;

    /// Two steps on 2x² from 1, the second field from the first point.
    fn run(method: &mut dyn Method<f64>, step: f64) -> [f64; 2] {
        let gradient = |point: &[f64], out: &mut [f64]| out[0] = 4.0 * point[0];
        let mut point = [1.0];
        [(); 2].map(|()| {
            method.advance(&gradient, &Free, step, &mut point);
            point[0]
        })
    }

    #[test]
    fn two_steps_of_adagrad_by_hand() {
        let [x1, x2] = run(&mut Adagrad::new(1e-10, 1), 0.1);
        // s = 16, √s = 4: the first step has the step size as its length
        assert!((x1 - 0.9).abs() < 1e-11);
        // s = 16 + 3.6², √s = 5.38144961…
        assert!((x2 - (0.9 - 0.1 * 3.6 / 28.96_f64.sqrt())).abs() < 1e-11);
    }

    #[test]
    fn two_steps_of_adadelta_by_hand() {
        let [x1, x2] = run(&mut Adadelta::new(0.9, 1e-6, 1), 1.0);
        // v = 1.6, d = 4·√1e-6/√1.600001, u = .1·d²
        let d1 = 4.0 * 1e-3 / 1.600_001_f64.sqrt();
        assert!((x1 - (1.0 - d1)).abs() < 1e-15);
        let field = 4.0 * x1;
        let (v, u) = (0.9 * 1.6 + 0.1 * field * field, 0.1 * d1 * d1);
        let d2 = field * (u + 1e-6).sqrt() / (v + 1e-6).sqrt();
        assert!((x2 - (x1 - d2)).abs() < 1e-15);
    }
}
