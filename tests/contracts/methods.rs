//! What every method promises. A new method is one line in [`methods`].

use fejer::{Averaging, Extragradient, ExtragradientPlus, Free, L2Ball, Lookahead, Method};
use fejer::{Nesterov, Operator, OperatorExtrapolation, Optimistic, Outcome, ProjectedStep, Prox};
use fejer::{Rapp, Scalar, StepSize, Stop, solve};

use super::support::{self, Random, distance, largest_difference, tolerance};

for_every_scalar!(
    every_method_keeps_a_solution_fixed,
    methods_are_fejer_monotone_where_theory_says_so,
    every_method_solves_every_problem_of_its_class,
    scratch_longer_than_the_point_changes_no_bit,
);

const DIMENSION: usize = 3;

/// What theory asks of the operator before a method converges to a solution.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum Needs {
    /// Monotone and Lipschitz.
    Monotone,
    /// A gradient: symmetric, strongly monotone.
    Gradient,
}

pub struct Entry<S> {
    pub name: &'static str,
    /// Name of its type, with the path.
    pub kind: &'static str,
    pub method: Box<dyn Method<S>>,
    needs: Needs,
    /// Never farther from any solution, step by step?
    is_fejer: bool,
    /// Remembers nothing from one step to the next?
    pub is_stateless: bool,
}

fn entry<S: Scalar, M: Method<S> + 'static>(
    name: &'static str,
    method: M,
    needs: Needs,
    is_fejer: bool,
    is_stateless: bool,
) -> Entry<S> {
    let kind = std::any::type_name::<M>();
    Entry { name, kind, method: Box::new(method), needs, is_fejer, is_stateless }
}

/// Every method, with this many zeros as scratch.
pub fn methods<S: Scalar>(length: usize) -> Vec<Entry<S>> {
    let zeros = vec![S::ZERO; length];
    let z = || zeros.clone();
    let [half, quarter] = [S::from_scaled(1, 1), S::from_scaled(1, 2)];
    let plain = || ProjectedStep(z());
    let extra = || Extragradient::new(z());
    macro_rules! entry {
        ($method:expr, $needs:ident, $is_fejer:expr, $is_stateless:expr) => {
            entry(stringify!($method), $method, Needs::$needs, $is_fejer, $is_stateless)
        };
    }
    vec![
        entry!(plain(), Gradient, true, true),
        entry!(extra(), Monotone, true, true),
        entry!(ExtragradientPlus::new(half, z()), Monotone, true, true),
        entry!(OperatorExtrapolation::new(S::ONE, z()), Monotone, false, false),
        entry!(Optimistic::new(z()), Monotone, false, false),
        entry!(Rapp::new(half, 30, z()), Monotone, true, true),
        entry!(Rapp::new(S::ONE, 30, z()), Monotone, true, true),
        entry!(Lookahead::new(plain(), 5, half, z()), Gradient, true, true),
        entry!(Lookahead::new(extra(), 5, half, z()), Monotone, true, true),
        entry!(Lookahead::new(Optimistic::new(z()), 3, half, z()), Monotone, false, false),
        entry!(Nesterov::new(quarter, S::ONE, z()), Gradient, false, false),
        entry!(Averaging::new(plain(), z()), Gradient, false, false),
    ]
}

/// F(x) = M(x − x*) + g with g = 0, or −x* where x* is on the boundary of the ball.
struct Affine<S> {
    matrix: [[S; DIMENSION]; DIMENSION],
    solution: [S; DIMENSION],
    pressure: [S; DIMENSION],
}

impl<S: Scalar> Operator<S> for Affine<S> {
    fn eval(&self, point: &[S], out: &mut [S]) {
        for ((out, row), &pressure) in out.iter_mut().zip(&self.matrix).zip(&self.pressure) {
            let change = point.iter().zip(&self.solution).map(|(&x, &s)| x - s);
            let sum =
                row.iter().zip(change).fold(S::WIDE_ZERO, |s, (&m, x)| S::accumulate(s, m, x));
            *out = S::round(sum) + pressure;
        }
    }
}

struct Problem<S> {
    name: &'static str,
    operator: Affine<S>,
    prox: Box<dyn Prox<S>>,
    is: Needs,
}

/// The solution is (3, 4, 12)/16: of length 13/16, exactly.
fn problems<S: Scalar>() -> Vec<Problem<S>> {
    let sixteenths = |numbers: [i32; DIMENSION]| numbers.map(|n| S::from_scaled(n, 4));
    let solution = sixteenths([3, 4, 12]);
    // Eigenvalues between ¼ and 1¼; norm 1.15.
    let gradient = [[16, 4, 0], [4, 12, 2], [0, 2, 8]].map(sixteenths);
    let rotation = [[0, 16, -8], [-16, 0, 4], [8, -4, 0]].map(sixteenths);
    let ball = L2Ball { radius: S::from_scaled(13, 4) };
    let make = |name, matrix, is, is_bounded: bool| Problem {
        name,
        operator: Affine {
            matrix,
            solution,
            pressure: if is_bounded { solution.map(|x| -x) } else { [S::ZERO; DIMENSION] },
        },
        prox: if is_bounded { Box::new(ball) } else { Box::new(Free) },
        is,
    };
    vec![
        make("gradient, free", gradient, Needs::Gradient, false),
        make("gradient, in the ball", gradient, Needs::Gradient, true),
        make("rotation, free", rotation, Needs::Monotone, false),
        make("rotation, in the ball", rotation, Needs::Monotone, true),
    ]
}

fn start<S: Scalar>(seed: u64) -> [S; DIMENSION] {
    support::random_features(&mut Random::new(seed))
}

/// Shorter than 1/(2L) for every problem.
fn step<S: Scalar>() -> S {
    S::from_scaled(3, 3)
}

fn every_method_keeps_a_solution_fixed<S: Scalar>() {
    for problem in problems::<S>() {
        for mut entry in methods::<S>(DIMENSION) {
            let mut point = problem.operator.solution;
            for _ in 0..100 {
                entry.method.advance(&problem.operator, problem.prox.as_ref(), step(), &mut point);
            }
            let moved = largest_difference(&point, &problem.operator.solution);
            assert!(
                moved <= tolerance::drift::<S>(),
                "{} on {}: {moved:e}",
                entry.name,
                problem.name
            );
        }
    }
}

fn methods_are_fejer_monotone_where_theory_says_so<S: Scalar>() {
    let rounding = tolerance::step_rounding::<S>();
    let mut shrinks = 0;
    for problem in problems::<S>() {
        for seed in 0..10 {
            for mut entry in methods::<S>(DIMENSION) {
                if !entry.is_fejer || entry.needs > problem.is {
                    continue;
                }
                let mut point = start::<S>(seed);
                let mut before = distance(&point, &problem.operator.solution);
                for _ in 0..100 {
                    let prox = problem.prox.as_ref();
                    entry.method.advance(&problem.operator, prox, step(), &mut point);
                    let after = distance(&point, &problem.operator.solution);
                    let (name, on) = (entry.name, problem.name);
                    assert!(after <= before + rounding, "{name} on {on}: {before} → {after}");
                    shrinks += usize::from(after < before);
                    before = after;
                }
            }
        }
    }
    assert!(shrinks > 1_000, "they move at all");
}

/// The claim is not empty: these are not Fejér monotone where theory says nothing.
#[test]
fn the_plain_step_moves_away_on_a_rotation() {
    let rotation = problems::<f64>().remove(2);
    let mut point = start::<f64>(1);
    let before = distance(&point, &rotation.operator.solution);
    ProjectedStep([0.0; 3]).advance(&rotation.operator, &Free, step(), &mut point);
    assert!(distance(&point, &rotation.operator.solution) > 1.01 * before);
}

fn every_method_solves_every_problem_of_its_class<S: Scalar>() {
    let reached = tolerance::reached::<S>();
    for problem in problems::<S>() {
        for mut entry in methods::<S>(DIMENSION) {
            if entry.needs > problem.is {
                continue;
            }
            // A mean forgets its start only as 1/t.
            let is_mean = entry.name.starts_with("Averaging");
            let residual = S::from_f32(if is_mean { reached.max(2e-3) } else { reached } as f32);
            let stop = Stop { iterations: 5_000, check_every: 1, residual };
            let (mut point, mut scratch) = (start::<S>(7), [S::ZERO; DIMENSION]);
            let prox = problem.prox.as_ref();
            let step = StepSize::Constant(step());
            let report = solve(
                &problem.operator,
                prox,
                entry.method.as_mut(),
                step,
                stop,
                &mut point,
                &mut scratch,
            );
            let (name, on) = (entry.name, problem.name);
            assert_eq!(report.outcome, Outcome::Converged, "{name} on {on}: {report:?}");
        }
    }
}

fn scratch_longer_than_the_point_changes_no_bit<S: Scalar>() {
    for problem in problems::<S>() {
        for (mut exact, mut longer) in methods::<S>(DIMENSION).into_iter().zip(methods::<S>(17)) {
            // A method beyond its class may leave the range of fixed point.
            if exact.needs > problem.is {
                continue;
            }
            let (mut a, mut b) = (start::<S>(2), start::<S>(2));
            for _ in 0..20 {
                exact.method.advance(&problem.operator, problem.prox.as_ref(), step(), &mut a);
                longer.method.advance(&problem.operator, problem.prox.as_ref(), step(), &mut b);
                assert_eq!(a, b, "{}", exact.name);
            }
        }
    }
}

/// Without a constraint the midpoints y_t = 2x_t − x_{t−1} of the optimistic step are the points of
/// operator extrapolation with λ = 1.
#[test]
fn optimistic_midpoints_are_the_points_of_operator_extrapolation() {
    for problem in problems::<f64>() {
        let mut optimistic = Optimistic::new([0.0; DIMENSION]);
        let mut extrapolation = OperatorExtrapolation::new(1.0, [0.0; DIMENSION]);
        let (mut x, mut z) = (start::<f64>(4), start::<f64>(4));
        extrapolation.advance(&problem.operator, &Free, step(), &mut z);
        for _ in 0..50 {
            let before = x;
            optimistic.advance(&problem.operator, &Free, step(), &mut x);
            extrapolation.advance(&problem.operator, &Free, step(), &mut z);
            let midpoint: Vec<f64> = x.iter().zip(before).map(|(x, b)| 2.0 * x - b).collect();
            assert!(largest_difference(&midpoint, &z) < tolerance::F64_REORDERED);
        }
    }
}

#[test]
fn averaging_is_the_mean_of_the_iterates() {
    for problem in problems::<f64>() {
        let prox = problem.prox.as_ref();
        let (mut mean, mut iterate, mut sum) = (start::<f64>(4), start::<f64>(4), [0.0; DIMENSION]);
        let mut averaging = Averaging::new(Extragradient::new([0.0; DIMENSION]), [0.0; DIMENSION]);
        let mut base = Extragradient::new([0.0; DIMENSION]);
        for made in 1..=50 {
            averaging.advance(&problem.operator, prox, step(), &mut mean);
            base.advance(&problem.operator, prox, step(), &mut iterate);
            sum.iter_mut().zip(iterate).for_each(|(sum, x)| *sum += x);
            let expected = sum.map(|value| value / f64::from(made));
            assert!(largest_difference(&mean, &expected) < tolerance::F64_REORDERED);
        }
    }
}
