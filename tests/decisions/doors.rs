//! Every way to learn: the batch methods, the streaming steps, and the anchored solve.

use fejer::streaming::PastSample;
use fejer::{
    Anchored, Averaging, Class, Error, Extragradient, ExtragradientPlus, Free, Head, HeadOperator,
    Lookahead, Method, Nesterov, NormalisedStep, OperatorExtrapolation, Optimistic, ProjectedStep,
    Rapp, Sample, Scalar, Stored,
};

use super::task::Task;
use super::{Decisions, Format};

/// Advances of a batch method.
const ADVANCES: u32 = 60;
/// Passes of a streaming step over the taught samples.
const PASSES: u32 = 3;
/// Visits of remembered samples a label, and passes of a consolidation.
const REVISITS: u32 = 3;
const CONSOLIDATION: u32 = 10;
/// Samples the anchored solve remembers: all that are taught.
const MEMORY: usize = 120;

type Batch<S> = (&'static str, Box<dyn Method<S>>);

/// Every batch method, for a point of this length.
fn batch<S: Scalar>(length: usize) -> Vec<Batch<S>> {
    let zeros = vec![S::ZERO; length];
    let z = || zeros.clone();
    let half = S::from_scaled(1, 1);
    vec![
        ("projected", Box::new(ProjectedStep(z()))),
        ("extragradient", Box::new(Extragradient::new(z()))),
        ("extragradient+", Box::new(ExtragradientPlus::new(half, z()))),
        ("operator extrapolation", Box::new(OperatorExtrapolation::new(S::ONE, z()))),
        ("optimistic", Box::new(Optimistic::new(z()))),
        ("RAPP", Box::new(Rapp::new(half, 5, z()))),
        ("Lookahead", Box::new(Lookahead::new(ProjectedStep(z()), 5, half, z()))),
        ("Nesterov", Box::new(Nesterov::new(S::from_scaled(1, 4), S::ONE, z()))),
        ("averaging", Box::new(Averaging::new(ProjectedStep(z()), z()))),
    ]
}

type Step<S, X, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize> = Box<
    dyn FnMut(
        &mut Head<S, ROWS, OUTPUTS>,
        &Sample<S, FEATURES, OUTPUTS, X>,
        S,
    ) -> Result<(), Error>,
>;
type Streaming<S, X, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize> =
    (&'static str, Step<S, X, FEATURES, ROWS, OUTPUTS>);

/// Every streaming step.
fn streaming<S, X, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>()
-> Vec<Streaming<S, X, FEATURES, ROWS, OUTPUTS>>
where
    S: Scalar,
    X: Stored<S> + 'static,
{
    let z = [S::ZERO; OUTPUTS];
    let half = S::from_scaled(1, 1);
    let precision = S::from_f32(fejer::DEFAULT_PRECISION);
    let (mut optimistic, mut extrapolated) = (PastSample::none(), PastSample::none());
    let mut plus = ExtragradientPlus::new(half, z);
    let mut rapp = Rapp::new(half, 5, z);
    let mut lookahead = Lookahead::new(ProjectedStep(z), 5, half, z);
    vec![
        ("projected_step", Box::new(|head, sample, step| head.projected_step(sample, step))),
        (
            "extragradient_step",
            Box::new(|head, sample, step| head.extragradient_step(sample, step)),
        ),
        (
            "proximal_point_step",
            Box::new(move |head, sample, _| head.proximal_point_step(sample, precision)),
        ),
        (
            "optimistic_step",
            Box::new(move |head, sample, step| head.optimistic_step(&mut optimistic, sample, step)),
        ),
        (
            "extrapolated_step",
            Box::new(move |head, sample, step| {
                head.extrapolated_step(&mut extrapolated, sample, half, step)
            }),
        ),
        (
            "streaming_step, extragradient+",
            Box::new(move |head, sample, step| head.streaming_step(&mut plus, sample, step)),
        ),
        (
            "streaming_step, RAPP",
            Box::new(move |head, sample, step| head.streaming_step(&mut rapp, sample, step)),
        ),
        (
            "streaming_step, Lookahead",
            Box::new(move |head, sample, step| head.streaming_step(&mut lookahead, sample, step)),
        ),
    ]
}

/// What every way to learn, in this format, decides on the rest.
pub(super) fn decisions<
    F: Format,
    const FEATURES: usize,
    const ROWS: usize,
    const OUTPUTS: usize,
>(
    task: &Task<FEATURES, ROWS, OUTPUTS>,
) -> Decisions {
    let weights = task.factory.weights().map(|row| row.map(F::Number::from_f32));
    let factory = Head::new(task.factory.link(), weights);
    let samples: Vec<_> = task
        .taught
        .iter()
        .map(|(features, label)| {
            let mut target = [F::Number::ZERO; OUTPUTS];
            target[usize::from(*label)] = F::Number::ONE;
            Sample { features: F::store(features), target }
        })
        .collect();
    let rest: Vec<_> = task.rest.iter().map(|(features, _)| F::store(features)).collect();
    let decide = |head: &Head<F::Number, ROWS, OUTPUTS>| -> Vec<usize> {
        rest.iter().map(|features| head.decide(features)).collect()
    };
    let mut all = Vec::new();
    for (name, mut method) in batch::<F::Number>(ROWS * OUTPUTS) {
        let operator = HeadOperator { link: factory.link(), samples: &samples };
        let (mut head, step) = (factory, F::Number::from_f32(task.step));
        (0..ADVANCES).for_each(|_| method.advance(&operator, &Free, step, head.point_mut()));
        all.push((name, decide(&head)));
    }
    for (name, mut advance) in streaming::<_, F::Feature, FEATURES, ROWS, OUTPUTS>() {
        let (mut head, mut normalised) = (factory, NormalisedStep::new());
        for sample in (0..PASSES).flat_map(|_| &samples) {
            let step = normalised.after(&sample.features);
            advance(&mut head, sample, step).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        all.push((name, decide(&head)));
    }
    const ANCHORED: [&str; 2] = ["anchored: learn and revisit", "anchored: consolidate"];
    let Ok(mut solve) = Anchored::<F::Number, Class, ROWS, OUTPUTS, MEMORY>::new(&factory) else {
        // What a format refuses it decides nowhere as f64 does.
        all.extend(ANCHORED.map(|name| (name, vec![usize::MAX; rest.len()])));
        return all;
    };
    for (sample, (_, label)) in samples.iter().zip(&task.taught) {
        solve.learn(&sample.features, Class(*label)).expect("sound");
        solve.revisit(REVISITS);
    }
    all.push((ANCHORED[0], decide(solve.head())));
    (0..CONSOLIDATION).for_each(|_| solve.consolidate_pass());
    all.push((ANCHORED[1], decide(solve.head())));
    all
}
