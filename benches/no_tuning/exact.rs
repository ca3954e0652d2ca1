//! The exact solution of the anchored problem with softmax, in f64 by Newton's method.
//!
//! ```text
//! 0 = F(W) = Σᵢ (softmax(W ηᵢ) − yᵢ) ηᵢᵀ + Λ (W − W₀)
//! ```
//!
//! Each Newton equation is solved by conjugate gradients, the more precisely the nearer F is to 0
//! (Nocedal & Wright 2006, algorithm 7.1). It shares no code with `fejer`. It is the fast twin of
//! `fejer_host::oracle::solution`, with which it is compared before it is believed.

use rayon::prelude::*;

/// Samples that are summed up as one piece; pieces are added in order, whoever computed them.
const PIECE: usize = 256;
const STEPS: usize = 200;

/// Weights, row after row, the bias last.
pub type Weights<const OUTPUTS: usize> = Vec<[f64; OUTPUTS]>;

/// The problem as stored: features with the 1 appended.
pub struct Problem<'a, const ROWS: usize, const OUTPUTS: usize> {
    pub features: &'a [[f64; ROWS]],
    pub labels: &'a [u8],
    pub factory: &'a [[f64; OUTPUTS]],
    pub precision: f64,
}

/// Weights and the proof of how exact they are.
pub struct Solution<const OUTPUTS: usize> {
    pub weights: Weights<OUTPUTS>,
    /// ‖F(W)‖_∞.
    pub residual: f64,
}

impl<const ROWS: usize, const OUTPUTS: usize> Problem<'_, ROWS, OUTPUTS> {
    /// Solves from `start` to ‖F(W)‖_∞ ≤ `residual`, or as far as f64 allows.
    pub fn solve(&self, start: Weights<OUTPUTS>, residual: f64) -> Solution<OUTPUTS> {
        let mut weights = start;
        let (mut field, mut shares, mut value) = self.field(&weights);
        for _ in 0..STEPS {
            if largest(&field) <= residual {
                break;
            }
            let direction = self.newton_direction(&shares, &field);
            let slope = dot(&direction, &field);
            let mut length = 1.0;
            loop {
                let trial = moved(&weights, length, &direction);
                let (field_there, shares_there, value_there) = self.field(&trial);
                let falls = value_there <= value + 1e-4 * length * slope
                    && length * slope.abs() > 1e-12 * (1.0 + value.abs());
                if falls || dot(&field_there, &field_there) < 0.81 * dot(&field, &field) {
                    (weights, field, shares, value) =
                        (trial, field_there, shares_there, value_there);
                    break;
                }
                length /= 2.0;
                if length < 1e-10 {
                    return Solution { residual: largest(&field), weights };
                }
            }
        }
        Solution { residual: largest(&field), weights }
    }

    /// F(W), softmax(W ηᵢ) of every sample, and the function whose gradient F is.
    fn field(&self, weights: &[[f64; OUTPUTS]]) -> (Weights<OUTPUTS>, Weights<OUTPUTS>, f64) {
        let mut shares = vec![[0.0; OUTPUTS]; self.features.len()];
        let losses: Vec<f64> = shares
            .par_chunks_mut(PIECE)
            .zip(self.features.par_chunks(PIECE).zip(self.labels.par_chunks(PIECE)))
            .map(|(shares, (features, labels))| {
                let mut loss = 0.0;
                for ((share, features), &label) in shares.iter_mut().zip(features).zip(labels) {
                    let scores = scores(weights, features);
                    let top = scores.iter().fold(f64::NEG_INFINITY, |top, &score| top.max(score));
                    *share = scores.map(|score| (score - top).exp());
                    let total: f64 = share.iter().sum();
                    share.iter_mut().for_each(|share| *share /= total);
                    loss += top + total.ln() - scores[usize::from(label)];
                }
                loss
            })
            .collect();
        let mut field = self.gather(|sample, _| {
            let mut signal = shares[sample];
            signal[usize::from(self.labels[sample])] -= 1.0;
            signal
        });
        let mut anchored = 0.0;
        for ((field, weight), factory) in field.iter_mut().zip(weights).zip(self.factory) {
            for ((field, weight), factory) in field.iter_mut().zip(weight).zip(factory) {
                *field += self.precision * (weight - factory);
                anchored += (weight - factory) * (weight - factory);
            }
        }
        let value = losses.iter().sum::<f64>() + self.precision / 2.0 * anchored;
        (field, shares, value)
    }

    /// The d with J d = −F, J the derivative of F.
    fn newton_direction(
        &self,
        shares: &[[f64; OUTPUTS]],
        field: &[[f64; OUTPUTS]],
    ) -> Weights<OUTPUTS> {
        let mut direction = vec![[0.0; OUTPUTS]; field.len()];
        let mut rest: Weights<OUTPUTS> = field.iter().map(|row| row.map(|value| -value)).collect();
        let mut search = rest.clone();
        let mut square = dot(&rest, &rest);
        let forcing = square.sqrt().min(0.1);
        let goal = forcing * forcing * square;
        for _ in 0..4 * field.len() * OUTPUTS {
            if square <= goal {
                break;
            }
            let image = self.derivative(shares, &search);
            let length = square / dot(&search, &image);
            add(&mut direction, length, &search);
            add(&mut rest, -length, &image);
            let before = std::mem::replace(&mut square, dot(&rest, &rest));
            search = moved(&rest, square / before, &search);
        }
        direction
    }

    /// J d = Σᵢ (φ′(W ηᵢ) d ηᵢ) ηᵢᵀ + Λ d.
    fn derivative(
        &self,
        shares: &[[f64; OUTPUTS]],
        direction: &[[f64; OUTPUTS]],
    ) -> Weights<OUTPUTS> {
        let mut image = self.gather(|sample, features| {
            let mut change = scores(direction, features);
            let share = &shares[sample];
            let mean: f64 = share.iter().zip(&change).map(|(share, change)| share * change).sum();
            change
                .iter_mut()
                .zip(share)
                .for_each(|(change, share)| *change = share * (*change - mean));
            change
        });
        add(&mut image, self.precision, direction);
        image
    }

    /// Σᵢ signalᵢ ηᵢᵀ.
    fn gather(
        &self,
        signal: impl Fn(usize, &[f64; ROWS]) -> [f64; OUTPUTS] + Sync,
    ) -> Weights<OUTPUTS> {
        let pieces: Vec<Weights<OUTPUTS>> = self
            .features
            .par_chunks(PIECE)
            .enumerate()
            .map(|(piece, features)| {
                let mut sum = vec![[0.0; OUTPUTS]; ROWS];
                for (index, features) in features.iter().enumerate() {
                    let signal = signal(piece * PIECE + index, features);
                    for (sum, feature) in sum.iter_mut().zip(features) {
                        for (sum, signal) in sum.iter_mut().zip(signal) {
                            *sum += feature * signal;
                        }
                    }
                }
                sum
            })
            .collect();
        let mut sum = vec![[0.0; OUTPUTS]; ROWS];
        pieces.iter().for_each(|piece| add(&mut sum, 1.0, piece));
        sum
    }
}

/// W η.
pub fn scores<const ROWS: usize, const OUTPUTS: usize>(
    weights: &[[f64; OUTPUTS]],
    features: &[f64; ROWS],
) -> [f64; OUTPUTS] {
    let mut scores = [0.0; OUTPUTS];
    for (row, feature) in weights.iter().zip(features) {
        for (score, weight) in scores.iter_mut().zip(row) {
            *score += weight * feature;
        }
    }
    scores
}

fn dot<const OUTPUTS: usize>(a: &[[f64; OUTPUTS]], b: &[[f64; OUTPUTS]]) -> f64 {
    let mut sums = [0.0; OUTPUTS];
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

fn add<const OUTPUTS: usize>(to: &mut [[f64; OUTPUTS]], factor: f64, what: &[[f64; OUTPUTS]]) {
    for (to, what) in to.iter_mut().zip(what) {
        for (to, what) in to.iter_mut().zip(what) {
            *to += factor * what;
        }
    }
}

fn moved<const OUTPUTS: usize>(
    from: &[[f64; OUTPUTS]],
    length: f64,
    direction: &[[f64; OUTPUTS]],
) -> Weights<OUTPUTS> {
    let mut moved = from.to_vec();
    add(&mut moved, length, direction);
    moved
}

fn largest<const OUTPUTS: usize>(values: &[[f64; OUTPUTS]]) -> f64 {
    // a NaN must not pass for a small residual
    let values = values.as_flattened().iter().map(|value| value.abs());
    values.fold(0.0, |a, b| if b <= a { a } else { b })
}

/// The largest difference of a weight between this solution and that of `fejer_host::oracle`, on a
/// small problem of random features.
pub fn difference_from_the_oracle() -> f64 {
    use fejer_host::oracle::{Anchor, Link, Sample, solution};
    const ROWS: usize = 31;
    const OUTPUTS: usize = 5;
    let mut random = fejer_host::random::Random::new(1, 0);
    let labels: Vec<u8> = (0..40).map(|index| index % OUTPUTS as u8).collect();
    let factory: Weights<OUTPUTS> =
        (0..ROWS).map(|_| std::array::from_fn(|_| 0.3 * random.normal())).collect();
    let (mut features, mut samples) = (Vec::new(), Vec::new());
    for &label in &labels {
        let codes: [i8; ROWS - 1] = std::array::from_fn(|_| (32.0 * random.normal()) as i8);
        let mut row = [1.0; ROWS];
        row.iter_mut().zip(codes).for_each(|(to, code)| *to = f64::from(code) / 32.0);
        features.push(row);
        samples.push(Sample::from_codes(&codes, label, OUTPUTS));
    }
    let precision = 0.3;
    let problem = Problem { features: &features, labels: &labels, factory: &factory, precision };
    let here = problem.solve(factory.clone(), 1e-12);
    let flat = factory.as_flattened().to_vec();
    let anchor = Anchor { link: Link::Softmax, factory: flat, outputs: OUTPUTS, precision };
    let there = solution::solve(&anchor, &samples, 1e-12);
    let pairs = here.weights.as_flattened().iter().zip(&there.weights);
    pairs.map(|(here, there)| (here - there).abs()).fold(0.0, f64::max)
}
