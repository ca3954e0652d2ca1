//! What a device can be told.

use serde::{Deserialize, Serialize};

use super::Digest;

/// A command. The order is the format: new ones go to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command<'a> {
    /// What are you? [`super::Reply::Device`].
    Describe,
    /// How are you? [`super::Reply::State`].
    Status,
    /// How far from the exact solution? [`super::Reply::Certificate`].
    Certificate,
    /// What is this? [`super::Reply::Predicted`].
    Predict {
        /// Standardised features, f32 LE each.
        features: &'a [u8],
    },
    /// This is what it was: learn it. [`super::Reply::State`].
    Label {
        /// Which window, as [`super::Reply::Predicted`] named it.
        window: u32,
        /// Its class.
        class: u8,
    },
    /// Nothing else to do: work until what was learnt is judged, and store what is not in the flash.
    /// [`super::Reply::State`].
    Idle,
    /// Make ready what was learnt, to be read. [`super::Reply::Head`].
    ReadHead,
    /// The bytes of it from here on. [`super::Reply::Chunk`].
    ReadChunk {
        /// Offset of the first.
        offset: u32,
    },
    /// A checkpoint will come. [`super::Reply::Expected`].
    WriteHead {
        /// Its bytes.
        length: u32,
    },
    /// A piece of it. [`super::Reply::Expected`].
    WriteChunk {
        /// Where it belongs: pieces come in order.
        offset: u32,
        /// The piece.
        bytes: &'a [u8],
    },
    /// Check the checkpoint that came, and go on from it. [`super::Reply::State`].
    TakeHead {
        /// SHA-256 of the checkpoint: a seal of this command covers the pieces too.
        digest: Digest,
    },
    /// Forget all remembered samples of a class, exactly. [`super::Reply::State`].
    ForgetClass {
        /// The class.
        class: u8,
    },
    /// Forget everything learnt; the state before can be rolled back to. [`super::Reply::State`].
    ForgetAll,
    /// Go back to the state stored before the last. [`super::Reply::State`].
    RollBack,
    /// The factory head, and nothing learnt left in the flash. [`super::Reply::State`].
    FactoryReset,
    /// Are you well? [`super::Reply::SelfTest`].
    SelfTest,
}

impl Command<'_> {
    /// Does it change weights, so that a device with a key asks for a seal?
    pub const fn changes_weights(&self) -> bool {
        match self {
            Self::Describe
            | Self::Status
            | Self::Certificate
            | Self::Predict { .. }
            | Self::ReadHead
            | Self::ReadChunk { .. }
            | Self::WriteHead { .. }
            | Self::WriteChunk { .. }
            | Self::SelfTest => false,
            Self::Label { .. }
            | Self::Idle
            | Self::TakeHead { .. }
            | Self::ForgetClass { .. }
            | Self::ForgetAll
            | Self::RollBack
            | Self::FactoryReset => true,
        }
    }

    /// Does a device first finish its work on what it learnt last? What tells or changes the state
    /// waits for the verdict; a prediction does not.
    pub const fn waits_for_verdict(&self) -> bool {
        !matches!(
            self,
            Self::Describe
                | Self::Predict { .. }
                | Self::ReadChunk { .. }
                | Self::WriteChunk { .. }
        )
    }
}
