//! No natural residual and no certificate is below the truth, computed in f64 from the same stored
//! numbers.

use fejer::prox::BiasExempt;
use fejer::{
    Anchored, AnchoredOperator, Class, ElasticNet, Free, GroupLasso, Head, HeadOperator, Interval,
    L1Ball, L2Ball, Lasso, Link, NonNegative, Operator, Prox, Ridge, Sample, Scalar, Short,
    Simplex, Stored, natural_residual,
};

use super::support::{self, Random, random_features, random_head, twin, value};

const FEATURES: usize = 5;
const ROWS: usize = 6;
const OUTPUTS: usize = 3;
const LENGTH: usize = ROWS * OUTPUTS;
const MEMORY: usize = 6;
const PROBLEMS: usize = 10_000;

type Resolvent = fn(&[f64]) -> Vec<f64>;

/// A set or penalty and its slow resolvent of step 1.
fn proxes<S: Scalar>() -> Vec<(Box<dyn Prox<S>>, Resolvent)> {
    let n = S::from_f32;
    fn boxed<S: Scalar>(prox: impl Prox<S> + 'static) -> Box<dyn Prox<S>> {
        Box::new(prox)
    }
    vec![
        (boxed(Free), |x| x.to_vec()),
        (boxed(Interval { low: n(-0.25), high: n(0.5) }), |x| twin::interval(-0.25, 0.5, x)),
        (boxed(NonNegative), |x| twin::interval(0.0, 1e3, x)),
        (boxed(L2Ball { radius: n(0.75) }), |x| twin::l2_ball(0.75, x)),
        (boxed(L1Ball { radius: n(1.5) }), |x| twin::l1_ball(1.5, x)),
        (boxed(Simplex { total: n(1.0) }), |x| twin::simplex(1.0, x)),
        (boxed(Lasso { strength: n(0.125) }), |x| twin::elastic_net(0.125, 0.0, x)),
        (boxed(Ridge { precision: n(0.5) }), |x| twin::elastic_net(0.0, 0.5, x)),
        (boxed(ElasticNet { strength: n(0.125), precision: n(0.5) }), |x| {
            twin::elastic_net(0.125, 0.5, x)
        }),
        (boxed(GroupLasso::<S, OUTPUTS> { strength: n(0.125) }), |x| {
            twin::group_lasso(0.125, OUTPUTS, x)
        }),
        (boxed(BiasExempt::<_, OUTPUTS>(L2Ball { radius: n(0.75) })), |x| {
            twin::bias_exempt(OUTPUTS, x, |weights| twin::l2_ball(0.75, weights))
        }),
    ]
}

/// What a problem is made of, as stored and exactly.
struct Problem<S, X> {
    link: Link,
    factory: Head<S, ROWS, OUTPUTS>,
    head: Head<S, ROWS, OUTPUTS>,
    samples: Vec<Sample<S, FEATURES, OUTPUTS, X>>,
    exact: Vec<Sample<f64, FEATURES, OUTPUTS>>,
    precision: S,
}

impl<S: Scalar, X: Stored<S>> Problem<S, X> {
    fn random(
        random: &mut Random,
        index: usize,
        store: impl Fn(&[S; FEATURES]) -> [X; FEATURES],
    ) -> Self {
        let links = support::links();
        let link = links[index % links.len()];
        let factory = random_head::<S, ROWS, OUTPUTS>(random, link);
        let spread = [1e-3, 0.1, 1.0][random.below(3)];
        let mut head = factory;
        for weight in head.point_mut() {
            *weight = *weight + S::from_f32((spread * random.normal()) as f32);
        }
        let samples: Vec<_> = (0..1 + random.below(12))
            .map(|_| {
                let mut target = [S::ZERO; OUTPUTS];
                target[random.below(OUTPUTS)] = S::ONE;
                Sample { features: store(&random_features(random)), target }
            })
            .collect();
        let exact = samples
            .iter()
            .map(|s| Sample {
                features: s.features.map(|x| value::<S>(x.value())),
                target: s.target.map(value),
            })
            .collect();
        let precision = S::from_f32(0.3);
        Self { link, factory, head, samples, exact, precision }
    }

    /// Σ or mean of (φ(Wη) − y)ηᵀ in f64.
    fn field(&self, is_mean: bool) -> Vec<f64> {
        let mut field = vec![0.0; LENGTH];
        for sample in &self.exact {
            let eta: Vec<f64> = sample.features.iter().copied().chain([1.0]).collect();
            let score = |k: usize| {
                let column = self.head.point().iter().skip(k).step_by(OUTPUTS);
                column.zip(&eta).map(|(&w, x)| value(w) * x).sum::<f64>()
            };
            let prediction = twin::link(self.link, &[score(0), score(1), score(2)]);
            for (row, x) in eta.iter().enumerate() {
                for k in 0..OUTPUTS {
                    field[row * OUTPUTS + k] += (prediction[k] - sample.target[k]) * x;
                }
            }
        }
        let divisor = if is_mean { self.exact.len() as f64 } else { 1.0 };
        field.iter().map(|f| f / divisor).collect()
    }
}

fn exact_residual(point: &[f64], field: &[f64], resolvent: Resolvent) -> f64 {
    let forward: Vec<f64> = point.iter().zip(field).map(|(x, f)| x - f).collect();
    support::largest_difference(point, &resolvent(&forward))
}

fn check<S: Scalar, X: Stored<S>>(
    problems: usize,
    seed: u64,
    store: impl Fn(&[S; FEATURES]) -> [X; FEATURES] + Copy,
) -> f64 {
    let mut random = Random::new(seed);
    let proxes = proxes::<S>();
    let mut loosest = 0.0_f64;
    for index in 0..problems {
        let problem = Problem::random(&mut random, index, store);
        let (prox, resolvent) = &proxes[(index / 8) % proxes.len()];
        let point: Vec<f64> = problem.head.point().iter().map(|&w| value(w)).collect();
        let mut scratch = [S::ZERO; LENGTH];
        let is_mean = index % 2 == 0;
        let mut field = problem.field(is_mean);
        let mean = HeadOperator { link: problem.link, samples: &problem.samples };
        let sum = AnchoredOperator {
            factory: &problem.factory,
            precision: problem.precision,
            samples: &problem.samples,
        };
        let operator: &dyn Operator<S> = if is_mean { &mean } else { &sum };
        if !is_mean {
            let precision = value(problem.precision);
            let factory = problem.factory.point().iter();
            for ((f, x), &a) in field.iter_mut().zip(&point).zip(factory) {
                *f += precision * (x - value(a));
            }
        }
        let found =
            value(natural_residual(operator, prox.as_ref(), problem.head.point(), &mut scratch));
        let truth = exact_residual(&point, &field, *resolvent);
        assert!(found >= truth, "{:?} {index}: {found:e} below {truth:e}", problem.link);
        loosest = loosest.max(found - truth);
    }
    loosest
}

/// 10 000 problems a number type; half of them with features in 16 bits.
pub fn no_natural_residual_is_below_the_true_one<S: Scalar>() {
    // The twin itself is good to 1e-12, which only f64 could tell.
    if S::TAG[0] == 2 {
        return;
    }
    let plain = check::<S, S>(PROBLEMS / 2, 51, |features| *features);
    let short = check::<S, Short>(PROBLEMS / 2, 52, |f| Short::store(f).expect("sound"));
    println!("loosest by {plain:e} and {short:e}");
}

/// The certificate of the anchored solve: its residual ‖F(W)‖_∞ over the samples as stored.
pub fn no_anchored_certificate_is_below_the_true_residual<S: Scalar>() {
    if S::TAG[0] == 2 {
        return;
    }
    let mut random = Random::new(53);
    for index in 0..PROBLEMS / 4 {
        let link = support::links()[index % 8];
        let factory = random_head::<S, ROWS, OUTPUTS>(&mut random, link);
        // Q8.24 needs a precision that keeps a full memory in its range.
        let solve = Anchored::<S, Class, ROWS, OUTPUTS, MEMORY>::with_precision(&factory, S::ONE);
        let mut solve = solve.expect("sound");
        for visit in 0..MEMORY + random.below(3) {
            let features = random_features::<S, FEATURES>(&mut random);
            solve.learn(&features, Class(random.below(OUTPUTS) as u8)).expect("sound");
            solve.revisit(visit as u32 % 3);
        }
        if index % 3 == 0 {
            solve.consolidate_pass();
        }
        // α in exact arithmetic: y − φ(Wη) replaces what rounding made of it.
        let precision = value(solve.precision());
        let weights: Vec<f64> = solve.head().point().iter().map(|&w| value(w)).collect();
        let anchors = factory.point().iter().map(|&w| value(w));
        let mut field: Vec<f64> =
            weights.iter().zip(anchors).map(|(w, a)| precision * (w - a)).collect();
        for sample in solve.samples() {
            let eta: Vec<f64> = sample.features().map(|x: S| value(x)).collect();
            let score = |k: usize| {
                weights.iter().skip(k).step_by(OUTPUTS).zip(&eta).map(|(w, x)| w * x).sum::<f64>()
            };
            let prediction = twin::link(link, &[score(0), score(1), score(2)]);
            for (row, x) in eta.iter().enumerate() {
                for k in 0..OUTPUTS {
                    let wanted = f64::from(u8::from(usize::from(sample.target.0) == k));
                    field[row * OUTPUTS + k] += (prediction[k] - wanted) * x;
                }
            }
        }
        let truth = twin::largest(&field);
        let found = value(solve.certificate().residual);
        assert!(found >= truth, "{link:?} {index}: {found:e} below {truth:e}");
    }
}
