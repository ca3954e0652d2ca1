//! The device side of the port: every frame that arrives is answered, and only a valid command
//! changes anything.
//!
//! [`Device::answer`] decides who may (here), `execute` does it (the one place that knows the tuner),
//! `work` is done while nobody speaks, and [`Device::serve`] carries the bytes. A label is answered
//! once it is learnt, every other change once it is in the flash; when labels get there, `saving`
//! says. What was obeyed under a seal before a power cut is never obeyed again after it.

mod execute;
mod pending;
mod saving;
mod secret;
mod transfer;
mod work;

use embedded_io::{Read, ReadReady, Write};
use embedded_storage::nor_flash::NorFlash;
use fejer::port::{
    Command, OVERHEAD, Reason, Received, Receiver, Reply, read_command, stuff, write_reply,
};
use fejer::tuner::Ruling;

use crate::keeper::{self, Keeper, Start};
use crate::model::{FEATURES, Tuned};
use pending::Pending;
use saving::Saved;
pub use saving::{LABELS_A_STORE, RESERVE, STORES_A_DAY, YEARS};
use secret::is_by;
pub use secret::{Secret, secret};
use transfer::Transfer;

/// Bytes of features in a command, and of a piece of a checkpoint.
pub const CHUNK: usize = 4 * FEATURES;
/// Bytes of the longest body.
pub const BODY: usize = OVERHEAD + CHUNK;
/// Windows remembered until their label comes.
pub const PENDING: usize = if cfg!(board = "microbit") { 4 } else { 16 };

/// A tuner that can be spoken to, with the flash it is kept in.
pub struct Device<'a, F> {
    tuner: &'a mut Tuned,
    keeper: Keeper<'a, F>,
    key: Option<Secret>,
    pending: Pending<PENDING>,
    transfer: Transfer,
    counter: u32,
    /// The counter in the flash: no seal up to it is obeyed after a reset.
    reserved: u32,
    saved: Saved,
    ruling: Option<Ruling>,
    /// Slices of work since the last change.
    slices: u32,
    answered: u32,
    is_resumed: bool,
    stack: fn() -> u32,
}

impl<'a, F: NorFlash> Device<'a, F> {
    /// With a key, commands that change weights must be sealed. `stack` tells the bytes of stack taken
    /// at most.
    #[inline(always)] // in place: it is too large to move
    pub fn new(
        tuner: &'a mut Tuned,
        keeper: Keeper<'a, F>,
        key: Option<Secret>,
        stack: fn() -> u32,
    ) -> Self {
        Self {
            saved: Saved::of(tuner),
            tuner,
            keeper,
            key,
            pending: Pending::new(),
            transfer: Transfer::None,
            counter: 0,
            reserved: 0,
            ruling: None,
            slices: 0,
            answered: 0,
            is_resumed: false,
            stack,
        }
    }

    /// Goes on from what is stored, if anything is: to be done first.
    ///
    /// # Errors
    /// The flash cannot be read.
    pub fn start(&mut self) -> Result<Start, keeper::Error<F::Error>> {
        let start = self.keeper.resume(self.tuner)?;
        (self.counter, self.reserved) = (start.records, start.records);
        (self.saved, self.is_resumed) = (Saved::of(self.tuner), start.resumed);
        Ok(start)
    }

    /// What learns.
    pub fn tuner(&self) -> &Tuned {
        self.tuner
    }

    /// Answers frames for as long as they come, and works while none does.
    ///
    /// # Errors
    /// The port's own.
    pub fn serve<P: Read + ReadReady + Write>(&mut self, port: &mut P) -> Result<(), P::Error> {
        let mut receiver = Receiver::<BODY>::new();
        let (mut body, mut bytes) = ([0; BODY], [0; 32]);
        loop {
            while !port.read_ready()? && self.work() {}
            let count = port.read(&mut bytes)?;
            if count == 0 {
                return Ok(());
            }
            for &byte in bytes.iter().take(count) {
                let Some(arrived) = receiver.take(byte) else { continue };
                let mut sent = Ok(());
                stuff(self.answer(arrived, &mut body), &mut |piece| {
                    if sent.is_ok() {
                        sent = port.write_all(piece);
                    }
                });
                sent?;
                port.flush()?;
            }
        }
    }

    /// The body of the reply to a body that arrived, or did not.
    pub fn answer<'o>(
        &mut self,
        arrived: Result<&[u8], Reason>,
        out: &'o mut [u8; BODY],
    ) -> &'o [u8] {
        self.answered = self.answered.saturating_add(1);
        let received = arrived.map_err(|reason| (0, reason)).and_then(read_command);
        let (exchange, reply) = match &received {
            Ok(received) => (received.exchange, self.obey(received)),
            Err((exchange, reason)) => (*exchange, Err(*reason)),
        };
        let reply = reply.unwrap_or_else(Reply::Refused);
        let length = match write_reply(exchange, &reply, out) {
            Some(body) => body.len(),
            // No reply is longer than a body; if one were, the host should still hear of it.
            None => {
                write_reply(exchange, &Reply::Refused(Reason::Reply), out).map_or(0, <[u8]>::len)
            }
        };
        out.get(..length).unwrap_or_default()
    }

    fn obey(&mut self, received: &Received<'_>) -> Result<Reply<'_>, Reason> {
        let (counter, command) = (self.authorise(received)?, &received.command);
        if command.waits_for_verdict() {
            self.settle();
        }
        if !command.changes_weights() {
            return self.read(command);
        }
        // A seal is used up even by a command that is refused for another reason.
        let is_beyond = self.key.is_some() && counter > self.reserved;
        if self.key.is_some() {
            self.counter = counter;
        }
        let is_label = matches!(command, Command::Label { .. });
        if is_label && is_beyond {
            self.keep()?; // before it is learnt: only what was judged is stored
        }
        let changed = self.change(command);
        if changed.is_ok() {
            (self.counter, self.transfer) = (counter, Transfer::None);
        }
        if !is_label {
            self.settle();
            if is_beyond || (changed.is_ok() && self.has_to_keep(command)) {
                self.keep()?;
            }
        }
        changed.map(|()| Reply::State(self.state()))
    }

    /// Must it be in the flash before the command is answered?
    fn has_to_keep(&self, command: &Command<'_>) -> bool {
        *command != Command::Idle || self.saved != Saved::of(self.tuner)
    }

    /// May it be obeyed? The counter from then on.
    fn authorise(&self, received: &Received<'_>) -> Result<u32, Reason> {
        match (&self.key, &received.seal) {
            (None, Some(_)) => Err(Reason::NoKey),
            (None, None) => Ok(self.counter.saturating_add(1)),
            (Some(_), None) if received.command.changes_weights() => Err(Reason::SealMissing),
            (Some(_), None) => Ok(self.counter),
            (Some(key), Some(seal)) if !is_by(seal, key) => Err(Reason::Seal),
            (Some(_), Some(seal)) if seal.counter() <= self.counter => {
                Err(Reason::Counter { above: self.counter })
            }
            (Some(_), Some(seal)) => Ok(seal.counter()),
        }
    }
}

#[cfg(test)]
mod tests;
