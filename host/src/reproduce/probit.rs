//! One probit layer, y ~ Bernoulli(Φ(xβ + b)): how far the estimate is from the truth after 200
//! epochs (svi.md §2.2; Xu, Cheng & Xie, arXiv 2202.08876, Table 1). β and b are NumPy's, from the
//! committed file; every example has a seed of its own, as published.

use fejer::Link;

use super::contender::{Contender, Criterion};
use super::report::{Bar, Known, Report};
use super::study::{Job, Study, marked};
use super::{Error, Setting};
use crate::dataset::probit::{examples, truth};
use crate::layer::{Dense, Initialiser, Shape};
use crate::model::{Field, Loss, Model, Stage};
use crate::trainer::{Recipe, Update, evaluate};

const EPOCHS: u32 = 200;
const ERROR: &str = "parameter error";
const MONOTONE: &str = "monotone field";
const SGD: &str = "SGD on squared error, same step";
const TRAIN: usize = 2000;
const TEST: usize = 500;
/// What the seeds of test examples are ahead of those of training examples.
const TEST_SEEDS: u32 = 12_312;

pub(super) fn model(features: usize, criterion: Criterion) -> Result<Model<f32>, Error> {
    let mut stages = vec![Stage::layer(Dense::new(features, 1))];
    let loss = match criterion {
        Criterion::Matching => Loss::Matching(Link::Probit),
        Criterion::SquaredError => {
            stages.push(Stage::Link(Link::Probit));
            Loss::SquaredError
        }
    };
    Ok(Model::new(Shape::flat(features), stages, loss)?)
}

/// ‖ŵ − w‖/‖w‖ over weights and bias.
pub(super) fn parameter_error(point: &[f32], truth: &[f64]) -> f64 {
    let square = |value: f64| value * value;
    let distance: f64 = point.iter().zip(truth).map(|(&w, t)| square(f64::from(w) - t)).sum();
    (distance / truth.iter().copied().map(square).sum::<f64>()).sqrt()
}

fn study(features: usize, marks: Vec<u32>) -> Study {
    let published = Recipe {
        batch: 200,
        epochs: EPOCHS,
        ..Recipe::new(Field::Monotone, Update::momentum(0.9), 0.005)
    };
    let mut contenders = vec![Contender::new(MONOTONE, Criterion::SquaredError, published.clone())];
    contenders.extend(Contender::baselines(&published, 2.0, 1.0));
    let faster = Recipe { step: 0.05, ..published };
    contenders.push(Contender::new("monotone field, step × 10", Criterion::SquaredError, faster));
    Study {
        case: format!("p = {features}"),
        marks,
        quantities: vec![ERROR, "train squared error", "test squared error", "test error"],
        chosen_by: 1,
        contenders,
    }
}

/// The published rows, and bar B2: ±.01 of the parameter errors.
fn known() -> Vec<Known> {
    let rows = [
        ("p = 50", [0.596, 0.484], [0.0431, 0.0382]),
        ("p = 100", [0.682, 0.593], [0.0427, 0.0391]),
        ("p = 200", [0.779, 0.717], [0.0450, 0.0413]),
    ];
    let mut known = Vec::new();
    for (case, errors, squares) in rows {
        for (column, contender) in [SGD, MONOTONE].into_iter().enumerate() {
            let bar = Some(Bar::Near { value: errors[column], within: 0.01 });
            let of = |quantity, published, bar| Known {
                case,
                contender,
                epoch: EPOCHS,
                quantity,
                published: Some(published),
                bar,
            };
            known.push(of(ERROR, errors[column], bar));
            known.push(of("test squared error", squares[column], None));
        }
    }
    known
}

pub(super) fn run(setting: &Setting<'_>) -> Result<Report, Error> {
    let mut figures = Vec::new();
    for features in [50, 100, 200] {
        let (study, truth) = (study(features, setting.marks(&[EPOCHS])), truth(features));
        let train = |job: Job<'_>| {
            let seed = job.recipe.seed as u32;
            let train = setting.few(examples(&truth, TRAIN, seed));
            let test = examples(&truth, TEST, seed.wrapping_add(TEST_SEEDS));
            let model = model(features, job.criterion)?;
            marked(
                model,
                job,
                Initialiser::Torch,
                &train,
                &study.marks,
                &mut |model, point, tape| {
                    let seen = evaluate(model, point, &train, tape);
                    let unseen = evaluate(model, point, &test, tape);
                    let error = parameter_error(point, &truth);
                    vec![error, seen.squared_error, unseen.squared_error, unseen.error]
                },
            )
        };
        figures.extend(study.run(setting, &train)?);
    }
    let report = Report {
        experiment: "probit".into(),
        about: "y ~ Bernoulli(Φ(xβ + b)), 2000 examples, batches of 200, step .005, momentum .9".into(),
        seeds: setting.seeds.clone(),
        figures,
        remarks: vec![
            "The monotone field is the gradient of the matching loss, number for number: here both rows are one \
             method. It beats SGD on the squared error at the same step, which is slower for its factor φ' alone; \
             the same error with a longer step (tuned) catches up. All directions are right early, so the error \
             left is one of length: speed of travel."
                .into(),
        ],
    };
    Ok(report.knowing(&known()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::Scale;

    #[test]
    fn the_fields_of_the_monotone_and_the_matching_row_are_one() {
        let truth = truth(50);
        let examples = examples(&truth, 20, 7);
        let field = |criterion, field| {
            let model = model(50, criterion).unwrap();
            let point = model.initial_point(Initialiser::Torch, 3);
            let mut out = vec![0.0; point.len()];
            model.field(&point, examples.batch(0..20), field, &mut model.tape(), &mut out);
            out
        };
        let monotone = field(Criterion::SquaredError, Field::Monotone);
        assert_eq!(monotone, field(Criterion::Matching, Field::Gradient));
        assert_ne!(monotone, field(Criterion::SquaredError, Field::Gradient));
    }

    #[test]
    fn factors_of_published_losses_are_applied() {
        let contenders = study(50, vec![EPOCHS]).contenders;
        let scales: Vec<Scale> = contenders.iter().map(|c| c.recipes[0].scale).collect();
        assert_eq!(
            scales.iter().map(|scale| scale.all).collect::<Vec<_>>(),
            [1.0, 2.0, 2.0, 1.0, 2.0, 1.0]
        );
    }
}
