//! What a device answers.

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::Reason;
use crate::Certificate;
use crate::tuner::Ruling;

/// SHA-256 of a checkpoint.
pub type Digest = [u8; 32];

/// SHA-256.
pub fn digest(bytes: &[u8]) -> Digest {
    sha2::Sha256::digest(bytes).into()
}

/// A reply. The order is the format: new ones go to the end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply<'a> {
    /// The frame was not obeyed; nothing was changed.
    Refused(Reason),
    /// What the device is.
    Device(Description),
    /// How it is, after what it was told.
    State(State),
    /// How far its weights are from the exact solution.
    Certificate(Certificate<f32>),
    /// What it sees in the features.
    Predicted {
        /// Its name for these features, for a label that comes later.
        window: u32,
        /// The decision.
        class: u8,
        /// The prediction of that class.
        share: f32,
        /// Less sure than the product asks for: better no answer than this one.
        is_rejected: bool,
        /// By what was learnt, not by the factory head?
        is_learnt: bool,
        /// Slices of work the device had done on what it learnt last: the weights in use follow from
        /// them.
        slices: u32,
    },
    /// What was learnt, ready to be read.
    Head {
        /// Bytes of the checkpoint.
        length: u32,
        /// Its SHA-256.
        digest: Digest,
    },
    /// A piece of it, empty at its end.
    Chunk {
        /// Offset of its first byte.
        offset: u32,
        /// The piece.
        bytes: &'a [u8],
    },
    /// The piece was put where it belongs.
    Expected {
        /// Where the next one belongs.
        offset: u32,
    },
    /// The outcome of a self-test.
    SelfTest(SelfTest),
}

/// What a device is: fixed for as long as its firmware is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Features of a window.
    pub features: u16,
    /// Classes.
    pub outputs: u16,
    /// Samples it remembers.
    pub memory: u16,
    /// Labels it holds out at most, to judge by.
    pub holdout: u16,
    /// Samples of the clean set in its flash.
    pub clean: u16,
    /// Labels after which it stores what it learnt, if nothing else made it.
    pub labels_a_store: u16,
    /// Remembered samples it visits again after a label.
    pub revisits: u16,
    /// Windows it remembers until their label comes.
    pub pending: u16,
    /// Its number type, as in a checkpoint.
    pub scalar: [u8; 2],
    /// Longest body it takes and gives.
    pub body: u16,
    /// Bytes of the longest checkpoint.
    pub checkpoint: u32,
    /// Hash of its factory head.
    pub factory: u64,
    /// Does it ask for seals?
    pub is_keyed: bool,
}

/// How a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Hash of the learnt weights, in use or not.
    pub weights: u64,
    /// Are they in use? The factory head is otherwise.
    pub uses_learnt: bool,
    /// What the last verdict came to; none since it started, or since its state was replaced.
    pub ruling: Option<Ruling>,
    /// Is nothing left to be judged?
    pub is_settled: bool,
    /// Do predictions or labels say that the world is not the lab's?
    pub has_drifted: bool,
    /// Labels taken.
    pub labels: u32,
    /// Of these, those that a reset would lose.
    pub unstored: u32,
    /// Samples remembered.
    pub remembered: u16,
    /// Labels held out.
    pub held: u16,
    /// Visits made beyond the first of each sample.
    pub visits: u32,
    /// Windows whose label may still come.
    pub pending: u16,
    /// With a key, the counter of the last seal, or after a reset one that none was above; without,
    /// the number of changes it has obeyed.
    pub counter: u32,
    /// Stores so far; each wears one of the flash's two slots.
    pub stores: u32,
    /// Frames answered since it started.
    pub answered: u32,
    /// Bytes its stack has taken at most, 0 where that cannot be told.
    pub stack: u32,
    /// Did it start with what it had stored?
    pub is_resumed: bool,
}

/// What a device finds when it looks at itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfTest {
    /// CRC-32 and HMAC-SHA-256 give the published values.
    pub sums: bool,
    /// The factory head is sound.
    pub factory: bool,
    /// The learnt weights are sound and follow from the memory, rounding apart.
    pub head: bool,
    /// What was stored last is whole in the flash, or nothing was stored yet.
    pub stored: bool,
}

impl SelfTest {
    /// Is everything well?
    pub const fn passes(&self) -> bool {
        self.sums && self.factory && self.head && self.stored
    }
}
