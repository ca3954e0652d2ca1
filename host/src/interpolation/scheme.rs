//! The four schemes, which differ in three numbers and a word.

use super::Problem;
use crate::random::Random;

/// A scheme for one problem and one size of batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scheme {
    /// η
    pub step: f64,
    /// s; 0: plain SGD.
    pub share: f64,
    /// s/μ, the step of v.
    pub stride: f64,
    /// Does v take the full gradient?
    pub is_semi: bool,
}

impl Scheme {
    /// SGD with the step that strong growth allows, 1/(ρL).
    pub fn sgd(problem: &Problem, batch: usize) -> Self {
        let step = 1.0 / (problem.growth_of(batch) * problem.smoothness);
        Self { step, share: 0.0, stride: 0.0, is_semi: false }
    }

    /// SGD with 1/(L_max/B + (1 − 1/B)L), which interpolation allows: the honest baseline.
    pub fn longer_sgd(problem: &Problem, batch: usize) -> Self {
        let share = 1.0 / batch as f64;
        let largest = share * problem.largest + (1.0 - share) * problem.smoothness;
        Self { step: 1.0 / largest, ..Self::sgd(problem, batch) }
    }

    /// Vaswani, Bach & Schmidt: rate 1 − √(μ/(ρ²L)).
    pub fn vaswani(problem: &Problem, batch: usize) -> Self {
        let share = |step: f64| libm::sqrt(problem.convexity * step / problem.growth_of(batch));
        Self::accelerated(problem, batch, share)
    }

    /// The usual momentum, for which 1 − √(μ/(ρL)) was claimed and withdrawn.
    pub fn momentum(problem: &Problem, batch: usize) -> Self {
        Self::accelerated(problem, batch, |step| libm::sqrt(problem.convexity * step))
    }

    /// With the full gradient for v: rate 1 − √(μ/(ρL)), and a full pass a step.
    pub fn semi_stochastic(problem: &Problem, batch: usize) -> Self {
        Self { is_semi: true, ..Self::momentum(problem, batch) }
    }

    /// The same with a step so many times shorter.
    #[must_use]
    pub fn shorter(self, problem: &Problem, times: f64) -> Self {
        let step = self.step / times;
        let share = self.share / libm::sqrt(times);
        Self { step, share, stride: share / problem.convexity, ..self }
    }

    fn accelerated(problem: &Problem, batch: usize, share: impl Fn(f64) -> f64) -> Self {
        let plain = Self::sgd(problem, batch);
        let share = share(plain.step);
        Self { share, stride: share / problem.convexity, ..plain }
    }
}

/// w and v, with room for what a step needs.
#[derive(Clone, Debug)]
pub struct State {
    /// The iterate.
    pub point: Vec<f64>,
    /// Where the estimates lead.
    pub leader: Vec<f64>,
    between: Vec<f64>,
    gradient: Vec<f64>,
}

impl State {
    /// Both at a point.
    pub fn new(point: Vec<f64>) -> Self {
        let zeros = vec![0.0; point.len()];
        Self { leader: point.clone(), point, between: zeros.clone(), gradient: zeros }
    }

    /// One step on a batch.
    pub fn step(&mut self, problem: &Problem, scheme: &Scheme, batch: &[usize]) {
        let Scheme { step, share, stride, is_semi } = *scheme;
        let Self { point, leader, between, gradient } = self;
        for ((between, w), v) in between.iter_mut().zip(&*point).zip(&*leader) {
            *between = (w + share * v) / (1.0 + share);
        }
        problem.gradient(between, batch.iter().copied(), gradient);
        for ((w, y), g) in point.iter_mut().zip(&*between).zip(&*gradient) {
            *w = y - step * g;
        }
        if share == 0.0 {
            leader.copy_from_slice(point);
            return;
        }
        if is_semi {
            problem.gradient(between, 0..problem.len(), gradient);
        }
        for ((v, y), g) in leader.iter_mut().zip(&*between).zip(&*gradient) {
            *v = (1.0 - share) * *v + share * y - stride * g;
        }
    }
}

/// Steps from 0 until f is a millionth of what it was, looking every ten; none if that is not reached
/// in `most`, or if f has grown a millionfold.
pub fn iterations(
    problem: &Problem,
    scheme: &Scheme,
    batch: usize,
    most: u32,
    seed: u64,
) -> Option<u32> {
    const STRIDE: u32 = 10;
    let mut random = Random::new(seed, 3);
    let mut state = State::new(vec![0.0; problem.dimensions()]);
    let first = problem.value(&state.point);
    let samples = u32::try_from(problem.len()).unwrap_or(u32::MAX);
    let mut drawn = vec![0; batch];
    for done in 1..=most {
        drawn.iter_mut().for_each(|sample| *sample = random.below(samples) as usize);
        state.step(problem, scheme, &drawn);
        if done % STRIDE == 0 {
            let ratio = problem.value(&state.point) / first;
            if ratio <= 1e-6 {
                return Some(done);
            }
            if !ratio.is_finite() || ratio > 1e6 {
                return None;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    /// y⁺ = w⁺ + (1 − s)/(1 + s)·(w⁺ − w), as momentum is usually written.
    fn usual_momentum(problem: &Problem, scheme: &Scheme, batches: &[Vec<usize>]) -> Vec<f64> {
        let size = problem.dimensions();
        let (mut w, mut y, mut g) = (vec![0.0; size], vec![0.0; size], vec![0.0; size]);
        for batch in batches {
            problem.gradient(&y, batch.iter().copied(), &mut g);
            let next: Vec<f64> = y.iter().zip(&g).map(|(y, g)| y - scheme.step * g).collect();
            let turn = (1.0 - scheme.share) / (1.0 + scheme.share);
            y = next.iter().zip(&w).map(|(next, w)| next + turn * (next - w)).collect();
            w = next;
        }
        w
    }

    #[test]
    fn with_one_gradient_in_both_lines_the_scheme_is_the_usual_momentum() {
        let problem = Problem::gaussian(Kind::LeastSquares, [40, 6], 20.0, 2);
        let scheme = Scheme::momentum(&problem, 4);
        let mut random = Random::new(9, 0);
        let mut draw = || (0..4).map(|_| random.below(40) as usize).collect::<Vec<_>>();
        let batches: Vec<Vec<usize>> = (0..50).map(|_| draw()).collect();
        let mut state = State::new(vec![0.0; 6]);
        batches.iter().for_each(|batch| state.step(&problem, &scheme, batch));
        let usual = usual_momentum(&problem, &scheme, &batches);
        let distance = state.point.iter().zip(&usual).map(|(a, b)| (a - b).abs());
        assert!(distance.fold(0.0, f64::max) < 1e-12);
    }

    #[test]
    fn on_full_batches_all_three_accelerated_schemes_are_one() {
        let problem = Problem::gaussian(Kind::LeastSquares, [40, 6], 20.0, 2);
        let all: Vec<usize> = (0..40).collect();
        // the growth of a full batch is 1
        let mut problem = problem;
        problem.growth = 1.0;
        let schemes = [Scheme::vaswani, Scheme::momentum, Scheme::semi_stochastic];
        let [a, b, c] = schemes.map(|scheme| {
            let mut state = State::new(vec![0.0; 6]);
            (0..100).for_each(|_| state.step(&problem, &scheme(&problem, 1), &all));
            state.point
        });
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(near(&a, &b) && near(&b, &c));
    }

    #[test]
    fn on_the_basis_momentum_diverges_and_the_others_take_the_steps_of_the_notes() {
        let problem = Problem::basis(20, 50.0, 1);
        let steps = |scheme: Scheme| iterations(&problem, &scheme, 1, 20_000, 1);
        let near = |steps: Option<u32>, expected: f64| {
            steps.is_some_and(|steps| (f64::from(steps) / expected - 1.0).abs() < 0.35)
        };
        let sgd = steps(Scheme::sgd(&problem, 1));
        let vaswani = steps(Scheme::vaswani(&problem, 1));
        let semi = steps(Scheme::semi_stochastic(&problem, 1));
        assert!(
            near(sgd, 3500.0) && near(vaswani, 770.0) && near(semi, 180.0),
            "{sgd:?} {vaswani:?} {semi:?}"
        );
        assert_eq!(steps(Scheme::momentum(&problem, 1)), None);
    }
}
