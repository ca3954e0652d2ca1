//! The device's twin on the desktop.

use std::collections::HashMap;

use fejer::memory::Remembered;
use fejer::port::{Command, Reason, Reply, SLICE, State};
use fejer::tuner::Ruling;
use fejer::{Class, Scalar, checkpoint};

use super::{Error, HOLDOUT, MEMORY, Tuning};
use crate::pretrain::{FEATURES, OUTPUTS, ROWS};

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

/// Labels taken and the head in use when it was stored last.
type Saved = (u32, bool);

/// A tuner, the windows it was asked about, and the two states the flash would hold.
pub(super) struct Twin<'a, S: Scalar> {
    pub tuning: Tuning<'a, S>,
    /// Labels after which the device stores.
    pub labels_a_store: u32,
    began: Option<State>,
    windows: HashMap<u32, [i8; FEATURES]>,
    transfer: Vec<u8>,
    before: Option<Vec<u8>>,
    newest: Option<Vec<u8>>,
    saved: Saved,
    stores: u32,
    ruling: Option<Ruling>,
    /// Slices of work since the last change.
    slices: u32,
    /// Frames the device had answered at least, and the number of its last window.
    answered: u32,
    window: u32,
}

impl<'a, S: Scalar<Float = f32>> Twin<'a, S> {
    pub fn new(tuning: Tuning<'a, S>) -> Self {
        Self {
            tuning,
            labels_a_store: u32::MAX,
            began: None,
            windows: HashMap::new(),
            transfer: vec![],
            before: None,
            newest: None,
            saved: (0, false),
            stores: 0,
            ruling: None,
            slices: 0,
            answered: 0,
            window: 0,
        }
    }

    /// Begins in this state, whose checkpoint is to come.
    pub fn begin(&mut self, state: &State) {
        self.began = Some(*state);
    }

    /// Begins from this checkpoint; `false` if the state is not known.
    pub fn start(&mut self, bytes: &[u8]) -> Result<bool, Why> {
        let Some(State { stores, unstored, ruling, .. }) = self.began else { return Ok(false) };
        checkpoint::resume_tuner(bytes, &mut self.tuning)?;
        (self.stores, self.ruling) = (stores, ruling);
        let (labels, uses_learnt) = self.state();
        self.saved = (labels.wrapping_sub(unstored), uses_learnt);
        Ok(true)
    }

    /// The checkpoint the device would give.
    pub fn encoded(&self) -> Result<Vec<u8>, Why> {
        let length = checkpoint::tuner_length::<S, Class, ROWS, OUTPUTS, MEMORY, HOLDOUT>();
        Ok(checkpoint::encode_tuner(&self.tuning, &mut vec![0; length])?.to_vec())
    }

    /// Sees from a reply whether the device was reset, which begins its counts again, and then goes
    /// back to what it had stored.
    pub fn notice(&mut self, reply: &Reply<'_>) -> Result<(), Why> {
        let was_reset = match *reply {
            Reply::State(State { answered, .. }) => {
                let was_reset = answered <= self.answered;
                self.answered = answered;
                was_reset
            }
            Reply::Predicted { window, .. } => {
                let was_reset = window >> 16 == 1 && self.window > 0;
                self.answered = if was_reset { 1 } else { self.answered.saturating_add(1) };
                was_reset
            }
            _ => {
                self.answered = self.answered.saturating_add(1);
                false
            }
        };
        if was_reset {
            self.window = 0;
        }
        if let Reply::Predicted { window, .. } = *reply {
            self.window = window >> 16;
        }
        match &self.began {
            Some(began) if was_reset => self.reset(began.stores == 0),
            _ => Ok(()),
        }
    }

    fn reset(&mut self, was_blank: bool) -> Result<(), Why> {
        match &self.newest {
            Some(bytes) => checkpoint::resume_tuner(bytes, &mut self.tuning)?,
            None if was_blank => self.tuning.forget_all(),
            None => {
                let why = "a reset before anything was stored in the record: begin another";
                return Err(Why(why.into()));
            }
        }
        self.windows.clear();
        self.saved = self.state();
        self.replaced();
        Ok(())
    }

    /// Does what the device did before it answered: most commands wait for the verdict.
    pub fn wait(&mut self, command: &Command<'_>, reply: &Reply<'_>) -> Result<(), Why> {
        use Reason::{Counter, Kind, NoKey, Seal, SealMissing, Trailing, Unknown, Version};
        let Reply::Refused(
            Counter { .. } | Kind(_) | NoKey | Seal | SealMissing | Trailing | Unknown | Version(_),
        ) = reply
        else {
            return if command.waits_for_verdict() { self.settle() } else { Ok(()) };
        };
        Ok(())
    }

    /// Does what the device did, whose reply it was.
    pub fn obey(&mut self, command: &Command<'_>, reply: &Reply<'_>) -> Result<Said, Why> {
        match (command, reply) {
            (
                Command::Predict { features },
                &Reply::Predicted { window, class, share, is_rejected, is_learnt, slices },
            ) => {
                while self.slices < slices && !self.tuning.is_settled() {
                    self.work()?;
                }
                let mine = self.predict(window, features);
                Ok(Some((predicted(class, share, is_rejected, is_learnt), mine)))
            }
            (Command::Certificate, Reply::Certificate(device)) => {
                let text = |c: &fejer::Certificate<f32>| {
                    let bits = [c.gap, c.drift, c.distance, c.residual].map(f32::to_bits);
                    format!("certificate {bits:08x?}")
                };
                Ok(Some((text(device), text(&self.tuning.learner().certificate()))))
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
            (Command::Status, Reply::State(device)) => {
                self.keep_as(device, 0)?;
                Ok(Some(self.compared(device)))
            }
            (change, Reply::State(device)) => {
                let stores = self.stores_of(change);
                self.keep_as(device, stores)?;
                self.change(change)?;
                if !matches!(change, Command::Label { .. }) {
                    self.settle()?;
                }
                for _ in 0..stores {
                    self.keep()?;
                }
                Ok(Some(self.compared(device)))
            }
            _ => Ok(None),
        }
    }

    fn predict(&mut self, window: u32, bytes: &[u8]) -> String {
        let mut features = [S::ZERO; FEATURES];
        for (feature, bytes) in features.iter_mut().zip(bytes.as_chunks().0) {
            *feature = S::from_f32(f32::from_le_bytes(*bytes));
        }
        let remembered = Remembered::<S, Class, ROWS, OUTPUTS>::new(&features, Class(0));
        let mut codes = [0; FEATURES];
        codes.copy_from_slice(remembered.codes());
        self.windows.insert(window, codes);
        let is_learnt = self.tuning.uses_learnt();
        let found = self.tuning.predict(&features);
        let share = found.outputs[found.class].to_f32();
        predicted(found.class as u8, share, found.is_rejected, is_learnt)
    }

    fn change(&mut self, command: &Command<'_>) -> Result<(), Why> {
        match *command {
            Command::Label { window, class } => {
                let unknown = || Why("a label of a window the record does not have".into());
                let codes = self.windows.remove(&window).ok_or_else(unknown)?;
                self.tuning.learn(&codes, Class(class))?;
                self.slices = 0;
            }
            Command::Idle => {}
            Command::TakeHead { .. } => {
                checkpoint::resume_tuner(&self.transfer, &mut self.tuning)?;
                self.replaced();
            }
            Command::ForgetClass { class } => {
                self.tuning.forget(|target| *target == Class(class));
                self.slices = 0;
            }
            Command::ForgetAll | Command::FactoryReset => {
                self.tuning.forget_all();
                self.replaced();
            }
            Command::RollBack => {
                let unknown = || Why("a roll-back to before the record".into());
                let before = self.before.clone().ok_or_else(unknown)?;
                checkpoint::resume_tuner(&before, &mut self.tuning)?;
                self.replaced();
            }
            _ => return Err(Why("a change the desktop does not know".into())),
        }
        Ok(())
    }

    /// No verdict is about what is there now.
    fn replaced(&mut self) {
        (self.ruling, self.slices) = (None, 0);
    }

    fn settle(&mut self) -> Result<(), Why> {
        while !self.tuning.is_settled() {
            self.work()?;
        }
        Ok(())
    }

    fn work(&mut self) -> Result<(), Why> {
        self.slices = self.slices.saturating_add(1);
        let Some(verdict) = self.tuning.idle(SLICE) else { return Ok(()) };
        self.ruling = Some(verdict.ruling);
        let (labels, uses_learnt) = self.state();
        let (saved, used) = self.saved;
        if uses_learnt != used || labels.wrapping_sub(saved) >= self.labels_a_store {
            self.keep()?;
        }
        Ok(())
    }

    fn state(&self) -> Saved {
        (self.tuning.labels(), self.tuning.uses_learnt())
    }

    /// How often the device stores the outcome of a change.
    fn stores_of(&self, change: &Command<'_>) -> u32 {
        match change {
            Command::Label { .. } => 0,
            Command::Idle => u32::from(self.saved != self.state()),
            Command::FactoryReset => 2,
            _ => 1,
        }
    }

    /// Stores as often as the device did for the sake of its counter, of which only it knows: what
    /// was there before a change with so many stores of its own.
    fn keep_as(&mut self, device: &State, own: u32) -> Result<(), Why> {
        if device.stores.wrapping_sub(self.stores) > own {
            self.keep()?;
            self.stores = device.stores.wrapping_sub(own);
        }
        Ok(())
    }

    fn keep(&mut self) -> Result<(), Why> {
        self.before = self.newest.replace(self.encoded()?);
        self.saved = self.state();
        self.stores = self.stores.wrapping_add(1);
        Ok(())
    }

    fn compared(&self, device: &State) -> (String, String) {
        let learner = self.tuning.learner();
        let mine = State {
            weights: learner.head().hash(),
            uses_learnt: self.tuning.uses_learnt(),
            ruling: self.ruling,
            is_settled: self.tuning.is_settled(),
            has_drifted: self.tuning.has_drifted(),
            labels: self.tuning.labels(),
            unstored: self.tuning.labels().wrapping_sub(self.saved.0),
            remembered: learner.samples().len() as u16,
            held: self.tuning.held().len() as u16,
            visits: learner.visits(),
            ..*device
        };
        (format!("{device:x?}"), format!("{mine:x?}"))
    }
}

/// A prediction as text.
fn predicted(class: u8, share: f32, is_rejected: bool, is_learnt: bool) -> String {
    let head = if is_learnt { "learnt" } else { "factory" };
    let doubt = if is_rejected { ", rejected" } else { "" };
    format!("class {class} at {:08x} by the {head} head{doubt}", share.to_bits())
}
