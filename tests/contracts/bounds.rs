//! What the certificates of a point promise: no bound is below the truth.

use fejer::certificate::{
    distance_bound, distance_bound_free, distance_bound_from_gap, gap_function,
};
use fejer::{AnchoredOperator, Free, Interval, L1Ball, L2Ball, Lasso, NonNegative, Operator};
use fejer::{ProjectedStep, Prox, Sample, Scalar, StepSize, Stop, natural_residual, solve};

use super::exact;
use super::members::{Bounded, LENGTH, members};
use super::support::{self, Random, distance, dot, random_features, random_head, tolerance, value};

for_every_scalar!(the_gap_is_never_below_the_true_one);

/// F(x) = x − a is exact in every number type, so the gap is that of the stored numbers.
fn the_gap_is_never_below_the_true_one<S: Scalar>() {
    let mut random = Random::new(29);
    let all = members::<S>();
    let sets: Vec<_> = all.iter().filter(|member| member.bounded.is_some()).collect();
    for index in 0..10_000 {
        let member = sets[index % sets.len()];
        let Bounded { set, support: slow } = member.bounded.as_ref().expect("filtered");
        let spread = [1e-3, 1.0, 5.0][index % 3];
        let target: [S; LENGTH] =
            core::array::from_fn(|_| S::from_f32((spread * random.normal()) as f32));
        let mut point = target;
        // Near the solution, where the gap is small and rounding could hide it.
        set.prox(S::ONE, &mut point);
        point[index % LENGTH] = point[index % LENGTH] - S::from_f32(1e-3 * random.uniform() as f32);
        let operator = move |x: &[S], out: &mut [S]| {
            for ((out, &x), &a) in out.iter_mut().zip(x).zip(&target) {
                *out = x - a;
            }
        };
        let mut scratch = [S::ZERO; LENGTH];
        let gap = value(gap_function(&operator, &**set, &point, &mut scratch));
        let mut field = [S::ZERO; LENGTH];
        operator.eval(&point, &mut field);
        let (x, f) = (exact(&point), exact(&field));
        let against: Vec<f64> = f.iter().map(|f| -f).collect();
        let truth = dot(&f, &x) + slow(&against);
        assert!(gap >= truth, "{}: {gap:e} {truth:e}", member.name);
    }
}

const FEATURES: usize = 3;
const ROWS: usize = 4;
const OUTPUTS: usize = 3;

/// Λ-strongly monotone problems with solutions known to 1e-12: every bound holds, from every point,
/// and follows the distance down to it.
#[test]
fn distance_bounds_hold() {
    let mut random = Random::new(31);
    for link in support::links() {
        for _ in 0..6 {
            let factory = random_head::<f64, ROWS, OUTPUTS>(&mut random, link);
            let samples: [Sample<f64, FEATURES, OUTPUTS>; 5] = core::array::from_fn(|_| {
                let mut target = [0.0; OUTPUTS];
                target[random.below(OUTPUTS)] = 1.0;
                Sample { features: random_features(&mut random), target }
            });
            let precision = 0.3;
            let operator = AnchoredOperator { factory: &factory, precision, samples: &samples };
            let norms = samples.iter().map(|s| 1.0 + dot(&s.features, &s.features)).sum::<f64>();
            let lipschitz = precision + link.lipschitz::<f64>() * norms;
            let ball = L1Ball { radius: 1.0 };
            let exempt = factory.without_bias(L2Ball { radius: 0.5 });
            let lasso = Lasso { strength: 0.2 };
            let all: [&dyn Prox<f64>; 4] = [&Free, &ball, &exempt, &lasso];
            for (index, prox) in all.into_iter().enumerate() {
                let mut solution = factory;
                let mut scratch = [0.0; ROWS * OUTPUTS];
                let mut method = ProjectedStep([0.0; ROWS * OUTPUTS]);
                let stop = Stop { iterations: 200_000, check_every: 10, residual: 1e-12 };
                let point = solution.point_mut();
                let step = StepSize::Constant(1.0 / lipschitz);
                solve(&operator, prox, &mut method, step, stop, point, &mut scratch);
                for size in [1.0, 1e-3, 1e-6] {
                    let mut x = solution;
                    x.point_mut().iter_mut().for_each(|x| *x += size * random.normal());
                    prox.prox(1.0, x.point_mut());
                    let truth = distance(x.point(), solution.point());
                    let residual = natural_residual(&operator, prox, x.point(), &mut scratch);
                    let length = ROWS * OUTPUTS;
                    let bound = distance_bound(residual, length, precision, lipschitz);
                    assert!(truth <= bound + 1e-11, "{link:?} {index}: {truth:e} {bound:e}");
                    if index == 0 {
                        let bound = distance_bound_free(residual, length, precision);
                        assert!(truth <= bound + 1e-11, "{link:?}: {truth:e} {bound:e}");
                    }
                    if index == 1 {
                        let gap = gap_function(&operator, &ball, x.point(), &mut scratch);
                        let bound = distance_bound_from_gap(gap, precision);
                        assert!(truth <= bound + 1e-11, "{link:?}: {truth:e} {bound:e}");
                    }
                }
            }
        }
    }
}

/// Without (1 + L) the bound would be wrong: F(x) = 4x on x ≥ 0 sends 1 to its solution 0 in one
/// step, so the residual is the distance itself.
#[test]
fn a_constraint_costs_the_lipschitz_modulus() {
    let field = |x: &[f64], out: &mut [f64]| out[0] = 4.0 * x[0];
    let residual = natural_residual(&field, &NonNegative, &[1.0], &mut [0.0]);
    assert!((residual - 1.0).abs() < tolerance::F64_REORDERED);
    assert!(distance_bound_free(residual, 1, 4.0) < 1.0);
    assert!((1.0..1.3).contains(&distance_bound(residual, 1, 4.0, 4.0)));
    // √n: every entry off by the residual.
    let apart = |x: &[f64], out: &mut [f64]| out.copy_from_slice(x);
    let residual = natural_residual(&apart, &Free, &[0.5; 9], &mut [0.0; 9]);
    assert!((distance_bound_free(residual, 9, 1.0) - 1.5).abs() < tolerance::F64_REORDERED);
}

/// The gap of 0 ∈ F(x) + N(x) is 0 at the solution and nowhere else.
#[test]
fn the_gap_vanishes_exactly_at_the_solution() {
    let field = |x: &[f64], out: &mut [f64]| out.copy_from_slice(&[x[0] - 1.0, 2.0 * x[1] + x[0]]);
    let set = Interval { low: -0.25, high: 0.5 };
    // x₀ wants 1 and is stopped at ½, where x₁ = −x₀/2.
    let gap = |x: [f64; 2]| gap_function(&field, &set, &x, &mut [0.0; 2]);
    assert!(gap([0.5, -0.25]).abs() < 1e-14);
    for x in [[0.5, -0.2], [0.45, -0.25], [0.0, 0.0], [-0.25, 0.5]] {
        assert!(gap(x) > 1e-3, "{x:?}");
    }
}
