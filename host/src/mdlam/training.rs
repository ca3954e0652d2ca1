//! mDLAM as a training: the seam of [`crate::trainer::Training`], so that curves, checkpoints, going on
//! and everything that reads a trained network are the same. A step is an epoch; the loss reported is
//! that of the network itself after it, by a pass forward through weights and biases alone.

use std::ops::ControlFlow;
use std::time::Instant;

use super::settings::Settings;
use super::solver::Solver;
use crate::dataset::Examples;
use crate::layer::Initialiser;
use crate::model::{Model, Tape};
use crate::real::Real;
use crate::trainer::{Checkpoint, Error, Outcome, Progress, Recipe, check_shapes, same};

/// A training under way.
pub struct Training<'a, T> {
    model: &'a Model<T>,
    recipe: Recipe,
    examples: &'a Examples<T>,
    solver: Solver<'a, T>,
    loss: f64,
    tape: Tape<T>,
}

impl<'a, T: Real> Training<'a, T> {
    /// From weights that the recipe's seed draws. Of the recipe, `mdlam` (its defaults if there are
    /// none), `epochs` and `seed` are used.
    ///
    /// # Errors
    /// [`Error`]: the recipe makes no sense, or the examples or layers do not fit.
    pub fn new(
        model: &'a Model<T>,
        recipe: Recipe,
        initialiser: Initialiser,
        examples: &'a Examples<T>,
    ) -> Result<Self, Error> {
        let point = model.initial_point(initialiser, recipe.seed);
        Self::from_point(model, recipe, point, examples)
    }

    fn from_point(
        model: &'a Model<T>,
        recipe: Recipe,
        point: Vec<T>,
        examples: &'a Examples<T>,
    ) -> Result<Self, Error> {
        recipe.check()?;
        check_shapes(model, examples)?;
        if examples.is_sparse() {
            return Err(Error::SparseBlocks);
        }
        let settings: Settings = recipe.mdlam.unwrap_or_default();
        let (input, target) = (examples.input(), examples.target());
        let solver = Solver::new(model, settings, point, input, target)?;
        Ok(Self { model, recipe, examples, solver, loss: 0.0, tape: model.tape() })
    }

    /// From a checkpoint of the same training; only the epochs may be others.
    ///
    /// # Errors
    /// As [`Training::new`], and [`Error::Other`] where it is not the same training.
    pub fn resume(
        model: &'a Model<T>,
        recipe: Recipe,
        checkpoint: &Checkpoint<T>,
        examples: &'a Examples<T>,
    ) -> Result<Self, Error> {
        same(&recipe, checkpoint, model, examples.len())?;
        let mut training = Self::from_point(model, recipe, checkpoint.point.clone(), examples)?;
        let epochs = u32::try_from(checkpoint.step).unwrap_or(u32::MAX);
        training.loss = checkpoint.loss;
        if training.solver.restore(&checkpoint.point, &checkpoint.state, epochs) {
            return Ok(training);
        }
        Err(Error::NotACheckpoint("the blocks in it do not fit the layers and examples".into()))
    }

    /// The state after the last epoch.
    pub fn checkpoint(&self) -> Checkpoint<T> {
        let variables = self.solver.variables();
        Checkpoint {
            recipe: self.recipe.clone(),
            description: String::new(),
            examples: self.examples.len(),
            step: self.solver.epochs().into(),
            loss: self.loss,
            point: variables.point.clone(),
            running: self.model.running(),
            state: variables.state(),
            count: 0,
        }
    }

    /// The blocks and what is known of them.
    pub fn solver(&self) -> &Solver<'a, T> {
        &self.solver
    }

    /// Goes on to the last epoch, or until the observer, asked after every one, breaks off.
    ///
    /// # Errors
    /// [`Error::Diverged`]: a weight is no longer a finite number.
    pub fn run(
        &mut self,
        observe: &mut dyn FnMut(&Progress<'_, T>) -> ControlFlow<()>,
    ) -> Result<Outcome, Error> {
        let start = Instant::now();
        let mut kept = self.checkpoint();
        while self.solver.epochs() < self.recipe.epochs {
            self.solver.epoch();
            let (epoch, point) = (self.solver.epochs(), &self.solver.variables().point);
            let batch = self.examples.batch(0..self.examples.len());
            self.loss = self.model.loss(point, batch, &mut self.tape);
            if !self.loss.is_finite() || !point.iter().all(|weight| weight.is_sound()) {
                let (loss, step) = (self.loss, epoch.into());
                let is_restored = self.solver.restore(&kept.point, &kept.state, epoch - 1);
                debug_assert!(is_restored, "its own checkpoint");
                self.loss = kept.loss;
                return Err(Error::Diverged { epoch, step, loss, kept: epoch - 1 });
            }
            kept = self.checkpoint();
            let flow = observe(&Progress {
                epoch,
                epochs: self.recipe.epochs,
                step: epoch.into(),
                steps: self.recipe.epochs.into(),
                is_epoch_end: true,
                checkpoint: Some(&kept),
                loss: self.loss,
                seconds: start.elapsed().as_secs_f64(),
                model: self.model,
                point: &kept.point,
            });
            if flow.is_break() {
                return Ok(Outcome::Interrupted);
            }
        }
        Ok(Outcome::Finished)
    }
}
