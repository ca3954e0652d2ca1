//! The two ways to train behind one door: steps along a field, and alternating minimisation.

use std::ops::ControlFlow;

use super::Experiment;
use crate::dataset::Data;
use crate::mdlam;
use crate::model::Model;
use crate::trainer::{Checkpoint, Error, Outcome, Progress, Training};

pub(super) enum Course<'a> {
    Steps(Box<Training<'a, f32>>),
    Blocks(Box<mdlam::Training<'a, f32>>),
}

impl<'a> Course<'a> {
    /// From the beginning, or from a checkpoint.
    pub fn new(
        experiment: &Experiment,
        model: &'a mut Model<f32>,
        data: &'a Data,
        from: Option<&Checkpoint<f32>>,
    ) -> Result<Self, Error> {
        let recipe = experiment.training.clone();
        let (rule, train) = (experiment.model.initialiser, &data.train);
        Ok(match (recipe.mdlam, from) {
            (None, None) => Self::Steps(Training::new(model, recipe, rule, train)?.into()),
            (None, Some(from)) => Self::Steps(Training::resume(model, recipe, from, train)?.into()),
            (Some(_), None) => {
                Self::Blocks(mdlam::Training::new(model, recipe, rule, train)?.into())
            }
            (Some(_), Some(from)) => {
                Self::Blocks(mdlam::Training::resume(model, recipe, from, train)?.into())
            }
        })
    }

    pub fn run(
        &mut self,
        observe: &mut dyn FnMut(&Progress<'_, f32>) -> ControlFlow<()>,
    ) -> Result<Outcome, Error> {
        match self {
            Self::Steps(training) => training.run(observe),
            Self::Blocks(training) => training.run(observe),
        }
    }

    pub fn checkpoint(&self) -> Checkpoint<f32> {
        match self {
            Self::Steps(training) => training.checkpoint(),
            Self::Blocks(training) => training.checkpoint(),
        }
    }

    pub fn steps_per_epoch(&self) -> u64 {
        match self {
            Self::Steps(training) => training.steps_per_epoch(),
            Self::Blocks(_) => 1,
        }
    }
}
