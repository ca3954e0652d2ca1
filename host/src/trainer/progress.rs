//! Where a training is, and how it ended.

use super::checkpoint::Checkpoint;
use crate::model::Model;

/// Why a training stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All epochs are made.
    Finished,
    /// The observer asked for it; a checkpoint goes on from here.
    Interrupted,
}

/// Where a training is, after a step.
pub struct Progress<'a, T> {
    /// The epoch of that step, from 1.
    pub epoch: u32,
    /// Epochs in all.
    pub epochs: u32,
    /// Steps made.
    pub step: u64,
    /// Steps in all.
    pub steps: u64,
    /// Was it the last of its epoch?
    pub is_epoch_end: bool,
    /// At the end of an epoch, the state to go on from.
    pub checkpoint: Option<&'a Checkpoint<T>>,
    /// Mean loss of this epoch's batches, each before its step.
    pub loss: f64,
    /// Since this run began.
    pub seconds: f64,
    /// The model, with its running statistics.
    pub model: &'a Model<T>,
    /// The weights.
    pub point: &'a [T],
}
