//! Work on what was learnt last, until it is judged: in slices between frames, the rest before the
//! next command that tells or changes the state.
//!
//! The weights change with every slice, so a prediction says how many there were; the desktop's twin
//! does as many and has the same bits.

use embedded_storage::nor_flash::NorFlash;
use fejer::port::{Reason, SLICE};

use super::{Device, RESERVE, Saved, Transfer};

impl<F: NorFlash> Device<'_, F> {
    /// A slice of work, none longer than the certificate at the end of a pass; is there more?
    pub fn work(&mut self) -> bool {
        if self.tuner.is_settled() {
            return false;
        }
        self.slices = self.slices.saturating_add(1);
        if let Some(verdict) = self.tuner.idle(SLICE) {
            self.ruling = Some(verdict.ruling);
            if self.saved.is_due(self.tuner) {
                // One that fails is due again with the next verdict; nobody waits for this one.
                let _ = self.keep();
            }
        }
        !self.tuner.is_settled()
    }

    /// All of it.
    pub fn settle(&mut self) {
        while self.work() {}
    }

    /// Stores the tuner with its counter, the one of seals well ahead.
    #[inline(never)]
    pub(super) fn keep(&mut self) -> Result<(), Reason> {
        self.transfer = Transfer::None; // it shares the buffer
        let ahead = if self.key.is_some() { RESERVE } else { 0 };
        let counter = self.counter.saturating_add(ahead);
        self.keeper.keep(self.tuner, counter).map_err(|_| Reason::Store)?;
        (self.reserved, self.saved) = (counter, Saved::of(self.tuner));
        Ok(())
    }
}
