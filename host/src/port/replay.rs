//! Repeats on the desktop what a device was told, through the same core, and compares every bit of
//! what it answered.
//!
//! Compared are decisions, shares, hashes of weights, verdicts, numbers of labels, samples and visits,
//! certificates and whole checkpoints; not what only the device knows: its counter, windows it waits
//! for, its self-test. A refused command changed nothing. How far the device was with its work at a
//! prediction is in the record, and the desktop goes as far; what a reset lost, it loses too.
//!
//! Assumption: the device is `serve`: a memory of [`MEMORY`] samples and [`HOLDOUT`] held out, f32 or
//! Q16.16.

mod twin;

use fejer::port::{Command, Description, Digest, Reply, digest, read_command, read_reply};
use fejer::{Class, Scalar, Tuner};

use super::Exchange;
use crate::clean::CleanSet;
use crate::pretrain::{Factory, OUTPUTS, ROWS};
use crate::replay::factory_head;
use twin::Twin;

/// Samples the device remembers.
pub const MEMORY: usize = 40;
/// Samples it holds out at most.
pub const HOLDOUT: usize = 8;

/// A head that learns under guard as on the device.
pub type Tuning<'a, S> = Tuner<'a, S, Class, ROWS, OUTPUTS, MEMORY, HOLDOUT>;

/// Why a record cannot be replayed, or where the desktop differs.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A frame of it is none.
    #[error("exchange {exchange} of the record is no command with its reply: record it again")]
    Exchange {
        /// Its number, from 1.
        exchange: usize,
    },
    /// The device is another one.
    #[error(
        "exchange {exchange}: the record is of a device with another factory head, clean set, shape \
         or number type: give the files of constants its firmware was built with"
    )]
    Device {
        /// Its number, from 1.
        exchange: usize,
    },
    /// It does not say where it starts.
    #[error(
        "exchange {exchange}: the record does not begin with the device's state: record from the start"
    )]
    Start {
        /// Its number, from 1.
        exchange: usize,
    },
    /// A step cannot be taken on the desktop.
    #[error("exchange {exchange}: the device did what the desktop refuses: {reason}")]
    Refused {
        /// Its number, from 1.
        exchange: usize,
        /// Why.
        reason: String,
    },
    /// The answers differ.
    #[error("exchange {exchange}, {command}: the device says {device}, the desktop {desktop}")]
    Differs {
        /// Its number, from 1.
        exchange: usize,
        /// The command.
        command: String,
        /// What the device says.
        device: String,
        /// What the desktop says.
        desktop: String,
    },
}

/// What was the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Agreed {
    /// Exchanges.
    pub exchanges: usize,
    /// Of these, decisions.
    pub predictions: usize,
    /// Of these, changes of the weights.
    pub changes: usize,
    /// Hash of the final weights.
    pub weights: u64,
}

/// Replays a record from the factory head and the clean set of the device's firmware.
///
/// # Errors
/// See [`Error`]: the first difference ends it.
pub fn replay<S: Scalar<Float = f32>>(
    record: &[Exchange],
    factory: &Factory,
    clean: &CleanSet,
) -> Result<Agreed, Error> {
    let head = factory_head::<S>(factory);
    let tuning = Tuning::new(&head, clean.borrowed(), clean.settings());
    let refused = |why: fejer::Error| Error::Refused { exchange: 0, reason: why.to_string() };
    let mut twin = Twin::<S>::new(tuning.map_err(refused)?);
    let (mut agreed, mut read, mut has_started) = (Agreed::default(), Read::default(), false);
    for (index, (sent, answered)) in record.iter().enumerate() {
        let exchange = index + 1;
        let command = read_command(sent).map_err(|_| Error::Exchange { exchange })?.command;
        let (_, reply) = read_reply(answered).map_err(|_| Error::Exchange { exchange })?;
        twin.notice(&reply).map_err(|why| why.at(exchange))?;
        twin.wait(&command, &reply).map_err(|why| why.at(exchange))?;
        let said = match (&command, &reply) {
            (Command::Describe, Reply::Device(device)) => {
                if !is_this::<S>(device, head.hash(), clean) {
                    return Err(Error::Device { exchange });
                }
                twin.labels_a_store = device.labels_a_store.into();
                None
            }
            (Command::Status, Reply::State(state)) if !has_started => {
                twin.begin(state);
                None
            }
            (Command::ReadHead | Command::ReadChunk { .. }, reply) => match read.take(reply) {
                Some(whole) if has_started => {
                    let mine = twin.encoded().map_err(|why| why.at(exchange))?;
                    Some((checkpoint_text(&whole), checkpoint_text(&mine)))
                }
                Some(whole) => {
                    if !twin.start(&whole).map_err(|why| why.at(exchange))? {
                        return Err(Error::Start { exchange });
                    }
                    has_started = true;
                    None
                }
                None => None,
            },
            _ if !has_started => return Err(Error::Start { exchange }),
            _ => twin.obey(&command, &reply).map_err(|why| why.at(exchange))?,
        };
        if let Some((device, desktop)) = said.filter(|(device, desktop)| device != desktop) {
            let command = format!("{command:?}").chars().take(60).collect();
            return Err(Error::Differs { exchange, command, device, desktop });
        }
        agreed.exchanges = exchange;
        agreed.predictions += usize::from(matches!(reply, Reply::Predicted { .. }));
        let is_obeyed = matches!(reply, Reply::State(_));
        agreed.changes += usize::from(is_obeyed && command.changes_weights());
    }
    agreed.weights = twin.tuning.learner().head().hash();
    Ok(agreed)
}

fn is_this<S: Scalar>(device: &Description, factory: u64, clean: &CleanSet) -> bool {
    let shape = (usize::from(device.features) + 1, usize::from(device.outputs));
    let room = (usize::from(device.memory), usize::from(device.holdout));
    device.scalar == S::TAG
        && shape == (ROWS, OUTPUTS)
        && room == (MEMORY, HOLDOUT)
        && usize::from(device.clean) == clean.targets.len()
        && device.factory == factory
}

fn checkpoint_text(bytes: &[u8]) -> String {
    let hex: String = digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("a checkpoint of SHA-256 {hex}")
}

/// A checkpoint as it is read, piece after piece.
#[derive(Default)]
struct Read {
    whole: Vec<u8>,
    length: usize,
    digest: Digest,
}

impl Read {
    /// The checkpoint, with its last piece.
    fn take(&mut self, reply: &Reply<'_>) -> Option<Vec<u8>> {
        match *reply {
            Reply::Head { length, digest } => {
                *self = Self { whole: vec![], length: length as usize, digest };
            }
            Reply::Chunk { offset, bytes } => {
                self.whole.truncate(offset as usize);
                self.whole.extend_from_slice(bytes);
            }
            _ => {}
        }
        let is_whole = self.whole.len() == self.length && digest(&self.whole) == self.digest;
        is_whole.then(|| std::mem::take(&mut self.whole))
    }
}
