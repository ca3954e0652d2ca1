//! What must fit before the first step: examples to the model, a checkpoint to the training.

use super::checkpoint::Checkpoint;
use super::error::Error;
use super::recipe::Recipe;
use crate::dataset::Examples;
use crate::model::Model;
use crate::real::Real;

pub(crate) fn check_shapes<T: Real>(model: &Model<T>, examples: &Examples<T>) -> Result<(), Error> {
    if examples.is_empty() {
        return Err(Error::Empty);
    }
    if examples.is_sparse() && !model.takes_sparse() {
        return Err(Error::Sparse);
    }
    let [input, target] = examples.shapes();
    let sides = [("input", model.input(), input), ("output", model.output(), target)];
    match sides.into_iter().find(|(_, model, data)| model != data) {
        None => Ok(()),
        Some((side, model, data)) => {
            let remedy = if side == "input" { "input shape" } else { "last layer's outputs" };
            Err(Error::Shape { side, model, data, remedy })
        }
    }
}

pub(crate) fn same<T: Real>(
    recipe: &Recipe,
    checkpoint: &Checkpoint<T>,
    model: &Model<T>,
    examples: usize,
) -> Result<(), Error> {
    let other = |what, found: String, expected: String, remedy| {
        Err(Error::Other { what, found, expected, remedy })
    };
    let epochs = recipe.epochs;
    let is_prolonged = epochs != checkpoint.recipe.epochs;
    if is_prolonged && (recipe.schedule.looks_ahead() || recipe.warm_start > 0.0) {
        let remedy = "with a cosine schedule or a warm start they must be the same";
        return other(
            "training.epochs",
            checkpoint.recipe.epochs.to_string(),
            epochs.to_string(),
            remedy,
        );
    }
    let there = Recipe { epochs, ..checkpoint.recipe.clone() };
    if there != *recipe {
        let remedy = "train with the recipe it was begun with, or start anew";
        return other("the recipe", format!("{there:?}"), format!("{recipe:?}"), remedy);
    }
    let lengths = [
        ("the number of weights", checkpoint.point.len(), model.parameters()),
        ("the number of running statistics", checkpoint.running.len(), model.running().len()),
        ("the number of examples", checkpoint.examples, examples),
    ];
    match lengths.into_iter().find(|(_, there, here)| there != here) {
        None => Ok(()),
        Some((what, there, here)) => {
            let remedy = "use the model and the data it was begun with, or start anew";
            other(what, there.to_string(), here.to_string(), remedy)
        }
    }
}
