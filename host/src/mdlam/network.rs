//! The model taken apart: which weights, links and sizes each layer has.

use std::ops::Range;

use fejer::Link;

use super::Error;
use super::settings::Variant;
use crate::model::{Loss, Model, Stage};
use crate::real::Real;

/// One dense layer and the link above it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// The matrix, a row an input, in the model's point.
    pub matrix: Range<usize>,
    /// The bias, behind it.
    pub bias: Range<usize>,
    /// Columns of the matrix.
    pub outputs: usize,
    /// h; that of the last layer belongs to the loss.
    pub link: Link,
}

/// R of the last scores, as a sum over examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Criterion {
    /// −Σ y·ln softmax(z)
    CrossEntropy,
    /// ½ Σ (z − y)²
    SquaredError,
}

impl Criterion {
    /// The loss as the model counts it.
    pub fn loss(self) -> Loss {
        match self {
            Self::CrossEntropy => Loss::CROSS_ENTROPY,
            Self::SquaredError => Loss::SquaredError,
        }
    }
}

/// The layers from below, and what is asked of the last.
pub(super) fn take_apart<T: Real>(
    model: &Model<T>,
    variant: Variant,
) -> Result<(Vec<Part>, Criterion), Error> {
    let mut parts: Vec<Part> = Vec::new();
    let mut is_open = false; // does the last layer so far wait for a link?
    for index in 0..model.stages() {
        let (stage, shape) = model.stage(index);
        match stage {
            Stage::Layer(layer) if layer.name() != "dense" => {
                return Err(Error::Layer { stage: index, name: layer.name() });
            }
            Stage::Layer(_) if is_open => return Err(Error::Order { stage: index }),
            Stage::Layer(_) => parts.push(part(model.weights(index), shape.channels)),
            Stage::Link(_) if !is_open => return Err(Error::Order { stage: index }),
            Stage::Link(link) => {
                let last = parts.last_mut().ok_or(Error::Order { stage: index })?;
                last.link = *link;
            }
        }
        is_open = matches!(stage, Stage::Layer(_));
        let is_last = index + 1 == model.stages();
        if let (Stage::Link(link), false) = (stage, is_last) {
            check(*link, variant, index)?;
        }
    }
    let ends_in_scores = is_open || parts.last().is_some_and(|part| part.link == Link::Identity);
    match model.criterion() {
        Loss::SquaredError if ends_in_scores => Ok((parts, Criterion::SquaredError)),
        Loss::CROSS_ENTROPY if is_open => Ok((parts, Criterion::CrossEntropy)),
        _ => Err(Error::Loss),
    }
}

fn part(weights: Range<usize>, outputs: usize) -> Part {
    let bias = weights.end - outputs..weights.end;
    Part { matrix: weights.start..bias.start, bias, outputs, link: Link::Identity }
}

fn check(link: Link, variant: Variant, stage: usize) -> Result<(), Error> {
    match link {
        Link::Relu => Ok(()),
        _ if variant == Variant::Penalty => Err(Error::Penalty),
        Link::LeakyRelu(_) | Link::Tanh | Link::Sigmoid | Link::Identity => Ok(()),
        Link::Softmax | Link::Softplus | Link::Probit => Err(Error::Link { stage }),
    }
}
