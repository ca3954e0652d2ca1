//! What alternating minimisation cannot train.

/// Each names what is wrong, where, and the remedy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// A layer that is not dense.
    #[error(
        "mdlam trains dense layers with links between, but number {} of model.layers is {name}; leave it out, or \
         train with training.update",
        stage + 1
    )]
    Layer {
        /// Its position in the list, from 0.
        stage: usize,
        /// What it is.
        name: &'static str,
    },
    /// A link whose inverse is not known here.
    #[error(
        "mdlam has no interval of scores for the link that is number {} of model.layers; take relu, leaky_relu, tanh, \
         sigmoid or identity",
        stage + 1
    )]
    Link {
        /// Its position in the list, from 0.
        stage: usize,
    },
    /// Two layers, or two links, next to each other.
    #[error(
        "mdlam needs a link between two dense layers and a layer below every link, but number {} of model.layers \
         stands on its own kind; leave it out",
        stage + 1
    )]
    Order {
        /// Its position in the list, from 0.
        stage: usize,
    },
    /// A loss that is not convex in the scores of the last layer, or not known here.
    #[error(
        "mdlam minimises model.loss = \"cross_entropy\" (the list ends without a link) or \"squared_error\" of the last \
         dense layer (without a link or with \"identity\"); change the loss or the end of the list"
    )]
    Loss,
    /// The equality penalty has a closed form for one link only.
    #[error("the variant \"penalty\" is written for relu alone; take another variant of mdlam")]
    Penalty,
    /// A number that makes no sense.
    #[error("training.mdlam.{field} {remedy}")]
    Settings {
        /// Its name.
        field: &'static str,
        /// What it must be.
        remedy: &'static str,
    },
}
