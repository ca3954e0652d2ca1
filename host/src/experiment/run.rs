//! An experiment from its first to its last epoch, with what is measured on the way.

use std::ops::ControlFlow;

use super::Experiment;
use super::course::Course;
use super::history::Epoch;
use crate::dataset::Data;
use crate::model::Model;
use crate::trainer::{self, Checkpoint, Outcome, Scores, evaluate};

/// What an observer sees after every step.
pub struct Step<'a> {
    /// Steps made.
    pub made: u64,
    /// Steps in all.
    pub all: u64,
    /// Mean loss of the epoch's batches so far.
    pub loss: f64,
    /// At the end of an epoch, its row.
    pub epoch: Option<&'a Epoch>,
    /// At the end of an epoch, all rows so far and the state to go on from.
    pub kept: Option<(&'a [Epoch], &'a Checkpoint<f32>)>,
}

/// A training that ended one way or another.
pub struct Ended {
    /// How; a training that diverged stands at its last sound epoch.
    pub outcome: Result<Outcome, trainer::Error>,
    /// To go on from.
    pub checkpoint: Checkpoint<f32>,
    /// A row an epoch.
    pub history: Vec<Epoch>,
    /// On the training data, with running statistics.
    pub train: Scores,
    /// On the test; none where it has no examples.
    pub test: Option<Scores>,
}

/// Trains, from the beginning or from a checkpoint with the rows up to it; the observer is asked after
/// every step whether to go on.
///
/// # Errors
/// The training is refused before its first step; see [`trainer::Error`].
pub fn train(
    experiment: &Experiment,
    model: &mut Model<f32>,
    data: &Data,
    from: Option<(&Checkpoint<f32>, Vec<Epoch>)>,
    observe: &mut dyn FnMut(&Step<'_>) -> ControlFlow<()>,
) -> Result<Ended, trainer::Error> {
    let mut tape = model.tape();
    let (from, history) = from.unzip();
    let mut training = Course::new(experiment, model, data, from)?;
    let mut history: Vec<Epoch> = history.unwrap_or_default();
    let before = history.last().map_or(0.0, |row: &Epoch| row.seconds);
    let outcome = training.run(&mut |progress| {
        let row = progress.is_epoch_end.then(|| {
            let scores = (!data.test.is_empty())
                .then(|| evaluate(progress.model, progress.point, &data.test, &mut tape));
            let of = |pick: fn(&Scores) -> f64| scores.as_ref().map(pick);
            Epoch {
                epoch: progress.epoch,
                seconds: before + progress.seconds,
                train_loss: progress.loss,
                test_loss: of(|scores| scores.loss),
                test_squared_error: of(|scores| scores.squared_error),
                test_error: of(|scores| scores.error),
                test_weighted_f1: of(|scores| scores.weighted_f1),
            }
        });
        history.extend(row);
        let (made, all, loss) = (progress.step, progress.steps, progress.loss);
        let kept = progress.checkpoint.map(|checkpoint| (history.as_slice(), checkpoint));
        observe(&Step { made, all, loss, epoch: row.as_ref(), kept })
    });
    let checkpoint = training.checkpoint();
    let epochs = checkpoint.step / training.steps_per_epoch().max(1);
    history.retain(|row| u64::from(row.epoch) <= epochs);
    drop(training);
    let train = evaluate(model, &checkpoint.point, &data.train, &mut tape);
    let test =
        (!data.test.is_empty()).then(|| evaluate(model, &checkpoint.point, &data.test, &mut tape));
    Ok(Ended { outcome, checkpoint, history, train, test })
}
