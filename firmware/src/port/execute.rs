//! What each command does to the learner: the one place to change when another learner takes over.

use embedded_storage::nor_flash::NorFlash;
use fejer::port::{Command, Description, Reason, Reply, SelfTest, State, digest};
use fejer::{Class, Error, Scalar, checkpoint};

use super::secret::tags_are_right;
use super::{BODY, CHUNK, Device, PENDING, Transfer};
use crate::model::{CHECKPOINT, FACTORY, FEATURES, MEMORY, Number, OUTPUTS, REVISITS};

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
            Command::Certificate => Reply::Certificate(self.learner.certificate()),
            Command::Predict { features } => self.predict(features)?,
            Command::ReadHead => {
                self.transfer = Transfer::None;
                let bytes = self.keeper.encode(self.learner).map_err(Reason::Checkpoint)?;
                self.transfer = Transfer::Out(bytes.len());
                Reply::Head { length: bytes.len() as u32, digest: digest(bytes) }
            }
            Command::ReadChunk { offset } => {
                let bytes = self.transfer.piece(self.keeper.buffer(), offset, CHUNK)?;
                Reply::Chunk { offset, bytes }
            }
            Command::WriteHead { length } => {
                self.transfer = Transfer::into(length, CHECKPOINT)?;
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
            Command::Idle => self.learner.consolidate_pass(),
            Command::TakeHead { digest: meant } => {
                let bytes = self.transfer.whole(self.keeper.buffer())?;
                if digest(bytes) != meant {
                    return Err(Reason::Digest);
                }
                checkpoint::resume(bytes, self.learner).map_err(Reason::Checkpoint)?;
            }
            Command::ForgetClass { class } => self.forget(class)?,
            Command::ForgetAll => self.learner.forget_all(),
            Command::RollBack => {
                self.transfer = Transfer::None;
                let previous = self.keeper.previous(self.learner).map_err(|_| Reason::Store)?;
                previous.map_err(|_| Reason::NothingBefore)?;
            }
            Command::FactoryReset => {
                self.transfer = Transfer::None;
                self.learner.forget_all();
                // Twice, with the store to come: nothing learnt is left in either slot.
                self.keeper.keep(self.learner, self.counter).map_err(|_| Reason::Store)?;
            }
            _ => return Err(Reason::Unknown),
        }
        Ok(())
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
        let class = self.learner.decide(&features);
        let prediction = self.learner.predict(&features);
        let share = prediction.get(class).copied().unwrap_or(Number::ZERO).to_f32();
        let window = self.pending.push(&features);
        Ok(Reply::Predicted { window, class: class as u8, share })
    }

    fn label(&mut self, window: u32, class: u8) -> Result<(), Reason> {
        let codes = self.pending.find(window).ok_or(Reason::Window)?;
        self.learner.learn(codes, Class(class)).map_err(Reason::Head)?;
        self.learner.revisit(REVISITS);
        self.pending.remove(window);
        Ok(())
    }

    fn forget(&mut self, class: u8) -> Result<(), Reason> {
        if usize::from(class) >= OUTPUTS {
            return Err(Reason::Head(Error::Target));
        }
        let of_class = |device: &Self| {
            device.learner.samples().position(|sample| sample.target == Class(class))
        };
        while let Some(index) = of_class(self) {
            self.learner.forget(index);
        }
        self.learner.rebuild();
        Ok(())
    }

    fn description(&self) -> Description {
        Description {
            features: FEATURES as u16,
            outputs: OUTPUTS as u16,
            memory: MEMORY as u16,
            revisits: REVISITS as u16,
            pending: PENDING as u16,
            scalar: Number::TAG,
            body: BODY as u16,
            checkpoint: CHECKPOINT as u32,
            factory: FACTORY.hash(),
            is_keyed: self.key.is_some(),
        }
    }

    pub(super) fn state(&self) -> State {
        State {
            weights: self.learner.head().hash(),
            remembered: self.learner.samples().len() as u16,
            visits: self.learner.visits(),
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
        let drift = self.learner.certificate().drift;
        SelfTest {
            sums: sums_are_right(),
            factory: sound(FACTORY.point()),
            head: sound(self.learner.head().point()) && drift <= MOST_DRIFT,
            stored: self.keeper.holds(self.learner).unwrap_or(false),
        }
    }
}

/// Tags, and the check value of CRC-32.
fn sums_are_right() -> bool {
    let crc = crc::Crc::<u32, crc::NoTable>::new(&crc::CRC_32_ISO_HDLC).checksum(b"123456789");
    tags_are_right() && crc == 0xcbf4_3926
}
