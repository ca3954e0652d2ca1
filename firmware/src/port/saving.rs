//! When what was learnt is worth an erasure: flash wears.
//!
//! ```text
//! a command changed something            stored before it is answered
//! a verdict changed the head in use      stored at once
//! LABELS_A_STORE labels were judged      stored with the verdict of the last
//! RESERVE sealed commands were obeyed    stored before the next: its counter must not come twice
//! ```
//!
//! What is stored has been judged, so that weights come into use from the flash only with the
//! certificate and the verdict they had. Labels that are not stored yet are lost with the power; the
//! state tells how many, and [`fejer::port::Command::Idle`] stores them.

use crate::model::Tuned;

/// Labels after which what was learnt is stored, if nothing else made it.
pub const LABELS_A_STORE: u32 = 60;
/// The counter of seals is stored so far ahead: after a reset it goes on from there.
pub const RESERVE: u32 = 256;

/// Erasures a sector of flash stands.
const ERASURES: u32 = 10_000;
/// What a busy device meets in a day: a label every five minutes, and of everything else this.
const LABELS_A_DAY: u32 = 288;
const SWITCHES_A_DAY: u32 = 4;
const COMMANDS_A_DAY: u32 = 1;
/// Stores of such a day.
pub const STORES_A_DAY: u32 =
    LABELS_A_DAY.div_ceil(LABELS_A_STORE) + SWITCHES_A_DAY + COMMANDS_A_DAY;
/// How long the flash lasts then: each store erases one slot of two.
pub const YEARS: u32 = 2 * ERASURES / STORES_A_DAY / 365;

const _: () = assert!(STORES_A_DAY == 10 && YEARS >= 5, "the flash must outlive the machine");

/// What of a tuner is in the flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saved {
    labels: u32,
    uses_learnt: bool,
}

impl Saved {
    /// All of it.
    pub fn of(tuner: &Tuned) -> Self {
        Self { labels: tuner.labels(), uses_learnt: tuner.uses_learnt() }
    }

    /// Labels that would be lost.
    pub fn labels_since(&self, tuner: &Tuned) -> u32 {
        tuner.labels().wrapping_sub(self.labels)
    }

    /// Is it time to store, after a verdict?
    pub fn is_due(&self, tuner: &Tuned) -> bool {
        self.uses_learnt != tuner.uses_learnt() || self.labels_since(tuner) >= LABELS_A_STORE
    }
}
