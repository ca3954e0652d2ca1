//! A streaming step is the batch step on a one-sample operator, for every step there is, whatever the
//! features are stored in. The methods are those of [`methods`].

use fejer::fixed::types::{I8F24, I16F16};
use fejer::streaming::PastSample;
use fejer::{
    AnchoredOperator, Error, Extragradient, Free, Head, HeadOperator, Link, Method, NormalisedStep,
};
use fejer::{OperatorExtrapolation, Optimistic, ProjectedStep, Rapp, Sample, Scalar, Short};
use fejer::{StepSize, Stop, Stored, solve};

use super::methods::methods;
use super::support::links::links;
use super::support::{self, Random, largest_difference, random_features, random_head, tolerance};

for_every_scalar!(
    a_streaming_step_is_the_batch_step_on_one_sample,
    the_proximal_point_step_is_the_resolvent,
    streaming_steps_refuse_what_is_not_sound,
);

const FEATURES: usize = 5;
const ROWS: usize = 6;
const OUTPUTS: usize = 3;
const LENGTH: usize = ROWS * OUTPUTS;
type One<S, X> = Sample<S, FEATURES, OUTPUTS, X>;
type Weights<S> = Head<S, ROWS, OUTPUTS>;
type Step<'a, S, X> = dyn FnMut(&mut Weights<S>, &One<S, X>, S) -> Result<(), Error> + 'a;

fn random_sample<S: Scalar>(random: &mut Random) -> One<S, S> {
    let mut target = [S::ZERO; OUTPUTS];
    target[random.below(OUTPUTS)] = S::ONE;
    Sample { features: random_features(random), target }
}

/// How the features are stored, and what that leaves between the two doors.
#[derive(Clone, Copy)]
struct Storing<F> {
    store: F,
    apart: f64,
}

/// Twenty samples taken by both doors; `X` stores the features.
fn compare<S: Scalar, X: Stored<S>>(
    link: Link,
    storing: Storing<impl Fn(&[S; FEATURES]) -> [X; FEATURES]>,
    streaming: &mut Step<'_, S, X>,
    batch: &mut dyn Method<S>,
    what: &str,
) {
    let mut random = Random::new(41);
    let mut head = random_head::<S, ROWS, OUTPUTS>(&mut random, link);
    let start = head;
    let mut twin = head;
    let mut normalised = NormalisedStep::new();
    for _ in 0..20 {
        let Sample { features, target } = random_sample::<S>(&mut random);
        let sample = Sample { features: (storing.store)(&features), target };
        let step = normalised.after(&sample.features) * S::from_scaled(1, 1);
        streaming(&mut head, &sample, step).expect("sound");
        let operator = HeadOperator { link, samples: &[sample] };
        batch.advance(&operator, &Free, step, twin.point_mut());
        let apart = largest_difference(head.point(), twin.point());
        assert!(apart <= storing.apart, "{what}, {link:?}: {apart:e}");
    }
    assert_ne!(start, head, "{what} moves");
}

fn both_doors<S: Scalar, X: Stored<S>>(
    store: Storing<impl Fn(&[S; FEATURES]) -> [X; FEATURES] + Copy>,
) {
    let half = S::from_scaled(1, 1);
    for link in links() {
        let pairs = methods::<S>(OUTPUTS).into_iter().zip(methods::<S>(LENGTH));
        for (mut short, mut batch) in pairs.filter(|(short, _)| short.is_stateless) {
            let mut streaming = |head: &mut Weights<S>, sample: &One<S, X>, step| {
                head.streaming_step(short.method.as_mut(), sample, step)
            };
            compare(link, store, &mut streaming, batch.method.as_mut(), short.name);
        }
        let zeros = || [S::ZERO; LENGTH];
        let mut projected =
            |head: &mut Weights<S>, sample: &One<S, X>, step| head.projected_step(sample, step);
        compare(link, store, &mut projected, &mut ProjectedStep(zeros()), "projected_step");
        let mut extragradient =
            |head: &mut Weights<S>, sample: &One<S, X>, step| head.extragradient_step(sample, step);
        compare(
            link,
            store,
            &mut extragradient,
            &mut Extragradient::new(zeros()),
            "extragradient_step",
        );
        let mut past = PastSample::none();
        let mut optimistic = |head: &mut Weights<S>, sample: &One<S, X>, step| {
            head.optimistic_step(&mut past, sample, step)
        };
        compare(link, store, &mut optimistic, &mut Optimistic::new(zeros()), "optimistic_step");
        let mut past = PastSample::none();
        let mut extrapolated = |head: &mut Weights<S>, sample: &One<S, X>, step| {
            head.extrapolated_step(&mut past, sample, half, step)
        };
        let batch = &mut OperatorExtrapolation::new(half, zeros());
        compare(link, store, &mut extrapolated, batch, "extrapolated_step");
    }
}

pub fn a_streaming_step_is_the_batch_step_on_one_sample<S: Scalar>() {
    let apart = tolerance::streaming::<S>();
    both_doors::<S, S>(Storing { store: |features: &[S; FEATURES]| *features, apart });
    let apart = tolerance::streaming_short::<S>();
    let store = |features: &[S; FEATURES]| Short::store(features).expect("sound");
    both_doors::<S, Short>(Storing { store, apart });
}

/// The proximal-point step from W is the solution of the anchored problem of that one sample with
/// factory weights W.
pub fn the_proximal_point_step_is_the_resolvent<S: Scalar>() {
    let mut random = Random::new(43);
    let precision = S::from_scaled(1, 1);
    for link in links() {
        for _ in 0..5 {
            let factory = random_head::<S, ROWS, OUTPUTS>(&mut random, link);
            let sample = random_sample::<S>(&mut random);
            let mut head = factory;
            head.proximal_point_step(&sample, precision).expect("sound");
            let exact = |x: S| support::value(x);
            let factory = Head::new(link, factory.weights().map(|row| row.map(exact)));
            let sample =
                Sample { features: sample.features.map(exact), target: sample.target.map(exact) };
            let operator =
                AnchoredOperator { factory: &factory, precision: 0.5, samples: &[sample] };
            let norm = 1.0 + support::dot(&sample.features, &sample.features);
            let (mut twin, mut scratch) = (factory, [0.0; LENGTH]);
            let stop = Stop { iterations: 20_000, check_every: 100, residual: 1e-12 };
            let step = StepSize::Constant(1.0 / (0.5 + norm));
            let mut method = ProjectedStep([0.0; LENGTH]);
            solve(&operator, &Free, &mut method, step, stop, twin.point_mut(), &mut scratch);
            let apart = largest_difference(head.point(), twin.point());
            assert!(apart <= 4.0 * tolerance::streaming::<S>(), "{link:?}: {apart:e}");
        }
    }
}

/// What is not sound is refused by every step, and nothing has moved.
pub fn streaming_steps_refuse_what_is_not_sound<S: Scalar>() {
    let mut random = Random::new(47);
    let head = random_head::<S, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let good = random_sample::<S>(&mut random);
    let bad = if S::TAG[0] == 3 { S::LIMIT } else { S::from_f32(f32::NAN) };
    for (index, place) in (0..FEATURES + 2).enumerate() {
        let (mut sample, mut step) = (good, S::from_scaled(1, 3));
        match place {
            k if k < FEATURES => sample.features[k] = bad,
            k if k == FEATURES => sample.target[1] = bad,
            _ => step = bad,
        }
        let mut past = PastSample::none();
        let mut tried = [head; 5];
        let mut method = Rapp::new(S::from_scaled(1, 1), 2, [S::ZERO; OUTPUTS]);
        let [a, b, c, d, e] = &mut tried;
        let results = [
            a.projected_step(&sample, step),
            b.extragradient_step(&sample, step),
            c.streaming_step(&mut method, &sample, step),
            d.optimistic_step(&mut past, &sample, step),
            e.extrapolated_step(&mut past, &sample, S::ONE, step),
        ];
        assert!(
            results.iter().all(|result| *result == Err(Error::Unsound)),
            "{index}: {results:?}"
        );
        assert!(tried.iter().all(|tried| *tried == head), "{index}");
        assert_eq!(past, PastSample::none());
        // Its length is a precision; an unsound one is refused as such, below.
        if place <= FEATURES {
            let mut tried = head;
            let result = tried.proximal_point_step(&sample, S::ONE);
            assert_eq!((result, tried), (Err(Error::Unsound), head), "{index}");
        }
    }
    let mut tried = head;
    for precision in [S::ZERO, -S::ONE, bad] {
        assert_eq!(tried.proximal_point_step(&good, precision), Err(Error::Precision));
    }
    assert_eq!(tried, head);
}

/// In 8 fraction bits of range: ‖η‖² of 64 and more is beyond Q8.24 and must not matter.
#[test]
fn long_features_do_not_leave_the_range_of_the_step() {
    let features = [3.5; 16].map(I8F24::from_num); // ‖η‖² = 197
    let mut step = NormalisedStep::new();
    let found = step.after(&features);
    assert!((found.to_num::<f64>() - 1.0 / 197.0).abs() < 1e-6, "{found}");
    let wide = NormalisedStep::new().after(&features.map(|x| I16F16::from_num(x)));
    assert!((wide.to_num::<f64>() - 1.0 / 197.0).abs() < 2e-5, "{wide}");
    let target = [I8F24::ONE, I8F24::ZERO];
    let mut head = Head::<I8F24, 17, 2>::zeros(Link::Sigmoid);
    head.extragradient_step(&Sample { features, target }, found).expect("sound");
    let [yes, no] = head.predict(&features).map(|p| p.to_num::<f64>());
    assert!(yes > 0.55 && no < 0.45, "{yes} {no}");
}
