//! Does the guard hold? One device in one field, taught rightly or wrongly, judged on the windows it
//! was not taught; beside it a learner without a guard.
//!
//! ```text
//! windows in random order ─┬─ the first so many: labels ──► learn, settle    as on the device
//!                          └─ all others: judged by, with the right labels
//! ```

mod study;
mod table;
mod task;

use clap::ValueEnum;
use fejer::tuner::{Clean, Ruling};
use fejer::{Anchored, Head, Target, Tuner};

pub use study::{FieldRow, Promise, Row, Study};
pub use table::text;
pub use task::Task;

use super::taught::Taught;
use super::{Error, Field};
use crate::random::Random;

/// Passes of the learner without a guard, once it has all labels.
const PASSES: u32 = 10;
/// The head in use is judged after so many labels each, and at the end.
const JUDGED_EVERY: usize = 10;
/// Labels that are wrong where labels are wrong often.
pub const WRONG: f64 = 0.4;
/// Added to the number of a stream of windows: the stream of what is said of them.
const SAID: u64 = 1 << 32;

/// How a device is taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Teaching {
    /// Every label is right.
    Right,
    /// 40 % of the labels are wrong.
    Wrong,
    /// Every label says the same, whatever the window.
    Same,
    /// Right labels, but of windows of one class only, and as many as half of these.
    Alone,
}

impl Teaching {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Right, Self::Wrong, Self::Same, Self::Alone];

    /// One word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Same => "same",
            Self::Alone => "alone",
        }
    }
}

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Labels given.
    pub labels: usize,
    /// How.
    pub teaching: Teaching,
    /// Seed of the order and of mistakes.
    pub seed: u64,
    /// Stream of that seed: another for every field.
    pub stream: u64,
}

/// What came of it. Qualities are accuracies, or for a regression RMS errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Of the factory head.
    pub factory: f64,
    /// Of the head in use at the end.
    pub guarded: f64,
    /// The worst of any head in use on the way.
    pub lowest: f64,
    /// Of a learner of all labels without a guard.
    pub unguarded: f64,
    /// The last ruling, if there was one.
    pub ruling: Option<Ruling>,
    /// Is what was learnt in use at the end?
    pub is_in_use: bool,
    /// Labels until it was in use for the first time.
    pub first_use: Option<usize>,
    /// Mean loss of the factory head and of the learnt one on the clean set, at the end.
    pub clean: [f64; 2],
    /// The least the learnt head lost there more than the factory head, at any verdict of the second
    /// half.
    pub least_added: f64,
}

/// Tries one device in one field.
///
/// # Errors
/// [`Error::TooShort`], [`Error::Refused`].
pub fn run<
    T: Taught<OUTPUTS>,
    const FEATURES: usize,
    const ROWS: usize,
    const OUTPUTS: usize,
    const MEMORY: usize,
    const HOLDOUT: usize,
>(
    field: &Field<T, FEATURES, ROWS, OUTPUTS>,
    plan: Plan,
) -> Result<Outcome, Error> {
    let refused = |source| Error::Refused { field: field.name.clone(), source };
    let (taught, rest) = divide(field, plan)?;
    let said = said(field, &taught, plan);
    let factory = &field.factory;
    let clean = Clean { codes: &factory.clean_codes, targets: &factory.clean_targets };
    let judge = |head: &Head<f32, ROWS, OUTPUTS>| T::QUALITY.of(mean_loss(field, &rest, head));

    let mut tuner = Tuner::<f32, T, ROWS, OUTPUTS, MEMORY, HOLDOUT>::new(
        &factory.head,
        clean,
        factory.settings,
    )
    .map_err(refused)?;
    let mut learner =
        Anchored::<f32, T, ROWS, OUTPUTS, MEMORY>::new(&factory.head).map_err(refused)?;
    let at_first = judge(&factory.head);
    let mut outcome = Outcome {
        factory: at_first,
        guarded: at_first,
        lowest: at_first,
        unguarded: at_first,
        ruling: None,
        is_in_use: false,
        first_use: None,
        clean: [0.0; 2],
        least_added: f64::INFINITY,
    };
    for (number, (&window, &target)) in (1..).zip(taught.iter().zip(&said)) {
        let features = &field.features[window];
        learner.learn(features, target).map_err(refused)?;
        tuner.learn(features, target).map_err(refused)?;
        if let Some(verdict) = tuner.settle() {
            let count = factory.clean_targets.len() as f64;
            outcome.clean = verdict.clean.map(|loss| f64::from(loss) / count);
            outcome.ruling = Some(verdict.ruling);
            if 2 * number > taught.len() {
                let [before, after] = outcome.clean;
                outcome.least_added = outcome.least_added.min(after - before);
            }
        }
        outcome.is_in_use = tuner.uses_learnt();
        if outcome.is_in_use && outcome.first_use.is_none() {
            outcome.first_use = Some(number);
        }
        if number % JUDGED_EVERY == 0 || number == taught.len() {
            outcome.guarded = judge(tuner.head());
            outcome.lowest = T::QUALITY.worse(outcome.lowest, outcome.guarded);
        }
    }
    (1..PASSES).for_each(|_| learner.consolidate_pass());
    outcome.unguarded = judge(learner.head());
    Ok(outcome)
}

/// The windows to label, in order, and those to judge by.
fn divide<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    field: &Field<T, FEATURES, ROWS, OUTPUTS>,
    plan: Plan,
) -> Result<(Vec<usize>, Vec<usize>), Error>
where
    T: Taught<OUTPUTS>,
{
    let (windows, labels) = (field.len(), plan.labels);
    if windows <= labels {
        return Err(Error::TooShort { field: field.name.clone(), windows, labels });
    }
    let mut order: Vec<usize> = (0..windows).collect();
    Random::new(plan.seed, plan.stream).draw(&mut order, windows);
    if plan.teaching != Teaching::Alone {
        let rest = order.split_off(labels);
        return Ok((order, rest));
    }
    let first = order.first().map(|&window| &field.targets[window]);
    let is_like = |&window: &usize| first.is_some_and(|first| field.targets[window].is_like(first));
    let (mut like, mut rest): (Vec<usize>, Vec<usize>) = order.iter().partition(|w| is_like(w));
    rest.extend(like.split_off(labels.min(like.len().div_ceil(2))));
    Ok((like, rest))
}

/// What is said of the windows to label.
fn said<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    field: &Field<T, FEATURES, ROWS, OUTPUTS>,
    taught: &[usize],
    plan: Plan,
) -> Vec<T>
where
    T: Taught<OUTPUTS>,
{
    let mut random = Random::new(plan.seed, plan.stream + SAID);
    let always = T::always(&mut random);
    let say = |&window: &usize| {
        let right = field.targets[window];
        match plan.teaching {
            Teaching::Right | Teaching::Alone => right,
            Teaching::Same => always,
            Teaching::Wrong if random.uniform() < WRONG => right.mistaken(&mut random),
            Teaching::Wrong => right,
        }
    };
    taught.iter().map(say).collect()
}

fn mean_loss<T, const FEATURES: usize, const ROWS: usize, const OUTPUTS: usize>(
    field: &Field<T, FEATURES, ROWS, OUTPUTS>,
    windows: &[usize],
    head: &Head<f32, ROWS, OUTPUTS>,
) -> f64
where
    T: Target<f32, OUTPUTS>,
{
    let loss = |&window: &usize| {
        f64::from(field.targets[window].loss(&head.predict(&field.features[window])))
    };
    windows.iter().map(loss).sum::<f64>() / windows.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::calibration::{self, HOLDOUT, LABELS, MEMORY, NOISE};

    fn plan(teaching: Teaching, seed: u64) -> Plan {
        Plan { labels: LABELS, teaching, seed, stream: 1 }
    }

    fn outcomes(teaching: Teaching) -> Vec<Outcome> {
        let fields = calibration::fields().unwrap();
        let of = |(field, seed)| run::<_, _, _, _, MEMORY, HOLDOUT>(field, plan(teaching, seed));
        let runs = fields.iter().flat_map(|field| (0..3).map(move |seed| (field, seed)));
        runs.map(|run| of(run).unwrap()).collect()
    }

    #[test]
    fn right_references_at_least_halve_the_error_of_an_aged_sensor() {
        for outcome in outcomes(Teaching::Right) {
            assert!(outcome.factory > 5.0 * NOISE, "{outcome:?}");
            assert!(outcome.guarded < 0.5 * outcome.factory, "{outcome:?}");
            assert!(outcome.is_in_use && outcome.first_use.is_some_and(|first| first < 30));
        }
    }

    #[test]
    fn wrong_references_never_make_it_worse_than_by_a_tenth() {
        for teaching in [Teaching::Wrong, Teaching::Same, Teaching::Alone] {
            for outcome in outcomes(teaching) {
                assert!(outcome.lowest <= 1.1 * outcome.factory, "{teaching:?} {outcome:?}");
            }
        }
    }

    #[test]
    fn a_trial_repeats_and_another_seed_differs() {
        let fields = calibration::fields().unwrap();
        assert_eq!(fields[0].features, calibration::fields().unwrap()[0].features);
        let run = |seed| {
            run::<_, _, _, _, MEMORY, HOLDOUT>(&fields[0], plan(Teaching::Wrong, seed)).unwrap()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    #[test]
    fn each_teaching_says_what_it_should() {
        let fields = calibration::fields().unwrap();
        let field = &fields[0];
        let lesson = |teaching| {
            let (taught, rest) = divide(field, plan(teaching, 7)).unwrap();
            assert_eq!(taught.len() + rest.len(), field.len());
            assert!(rest.iter().all(|window| !taught.contains(window)));
            let said = said(field, &taught, plan(teaching, 7));
            let right: Vec<[f32; 1]> = taught.iter().map(|&w| field.targets[w]).collect();
            (said, right)
        };
        let (said, right) = lesson(Teaching::Right);
        assert_eq!(said, right);
        assert_eq!(said.len(), LABELS);
        let (said, right) = lesson(Teaching::Wrong);
        let wrong = said.iter().zip(&right).filter(|(said, right)| said != right).count();
        assert!((8..=24).contains(&wrong), "{wrong} of 40");
        let (said, _) = lesson(Teaching::Same);
        assert!(said.iter().all(|&one| one == said[0]));
        let (said, right) = lesson(Teaching::Alone);
        assert_eq!(said, right);
        assert!(said.iter().all(|one| one.is_like(&said[0])) && said.len() < field.len() / 10);
    }

    #[test]
    fn a_field_with_no_windows_to_judge_by_is_refused() {
        let fields = calibration::fields().unwrap();
        let plan = Plan { labels: 200, ..plan(Teaching::Right, 0) };
        let outcome = run::<_, _, _, _, MEMORY, HOLDOUT>(&fields[0], plan);
        assert!(matches!(outcome, Err(Error::TooShort { windows: 200, labels: 200, .. })));
    }
}
