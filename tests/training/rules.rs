//! What a recipe's numbers do.

use std::ops::ControlFlow;

use fejer_host::dataset::Examples;
use fejer_host::layer::Initialiser;
use fejer_host::matrix::Matrix;
use fejer_host::model::{Batch, Field};
use fejer_host::trainer::{Error, Recipe, Scale, Training, Update, evaluate};

use crate::support::tolerance;
use crate::task::{begin, examples, model, recipe};

fn trained(recipe: &Recipe) -> Vec<f32> {
    let (mut model, examples) = (model(), examples());
    let mut training = begin(&mut model, recipe.clone(), &examples);
    training.run(&mut |_| ControlFlow::Continue(())).expect("does not diverge");
    training.into_point()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max)
}

/// Two steps on all examples at once, against the same written out.
#[test]
fn the_plain_step_is_the_field_scaled_with_its_decay() {
    let scale = Scale { all: 2.0, hidden: 0.5 };
    let all = Recipe { batch: usize::MAX, epochs: 2, scale, decay: 0.1, ..recipe(Update::PLAIN) };
    let (model, examples) = (model(), examples());
    let last = model.weights(3);
    let mut point = model.initial_point(Initialiser::Torch, all.seed);
    let mut field = vec![0.0; point.len()];
    let mut tape = model.tape();
    let batch: Batch<'_, f32> = examples.batch(0..examples.len());
    for _ in 0..2 {
        model.field(&point, batch, Field::Monotone, &mut tape, &mut field);
        for (index, (weight, field)) in point.iter_mut().zip(&field).enumerate() {
            let factor = if last.contains(&index) { 2.0 } else { 1.0 };
            *weight -= 0.01 * (factor * field + 0.1 * *weight);
        }
    }
    let difference = largest_difference(&point, &trained(&all));
    assert!(difference < tolerance::F32_ROUNDING, "{difference}");
}

#[test]
fn a_hidden_factor_of_zero_trains_the_last_layer_alone() {
    let scale = Scale { all: 1.0, hidden: 0.0 };
    let frozen = Recipe { scale, ..recipe(Update::momentum(0.9)) };
    let model = model();
    let start = model.initial_point(Initialiser::Torch, frozen.seed);
    let (end, last) = (trained(&frozen), model.weights(3));
    assert_eq!(end[..last.start], start[..last.start]);
    assert!(largest_difference(&end[last.clone()], &start[last]) > 0.01);
}

#[test]
fn only_the_stages_named_decay_and_the_ball_holds() {
    let plain = recipe(Update::PLAIN);
    // so strong a decay that nothing else matters
    let decayed = Recipe { decay: 20.0, decayed_stages: Some(vec![0]), ..plain.clone() };
    let (model, end) = (model(), trained(&decayed));
    let norm = |range: std::ops::Range<usize>| {
        end[range].iter().map(|&w| f64::from(w * w)).sum::<f64>().sqrt()
    };
    assert!(norm(model.weights(0)) < 0.1 && norm(model.weights(3)) > 0.5);
    let inside = trained(&Recipe { radius: Some(0.7), ..plain.clone() });
    let norm = inside.iter().map(|&w| f64::from(w * w)).sum::<f64>().sqrt();
    assert!((norm - 0.7).abs() < tolerance::F32_REORDERED, "{norm}");

    let nowhere = Recipe { decayed_stages: Some(vec![2]), ..plain };
    let (mut model, examples) = (self::model(), examples());
    let error = Training::new(&mut model, nowhere, Initialiser::Torch, &examples).err();
    assert_eq!(error, Some(Error::Stage { stage: 2, stages: vec![0, 1, 3] }));
}

#[test]
fn the_same_seed_gives_the_same_bits_and_another_one_does_not() {
    let recipe = recipe(Update::ADAM);
    assert_eq!(trained(&recipe), trained(&recipe));
    assert_ne!(trained(&recipe), trained(&Recipe { seed: 6, ..recipe.clone() }));
}

/// With a linear field of one weight the order shows: every epoch must take each example once.
#[test]
fn an_epoch_takes_every_example_once_in_an_order_of_its_own() {
    use fejer_host::layer::{Dense, Shape};
    use fejer_host::model::{Loss, Model, Stage};
    let stages = vec![Stage::layer(Dense::new(1, 1))];
    let mut model = Model::<f64>::new(Shape::flat(1), stages, Loss::SquaredError).expect("fits");
    // an input of 0 moves the bias alone, by step · target
    let targets = (0..6).map(|k| f64::from(1 << k)).collect();
    let examples = Examples::new(6, Matrix::zeros(6, 1), Matrix::new(6, 1, targets));
    let step = 1e-9;
    let recipe =
        Recipe { batch: 1, epochs: 2, ..Recipe::new(Field::Gradient, Update::PLAIN, step) };
    let mut training = Training::from_point(&mut model, recipe, vec![0.0; 2], &examples).unwrap();
    let mut seen = vec![0.0];
    let mut observe = |progress: &fejer_host::trainer::Progress<'_, f64>| {
        seen.push((progress.point[1] / step).round());
        ControlFlow::Continue(())
    };
    training.run(&mut observe).unwrap();
    let taken: Vec<f64> = seen.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for epoch in taken.chunks(6) {
        let mut sorted = epoch.to_vec();
        sorted.sort_by(f64::total_cmp);
        assert_eq!(sorted, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]);
    }
    assert_ne!(taken[..6], taken[6..]);
}

#[test]
fn a_training_that_diverges_says_so_and_stands_at_the_last_sound_epoch() {
    use fejer_host::layer::{Dense, Shape};
    use fejer_host::model::{Loss, Model, Stage};
    let stages = vec![Stage::layer(Dense::new(3, 2))];
    let mut model = Model::<f32>::new(Shape::flat(3), stages, Loss::SquaredError).expect("fits");
    let examples = examples();
    let recipe = Recipe { epochs: 100, ..recipe(Update::PLAIN) };
    let recipe = Recipe { step: 30.0, ..recipe };
    let mut training =
        Training::new(&mut model, recipe, Initialiser::Torch, &examples).expect("sound");
    let error = training.run(&mut |_| ControlFlow::Continue(())).expect_err("diverges");
    let Error::Diverged { epoch, kept, .. } = error.clone() else { panic!("{error}") };
    assert!(kept + 1 == epoch && kept > 0, "{error}");
    assert!(error.to_string().contains("smaller training.step"));
    assert!(training.checkpoint().point.iter().all(|weight| weight.is_finite()));
}

#[test]
fn a_warm_start_begins_with_the_monotone_field_and_ends_with_the_gradient() {
    let gradient = Recipe { field: Field::Gradient, ..recipe(Update::PLAIN) };
    let warm = |share| trained(&Recipe { warm_start: share, ..gradient.clone() });
    assert_eq!(warm(0.0), trained(&gradient));
    assert_eq!(warm(1.0), trained(&recipe(Update::PLAIN)));
    assert!(warm(0.5) != warm(0.0) && warm(0.5) != warm(1.0));
}

/// On all examples at once an epoch is a step, so that a velocity which restarts is none.
#[test]
fn momentum_restarts_where_the_recipe_says_so() {
    let momentum = Recipe { batch: usize::MAX, epochs: 4, ..recipe(Update::momentum(0.9)) };
    let plain = Recipe { update: Update::PLAIN, ..momentum.clone() };
    let restarted = Recipe { reset_each_epoch: true, ..momentum.clone() };
    // the plain step goes to the weights without a velocity: other roundings
    let off = |recipe| largest_difference(&trained(recipe), &trained(&plain));
    assert!(off(&restarted) < tolerance::F32_ROUNDING, "{}", off(&restarted));
    assert!(off(&momentum) > 100.0 * tolerance::F32_ROUNDING, "{}", off(&momentum));

    // a warm start is a training by itself, and another one from where it ended
    let gradient = Recipe { field: Field::Gradient, ..momentum.clone() };
    let warm = trained(&Recipe { warm_start: 0.5, ..gradient.clone() });
    let (mut model, examples) = (model(), examples());
    let middle = trained(&Recipe { epochs: 2, ..momentum });
    let rest = Recipe { epochs: 2, ..gradient };
    let mut training = Training::from_point(&mut model, rest, middle, &examples).expect("sound");
    training.run(&mut |_| ControlFlow::Continue(())).expect("does not diverge");
    assert_eq!(training.into_point(), warm);
}

#[test]
fn training_lowers_the_error_and_scores_agree_with_a_count() {
    let recipe = Recipe { epochs: 200, ..recipe(Update::momentum(0.9)) };
    let recipe = Recipe { field: Field::Gradient, step: 0.1, ..recipe };
    let (mut model, examples) = (model(), examples());
    let mut training = begin(&mut model, recipe, &examples);
    training.run(&mut |_| ControlFlow::Continue(())).expect("does not diverge");
    let point = training.into_point();
    let mut tape = model.tape();
    let scores = evaluate(&model, &point, &examples, &mut tape);
    let predictions = model.predict(&point, examples.input(), &mut tape);
    let wrong = predictions
        .each_row()
        .zip(examples.target().each_row())
        .filter(|(p, y)| (p[1] > p[0]) != (y[1] > y[0]))
        .count();
    assert_eq!((scores.error * 50.0).round() as usize, wrong);
    let start = model.initial_point(Initialiser::Torch, 5);
    let before = evaluate(&model, &start, &examples, &mut tape);
    assert!(scores.error < 0.5 * before.error && scores.loss < 0.5 * before.loss, "{scores:?}");
    assert_eq!(scores.confusion.iter().flatten().sum::<u64>(), 50);
}

#[test]
fn recipes_and_data_that_make_no_sense_are_refused_by_name() {
    let sound = recipe(Update::PLAIN);
    let refuse = |recipe: Recipe, what: &str| {
        let message = recipe.check().expect_err(what).to_string();
        assert!(message.starts_with(&format!("training.{what} must")), "{message}");
    };
    refuse(Recipe { step: -1.0, ..sound.clone() }, "step");
    refuse(Recipe { batch: 0, ..sound.clone() }, "batch");
    refuse(Recipe { epochs: 0, ..sound.clone() }, "epochs");
    refuse(Recipe { warm_start: 1.5, ..sound.clone() }, "warm_start");
    refuse(Recipe { decay: f64::NAN, ..sound.clone() }, "decay");
    let (mut model, examples) = (model(), examples());
    let wide = Examples::classified(Matrix::zeros(2, 4), &[0, 1], 2);
    let error = Training::new(&mut model, sound.clone(), Initialiser::Torch, &wide).err();
    let message = error.expect("refused").to_string();
    assert!(message.contains("1 × 3") && message.contains("1 × 4"), "{message}");
    let empty = examples.chosen(&[]);
    let error = Training::new(&mut model, sound, Initialiser::Torch, &empty).err();
    assert_eq!(error, Some(Error::Empty));
}
