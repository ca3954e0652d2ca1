//! No natural residual and no certificate is below the truth, computed in f64 from the same stored
//! numbers.

use fejer::{
    Anchored, AnchoredOperator, Class, Head, HeadOperator, Link, Operator, Sample, Scalar,
};
use fejer::{Short, Stored, natural_residual};

use super::exact;
use super::members::{LENGTH, Twin, members};
use super::support::links::{links, predicted};
use super::support::{
    self, Random, figure, random_features, random_head, tolerance, twin, type_name, value,
};

for_every_scalar!(
    no_natural_residual_is_below_the_true_one,
    no_anchored_certificate_is_below_the_true_residual,
);

/// A head as long as the points of the sets and regularisers.
const FEATURES: usize = 2;
const ROWS: usize = 3;
const OUTPUTS: usize = LENGTH / ROWS;
const MEMORY: usize = 6;
const PROBLEMS: usize = 10_000;

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
        let links = links();
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
        let mut field = [0.0; LENGTH];
        for sample in &self.exact {
            let eta: Vec<f64> = sample.features.iter().copied().chain([1.0]).collect();
            let score = |k: usize| {
                let column = self.head.point().iter().skip(k).step_by(OUTPUTS);
                column.zip(&eta).map(|(&w, x)| value(w) * x).sum::<f64>()
            };
            let prediction = predicted(self.link, &[score(0), score(1)]);
            for (row, x) in eta.iter().enumerate() {
                for k in 0..OUTPUTS {
                    field[row * OUTPUTS + k] += (prediction[k] - sample.target[k]) * x;
                }
            }
        }
        let divisor = if is_mean { self.exact.len() as f64 } else { 1.0 };
        field.map(|f| f / divisor).to_vec()
    }
}

fn exact_residual(point: &[f64], field: &[f64], resolvent: &Twin) -> f64 {
    let forward: Vec<f64> = point.iter().zip(field).map(|(x, f)| x - f).collect();
    support::largest_difference(point, &resolvent(1.0, &forward))
}

fn check<S: Scalar, X: Stored<S>>(
    problems: usize,
    seed: u64,
    store: impl Fn(&[S; FEATURES]) -> [X; FEATURES] + Copy,
) -> f64 {
    let mut random = Random::new(seed);
    let members = members::<S>();
    let mut loosest = 0.0_f64;
    for index in 0..problems {
        let problem = Problem::random(&mut random, index, store);
        let member = &members[(index / links().len()) % members.len()];
        let point = exact(problem.head.point());
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
        let weights = problem.head.point();
        let found = value(natural_residual(operator, member.prox.as_ref(), weights, &mut scratch));
        let truth = exact_residual(&point, &field, &member.twin);
        let (link, name) = (problem.link, member.name);
        assert!(
            found + tolerance::twin::<S>() >= truth,
            "{link:?}, {name}, {index}: {found:e} below {truth:e}"
        );
        loosest = loosest.max(found - truth);
    }
    loosest
}

/// 10 000 problems a number type; half of them with features in 16 bits.
pub fn no_natural_residual_is_below_the_true_one<S: Scalar>() {
    let plain = check::<S, S>(PROBLEMS / 2, 51, |features| *features);
    let short = check::<S, Short>(PROBLEMS / 2, 52, |f| Short::store(f).expect("sound"));
    let loosest = plain.max(short);
    // A bound that says nothing would never be below the truth either.
    assert!(loosest <= tolerance::certificate_slack::<S>(), "loose by {loosest:e}");
    let line = format!("certificates: natural residual in {}", type_name::<S>());
    let measured = format!("none; loosest by {loosest:.0e}");
    figure(line, format!("none of {PROBLEMS} below the true one"), measured, true);
}

/// The certificate of the anchored solve: its residual ‖F(W)‖_∞ over the samples as stored.
pub fn no_anchored_certificate_is_below_the_true_residual<S: Scalar>() {
    let mut random = Random::new(53);
    for index in 0..PROBLEMS / 4 {
        let link = links()[index % links().len()];
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
        let weights = exact(solve.head().point());
        let anchors = factory.point().iter().map(|&w| value(w));
        let mut field: Vec<f64> =
            weights.iter().zip(anchors).map(|(w, a)| precision * (w - a)).collect();
        for sample in solve.samples() {
            let eta: Vec<f64> = sample.features().map(|x: S| value(x)).collect();
            let score = |k: usize| {
                weights.iter().skip(k).step_by(OUTPUTS).zip(&eta).map(|(w, x)| w * x).sum::<f64>()
            };
            let prediction = predicted(link, &[score(0), score(1)]);
            for (row, x) in eta.iter().enumerate() {
                for k in 0..OUTPUTS {
                    let wanted = f64::from(u8::from(usize::from(sample.target.0) == k));
                    field[row * OUTPUTS + k] += (prediction[k] - wanted) * x;
                }
            }
        }
        let truth = twin::largest(&field);
        let found = value(solve.certificate().residual);
        assert!(
            found + tolerance::twin::<S>() >= truth,
            "{link:?} {index}: {found:e} below {truth:e}"
        );
    }
    let line = format!("certificates: anchored solve in {}", type_name::<S>());
    figure(line, format!("none of {} below the true residual", PROBLEMS / 4), "none", true);
}
