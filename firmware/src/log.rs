//! What the device says: one line an event, `word key=value …`, decoded on the host.

pub mod application;

use defmt::{error, info, intern, warn};
use fejer::{Anchored, Certificate, Class, Scalar, checkpoint};

use crate::board::FileError;
use crate::keeper::{self, Start};
use crate::model::{Learner, Number, OUTPUTS, ROWS};
use crate::persist::{Damage, Refused};
use crate::recording;

/// Why the device could not do its work, and its exit code.
#[derive(Clone, Copy)]
pub enum Failure {
    /// `history.bin` is missing or damaged.
    History(recording::Error<FileError>),
    /// `flash.bin` cannot be used.
    Flash(FileError),
    /// `key.bin` cannot be used.
    Key(FileError),
    /// There is a key, but no room for seals.
    NoSeals,
    /// The factory head cannot be learnt from.
    Factory(fejer::Error),
    /// The factory of a worked application cannot be learnt from.
    Application(fejer::Error),
    /// What was learnt could not be stored.
    Store,
}

impl From<fejer::Error> for Failure {
    fn from(error: fejer::Error) -> Self {
        Self::Factory(error)
    }
}

impl<E> From<keeper::Error<E>> for Failure {
    fn from(error: keeper::Error<E>) -> Self {
        match error {
            keeper::Error::Slots(_) | keeper::Error::Encode(_) => Self::Store,
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Flash(error)
    }
}

impl From<recording::Error<FileError>> for Failure {
    fn from(error: recording::Error<FileError>) -> Self {
        Self::History(error)
    }
}

/// Says why the device gives up and returns its exit code.
pub fn failure(failure: Failure) -> i32 {
    match failure {
        Failure::History(why) => error!("error: history.bin: {=str}", why.advice()),
        Failure::Flash(FileError::Length(found)) => {
            error!("error: flash.bin has {=usize} bytes, not the flash's: remove it", found);
        }
        Failure::Flash(_) => error!("error: flash.bin cannot be used: check its permissions"),
        Failure::Key(_) => error!("error: key.bin: not 32 bytes that can be read: check it"),
        Failure::NoSeals => {
            error!(
                "error: this image has no room for seals: build it for a larger board, or without a key"
            );
        }
        Failure::Factory(why) => error!(
            "error: the factory head is refused ({=str}): export it again with `fejer head`",
            why.word()
        ),
        Failure::Application(why) => error!(
            "error: the factory is refused ({=str}): build the image by `cargo xtask apply`, which sets FEJER_APPLICATION",
            why.word()
        ),
        Failure::Store => {
            error!("error: what was learnt could not be stored: check flash.bin and the disk");
            return 3;
        }
    }
    2
}

/// The device started; says why, if a stored head was not taken.
#[allow(clippy::if_same_then_else, reason = "the texts differ, but are not in the image")]
pub fn boot<const MEMORY: usize>(
    learner: &Anchored<'static, Number, Class, ROWS, OUTPUTS, MEMORY>,
    start: &Start,
) {
    let Start { records, resumed, refused } = start;
    let reason = match refused {
        None => "none",
        Some(Refused::Slot(Damage::Erased)) => "erased",
        Some(Refused::Slot(Damage::Header)) => "magic",
        Some(Refused::Slot(Damage::Length)) => "truncated",
        Some(Refused::Slot(Damage::Checksum)) => "checksum",
        Some(Refused::Payload(why)) => why.word(),
    };
    match refused {
        None | Some(Refused::Slot(Damage::Erased)) => {}
        Some(why) => warn!(
            "a stored head was refused ({=str}: {=istr}); {=istr}",
            reason,
            remedy(why),
            if *resumed {
                intern!("the one stored before it is used")
            } else {
                intern!("the factory head is kept")
            },
        ),
    }
    info!(
        "boot head={=str} reason={=str} weights={=u64:016x} remembered={=usize} records={=u32}",
        if *resumed { "resumed" } else { "factory" },
        reason,
        learner.head().hash(),
        learner.samples().len(),
        *records,
    );
}

/// What was wrong with a stored head; the text stays on the host.
fn remedy(why: &Refused<checkpoint::Error>) -> defmt::Str {
    use checkpoint::Error;
    match why {
        Refused::Slot(Damage::Erased) => intern!("nothing was stored"),
        Refused::Slot(Damage::Header) => intern!("it does not start with a header"),
        Refused::Slot(Damage::Length) => intern!("it announces more bytes than it has"),
        Refused::Slot(Damage::Checksum) => intern!("a flipped bit or an interrupted store"),
        Refused::Payload(Error::Version(_)) => {
            intern!("written by another release: what it had learnt has to be learnt again")
        }
        Refused::Payload(Error::Factory) => intern!("learnt from another factory head"),
        Refused::Payload(Error::Unsound) => intern!("a number in it is NaN, infinite or saturated"),
        Refused::Payload(_) => intern!("written by a firmware of another shape"),
    }
}

/// A window without a label.
pub fn predicted(window: u32, class: u8) {
    info!("predicted window={=u32} class={=u8}", window, class);
}

/// A window with a label, learnt and stored.
pub fn learnt(window: u32, label: u8, predicted: u8, learner: &Learner, instructions: u32) {
    info!(
        "learnt window={=u32} class={=u8} predicted={=u8} weights={=u64:016x} remembered={=usize} instructions={=u32}",
        window,
        label,
        predicted,
        learner.head().hash(),
        learner.samples().len(),
        instructions,
    );
}

/// A pass over the memory, with its certificate.
pub fn idle(pass: u32, learner: &Learner) {
    let Certificate { gap, drift, distance, residual } = learner.certificate();
    info!(
        "idle pass={=u32} weights={=u64:016x} gap={=u32:08x} distance={=u32:08x} residual={=u32:08x} drift={=u32:08x}",
        pass,
        learner.head().hash(),
        gap.to_bits(),
        distance.to_bits(),
        residual.to_bits(),
        drift.to_bits(),
    );
}

/// A window that was not used; the head is as before.
pub fn refused(window: u32, why: fejer::Error) {
    info!("refused window={=u32} reason={=str}", window, why.word());
}

/// The final weights, a line a row, and the end.
pub fn done(learner: &Learner, records: u32, stack: u32) {
    for (row, weights) in learner.head().weights().iter().enumerate() {
        let [a, b, c, d, e, f, g, h, i] = weights.map(|weight| Scalar::to_bits(weight) as u32);
        info!(
            "weights row={=usize} values={=u32:08x},{=u32:08x},{=u32:08x},{=u32:08x},{=u32:08x},{=u32:08x},{=u32:08x},{=u32:08x},{=u32:08x}",
            row, a, b, c, d, e, f, g, h, i,
        );
    }
    info!("done records={=u32} stack={=u32}", records, stack);
}
