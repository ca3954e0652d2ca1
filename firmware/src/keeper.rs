//! Keeps what was learnt over a reset: what learns, encoded, in the slots of the flash.

use embedded_storage::nor_flash::NorFlash;
use fejer::checkpoint;

use crate::model::{Learner, Tuned};
use crate::persist::{self, Damage, Loaded, Refused, Slots};

/// The slots and a buffer for one checkpoint, which belongs to the caller: it is too large to move.
pub struct Keeper<'b, F> {
    slots: Slots<F>,
    buffer: &'b mut [u8],
}

/// What is kept.
pub trait Kept {
    /// Writes itself to `buffer`, and gives the bytes written.
    fn encode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], checkpoint::Error>;
    /// Becomes what was written, or stays as it is.
    fn resume(&mut self, bytes: &[u8]) -> Result<(), checkpoint::Error>;
}

impl Kept for Learner {
    fn encode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], checkpoint::Error> {
        checkpoint::encode(self, buffer)
    }
    fn resume(&mut self, bytes: &[u8]) -> Result<(), checkpoint::Error> {
        checkpoint::resume(bytes, self)
    }
}

impl Kept for Tuned {
    fn encode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], checkpoint::Error> {
        checkpoint::encode_tuner(self, buffer)
    }
    fn resume(&mut self, bytes: &[u8]) -> Result<(), checkpoint::Error> {
        checkpoint::resume_tuner(bytes, self)
    }
}

/// How the device starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// With what it had learnt before, not with the factory head?
    pub resumed: bool,
    /// Records of its input it had consumed.
    pub records: u32,
    /// Why something stored was not taken.
    pub refused: Option<Refused<checkpoint::Error>>,
}

/// Why nothing could be kept or resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error<E> {
    /// The flash, or a checkpoint too long for it.
    Slots(persist::Error<E>),
    /// What was learnt cannot be encoded.
    Encode(checkpoint::Error),
}

impl<'b, F: NorFlash> Keeper<'b, F> {
    /// Keeps on the whole of `flash`.
    pub fn new(flash: F, buffer: &'b mut [u8]) -> Self {
        Self { slots: Slots::new(flash), buffer }
    }

    /// Replaces `learner` by the newest that is whole and grew from this factory head, if any.
    pub fn resume(&mut self, learner: &mut impl Kept) -> Result<Start, Error<F::Error>> {
        let accept = |bytes: &[u8]| learner.resume(bytes);
        let Loaded { state, refused } =
            self.slots.load(self.buffer, accept).map_err(Error::Slots)?;
        let ((), records) = state.unwrap_or_default();
        Ok(Start { resumed: state.is_some(), records, refused })
    }

    /// Replaces `learner` by the state stored before the newest, or says why it cannot.
    pub fn previous(
        &mut self,
        learner: &mut impl Kept,
    ) -> Result<Result<(), Refused<checkpoint::Error>>, Error<F::Error>> {
        let accept = |bytes: &[u8]| learner.resume(bytes);
        self.slots.previous(self.buffer, accept).map_err(Error::Slots)
    }

    /// Is what was stored or resumed last whole, or is nothing stored?
    pub fn is_whole(&mut self) -> Result<bool, Error<F::Error>> {
        let last = self.stores();
        let accept = |_: &[u8]| Ok::<_, ()>(());
        let loaded = self.slots.load(self.buffer, accept).map_err(Error::Slots)?;
        Ok(match (loaded.state, loaded.refused) {
            (Some(_), None) => self.stores() == last,
            (None, Some(Refused::Slot(Damage::Erased))) => true,
            _ => false,
        })
    }

    /// Stores so far; see [`Slots::stores`].
    pub const fn stores(&self) -> u32 {
        self.slots.stores()
    }

    /// The learner, encoded in the buffer.
    pub fn encode(&mut self, learner: &impl Kept) -> Result<&[u8], checkpoint::Error> {
        learner.encode(self.buffer)
    }

    /// The buffer: room for one checkpoint, lost with whatever else this keeper does.
    pub fn buffer(&mut self) -> &mut [u8] {
        self.buffer
    }

    /// Stores the learner; after a power cut it or the one stored before is resumed.
    pub fn keep(&mut self, learner: &impl Kept, records: u32) -> Result<(), Error<F::Error>> {
        let bytes = learner.encode(self.buffer).map_err(Error::Encode)?;
        self.slots.store(bytes, records).map_err(Error::Slots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flash::{ERASED, Flash, SECTOR};
    use crate::model::{CHECKPOINT, FACTORY, FEATURES, Number};
    use fejer::{Class, Scalar};

    fn features(seed: u32) -> [Number; FEATURES] {
        core::array::from_fn(|index| {
            Number::from_f32(((index as u32 * 7 + seed * 13) % 31) as f32 / 16.0 - 1.0)
        })
    }

    fn learner() -> Learner {
        Learner::new(&FACTORY).expect("a sound head")
    }

    fn resume(bytes: &mut [u8]) -> (Learner, Start) {
        let mut learner = learner();
        let start = Keeper::new(Flash::new(bytes), &mut [0; CHECKPOINT])
            .resume(&mut learner)
            .expect("read");
        (learner, start)
    }

    fn learn(learner: &mut Learner, seeds: core::ops::Range<u32>) {
        for seed in seeds {
            learner.learn(&features(seed), Class((seed % 9) as u8)).expect("learnt");
            learner.revisit(3);
        }
    }

    #[test]
    fn learning_goes_on_to_the_bit_where_it_was_kept_even_with_a_full_memory() {
        for cut in [1, 30, 70] {
            let mut bytes = vec![ERASED; 8 * SECTOR];
            let mut whole = learner();
            learn(&mut whole, 0..cut);
            Keeper::new(Flash::new(&mut bytes[..]), &mut [0; CHECKPOINT])
                .keep(&whole, 1234)
                .expect("kept");
            let (mut resumed, start) = resume(&mut bytes);
            assert_eq!(start, Start { resumed: true, records: 1234, refused: None });
            learn(&mut whole, cut..90);
            learn(&mut resumed, cut..90);
            whole.consolidate_pass();
            resumed.consolidate_pass();
            assert_eq!(resumed.head().hash(), whole.head().hash(), "kept after {cut}");
        }
    }

    #[test]
    fn a_bad_checkpoint_leaves_the_factory_head_and_the_reason() {
        let mut bytes = vec![ERASED; 8 * SECTOR];
        let (_, start) = resume(&mut bytes);
        assert_eq!(start.refused, Some(Refused::Slot(Damage::Erased)));

        let mut learner = learner();
        learn(&mut learner, 0..3);
        Keeper::new(Flash::new(&mut bytes[..]), &mut [0; CHECKPOINT])
            .keep(&learner, 3)
            .expect("kept");
        bytes[1000] ^= 4;
        let (resumed, start) = resume(&mut bytes);
        assert_eq!(start.refused, Some(Refused::Slot(Damage::Checksum)));
        assert!(!start.resumed);
        assert_eq!(resumed.head().hash(), FACTORY.hash());
    }

    #[test]
    fn a_whole_checkpoint_of_another_version_or_shape_is_refused_by_name() {
        let mut learner = learner();
        learn(&mut learner, 0..3);
        for (offset, word) in [(4, "version"), (12, "shape"), (32, "factory"), (0, "magic")] {
            let mut bytes = vec![ERASED; 8 * SECTOR];
            let mut buffer = [0; CHECKPOINT];
            let length = checkpoint::encode(&learner, &mut buffer).expect("encoded").len();
            buffer[offset] ^= 0x40;
            let crc = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&buffer[..length - 4]);
            buffer[length - 4..length].copy_from_slice(&crc.to_le_bytes());
            let mut slots = Slots::new(Flash::new(&mut bytes[..]));
            slots.store(&buffer[..length], 3).expect("stored");
            let (resumed, start) = resume(&mut bytes);
            let Some(Refused::Payload(why)) = start.refused else { panic!("{word} was accepted") };
            assert_eq!(why.word(), word);
            assert_eq!(resumed.head().hash(), FACTORY.hash());
        }
    }
}
