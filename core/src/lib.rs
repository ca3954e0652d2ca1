#![doc = include_str!("../../README.md")]
#![cfg_attr(not(test), no_std)]
#![cfg_attr(
    test,
    allow(clippy::indexing_slicing, clippy::float_cmp, clippy::cast_possible_truncation)
)]

pub mod anchored;
#[cfg(feature = "c")]
pub mod c;
pub mod cascade;
pub mod certificate;
pub mod checkpoint;
pub mod extractor;
pub mod features;
pub mod head;
pub mod history;
mod kernel;
pub mod link;
pub mod low_rank;
pub mod memory;
pub mod method;
pub mod operator;
#[cfg(feature = "port")]
pub mod port;
pub mod prox;
mod reach;
pub mod scalar;
pub mod solve;
pub mod step_size;
pub mod stored;
pub mod streaming;
pub mod tuner;
#[doc(hidden)]
pub mod twins;

pub use anchored::{Anchored, Certificate, DEFAULT_PRECISION};
pub use cascade::Cascade;
pub use certificate::gap_function;
pub use head::{Head, Sample};
pub use link::Link;
pub use low_rank::LowRankHead;
pub use memory::{Class, Smoothed, Target, Weighted};
pub use method::{Averaging, Extragradient, ExtragradientPlus, Lookahead, Method, Nesterov};
pub use method::{OperatorExtrapolation, Optimistic, ProjectedStep, Rapp};
pub use operator::{AnchoredOperator, HeadOperator, Operator};
pub use prox::{Anchor, BoundedSet, ElasticNet, Free, GroupLasso, Interval, L1Ball, L2Ball, Lasso};
pub use prox::{NonNegative, Prox, Ridge, Simplex};
pub use scalar::Scalar;
pub use solve::{Outcome, Report, Stop, natural_residual, solve};
pub use step_size::{NormalisedStep, StepSize};
pub use stored::{Short, Stored};
pub use tuner::{Settings, Tuner};

#[cfg(feature = "fixed")]
pub use ::fixed;

/// What a head refuses. Whatever was refused left everything as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "port", derive(serde::Serialize, serde::Deserialize))]
pub enum Error {
    /// A NaN, infinite or saturated number among the weights, features, targets or scores.
    Unsound,
    /// The prior precision is not a positive number.
    Precision,
    /// The label is not one of the outputs, or not a sound number.
    Target,
}

impl Error {
    /// One word for logs and protocols.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unsound => "unsound",
            Self::Precision => "precision",
            Self::Target => "target",
        }
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(match self {
            Self::Unsound => {
                "a weight, feature, target or score is NaN, infinite or saturated: check the sensor \
                 and the standardisation; nothing was changed"
            }
            Self::Precision => "the prior precision must be a positive number: 0.3 is the default",
            Self::Target => "the label is not one of the head's outputs: nothing was changed",
        })
    }
}

impl core::error::Error for Error {}
