//! What every member of a family promises: links, sets and regularisers, on every number type.
//!
//! A new member is one line: a link in `support::links()` (and its formula in `support::twin`), a set
//! or regulariser in [`members`], a number type in [`for_every_scalar`].

#[path = "contracts/links.rs"]
mod links;
mod support;

use fejer::certificate::{
    distance_bound, distance_bound_free, distance_bound_from_gap, gap_function,
};
use fejer::fixed::types::{I8F24, I16F16};
use fejer::prox::{BiasExempt, PerRow};
use fejer::{
    Anchor, AnchoredOperator, BoundedSet, ElasticNet, Free, GroupLasso, Interval, L1Ball, L2Ball,
    Lasso, NonNegative, Operator, ProjectedStep, Prox, Ridge, Sample, Scalar, Simplex, StepSize,
    Stop, natural_residual, solve,
};
use links::{links_are_monotone_with_their_moduli, links_equal_their_slow_twin};
use support::twin;
use support::{Random, distance, random_features, random_head, tolerance, value};

/// Length of the points: three rows of two, the last row the bias where there is one.
const LENGTH: usize = 6;
const COLUMNS: usize = 2;
const ANCHOR: [f32; LENGTH] = [0.5, -1.25, 2.0, 0.0, -0.75, 3.5];

macro_rules! for_every_scalar {
    ($($contract:ident),+ $(,)?) => {$(
        mod $contract {
            #[test]
            fn f64() { super::$contract::<f64>() }
            #[test]
            fn f32() { super::$contract::<f32>() }
            #[test]
            fn q16_16() { super::$contract::<super::I16F16>() }
            #[test]
            fn q8_24() { super::$contract::<super::I8F24>() }
        }
    )+};
}

for_every_scalar!(
    links_equal_their_slow_twin,
    links_are_monotone_with_their_moduli,
    resolvents_equal_their_slow_twin,
    resolvents_are_firmly_non_expansive,
    resolvents_are_optimal,
    projections_are_idempotent,
    support_functions_bound_the_set_and_touch_it,
    what_is_not_sound_is_passed_on,
    long_points_neither_overflow_nor_vanish,
    the_gap_is_never_below_the_true_one,
);

type Twin = Box<dyn Fn(f64, &[f64]) -> Vec<f64>>;
type Value = Box<dyn Fn(&[f64]) -> f64>;

/// A set or regulariser, its slow resolvent and its value h (0 on a set).
struct Member<S: Scalar> {
    name: &'static str,
    prox: Box<dyn Prox<S>>,
    twin: Twin,
    value: Value,
    is_set: bool,
    bounded: Option<Bounded<S>>,
}

/// A bounded set and its slow support function.
struct Bounded<S: Scalar> {
    set: Box<dyn BoundedSet<S>>,
    support: Value,
}

fn penalty<S: Scalar>(
    name: &'static str,
    prox: impl Prox<S> + 'static,
    value: impl Fn(&[f64]) -> f64 + 'static,
    twin: impl Fn(f64, &[f64]) -> Vec<f64> + 'static,
) -> Member<S> {
    let (prox, twin) = (Box::new(prox), Box::new(twin));
    Member { name, prox, twin, value: Box::new(value), is_set: false, bounded: None }
}

fn set<S: Scalar>(
    name: &'static str,
    prox: impl Prox<S> + 'static,
    twin: impl Fn(&[f64]) -> Vec<f64> + 'static,
) -> Member<S> {
    Member { is_set: true, ..penalty(name, prox, |_| 0.0, move |_, x| twin(x)) }
}

fn bounded<S: Scalar>(
    name: &'static str,
    prox: impl BoundedSet<S> + Clone + 'static,
    twin: impl Fn(&[f64]) -> Vec<f64> + 'static,
    support: impl Fn(&[f64]) -> f64 + 'static,
) -> Member<S> {
    let bounded = Bounded { set: Box::new(prox.clone()), support: Box::new(support) };
    Member { bounded: Some(bounded), ..set(name, prox, twin) }
}

/// Every set and regulariser there is, bare and wrapped.
fn members<S: Scalar>() -> Vec<Member<S>> {
    use twin::{anchor, bias_exempt, elastic_net, group_lasso, interval, norm, per_row};
    let n = S::from_f32;
    let weights: &'static [S] = Box::leak(Box::new(ANCHOR.map(n)));
    let near = || ANCHOR.map(f64::from);
    let l1 = |x: &[f64]| x.iter().map(|x| x.abs()).sum::<f64>();
    vec![
        set("free", Free, |x| x.to_vec()),
        set("non-negative", NonNegative, |x| interval(0.0, 1e3, x)),
        bounded(
            "interval",
            Interval { low: n(-0.5), high: n(2.0) },
            |x| interval(-0.5, 2.0, x),
            |d| twin::interval_support(-0.5, 2.0, d),
        ),
        bounded("ℓ2 ball", L2Ball { radius: n(1.5) }, |x| twin::l2_ball(1.5, x), |d| 1.5 * norm(d)),
        bounded(
            "small ℓ2 ball",
            L2Ball { radius: n(0.0625) },
            |x| twin::l2_ball(0.0625, x),
            |d| 0.0625 * norm(d),
        ),
        bounded(
            "ℓ1 ball",
            L1Ball { radius: n(2.5) },
            |x| twin::l1_ball(2.5, x),
            |d| 2.5 * twin::largest(d),
        ),
        bounded("simplex", Simplex { total: n(1.0) }, |x| twin::simplex(1.0, x), twin::top),
        bounded(
            "large simplex",
            Simplex { total: n(7.0) },
            |x| twin::simplex(7.0, x),
            |d| 7.0 * twin::top(d),
        ),
        penalty(
            "ridge",
            Ridge { precision: n(0.75) },
            |x| 0.375 * norm(x).powi(2),
            |step, x| elastic_net(0.0, 0.75 * step, x),
        ),
        penalty(
            "lasso",
            Lasso { strength: n(0.5) },
            move |x| 0.5 * l1(x),
            |step, x| elastic_net(0.5 * step, 0.0, x),
        ),
        penalty(
            "elastic net",
            ElasticNet { strength: n(0.5), precision: n(0.25) },
            move |x| 0.5 * l1(x) + 0.125 * norm(x).powi(2),
            |step, x| elastic_net(0.5 * step, 0.25 * step, x),
        ),
        penalty(
            "group lasso",
            GroupLasso::<S, COLUMNS> { strength: n(0.5) },
            |x| x.chunks(COLUMNS).map(|row| 0.5 * norm(row)).sum(),
            |step, x| group_lasso(0.5 * step, COLUMNS, x),
        ),
        penalty(
            "anchor",
            Anchor { weights, precision: n(0.25) },
            move |x| 0.125 * x.iter().zip(near()).map(|(x, a)| (x - a).powi(2)).sum::<f64>(),
            move |step, x| anchor(0.25 * step, &near(), x),
        ),
        bounded(
            "ℓ1 ball per row",
            PerRow::<_, COLUMNS>(L1Ball { radius: n(0.5) }),
            |x| per_row(COLUMNS, x, |row| twin::l1_ball(0.5, row)),
            |d| d.chunks(COLUMNS).map(|row| 0.5 * twin::largest(row)).sum(),
        ),
        set(
            "ℓ2 ball but for the bias",
            BiasExempt::<_, COLUMNS>(L2Ball { radius: n(1.5) }),
            |x| bias_exempt(COLUMNS, x, |weights| twin::l2_ball(1.5, weights)),
        ),
    ]
}

/// Random points of three sizes, as the number type holds them.
fn points<S: Scalar>(count: usize) -> Vec<[S; LENGTH]> {
    let mut random = Random::new(11);
    (0..count)
        .map(|index| {
            let spread = [0.1, 1.0, 6.0][index % 3];
            core::array::from_fn(|_| S::from_f32((spread * random.normal()) as f32))
        })
        .collect()
}

fn steps<S: Scalar>() -> [S; 3] {
    [0.125, 0.5, 2.0].map(S::from_f32)
}

fn exact<S: Scalar>(point: &[S]) -> Vec<f64> {
    point.iter().map(|&x| value(x)).collect()
}

fn resolved<S: Scalar>(prox: &dyn Prox<S>, step: S, point: &[S]) -> Vec<S> {
    let mut result = point.to_vec();
    prox.prox(step, &mut result);
    result
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn minus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn resolvents_equal_their_slow_twin<S: Scalar>() {
    for member in members::<S>() {
        for step in steps::<S>() {
            for point in points::<S>(200) {
                let found = exact(&resolved(&*member.prox, step, &point));
                let expected = (member.twin)(value(step), &exact(&point));
                let apart = support::largest_difference(&found, &expected);
                let name = member.name;
                assert!(apart <= tolerance::resolvent::<S>(), "{name}: {apart:e} at {point:?}");
            }
        }
    }
}

/// ‖Px − Py‖² ≤ ⟨Px − Py, x − y⟩: what resolvents of monotone maps are, and more than non-expansive.
fn resolvents_are_firmly_non_expansive<S: Scalar>() {
    for member in members::<S>() {
        for step in steps::<S>() {
            for pair in points::<S>(200).windows(2) {
                let [x, y] = [0, 1].map(|k| exact(&pair[k]));
                let [p, q] = [0, 1].map(|k| exact(&resolved(&*member.prox, step, &pair[k])));
                let (moved, given) = (minus(&p, &q), minus(&x, &y));
                let room = tolerance::resolvent::<S>() * (1.0 + twin::norm(&given)) * 4.0;
                let excess = dot(&moved, &moved) - dot(&moved, &given);
                assert!(excess <= room, "{}: {excess:e} > {room:e}", member.name);
            }
        }
    }
}

/// γh(p) + ½‖p − x‖² is not beaten by a neighbour in the set, nor by one far away.
fn resolvents_are_optimal<S: Scalar>() {
    let mut random = Random::new(5);
    for member in members::<S>() {
        for step in steps::<S>() {
            for point in points::<S>(60) {
                let x = exact(&point);
                let p = exact(&resolved(&*member.prox, step, &point));
                let objective = |y: &[f64]| {
                    let away = twin::norm(&minus(y, &x));
                    value(step) * (member.value)(y) + 0.5 * away * away
                };
                for size in [0.01, 1.0] {
                    let moved: Vec<f64> = p.iter().map(|p| p + size * random.normal()).collect();
                    let other = if member.is_set { (member.twin)(0.0, &moved) } else { moved };
                    let gained = objective(&p) - objective(&other);
                    let room = tolerance::resolvent::<S>() * 6.0 * (1.0 + twin::norm(&x));
                    assert!(gained <= room, "{}: better by {gained:e}", member.name);
                }
            }
        }
    }
}

fn projections_are_idempotent<S: Scalar>() {
    for member in members::<S>().iter().filter(|member| member.is_set) {
        for point in points::<S>(200) {
            let [step, longer, _] = steps::<S>();
            let once = resolved(&*member.prox, step, &point);
            let twice = resolved(&*member.prox, longer, &once);
            let apart = support::largest_difference(&once, &twice);
            assert!(apart <= tolerance::in_the_set::<S>(), "{}: {apart:e}", member.name);
        }
    }
}

fn support_functions_bound_the_set_and_touch_it<S: Scalar>() {
    for member in members::<S>() {
        let Some(Bounded { set, support: slow }) = &member.bounded else { continue };
        for (point, direction) in points::<S>(200).iter().zip(points::<S>(400).iter().skip(200)) {
            let d = exact(direction);
            let (support, inside) = (slow(&d), (member.twin)(0.0, &exact(point)));
            assert!(support >= dot(&d, &inside) - tolerance::F64_REORDERED, "{}", member.name);
            let found = value(set.support(direction));
            let room = tolerance::rounded_up::<S>() * (1.0 + support.abs());
            assert!(found >= support && found <= support + room, "{}: {found}", member.name);
            // The projection of a point far out in the direction is where the maximum is.
            let far: Vec<f64> = d.iter().map(|d| 1e4 * d).collect();
            let most = dot(&d, &(member.twin)(0.0, &far));
            let room = tolerance::SUPPORT * (1.0 + most.abs());
            assert!((support - most).abs() <= room, "{}: {support} {most}", member.name);
        }
    }
}

fn what_is_not_sound_is_passed_on<S: Scalar>() {
    let unsound: Vec<S> = match S::TAG[0] {
        3 => vec![S::LIMIT, -S::LIMIT, S::LIMIT + S::LIMIT * S::from_scaled(1, 1)],
        _ => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY].map(S::from_f32).to_vec(),
    };
    for member in members::<S>() {
        for &bad in &unsound {
            let mut point = points::<S>(2)[1];
            point[2] = bad;
            let [step, ..] = steps::<S>();
            let result = resolved(&*member.prox, step, &point);
            assert!(!result.iter().all(|x| x.is_sound()), "{}: {bad:?} vanished", member.name);
        }
    }
}

/// 585 weights, the size of the demonstration's head, spread, spiked and tiny: sums of squares reach
/// 10⁵ times the range of Q8.24 and fall below its last place.
fn long_points_neither_overflow_nor_vanish<S: Scalar>() {
    const LONG: usize = 585;
    let mut random = Random::new(3);
    for spread in [1e-3, 0.3, 12.0] {
        for spike in [0.0, 50.0] {
            let mut point: Vec<S> =
                (0..LONG).map(|_| S::from_f32((spread * random.normal()) as f32)).collect();
            point[17] = point[17] + S::from_f32(spike);
            if spike > 0.0 && spread > 1.0 {
                // All as large as each other: the root of Σ(x/largest)² is at its greatest, √n.
                let flat = S::from_f32(spread as f32);
                point.iter_mut().for_each(|x| *x = if *x < S::ZERO { -flat } else { flat });
            }
            let x = exact(&point);
            let n = S::from_f32;
            let (l2, l1) = (L2Ball { radius: n(2.0) }, L1Ball { radius: n(2.0) });
            let (simplex, group) =
                (Simplex { total: n(2.0) }, GroupLasso::<S, LONG> { strength: n(1.0) });
            let cases: [(&dyn Prox<S>, _); 4] = [
                (&l2, twin::l2_ball(2.0, &x)),
                (&l1, twin::l1_ball(2.0, &x)),
                (&simplex, twin::simplex(2.0, &x)),
                (&group, twin::group_lasso(1.0, LONG, &x)),
            ];
            for (index, (prox, expected)) in cases.into_iter().enumerate() {
                let found = exact(&resolved(prox, S::ONE, &point));
                let apart = support::largest_difference(&found, &expected);
                let room = 4.0 * tolerance::resolvent::<S>();
                assert!(apart <= room, "{index} {spread} {spike}: {apart:e}");
            }
        }
    }
}

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
