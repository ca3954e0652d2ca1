//! One subject, one order of labels: every method learns them and is judged on the rest.

use fejer::{Anchored, Class, DEFAULT_PRECISION, Head, Link};
use fejer_host::random::Random;

use crate::baselines::{Learner, Rule, Stored};
use crate::exact::{Problem, Solution, scores};
use crate::task::Subject;

/// Prior precisions: the default, and a ninefold range around it.
pub const PRECISIONS: [f32; 3] = [DEFAULT_PRECISION, 0.1, 0.9];
/// Visits of each sample in a consolidation, the first included.
const PASSES: u32 = 10;
/// Visits of remembered samples after each label.
const REVISITS: u32 = 3;
/// Passes of a replay.
const REPLAYS: u32 = 30;
/// Step sizes tried, the same for one pass and for replay; the best of each task and label count
/// counts. A best at the edge of its grid is marked in the table.
pub const SGD_STEPS: [f32; 6] = [1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1];
pub const ADAM_STEPS: [f32; 6] = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2];
/// ‖F(W*)‖_∞ of the exact solution.
const EXACT: f64 = 1e-12;

/// How well one method did.
pub struct Score {
    pub method: &'static str,
    pub setting: Option<f32>,
    pub accuracy: f64,
    pub passes: u32,
}

/// What a certificate said, beside the truth.
pub struct Certified {
    pub method: &'static str,
    pub precision: f32,
    /// True distance to the exact solution, and the bound.
    pub distance: f64,
    pub bound: f64,
    /// ‖F(W*)‖_∞ of that exact solution.
    pub exactness: f64,
    /// Decisions judged, called certain, and certain but not those of the exact solution.
    pub decisions: usize,
    pub certain: usize,
    pub wrong: usize,
}

/// The outcome of one trial.
pub struct Trial {
    pub scores: Vec<Score>,
    pub certified: Vec<Certified>,
}

/// Draws `LABELS` samples in random order, learns them with every method, and judges on the rest.
pub fn run<const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize, const LABELS: usize>(
    subject: &Subject<FEATURES, ROWS, OUTPUTS>,
    order: u64,
    stream: u64,
) -> Trial {
    let mut random = Random::new(order, stream);
    let mut indices: Vec<usize> = (0..subject.features.len()).collect();
    random.draw(&mut indices, LABELS);
    let (taught, rest) = indices.split_at(LABELS);
    let sample = |&index: &usize| (&subject.features[index], subject.labels[index]);
    let taught: Vec<(&[f32; FEATURES], u8)> = taught.iter().map(sample).collect();
    let rest: Vec<(&[f32; FEATURES], u8)> = rest.iter().map(sample).collect();
    let mut trial = Trial { scores: Vec::new(), certified: Vec::new() };
    let accuracy = |head: &Head<f32, ROWS, OUTPUTS>| {
        let right = |&&(features, label): &&(&[f32; FEATURES], u8)| {
            head.decide(features) == usize::from(label)
        };
        rest.iter().filter(right).count() as f64 / rest.len() as f64
    };
    let mut score = |method, setting, passes, head: &Head<f32, ROWS, OUTPUTS>| {
        trial.scores.push(Score { method, setting, accuracy: accuracy(head), passes });
    };
    score("factory", None, 0, &subject.factory);

    for precision in PRECISIONS {
        type Solve<'a, const R: usize, const K: usize, const M: usize> =
            Anchored<'a, f32, Class, R, K, M>;
        let learn = |revisits| {
            let mut solve =
                Solve::<ROWS, OUTPUTS, LABELS>::with_precision(&subject.factory, precision)
                    .expect("a sound factory head");
            for &(features, label) in &taught {
                solve.learn(features, Class(label)).expect("sound features");
                solve.revisit(revisits);
            }
            solve
        };
        let revisited = learn(REVISITS);
        let mut consolidated = learn(0);
        (1..PASSES).for_each(|_| consolidated.consolidate_pass());
        score("anchored", Some(precision), PASSES, consolidated.head());
        score("anchored-revisits", Some(precision), 1 + REVISITS, revisited.head());

        let exact = exact(&consolidated, &taught);
        for (method, solve) in [("anchored", &consolidated), ("anchored-revisits", &revisited)] {
            trial.certified.push(compare(method, solve, &exact, &rest));
        }
    }

    let stored: Vec<Stored<ROWS>> = taught
        .iter()
        .map(|&(features, label)| (crate::task::stored(features, label), label))
        .collect();
    let mut orders: Vec<Vec<usize>> = Vec::new();
    for _ in 0..REPLAYS {
        let mut order: Vec<usize> = (0..LABELS).collect();
        random.draw(&mut order, LABELS);
        orders.push(order);
    }
    let head = |learner: &Learner<ROWS, OUTPUTS>| Head::new(Link::Softmax, learner.weights);
    for (rule, once, replay, steps) in [
        (Rule::Sgd, "sgd", "sgd-replay", SGD_STEPS),
        (Rule::Adam, "adam", "adam-replay", ADAM_STEPS),
    ] {
        for step in steps {
            let mut learner = Learner::new(rule, step, subject.factory.weights());
            stored.iter().for_each(|sample| learner.learn(sample));
            score(once, Some(step), 1, &head(&learner));
        }
        for step in steps {
            let mut learner = Learner::new(rule, step, subject.factory.weights());
            orders.iter().flatten().for_each(|&index| learner.learn(&stored[index]));
            score(replay, Some(step), REPLAYS, &head(&learner));
        }
    }
    trial
}

/// The exact solution of the problem as `solve` stores it.
fn exact<const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize, const LABELS: usize>(
    solve: &Anchored<'_, f32, Class, ROWS, OUTPUTS, LABELS>,
    taught: &[(&[f32; FEATURES], u8)],
) -> Solution<OUTPUTS> {
    let widen = |head: &Head<f32, ROWS, OUTPUTS>| {
        head.weights().iter().map(|row| row.map(f64::from)).collect::<Vec<_>>()
    };
    let mut features = vec![[0.0; ROWS]; LABELS];
    for (features, sample) in features.iter_mut().zip(solve.samples()) {
        features.iter_mut().zip(sample.features()).for_each(|(to, from)| *to = f64::from(from));
    }
    let labels: Vec<u8> = taught.iter().map(|&(_, label)| label).collect();
    let problem = Problem {
        features: &features,
        labels: &labels,
        factory: &widen(solve.factory()),
        precision: f64::from(solve.precision()),
    };
    problem.solve(widen(solve.head()), EXACT)
}

/// The certificate of a head beside its true distance and the decisions of the exact solution.
fn compare<const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize, const LABELS: usize>(
    method: &'static str,
    solve: &Anchored<'_, f32, Class, ROWS, OUTPUTS, LABELS>,
    exact: &Solution<OUTPUTS>,
    rest: &[(&[f32; FEATURES], u8)],
) -> Certified {
    let certificate = solve.certificate();
    let pairs = solve.head().point().iter().zip(exact.weights.as_flattened());
    let square: f64 = pairs.map(|(&here, exact)| (f64::from(here) - exact).powi(2)).sum();
    let (mut certain, mut wrong) = (0, 0);
    for (features, _) in rest {
        let mut found = solve.head().scores(features);
        let decision = solve.head().decide(features);
        found.sort_by(|a, b| b.total_cmp(a));
        let norm = 1.0 + features.iter().map(|feature| feature * feature).sum::<f32>();
        if certificate.is_certain(found[0] - found[1], norm) {
            certain += 1;
            let mut widened = [1.0; ROWS];
            widened.iter_mut().zip(*features).for_each(|(to, &from)| *to = f64::from(from));
            let truth = scores(&exact.weights, &widened);
            let best = (0..OUTPUTS).max_by(|&a, &b| truth[a].total_cmp(&truth[b]));
            wrong += usize::from(best != Some(decision));
        }
    }
    Certified {
        method,
        precision: solve.precision(),
        distance: square.sqrt(),
        bound: f64::from(certificate.distance),
        exactness: exact.residual,
        decisions: rest.len(),
        certain,
        wrong,
    }
}
