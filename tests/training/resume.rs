//! A training that was interrupted and goes on is the one that never stopped, to the bit.

use std::ops::ControlFlow;

use fejer_host::model::Field;
use fejer_host::trainer::{Checkpoint, Error, Outcome, Recipe, Schedule, Training, Update};

use crate::task::{begin, dropping as model, examples, recipe, updates};

fn uninterrupted(recipe: &Recipe) -> Checkpoint<f32> {
    let (mut model, examples) = (model(), examples());
    let mut training = begin(&mut model, recipe.clone(), &examples);
    let outcome = training.run(&mut |_| ControlFlow::Continue(())).expect("does not diverge");
    assert_eq!(outcome, Outcome::Finished);
    training.checkpoint()
}

/// Stops after so many steps and goes on, in another model, from the bytes of the checkpoint.
fn interrupted(recipe: &Recipe, after: u64) -> Checkpoint<f32> {
    let examples = examples();
    let bytes = {
        let mut model = model();
        let mut training = begin(&mut model, recipe.clone(), &examples);
        let mut stop = |progress: &fejer_host::trainer::Progress<'_, f32>| {
            if progress.step == after { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        assert_eq!(training.run(&mut stop).expect("does not diverge"), Outcome::Interrupted);
        training.checkpoint().encode()
    };
    let checkpoint = Checkpoint::decode(&bytes).expect("whole");
    let mut model = model();
    let mut training =
        Training::resume(&mut model, recipe.clone(), &checkpoint, &examples).expect("the same");
    training.run(&mut |_| ControlFlow::Continue(())).expect("does not diverge");
    training.checkpoint()
}

fn holds(recipe: &Recipe, name: &str) {
    let whole = uninterrupted(recipe);
    // within an epoch, at its end, after its first step, and one step before the end
    for after in [1, 5, 8, 9, 12, 23] {
        let parts = interrupted(recipe, after);
        assert_eq!(parts.encode(), whole.encode(), "{name}, interrupted after step {after}");
    }
}

#[test]
fn for_every_update() {
    for update in updates() {
        holds(&recipe(update), &format!("{update:?}"));
    }
}

#[test]
fn with_a_warm_start_a_schedule_decay_and_momentum_that_restarts() {
    let plain = recipe(Update::momentum(0.9));
    let changed = [
        Recipe { warm_start: 0.5, field: Field::Gradient, ..plain.clone() },
        Recipe { schedule: Schedule::Cosine { last: 0.1 }, decay: 0.01, ..plain.clone() },
        Recipe { reset_each_epoch: true, radius: Some(1.5), ..plain },
    ];
    for recipe in changed {
        holds(&recipe, &format!("{recipe:?}"));
    }
}

#[test]
fn more_epochs_prolong_a_training_but_another_recipe_is_refused() {
    let recipe = recipe(Update::momentum(0.9));
    let long = Recipe { epochs: 5, ..recipe.clone() };
    let (examples, checkpoint) = (examples(), uninterrupted(&recipe));
    let mut model = model();
    let mut training =
        Training::resume(&mut model, long.clone(), &checkpoint, &examples).expect("longer");
    training.run(&mut |_| ControlFlow::Continue(())).expect("does not diverge");
    assert_eq!(training.checkpoint().point, uninterrupted(&long).point);

    let mut refuse = |recipe: Recipe, what: &str| {
        let error = Training::resume(&mut model, recipe, &checkpoint, &examples).err();
        let message = error.expect("refused").to_string();
        assert!(message.contains(what), "{message}");
    };
    refuse(Recipe { step: 0.5, ..recipe.clone() }, "step: 0.5");
    refuse(Recipe { seed: 6, ..recipe.clone() }, "seed: 6");
    let cosine = Recipe { schedule: Schedule::Cosine { last: 0.0 }, ..long };
    refuse(cosine, "training.epochs is 3 there and 5 here");
}

#[test]
fn damaged_bytes_are_refused_and_never_panic() {
    let bytes = uninterrupted(&recipe(Update::ADAM)).encode();
    for length in 0..bytes.len() {
        assert!(Checkpoint::<f32>::decode(&bytes[..length]).is_err(), "first {length} bytes");
    }
    let numbers = bytes.len() - 4 * 3 * 90;
    for at in (0..bytes.len()).step_by(3) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        let decoded = Checkpoint::<f32>::decode(&damaged);
        assert!(at < numbers || decoded.is_err(), "byte {at}");
    }
    let other = Checkpoint::<f64>::decode(&bytes);
    assert!(matches!(other, Err(Error::NotACheckpoint(reason)) if reason.contains("F32")));
}
