//! What the anchored solve is compared with: stochastic gradient descent and Adam on the same loss,
//! from the same factory head, on the same stored features.
//!
//! One pass takes the labels as they come; replay then makes passes over all of them, each in
//! another random order.
//!
//! Reference: Kingma & Ba, *Adam: a method for stochastic optimization*, 2015 (β = .9, .999,
//! ε = 1e-8).

/// One sample: features with the 1 appended, and the class.
pub type Stored<const ROWS: usize> = ([f32; ROWS], u8);

/// Which baseline.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    Sgd,
    Adam,
}

const BETA: (f32, f32) = (0.9, 0.999);
const EPSILON: f32 = 1e-8;

/// A head under one of the rules.
pub struct Learner<const ROWS: usize, const OUTPUTS: usize> {
    pub weights: [[f32; OUTPUTS]; ROWS],
    rule: Rule,
    step: f32,
    mean: [[f32; OUTPUTS]; ROWS],
    square: [[f32; OUTPUTS]; ROWS],
    /// βᵗ
    decay: (f32, f32),
}

impl<const ROWS: usize, const OUTPUTS: usize> Learner<ROWS, OUTPUTS> {
    pub fn new(rule: Rule, step: f32, factory: &[[f32; OUTPUTS]; ROWS]) -> Self {
        let zeros = [[0.0; OUTPUTS]; ROWS];
        Self { weights: *factory, rule, step, mean: zeros, square: zeros, decay: (1.0, 1.0) }
    }

    /// One step on one sample, along −(softmax(Wη) − y)ηᵀ.
    pub fn learn(&mut self, (features, label): &Stored<ROWS>) {
        let mut signal = [0.0; OUTPUTS];
        for (row, feature) in self.weights.iter().zip(features) {
            for (score, weight) in signal.iter_mut().zip(row) {
                *score += weight * feature;
            }
        }
        let top = signal.iter().fold(f32::NEG_INFINITY, |top, &score| top.max(score));
        signal = signal.map(|score| (score - top).exp());
        let total: f32 = signal.iter().sum();
        signal = signal.map(|share| share / total);
        signal[usize::from(*label)] -= 1.0;
        match self.rule {
            Rule::Sgd => self.descend(features, &signal),
            Rule::Adam => self.adam(features, &signal),
        }
    }

    fn descend(&mut self, features: &[f32; ROWS], signal: &[f32; OUTPUTS]) {
        for (row, feature) in self.weights.iter_mut().zip(features) {
            for (weight, signal) in row.iter_mut().zip(signal) {
                *weight -= self.step * feature * signal;
            }
        }
    }

    fn adam(&mut self, features: &[f32; ROWS], signal: &[f32; OUTPUTS]) {
        self.decay = (self.decay.0 * BETA.0, self.decay.1 * BETA.1);
        let (step, second) = (self.step / (1.0 - self.decay.0), 1.0 / (1.0 - self.decay.1));
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((row, feature), (mean, square)) in self.weights.iter_mut().zip(features).zip(moments) {
            for output in 0..OUTPUTS {
                let gradient = feature * signal[output];
                mean[output] += (1.0 - BETA.0) * (gradient - mean[output]);
                square[output] += (1.0 - BETA.1) * (gradient * gradient - square[output]);
                row[output] -= step * mean[output] / ((second * square[output]).sqrt() + EPSILON);
            }
        }
    }
}
