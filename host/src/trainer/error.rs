//! Why a training did not come to its end.

use crate::layer::Shape;

/// Each names what is wrong, where, and the remedy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// A number of the recipe makes no sense.
    #[error("training.{field} {remedy}")]
    Recipe {
        /// Its name.
        field: &'static str,
        /// What it must be.
        remedy: &'static str,
    },
    /// Nothing to learn from.
    #[error("there are no examples to train on; give a data set or split that leaves some")]
    Empty,
    /// Sparse inputs for a model that cannot take them.
    #[error(
        "the data's inputs are sparse, which only a dense, graph or dropout layer takes; begin the model with \
         one, or make the inputs dense"
    )]
    Sparse,
    /// Sparse inputs for a method that takes layers apart.
    #[error(
        "the data's inputs are sparse, which mdlam does not take; take data.source = {{ propagated = … }} for a graph, \
         or make the inputs dense"
    )]
    SparseBlocks,
    /// What alternating minimisation cannot train.
    #[error(transparent)]
    Blocks(#[from] crate::mdlam::Error),
    /// The data do not fit the model.
    #[error(
        "the model's {side} is {model} (sites × channels) an example, but the data's is {data}; change the model's \
         {remedy}, or the data"
    )]
    Shape {
        /// Input or output.
        side: &'static str,
        /// What the model has.
        model: Shape,
        /// What the data have.
        data: Shape,
        /// Which part of the model to change.
        remedy: &'static str,
    },
    /// A stage that is not there was to decay.
    #[error(
        "training.decayed_stages names stage {stage}, but the model has weights in {stages:?} only"
    )]
    Stage {
        /// The one named.
        stage: usize,
        /// Those with weights.
        stages: Vec<usize>,
    },
    /// The loss or a weight is no longer a finite number.
    #[error(
        "the training diverged in epoch {epoch} at step {step}, where the loss was {loss:.3e}; what is kept is the state \
         after epoch {kept}. Take a smaller training.step, or inputs that are standardised"
    )]
    Diverged {
        /// From 1.
        epoch: u32,
        /// Steps made in all.
        step: u64,
        /// The loss of that batch.
        loss: f64,
        /// Epochs made by the state that is kept.
        kept: u32,
    },
    /// A checkpoint of another training.
    #[error(
        "the checkpoint belongs to another training: {what} is {found} there and {expected} here; {remedy}"
    )]
    Other {
        /// What differs.
        what: &'static str,
        /// In the checkpoint.
        found: String,
        /// In this training.
        expected: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The bytes are not a checkpoint.
    #[error(
        "not a checkpoint of a training: {0}; take one that `fejer train` wrote, or start anew"
    )]
    NotACheckpoint(String),
}
