//! The device's twin on the desktop.

use std::collections::HashMap;

use fejer::memory::Remembered;
use fejer::port::{Command, Reason, Reply, State};
use fejer::{Class, Scalar, checkpoint};

use super::Error;
use crate::pretrain::{FEATURES, OUTPUTS, ROWS};
use crate::replay::{Learning, MEMORY, REVISITS};

/// What the device says and what the desktop says, as text with every bit in it.
pub(super) type Said = Option<(String, String)>;

/// Why a step cannot be taken.
pub(super) struct Why(String);

impl Why {
    pub fn at(self, exchange: usize) -> Error {
        Error::Refused { exchange, reason: self.0 }
    }
}

impl<E: std::error::Error> From<E> for Why {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// A learner, the windows it was asked about, and the two states the flash would hold.
pub(super) struct Twin<'a, S: Scalar> {
    pub learning: Learning<'a, S>,
    windows: HashMap<u32, [i8; FEATURES]>,
    transfer: Vec<u8>,
    before: Option<Vec<u8>>,
    newest: Option<Vec<u8>>,
}

impl<'a, S: Scalar<Float = f32>> Twin<'a, S> {
    pub fn new(learning: Learning<'a, S>) -> Self {
        Self { learning, windows: HashMap::new(), transfer: vec![], before: None, newest: None }
    }

    /// Begins from this checkpoint.
    pub fn start(&mut self, bytes: &[u8]) -> Result<(), Why> {
        checkpoint::resume(bytes, &mut self.learning)?;
        self.newest = Some(bytes.to_vec());
        Ok(())
    }

    /// The checkpoint the device would give.
    pub fn encoded(&self) -> Result<Vec<u8>, Why> {
        let mut room = vec![0; checkpoint::full_length::<S, Class, ROWS, OUTPUTS, MEMORY>()];
        Ok(checkpoint::encode(&self.learning, &mut room)?.to_vec())
    }

    /// Does what the device did, whose reply it was.
    pub fn obey(&mut self, command: &Command<'_>, reply: &Reply<'_>) -> Result<Said, Why> {
        match (command, reply) {
            (Command::Predict { features }, &Reply::Predicted { window, class, share }) => {
                let mine = self.predict(window, features);
                let text = |class, share: f32| format!("class {class} at {:08x}", share.to_bits());
                Ok(Some((text(usize::from(class), share), text(mine.0, mine.1))))
            }
            (Command::Certificate, Reply::Certificate(device)) => {
                let text = |c: &fejer::Certificate<f32>| {
                    let bits = [c.gap, c.drift, c.distance, c.residual].map(f32::to_bits);
                    format!("certificate {bits:08x?}")
                };
                Ok(Some((text(device), text(&self.learning.certificate()))))
            }
            (Command::WriteHead { .. }, Reply::Expected { .. }) => {
                self.transfer.clear();
                Ok(None)
            }
            // The offset of what follows in a refusal: it was put there, and that answer was lost.
            (
                Command::WriteChunk { offset, bytes },
                &(Reply::Expected { offset: next }
                | Reply::Refused(Reason::Offset { expected: next })),
            ) if next as usize == *offset as usize + bytes.len() => {
                self.transfer.truncate(*offset as usize);
                self.transfer.extend_from_slice(bytes);
                Ok(None)
            }
            (Command::Status, Reply::State(device)) => Ok(Some(self.compared(device))),
            (change, Reply::State(device)) => {
                self.change(change)?;
                self.keep()?;
                Ok(Some(self.compared(device)))
            }
            (change, Reply::Refused(reason)) if change.changes_weights() => {
                // A seal that was good is used up, so the device stored the same state again.
                use Reason::{Counter, NoKey, Seal, SealMissing};
                if !matches!(reason, Counter { .. } | NoKey | Seal | SealMissing) {
                    self.keep()?;
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    fn predict(&mut self, window: u32, bytes: &[u8]) -> (usize, f32) {
        let mut features = [S::ZERO; FEATURES];
        for (feature, bytes) in features.iter_mut().zip(bytes.as_chunks().0) {
            *feature = S::from_f32(f32::from_le_bytes(*bytes));
        }
        let remembered = Remembered::<S, Class, ROWS, OUTPUTS>::new(&features, Class(0));
        let mut codes = [0; FEATURES];
        codes.copy_from_slice(remembered.codes());
        self.windows.insert(window, codes);
        let class = self.learning.decide(&features);
        (class, self.learning.predict(&features)[class].to_f32())
    }

    fn change(&mut self, command: &Command<'_>) -> Result<(), Why> {
        match *command {
            Command::Label { window, class } => {
                let unknown = || Why("a label of a window the record does not have".into());
                let codes = self.windows.remove(&window).ok_or_else(unknown)?;
                self.learning.learn(&codes, Class(class))?;
                self.learning.revisit(REVISITS);
            }
            Command::Idle => self.learning.consolidate_pass(),
            Command::TakeHead { .. } => checkpoint::resume(&self.transfer, &mut self.learning)?,
            Command::ForgetClass { class } => {
                while let Some(index) = self.first_of(class) {
                    self.learning.forget(index);
                }
                self.learning.rebuild();
            }
            Command::ForgetAll => self.learning.forget_all(),
            Command::RollBack => {
                let unknown = || Why("a roll-back to before the record".into());
                let before = self.before.clone().ok_or_else(unknown)?;
                checkpoint::resume(&before, &mut self.learning)?;
            }
            Command::FactoryReset => {
                self.learning.forget_all();
                self.keep()?;
            }
            _ => return Err(Why("a change the desktop does not know".into())),
        }
        Ok(())
    }

    fn first_of(&self, class: u8) -> Option<usize> {
        self.learning.samples().position(|sample| sample.target == Class(class))
    }

    fn keep(&mut self) -> Result<(), Why> {
        self.before = self.newest.replace(self.encoded()?);
        Ok(())
    }

    fn compared(&self, device: &State) -> (String, String) {
        let text = |weights: u64, remembered: usize, visits: u32| {
            format!("weights {weights:016x}, {remembered} remembered, {visits} visits")
        };
        let learning = &self.learning;
        (
            text(device.weights, usize::from(device.remembered), device.visits),
            text(learning.head().hash(), learning.samples().len(), learning.visits()),
        )
    }
}
