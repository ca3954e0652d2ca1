//! What each command does to the tuner: the one place to change when another learner takes over.

use embedded_storage::nor_flash::NorFlash;
use fejer::port::{Command, Description, Reason, Reply, SelfTest, State, digest};
use fejer::tuner::Prediction;
use fejer::{Class, Error, Scalar};

use super::secret::tags_are_right;
use super::{BODY, CHUNK, Device, LABELS_A_STORE, PENDING, Transfer};
use crate::keeper::Kept as _;
use crate::model::{
    CLEAN, FACTORY, FEATURES, HOLDOUT, Number, OUTPUTS, REVISITS, TUNED, TUNED_CHECKPOINT,
};

/// Largest drift ‖W − V‖ a self-test takes for rounding: a thousand times that of f32, ten times that
/// of Q16.16.
const MOST_DRIFT: f32 = 0.05;

impl<F: NorFlash> Device<'_, F> {
    /// Commands that leave the weights as they are. Not inlined, so that its stack is not also that of
    /// what changes them.
    #[inline(never)]
    pub(super) fn read(&mut self, command: &Command<'_>) -> Result<Reply<'_>, Reason> {
        Ok(match *command {
            Command::Describe => Reply::Device(self.description()),
            Command::Status => Reply::State(self.state()),
            Command::Certificate => Reply::Certificate(self.tuner.learner().certificate()),
            Command::Predict { features } => self.predict(features)?,
            Command::ReadHead => {
                self.transfer = Transfer::None;
                let bytes = self.keeper.encode(self.tuner).map_err(Reason::Checkpoint)?;
                self.transfer = Transfer::Out(bytes.len());
                Reply::Head { length: bytes.len() as u32, digest: digest(bytes) }
            }
            Command::ReadChunk { offset } => {
                let bytes = self.transfer.piece(self.keeper.buffer(), offset, CHUNK)?;
                Reply::Chunk { offset, bytes }
            }
            Command::WriteHead { length } => {
                self.transfer = Transfer::into(length, TUNED_CHECKPOINT)?;
                Reply::Expected { offset: 0 }
            }
            Command::WriteChunk { offset, bytes } => {
                let offset = self.transfer.put(self.keeper.buffer(), offset, bytes)?;
                Reply::Expected { offset }
            }
            Command::SelfTest => Reply::SelfTest(self.self_test()),
            _ => return Err(Reason::Unknown),
        })
    }

    /// Commands that change the weights: all of it, or nothing and the reason.
    #[inline(never)]
    pub(super) fn change(&mut self, command: &Command<'_>) -> Result<(), Reason> {
        match *command {
            Command::Label { window, class } => self.label(window, class)?,
            Command::Idle => {}
            Command::TakeHead { digest: meant } => {
                let bytes = self.transfer.whole(self.keeper.buffer())?;
                if digest(bytes) != meant {
                    return Err(Reason::Digest);
                }
                self.tuner.resume(bytes).map_err(Reason::Checkpoint)?;
                self.replaced();
            }
            Command::ForgetClass { class } => {
                if usize::from(class) >= OUTPUTS {
                    return Err(Reason::Head(Error::Target));
                }
                self.tuner.forget(|target| *target == Class(class));
                self.slices = 0;
            }
            Command::ForgetAll => self.forget_all(),
            Command::RollBack => {
                self.transfer = Transfer::None;
                let previous = self.keeper.previous(self.tuner).map_err(|_| Reason::Store)?;
                previous.map_err(|_| Reason::NothingBefore)?;
                self.replaced();
            }
            Command::FactoryReset => {
                self.forget_all();
                // Twice, with the store to come: nothing learnt is left in either slot.
                self.keep()?;
            }
            _ => return Err(Reason::Unknown),
        }
        Ok(())
    }

    fn forget_all(&mut self) {
        self.tuner.forget_all();
        self.replaced();
    }

    /// No verdict is about what is there now.
    fn replaced(&mut self) {
        (self.ruling, self.slices) = (None, 0);
    }

    fn predict(&mut self, bytes: &[u8]) -> Result<Reply<'static>, Reason> {
        if bytes.len() != CHUNK {
            return Err(Reason::Features { expected: FEATURES as u16 });
        }
        let mut features = [Number::ZERO; FEATURES];
        for (feature, bytes) in features.iter_mut().zip(bytes.as_chunks().0) {
            let value = f32::from_le_bytes(*bytes);
            *feature = Number::from_f32(value);
            if !(value.is_finite() && feature.is_sound()) {
                return Err(Reason::Head(Error::Unsound));
            }
        }
        let (is_learnt, slices) = (self.tuner.uses_learnt(), self.slices);
        let Prediction { outputs, class, is_rejected } = self.tuner.predict(&features);
        let share = outputs.get(class).copied().unwrap_or(Number::ZERO).to_f32();
        let window = self.pending.push(&features);
        let class = class as u8;
        Ok(Reply::Predicted { window, class, share, is_rejected, is_learnt, slices })
    }

    fn label(&mut self, window: u32, class: u8) -> Result<(), Reason> {
        let codes = self.pending.find(window).ok_or(Reason::Window)?;
        self.tuner.learn(codes, Class(class)).map_err(Reason::Head)?;
        self.pending.remove(window);
        self.slices = 0;
        Ok(())
    }

    fn description(&self) -> Description {
        Description {
            features: FEATURES as u16,
            outputs: OUTPUTS as u16,
            memory: TUNED as u16,
            holdout: HOLDOUT as u16,
            clean: CLEAN.targets.len() as u16,
            labels_a_store: LABELS_A_STORE as u16,
            revisits: REVISITS as u16,
            pending: PENDING as u16,
            scalar: Number::TAG,
            body: BODY as u16,
            checkpoint: TUNED_CHECKPOINT as u32,
            factory: FACTORY.hash(),
            is_keyed: self.key.is_some(),
        }
    }

    pub(super) fn state(&self) -> State {
        let learner = self.tuner.learner();
        State {
            weights: learner.head().hash(),
            uses_learnt: self.tuner.uses_learnt(),
            ruling: self.ruling,
            is_settled: self.tuner.is_settled(),
            has_drifted: self.tuner.has_drifted(),
            labels: self.tuner.labels(),
            unstored: self.saved.labels_since(self.tuner),
            remembered: learner.samples().len() as u16,
            held: self.tuner.held().len() as u16,
            visits: learner.visits(),
            pending: self.pending.count() as u16,
            counter: self.counter,
            stores: self.keeper.stores(),
            answered: self.answered,
            stack: (self.stack)(),
            is_resumed: self.is_resumed,
        }
    }

    #[inline(never)]
    fn self_test(&mut self) -> SelfTest {
        self.transfer = Transfer::None;
        let sound = |weights: &[Number]| weights.iter().all(|weight| weight.is_sound());
        let learner = self.tuner.learner();
        let drift = learner.certificate().drift;
        SelfTest {
            sums: sums_are_right(),
            factory: sound(FACTORY.point()),
            head: sound(learner.head().point()) && drift <= MOST_DRIFT,
            stored: self.keeper.is_whole().unwrap_or(false),
        }
    }
}

/// Tags, and the check value of CRC-32.
fn sums_are_right() -> bool {
    let crc = crc::Crc::<u32, crc::NoTable>::new(&crc::CRC_32_ISO_HDLC).checksum(b"123456789");
    tags_are_right() && crc == 0xcbf4_3926
}
