//! Training: a recipe, a model and examples in; weights out, the same bits for the same seed.
//!
//! A step draws the next batch of the epoch's order, evaluates the recipe's field on it and moves the
//! point by one [`fejer::Method`] step. Everything the next step depends on is in a [`Checkpoint`].

mod adam;
mod adaptive;
mod checkpoint;
mod checks;
mod error;
mod momentum;
mod progress;
mod recipe;
mod scaled;
mod schedule;
mod scores;
mod update;

use std::ops::ControlFlow;
use std::time::Instant;

use fejer::{Free, L2Ball, Method};

pub use adam::Adam;
pub use adaptive::{Adadelta, Adagrad};
pub use checkpoint::Checkpoint;
pub use error::Error;
pub use momentum::Momentum;
pub use progress::{Outcome, Progress};
pub use recipe::{Recipe, Scale};
pub use schedule::Schedule;
pub use scores::{Scores, decision, evaluate};
pub use update::Update;

use crate::dataset::Examples;
use crate::layer::Initialiser;
use crate::model::{Field, Model, ModelOperator, Tape};
use crate::random::Random;
use crate::real::Real;
pub(crate) use checks::{check_shapes, same};
use momentum::Target;
use scaled::{Factors, Scaled};
use update::Stepper;

/// Streams of the seed from here on order the examples of an epoch; those below it draw weights.
const ORDER_STREAMS: u64 = 1 << 32;

/// A training under way.
pub struct Training<'a, T> {
    model: &'a mut Model<T>,
    recipe: Recipe,
    examples: &'a Examples<T>,
    factors: Factors<T>,
    stepper: Stepper<T>,
    point: Vec<T>,
    step: u64,
    loss: f64,
    order: Vec<usize>,
    ordered: Option<u32>,
    batch: Examples<T>,
    tape: Tape<T>,
}

impl<'a, T: Real> Training<'a, T> {
    /// From weights that the recipe's seed draws.
    ///
    /// # Errors
    /// [`Error`]: the recipe makes no sense, or the examples do not fit the model.
    pub fn new(
        model: &'a mut Model<T>,
        recipe: Recipe,
        initialiser: Initialiser,
        examples: &'a Examples<T>,
    ) -> Result<Self, Error> {
        let point = model.initial_point(initialiser, recipe.seed);
        Self::from_point(model, recipe, point, examples)
    }

    /// From these weights.
    ///
    /// # Errors
    /// As [`Training::new`].
    ///
    /// # Panics
    /// When there are more or fewer weights than the model has.
    pub fn from_point(
        model: &'a mut Model<T>,
        recipe: Recipe,
        point: Vec<T>,
        examples: &'a Examples<T>,
    ) -> Result<Self, Error> {
        recipe.check()?;
        check_shapes(model, examples)?;
        assert_eq!(point.len(), model.parameters(), "length of the point");
        let factors = Factors::new(model, &recipe)?;
        let stepper = Stepper::new(recipe.update, point.len());
        let tape = model.tape();
        let (order, batch) = ((0..examples.len()).collect(), Examples::default());
        let (step, loss, ordered) = (0, 0.0, None);
        Ok(Self {
            model,
            recipe,
            examples,
            factors,
            stepper,
            point,
            step,
            loss,
            order,
            ordered,
            batch,
            tape,
        })
    }

    /// From a checkpoint of the same training; only the epochs may be others.
    ///
    /// # Errors
    /// As [`Training::new`], and [`Error::Other`] where it is not the same training.
    pub fn resume(
        model: &'a mut Model<T>,
        recipe: Recipe,
        checkpoint: &Checkpoint<T>,
        examples: &'a Examples<T>,
    ) -> Result<Self, Error> {
        same(&recipe, checkpoint, model, examples.len())?;
        let point = checkpoint.point.clone();
        let mut training = Self::from_point(model, recipe, point, examples)?;
        training.restore(checkpoint)?;
        Ok(training)
    }

    /// The state after the last step.
    pub fn checkpoint(&self) -> Checkpoint<T> {
        let (state, count) = self.stepper.state();
        Checkpoint {
            recipe: self.recipe.clone(),
            description: String::new(),
            examples: self.examples.len(),
            step: self.step,
            loss: self.loss,
            point: self.point.clone(),
            running: self.model.running(),
            state: state.into_iter().map(<[T]>::to_vec).collect(),
            count,
        }
    }

    /// The weights.
    pub fn point(&self) -> &[T] {
        &self.point
    }

    /// The weights, given away.
    pub fn into_point(self) -> Vec<T> {
        self.point
    }

    /// Steps an epoch.
    pub fn steps_per_epoch(&self) -> u64 {
        self.examples.len().div_ceil(self.recipe.batch) as u64
    }

    /// Steps in all.
    pub fn steps(&self) -> u64 {
        self.steps_per_epoch() * u64::from(self.recipe.epochs)
    }

    /// Goes on to the end, or until the observer, asked after every step, breaks off.
    ///
    /// # Errors
    /// [`Error::Diverged`]: then the training stands at the end of the last sound epoch again.
    pub fn run(
        &mut self,
        observe: &mut dyn FnMut(&Progress<'_, T>) -> ControlFlow<()>,
    ) -> Result<Outcome, Error> {
        let start = Instant::now();
        let mut kept = self.checkpoint();
        while self.step < self.steps() {
            let batch_loss = self.advance();
            let in_epoch = (self.step - 1) % self.steps_per_epoch() + 1;
            let is_epoch_end = in_epoch == self.steps_per_epoch();
            let is_sound = || self.point.iter().all(|weight| weight.is_sound());
            if !batch_loss.is_finite() || (is_epoch_end && !is_sound()) {
                return Err(self.diverged(batch_loss, &kept));
            }
            if is_epoch_end {
                kept = self.checkpoint();
            }
            let flow = observe(&Progress {
                epoch: self.epoch(self.step - 1) + 1,
                epochs: self.recipe.epochs,
                step: self.step,
                steps: self.steps(),
                is_epoch_end,
                checkpoint: is_epoch_end.then_some(&kept),
                loss: self.loss / in_epoch as f64,
                seconds: start.elapsed().as_secs_f64(),
                model: self.model,
                point: &self.point,
            });
            if flow.is_break() {
                return Ok(Outcome::Interrupted);
            }
        }
        Ok(Outcome::Finished)
    }

    fn diverged(&mut self, loss: f64, kept: &Checkpoint<T>) -> Error {
        let (step, epoch) = (self.step, self.epoch(self.step - 1) + 1);
        let restored = self.restore(kept);
        debug_assert!(restored.is_ok(), "its own checkpoint");
        Error::Diverged { epoch, step, loss, kept: self.epoch(self.step) }
    }

    fn restore(&mut self, checkpoint: &Checkpoint<T>) -> Result<(), Error> {
        self.point.copy_from_slice(&checkpoint.point);
        self.model.set_running(&checkpoint.running);
        self.model.stand_at(checkpoint.step);
        (self.step, self.loss) = (checkpoint.step, checkpoint.loss);
        if self.stepper.restore(&checkpoint.state, checkpoint.count) {
            return Ok(());
        }
        Err(Error::NotACheckpoint("the update's state does not fit the weights".into()))
    }

    fn epoch(&self, step: u64) -> u32 {
        u32::try_from(step / self.steps_per_epoch()).unwrap_or(u32::MAX)
    }

    /// One step; returns the loss of its batch before it.
    fn advance(&mut self) -> f64 {
        let per_epoch = self.steps_per_epoch();
        let (epoch, in_epoch) = (self.epoch(self.step), self.step % per_epoch);
        if in_epoch == 0 {
            self.loss = 0.0;
        }
        let warm = (self.recipe.warm_start * self.steps() as f64).ceil() as u64;
        let is_turn = self.step == warm && warm > 0;
        if is_turn || (in_epoch == 0 && self.recipe.reset_each_epoch) {
            self.stepper = Stepper::new(self.recipe.update, self.point.len());
        }
        let field = if self.step < warm { Field::Monotone } else { self.recipe.field };
        let share = self.recipe.schedule.share(self.step, per_epoch, self.steps());
        let length = T::from_f64(self.recipe.step * share);
        self.draw(epoch, in_epoch as usize);
        let batch = if per_epoch == 1 { self.examples } else { &self.batch };
        let batch = batch.batch(0..batch.len());
        match (&mut self.stepper, self.factors.single(), self.recipe.radius.map(T::from_f64)) {
            (Stepper::Momentum(method), Some(factor), None) if method.is_fused() => {
                let (model, tape) = (&*self.model, &mut self.tape);
                let accumulate = |target: Target<'_, T>| match target {
                    Target::Point(point) => {
                        model.descend(point, batch, field, length * factor, tape);
                    }
                    Target::Velocity(point, velocity) => {
                        model.accumulate(point, batch, field, factor, tape, velocity);
                    }
                };
                method.advance_fused(length, &mut self.point, accumulate);
            }
            (stepper, _, radius) => {
                let operator = ModelOperator::new(self.model, batch, field, &mut self.tape);
                let operator = Scaled { operator, factors: &self.factors };
                match radius {
                    None => stepper.advance(&operator, &Free, length, &mut self.point),
                    Some(radius) => {
                        stepper.advance(&operator, &L2Ball { radius }, length, &mut self.point);
                    }
                }
            }
        }
        self.model.absorb(&self.tape);
        let loss = self.model.seen_loss(batch.target, &self.tape);
        self.loss += loss;
        self.step += 1;
        loss
    }

    /// Puts the batch with this number of this epoch into `self.batch`; all examples at once are
    /// taken as they lie.
    fn draw(&mut self, epoch: u32, number: usize) {
        let all = self.examples.len();
        if self.recipe.batch >= all {
            return;
        }
        if self.ordered != Some(epoch) {
            self.order.clear();
            self.order.extend(0..all);
            let mut random = Random::new(self.recipe.seed, ORDER_STREAMS + u64::from(epoch));
            random.draw(&mut self.order, all);
            self.ordered = Some(epoch);
        }
        let start = number * self.recipe.batch;
        let end = all.min(start + self.recipe.batch);
        self.examples.gather(&self.order[start..end], &mut self.batch);
    }
}
