//! Starting far on the wrong side, where the link is flat (svi.md §4, bar B4): the squared error has
//! next to no gradient there, for its factor φ′; the monotone field does without it. Probit of ten
//! features, ‖Θ*‖ = 1.5, from −8 and −4 times Θ*/‖Θ*‖, a fresh batch of 64 every step, plain steps of
//! length .2.

use std::ops::ControlFlow;

use fejer::Link;

use super::contender::{Contender, Criterion};
use super::report::{Bar, Known, Report};
use super::study::{Job, Study};
use super::{Error, Setting, probit};
use crate::dataset::Examples;
use crate::matrix::Matrix;
use crate::model::Field;
use crate::random::Random;
use crate::report::{Chart, Clock, Curve};
use crate::trainer::{Recipe, Training, Update, evaluate};

const FEATURES: usize = 10;
const LENGTH: f64 = 1.5;
const BATCH: usize = 64;
/// The steps bar B4 names; there are as many steps as the last says.
const MARKS: [u64; 3] = [200, 1000, 4000];
/// Between two points of the picture.
const STRIDE: u64 = 40;
const QUANTITIES: [&str; 4] = [
    "relative error at step 200",
    "relative error at step 1000",
    "relative error at step 4000",
    "train squared error",
];
const MONOTONE: &str = "monotone field";
const SGD: &str = "SGD on squared error, same step";

/// One repetition: a truth on the sphere, where to start, and every example of every step.
struct Problem {
    truth: Vec<f64>,
    start: Vec<f32>,
    examples: Examples<f32>,
}

impl Problem {
    fn new(times: f64, seed: u64) -> Self {
        let mut random = Random::new(seed, 0);
        let direction: Vec<f64> = (0..FEATURES).map(|_| random.normal()).collect();
        let norm = direction.iter().map(|value| value * value).sum::<f64>().sqrt();
        let mut truth: Vec<f64> = direction.iter().map(|value| value * LENGTH / norm).collect();
        let mut start: Vec<f32> =
            truth.iter().map(|&value| (-times * value / LENGTH) as f32).collect();
        // The biases.
        truth.push(0.0);
        start.push(0.0);
        let count = BATCH * MARKS[2] as usize;
        let (mut inputs, mut targets) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let input: Vec<f64> = (0..FEATURES).map(|_| random.normal()).collect();
            let score: f64 = input.iter().zip(&truth).map(|(x, weight)| x * weight).sum();
            let mut chance = [score];
            Link::Probit.predict(&mut chance);
            targets.push(if random.uniform() < chance[0] { 1.0 } else { 0.0 });
            inputs.extend(input.iter().map(|&x| x as f32));
        }
        let inputs = Matrix::new(count, FEATURES, inputs);
        let examples = Examples::new(count, inputs, Matrix::new(count, 1, targets));
        Self { truth, start, examples }
    }
}

fn recipe() -> Recipe {
    Recipe { batch: BATCH, epochs: 1, ..Recipe::new(Field::Monotone, Update::PLAIN, 0.2) }
}

fn study(times: f64) -> Study {
    let mut contenders = vec![Contender::new(MONOTONE, Criterion::SquaredError, recipe())];
    contenders.extend(Contender::baselines(&recipe(), 2.0, 1.0));
    Study {
        case: format!("from −{times} Θ*/‖Θ*‖"),
        marks: vec![1],
        quantities: QUANTITIES.to_vec(),
        chosen_by: 3,
        contenders,
    }
}

/// Trains; gives the relative error after every step that `observe` wants, and what is measured.
fn train(
    problem: &Problem,
    criterion: Criterion,
    recipe: Recipe,
    observe: &mut dyn FnMut(u64, f64),
) -> Result<f64, Error> {
    let mut model = probit::model(FEATURES, criterion)?;
    let start = problem.start.clone();
    let mut training = Training::from_point(&mut model, recipe, start, &problem.examples)?;
    training.run(&mut |progress| {
        // Of the weights: the truth has no bias.
        let weights = &progress.point[..FEATURES];
        observe(progress.step, probit::parameter_error(weights, &problem.truth[..FEATURES]));
        ControlFlow::Continue(())
    })?;
    let point = training.into_point();
    let mut tape = model.tape();
    Ok(evaluate(&model, &point, &problem.examples, &mut tape).squared_error)
}

fn known() -> Vec<Known> {
    let rows = [
        ("from −8 Θ*/‖Θ*‖", SGD, [6.21, 5.66, 0.65]),
        ("from −8 Θ*/‖Θ*‖", MONOTONE, [0.085, 0.058, 0.064]),
        ("from −4 Θ*/‖Θ*‖", SGD, [2.98, 0.047, 0.057]),
        ("from −4 Θ*/‖Θ*‖", MONOTONE, [0.073, 0.058, 0.064]),
    ];
    let of = |(case, contender, errors): (&'static str, &'static str, [f64; 3])| {
        let bars = match contender {
            MONOTONE => [Some(Bar::AtMost(0.1)), None, None],
            _ => [Some(Bar::AtLeast(2.0)), None, None],
        };
        let quantities = QUANTITIES.into_iter().zip(errors).zip(bars);
        quantities
            .map(|((quantity, error), bar)| Known {
                case,
                contender,
                epoch: 1,
                quantity,
                published: Some(error),
                bar,
            })
            .collect::<Vec<_>>()
    };
    rows.into_iter().flat_map(of).collect()
}

pub(super) fn run(setting: &Setting<'_>) -> Result<Report, Error> {
    let mut figures = Vec::new();
    for times in [8.0, 4.0] {
        let run = |job: Job<'_>| {
            let problem = Problem::new(times, job.recipe.seed);
            let mut measured = Vec::new();
            let loss = train(&problem, job.criterion, job.recipe, &mut |step, error| {
                if MARKS.contains(&step) {
                    measured.push(error);
                }
            })?;
            (job.observe)();
            measured.push(loss);
            Ok(vec![measured])
        };
        figures.extend(study(times).run(setting, &run)?);
    }
    let report = Report {
        experiment: "saturation".into(),
        about: "Probit, 10 features, ‖Θ*‖ = 1.5, fresh batches of 64, plain steps of .2".into(),
        seeds: setting.seeds.clone(),
        figures,
        remarks: vec![
            "From where the link is flat the squared error has hardly any gradient, and the monotone field \
             leaves at once: it wins. A longer step (tuned) helps SGD on the squared error; the matching \
             loss has no plateau either, its gradient is the monotone field: a tie, number for number."
                .into(),
        ],
    };
    Ok(report.knowing(&known()))
}

/// The picture of why: relative error over the steps, from −8. The matching loss is left out, for its
/// curve is the monotone field's.
pub(super) fn chart(setting: &Setting<'_>) -> Result<Chart, Error> {
    let mut curves = Vec::new();
    for contender in study(8.0).contenders {
        let is_shown_already = contender.criterion == Criterion::Matching;
        for recipe in contender.recipes.iter().filter(|_| !is_shown_already) {
            let of_seed = |&seed: &u64| {
                let problem = Problem::new(8.0, seed);
                let mut curve = Vec::new();
                let recipe = Recipe { seed, ..recipe.clone() };
                train(&problem, contender.criterion, recipe, &mut |step, error| {
                    if step == 1 || step.is_multiple_of(STRIDE) {
                        curve.push((step as u32, error));
                    }
                })?;
                Ok(curve)
            };
            let seeds = setting.seeds.iter().map(of_seed).collect::<Result<_, Error>>()?;
            let rounded = (recipe.step * 1e6).round() / 1e6;
            let name = format!("{}, γ = {rounded}", method(&contender.name));
            // The tuned one's first step is the one shown before it.
            if curves.iter().all(|curve: &Curve| curve.name != name) {
                curves.push(Curve { name, seeds });
            }
        }
    }
    Ok(Chart {
        title: "Starting where the link is flat: relative error of the weights".into(),
        description: "The monotone field leaves at once; the squared error stands still".into(),
        clock: Clock::Steps,
        curves,
    })
}

/// A contender's name without what is said of its step.
fn method(name: &str) -> &str {
    name.split(',').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reproduce::SEEDS;

    #[test]
    fn the_field_leaves_and_the_squared_error_stands() {
        let setting = Setting {
            data: None,
            seeds: SEEDS.to_vec(),
            only: vec![],
            epochs: None,
            examples: None,
            observe: &|_, _| (),
        };
        let report = run(&setting).unwrap();
        assert_eq!(report.missed().count(), 0, "{}", report.text());
        let error =
            |contender| report.figure("from −8 Θ*/‖Θ*‖", contender, 1, QUANTITIES[2]).unwrap().mean;
        assert_eq!(error(MONOTONE), error("SGD on the matching loss"));
        assert_eq!(chart(&setting).unwrap().curves.len(), 6);
    }
}
