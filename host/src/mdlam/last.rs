//! The block Z of the last layer: min R(z) + ρ/2‖z − v‖², one row an example, strongly convex. In closed
//! form for least squares; for the cross-entropy by Newton's method in f64, whose Hessian
//! diag(p + ρ) − p·pᵀ is solved for in one line (Sherman & Morrison 1950): a handful of steps where the
//! paper's FISTA needs some hundred at ρ = 10⁻³.

use crate::matrix::{Matrix, View, each_block};
use crate::model::is_asked;
use crate::real::Real;

use super::network::Criterion;
use super::room::rows_at_once;

/// Newton's steps a row at most; five do for the second epoch on.
const MOST_STEPS: usize = 100;
/// What is left of softmax(z) − y + ρ(z − v), beside numbers of order 1.
const RESIDUAL: f64 = 1e-13;
/// Share of the predicted decrease that a step must bring.
const ARMIJO: f64 = 1e-4;
/// So often a step is halved at most.
const MOST_HALVINGS: i32 = 40;
/// A decrease predicted below this share of the value is lost in its rounding.
const SMALL: f64 = 1e-10;

/// Z of the last layer with what it depends on.
pub(super) struct Last<'a, T> {
    pub criterion: Criterion,
    pub rho: f64,
    /// A·W of the layer.
    pub product: View<'a, T>,
    pub bias: &'a [T],
    /// A dual of Z = A·W + 1·bᵀ, times −1/ρ: added to V. Empty for none.
    pub shift: &'a [T],
    /// Y
    pub target: View<'a, T>,
}

impl<T: Real> Last<'_, T> {
    /// scores ← the minimiser.
    pub fn minimise(&self, scores: &mut Matrix<T>) {
        let rows = rows_at_once(scores.rows());
        each_block(scores.view_mut(), rows, &|first, mut block| {
            let mut row = Row::new(self.criterion, self.rho, self.bias.len());
            for index in 0..block.rows() {
                self.read(first + index, &mut row);
                let z = block.row(index);
                if !row.is_asked {
                    z.iter_mut().zip(&row.v).for_each(|(z, &v)| *z = T::from_f64(v));
                    continue;
                }
                row.start(z);
                row.solve();
                z.iter_mut().zip(&row.z).for_each(|(z, &new)| *z = T::from_f64(new));
            }
        });
    }

    /// ‖∇R(Z) + ρ(Z − V)‖_∞
    pub fn residual(&self, scores: View<'_, T>) -> f64 {
        let mut row = Row::new(self.criterion, self.rho, self.bias.len());
        let mut worst: f64 = 0.0;
        for (index, z) in scores.each_row().enumerate() {
            self.read(index, &mut row);
            row.start(z);
            row.differentiate();
            worst = row.gradient.iter().fold(worst, |worst, g| worst.max(g.abs()));
        }
        worst
    }

    /// v and y of an example.
    pub fn read(&self, index: usize, row: &mut Row) {
        let (product, target) = (self.product.row(index), self.target.row(index));
        let columns = product.len();
        for column in 0..columns {
            let shift = self.shift.get(index * columns + column).map_or(0.0, |s| s.to_f64());
            row.v[column] = product[column].to_f64() + self.bias[column].to_f64() + shift;
            row.y[column] = target[column].to_f64();
        }
        row.is_asked = target.iter().copied().all(is_asked);
    }
}

/// One example's problem.
pub(super) struct Row {
    criterion: Criterion,
    rho: f64,
    pub v: Vec<f64>,
    pub y: Vec<f64>,
    pub is_asked: bool,
    pub z: Vec<f64>,
    p: Vec<f64>,
    pub gradient: Vec<f64>,
    direction: Vec<f64>,
    next: Vec<f64>,
}

impl Row {
    pub fn new(criterion: Criterion, rho: f64, columns: usize) -> Self {
        let zeros = || vec![0.0; columns];
        Self {
            criterion,
            rho,
            v: zeros(),
            y: zeros(),
            is_asked: true,
            z: zeros(),
            p: zeros(),
            gradient: zeros(),
            direction: zeros(),
            next: zeros(),
        }
    }

    pub fn start<T: Real>(&mut self, z: &[T]) {
        self.z.iter_mut().zip(z).for_each(|(own, z)| *own = z.to_f64());
    }

    /// R(z) + ρ/2‖z − v‖²
    pub fn value(&self, z: &[f64]) -> f64 {
        let apart = z.iter().zip(&self.v).map(|(z, v)| (z - v) * (z - v)).sum::<f64>();
        let loss = match self.criterion {
            _ if !self.is_asked => 0.0,
            Criterion::SquaredError => {
                0.5 * z.iter().zip(&self.y).map(|(z, y)| (z - y) * (z - y)).sum::<f64>()
            }
            Criterion::CrossEntropy => {
                let top = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = z.iter().map(|z| libm::exp(z - top)).sum();
                // y sums to 1
                let said: f64 = z.iter().zip(&self.y).map(|(z, y)| y * (z - top)).sum();
                libm::log(sum) - said
            }
        };
        loss + 0.5 * self.rho * apart
    }

    /// `gradient` ← ∇R(z) + ρ(z − v), and for the cross-entropy p ← softmax(z).
    pub fn differentiate(&mut self) {
        self.p.copy_from_slice(&self.z);
        if self.criterion == Criterion::CrossEntropy {
            let top = self.z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            self.p.iter_mut().for_each(|p| *p = libm::exp(*p - top));
            let sum: f64 = self.p.iter().sum();
            self.p.iter_mut().for_each(|p| *p /= sum);
        }
        for (index, gradient) in self.gradient.iter_mut().enumerate() {
            let pull = if self.is_asked { self.p[index] - self.y[index] } else { 0.0 };
            *gradient = pull + self.rho * (self.z[index] - self.v[index]);
        }
    }

    /// z ← the minimiser.
    fn solve(&mut self) {
        let rho = self.rho;
        if self.criterion == Criterion::SquaredError {
            let values = self.v.iter().zip(&self.y);
            let closed = values.map(|(v, y)| (y + rho * v) / (1.0 + rho));
            return self.z.iter_mut().zip(closed).for_each(|(z, value)| *z = value);
        }
        self.differentiate();
        for _ in 0..MOST_STEPS {
            if self.largest() <= RESIDUAL || !self.step() {
                return;
            }
        }
    }

    fn largest(&self) -> f64 {
        self.gradient.iter().fold(0.0, |most, g| most.max(g.abs()))
    }

    /// One step of Newton's method; false where it is no step.
    fn step(&mut self) -> bool {
        let rho = self.rho;
        let [mut along, mut left] = [0.0; 2];
        for (p, g) in self.p.iter().zip(&self.gradient) {
            along += p * g / (p + rho);
            // 1 − Σp²/(p + ρ), without the difference
            left += p * rho / (p + rho);
        }
        for (index, direction) in self.direction.iter_mut().enumerate() {
            let (p, g) = (self.p[index], self.gradient[index]);
            *direction = -(g + p * along / left) / (p + rho);
        }
        let slope: f64 = self.direction.iter().zip(&self.gradient).map(|(d, g)| d * g).sum();
        let here = self.value(&self.z);
        if -slope <= SMALL * (1.0 + here) { self.finish() } else { self.descend(here, slope) }
    }

    /// A step halved until the value falls.
    fn descend(&mut self, here: f64, slope: f64) -> bool {
        for halvings in 0..MOST_HALVINGS {
            let share = libm::scalbn(1.0, -halvings);
            self.go(share);
            if self.value(&self.next) <= here + ARMIJO * share * slope {
                std::mem::swap(&mut self.z, &mut self.next);
                self.differentiate();
                return true;
            }
        }
        false
    }

    /// A whole step where values no longer tell: it counts if the gradient becomes smaller.
    fn finish(&mut self) -> bool {
        let before = self.largest();
        self.go(1.0);
        std::mem::swap(&mut self.z, &mut self.next);
        self.differentiate();
        let is_better = self.largest() < before;
        if !is_better {
            std::mem::swap(&mut self.z, &mut self.next);
        }
        is_better
    }

    /// `next` ← z + share·direction
    fn go(&mut self, share: f64) {
        let pairs = self.z.iter().zip(&self.direction);
        self.next.iter_mut().zip(pairs).for_each(|(next, (z, d))| *next = z + share * d);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// mdlam_rapp.md A7: the residual, and Σz = Σv as the columns of softmax − y sum to 0.
    #[test]
    fn the_last_scores_are_stationary_and_keep_the_sum_of_what_they_come_from() {
        for rho in [1e-6, 1e-3, 0.1, 1.0, 100.0] {
            let mut random = Random::new(3, 0);
            let mut row = Row::new(Criterion::CrossEntropy, rho, 7);
            for _ in 0..50 {
                row.v.iter_mut().for_each(|v| *v = 5.0 * random.normal());
                row.y.fill(0.0);
                row.y[random.below(7) as usize] = 1.0;
                row.z.iter_mut().for_each(|z| *z = 5.0 * random.normal());
                row.solve();
                row.differentiate();
                let worst = row.gradient.iter().fold(0.0_f64, |most, g| most.max(g.abs()));
                assert!(worst <= 1e-11, "{rho}: {worst:e}");
                let sum = |values: &[f64]| values.iter().sum::<f64>();
                // the outputs add up to 1 but for rounding, which 1/ρ makes larger
                let rounding = 7.0 * (worst + f64::EPSILON) / rho + 1e-12;
                assert!((sum(&row.z) - sum(&row.v)).abs() <= rounding);
            }
        }
    }
}
