//! Problems that a w* solves for every sample at once.

use fejer::Link;

use crate::random::Random;

/// What a sample's loss is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// ½(a·w − a·w*)²
    LeastSquares,
    /// Divergence of σ(a·w) from σ(a·w*), the chances themselves being the targets.
    Logistic,
}

/// f(w) = mean of the samples' losses; 0 at w*, where every one of them is 0.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: Kind,
    /// a, one a sample.
    rows: Vec<Vec<f64>>,
    solution: Vec<f64>,
    /// a·w*, one a sample.
    solved: Vec<f64>,
    /// Largest curvature of f.
    pub smoothness: f64,
    /// Smallest curvature of f, for the logistic loss at w*.
    pub convexity: f64,
    /// Largest curvature of one sample's loss.
    pub largest: f64,
    /// ρ of a batch of one: λ_max(H⁻¹MH⁻¹), M = mean of ‖a‖²aaᵀ; for the logistic loss that of the
    /// least squares, a bound in the worst case.
    pub growth: f64,
}

impl Problem {
    /// `count` unit vectors aᵢ = √(count·hᵢ)·eᵢ with curvatures hᵢ from 1 down to 1/`condition` in equal
    /// ratios: ρ = count, where the usual momentum diverges.
    pub fn basis(count: usize, condition: f64, seed: u64) -> Self {
        let last = (count.max(2) - 1) as f64;
        let curvature = |k: usize| libm::pow(condition, -(k as f64) / last);
        let row = |k: usize| {
            let mut row = vec![0.0; count];
            row[k] = libm::sqrt(count as f64 * curvature(k));
            row
        };
        Self::new(Kind::LeastSquares, (0..count).map(row).collect(), seed)
    }

    /// Normal samples in `dimensions` of deviations from 1 down to 1/√`condition` in equal ratios,
    /// scaled to a largest curvature of 1.
    pub fn gaussian(
        kind: Kind,
        [count, dimensions]: [usize; 2],
        condition: f64,
        seed: u64,
    ) -> Self {
        let mut random = Random::new(seed, 0);
        let last = (dimensions.max(2) - 1) as f64;
        let deviation = |k: usize| libm::pow(condition, -0.5 * k as f64 / last);
        let row = |_| (0..dimensions).map(|k| deviation(k) * random.normal()).collect();
        let mut rows: Vec<Vec<f64>> = (0..count).map(row).collect();
        let scale = libm::sqrt(largest_eigenvalue(dimensions, |x| weighted(&rows, x, |_| 1.0)));
        rows.iter_mut().flatten().for_each(|value| *value /= scale);
        Self::new(kind, rows, seed)
    }

    fn new(kind: Kind, rows: Vec<Vec<f64>>, seed: u64) -> Self {
        let mut random = Random::new(seed, 1);
        let dimensions = rows.first().map_or(0, Vec::len);
        let solution: Vec<f64> = (0..dimensions).map(|_| random.normal()).collect();
        let solved: Vec<f64> = rows.iter().map(|row| dot(row, &solution)).collect();
        let steepest = match kind {
            Kind::LeastSquares => 1.0,
            Kind::Logistic => 0.25,
        };
        let slope = |score: f64| match kind {
            Kind::LeastSquares => 1.0,
            Kind::Logistic => chance(score) * (1.0 - chance(score)),
        };
        let norms: Vec<f64> = rows.iter().map(|row| dot(row, row)).collect();
        let gram = |x: &[f64]| weighted(&rows, x, |_| 1.0);
        let curvature = |x: &[f64]| weighted(&rows, x, |sample| slope(solved[sample]));
        let fourth = |x: &[f64]| weighted(&rows, x, |sample| norms[sample]);
        let smoothness = steepest * largest_eigenvalue(dimensions, gram);
        let flattest = largest_eigenvalue(dimensions, |x| solve(&curvature, x));
        let growth = largest_eigenvalue(dimensions, |x| solve(&gram, &fourth(&solve(&gram, x))));
        Self {
            kind,
            smoothness,
            convexity: 1.0 / flattest,
            largest: steepest * norms.iter().copied().fold(0.0, f64::max),
            growth,
            rows,
            solution,
            solved,
        }
    }

    /// Numbers in w.
    pub fn dimensions(&self) -> usize {
        self.solution.len()
    }

    /// Samples.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// w*
    pub fn solution(&self) -> &[f64] {
        &self.solution
    }

    /// ρ of a batch drawn with replacement: 1 + (ρ₁ − 1)/B.
    pub fn growth_of(&self, batch: usize) -> f64 {
        1.0 + (self.growth - 1.0) / batch as f64
    }

    /// f(w).
    pub fn value(&self, point: &[f64]) -> f64 {
        let losses = self.rows.iter().zip(&self.solved).map(|(row, &solved)| {
            let score = dot(row, point);
            match self.kind {
                Kind::LeastSquares => 0.5 * (score - solved) * (score - solved),
                Kind::Logistic => {
                    softplus(score) - softplus(solved) - chance(solved) * (score - solved)
                }
            }
        });
        losses.sum::<f64>() / self.rows.len() as f64
    }

    /// out ← mean gradient of these samples.
    pub fn gradient(
        &self,
        point: &[f64],
        samples: impl ExactSizeIterator<Item = usize>,
        out: &mut [f64],
    ) {
        out.fill(0.0);
        let share = 1.0 / samples.len() as f64;
        for sample in samples {
            let (row, solved) = (&self.rows[sample], self.solved[sample]);
            let score = dot(row, point);
            let residual = match self.kind {
                Kind::LeastSquares => score - solved,
                Kind::Logistic => chance(score) - chance(solved),
            };
            out.iter_mut().zip(row).for_each(|(out, value)| *out += share * residual * value);
        }
    }
}

fn chance(score: f64) -> f64 {
    let mut outputs = [score];
    Link::Sigmoid.predict(&mut outputs);
    outputs[0]
}

/// ln(1 + eˣ)
fn softplus(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// (mean of weight·aaᵀ) x
fn weighted(rows: &[Vec<f64>], x: &[f64], weight: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut product = vec![0.0; x.len()];
    for (sample, row) in rows.iter().enumerate() {
        let factor = weight(sample) * dot(row, x) / rows.len() as f64;
        product.iter_mut().zip(row).for_each(|(sum, value)| *sum += factor * value);
    }
    product
}

/// Of a map that is similar to a symmetric, positive one: the growth of its powers.
fn largest_eigenvalue(dimensions: usize, map: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    const TIMES: u32 = 20_000;
    let mut random = Random::new(0, 2);
    let mut x: Vec<f64> = (0..dimensions).map(|_| random.normal()).collect();
    let mut value = 0.0;
    for _ in 0..TIMES {
        let norm = libm::sqrt(dot(&x, &x));
        x.iter_mut().for_each(|x| *x /= norm);
        let image = map(&x);
        let (before, now) = (value, libm::sqrt(dot(&image, &image)));
        (value, x) = (now, image);
        if (now - before).abs() <= 1e-15 * now {
            break;
        }
    }
    value
}

/// Conjugate gradients: as many steps as dimensions solve a symmetric system exactly, twice as many
/// also against rounding.
fn solve(map: &impl Fn(&[f64]) -> Vec<f64>, target: &[f64]) -> Vec<f64> {
    let mut x = vec![0.0; target.len()];
    let (mut residual, mut direction) = (target.to_vec(), target.to_vec());
    let mut square = dot(&residual, &residual);
    let small = 1e-28 * square;
    for _ in 0..2 * target.len() {
        if square <= small {
            break;
        }
        let image = map(&direction);
        let step = square / dot(&direction, &image);
        x.iter_mut().zip(&direction).for_each(|(x, d)| *x += step * d);
        residual.iter_mut().zip(&image).for_each(|(r, i)| *r -= step * i);
        let next = dot(&residual, &residual);
        let turn = next / square;
        direction.iter_mut().zip(&residual).for_each(|(d, r)| *d = r + turn * *d);
        square = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_of_the_basis_are_those_of_the_notes() {
        let problem = Problem::basis(20, 50.0, 1);
        let is = |value: f64, expected: f64| (value / expected - 1.0).abs() < 1e-9;
        assert!(is(problem.smoothness, 1.0), "{}", problem.smoothness);
        assert!(is(problem.convexity, 0.02), "{}", problem.convexity);
        assert!(is(problem.growth, 20.0), "{}", problem.growth);
        assert!(is(problem.largest, 20.0), "{}", problem.largest);
        assert!(is(problem.growth_of(4), 5.75));
    }

    #[test]
    fn strong_growth_holds_with_its_constant_and_not_with_less() {
        let kind = Kind::LeastSquares;
        let problem = Problem::gaussian(kind, [60, 4], 10.0, 3);
        let mut random = Random::new(5, 0);
        let (mut one, mut full) = ([0.0; 4], [0.0; 4]);
        let mut worst: f64 = 0.0;
        for _ in 0..4000 {
            let point: Vec<f64> = (0..4).map(|_| 3.0 * random.normal()).collect();
            problem.gradient(&point, 0..60, &mut full);
            let square = |sample| {
                problem.gradient(&point, sample..sample + 1, &mut one);
                dot(&one, &one)
            };
            let mean = (0..60).map(square).sum::<f64>() / 60.0;
            worst = worst.max(mean / dot(&full, &full));
        }
        assert!(worst <= problem.growth * (1.0 + 1e-9), "{worst} {}", problem.growth);
        assert!(worst > 0.8 * problem.growth, "{worst} {}", problem.growth);
    }

    #[test]
    fn gradients_are_the_differences_of_values() {
        for kind in [Kind::LeastSquares, Kind::Logistic] {
            let problem = Problem::gaussian(kind, [30, 5], 10.0, 4);
            let point = [0.3, -0.2, 0.5, 1.0, -0.7];
            let mut gradient = [0.0; 5];
            problem.gradient(&point, 0..30, &mut gradient);
            for k in 0..5 {
                let moved = |by: f64| {
                    let mut point = point;
                    point[k] += by;
                    problem.value(&point)
                };
                let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((slope - gradient[k]).abs() < 1e-8, "{kind:?} {slope} {}", gradient[k]);
            }
            assert!(problem.value(&problem.solution).abs() < 1e-15);
        }
    }
}
