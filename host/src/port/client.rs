//! One command at a time, each with its reply.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use fejer::Certificate;
use fejer::port::{
    Command, Description, Key, Reason, Receiver, Reply, SelfTest, State, digest, read_reply, stuff,
    write_command,
};

use super::error::word;
use super::{Error, Record};

/// Bytes of the longest body spoken or understood here.
pub(super) const BODY: usize = 8192;
/// How long an answer may take unless told otherwise; a device may have to judge what it learnt and to
/// erase its flash first.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Times a command that only reads, or was damaged on its way, is sent.
const TRIES: usize = 3;

/// A decision of the device.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Predicted {
    /// The device's name for the features, for a label that comes later.
    pub window: u32,
    /// The class.
    pub class: u8,
    /// The prediction of that class.
    pub share: f32,
    /// Less sure than the product asks for.
    pub is_rejected: bool,
    /// By what the device learnt, not by its factory head.
    pub is_learnt: bool,
}

/// Who speaks to one device, over a line whose reads end after a while.
pub struct Client<L> {
    line: L,
    port: String,
    /// How long an answer may take.
    pub timeout: Duration,
    key: Option<Key>,
    counter: Option<u32>,
    record: Option<Record>,
    exchange: u16,
    receiver: Box<Receiver<BODY>>,
    buffer: Box<[u8; BODY]>,
}

impl<L: Read + Write> Client<L> {
    /// Speaks over `line`, which error messages call `port`. With a key, commands that change weights
    /// are sealed.
    pub fn new(line: L, port: impl Into<String>, key: Option<Key>) -> Self {
        Self {
            line,
            port: port.into(),
            timeout: TIMEOUT,
            key,
            counter: None,
            record: None,
            exchange: 0,
            receiver: Box::default(),
            buffer: Box::new([0; BODY]),
        }
    }

    /// Records every exchange from now on. A record begins with what the device is and its state, so
    /// that it can be replayed; one that goes on tells them again, as the device may have been reset.
    ///
    /// # Errors
    /// As [`Client::read_head`].
    pub fn record(&mut self, record: Record) -> Result<(), Error> {
        let is_new = record.is_new();
        self.record = Some(record);
        self.describe()?;
        self.status()?;
        if is_new {
            self.read_head(&mut |_, _| {})?;
        }
        Ok(())
    }

    /// What the device is.
    ///
    /// # Errors
    /// The port's, or the device's reason: so for all commands.
    pub fn describe(&mut self) -> Result<Description, Error> {
        self.ask(&Command::Describe, |reply| match reply {
            Reply::Device(description) => Some(description),
            _ => None,
        })
    }

    /// How it is.
    ///
    /// # Errors
    /// As [`Client::describe`].
    pub fn status(&mut self) -> Result<State, Error> {
        self.ask(&Command::Status, state)
    }

    /// How far its weights are from the exact solution.
    ///
    /// # Errors
    /// As [`Client::describe`].
    pub fn certificate(&mut self) -> Result<Certificate<f32>, Error> {
        self.ask(&Command::Certificate, |reply| match reply {
            Reply::Certificate(certificate) => Some(certificate),
            _ => None,
        })
    }

    /// What it sees in standardised features.
    ///
    /// # Errors
    /// As [`Client::describe`].
    pub fn predict(&mut self, features: &[f32]) -> Result<Predicted, Error> {
        let features: Vec<u8> = features.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.ask(&Command::Predict { features: &features }, |reply| match reply {
            Reply::Predicted { window, class, share, is_rejected, is_learnt, .. } => {
                Some(Predicted { window, class, share, is_rejected, is_learnt })
            }
            _ => None,
        })
    }

    /// Any command that is answered with the state.
    ///
    /// # Errors
    /// As [`Client::describe`]; [`Error::Unknown`] if a change was not answered.
    pub fn tell(&mut self, command: &Command<'_>) -> Result<State, Error> {
        self.ask(command, state)
    }

    /// What it finds when it looks at itself.
    ///
    /// # Errors
    /// As [`Client::describe`].
    pub fn self_test(&mut self) -> Result<SelfTest, Error> {
        self.ask(&Command::SelfTest, |reply| match reply {
            Reply::SelfTest(found) => Some(found),
            _ => None,
        })
    }

    /// Reads the checkpoint of what was learnt; `progress` gets the bytes read and those there are.
    ///
    /// # Errors
    /// As [`Client::describe`]; [`Error::Digest`].
    pub fn read_head(&mut self, progress: &mut dyn FnMut(usize, usize)) -> Result<Vec<u8>, Error> {
        let (length, meant) = self.ask(&Command::ReadHead, |reply| match reply {
            Reply::Head { length, digest } => Some((length as usize, digest)),
            _ => None,
        })?;
        let mut whole = Vec::new();
        while whole.len() < length {
            let from = whole.len() as u32;
            let piece = self.ask(&Command::ReadChunk { offset: from }, |reply| match reply {
                Reply::Chunk { offset, bytes } if offset == from && !bytes.is_empty() => {
                    Some(bytes.to_vec())
                }
                _ => None,
            })?;
            whole.extend_from_slice(&piece);
            progress(whole.len(), length);
        }
        if digest(&whole) == meant {
            Ok(whole)
        } else {
            Err(Error::Digest { port: self.port.clone() })
        }
    }

    /// Puts a checkpoint in place of what was learnt; `progress` as for [`Client::read_head`]. Until
    /// the last moment nothing is changed.
    ///
    /// # Errors
    /// As [`Client::tell`].
    pub fn write_head(
        &mut self,
        bytes: &[u8],
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<State, Error> {
        let piece = self.describe()?.features.max(4) as usize * 4;
        self.ask(&Command::WriteHead { length: bytes.len() as u32 }, expected)?;
        for (index, bytes_of) in bytes.chunks(piece).enumerate() {
            let offset = (index * piece) as u32;
            let next = offset + bytes_of.len() as u32;
            match self.ask(&Command::WriteChunk { offset, bytes: bytes_of }, expected) {
                // It was put there, and its answer was lost.
                Err(Error::Refused { reason: Reason::Offset { expected }, .. })
                    if expected == next => {}
                other => drop(other?),
            }
            progress(next as usize, bytes.len());
        }
        self.tell(&Command::TakeHead { digest: digest(bytes) })
    }

    fn ask<T>(
        &mut self,
        command: &Command<'_>,
        read: impl Fn(Reply<'_>) -> Option<T>,
    ) -> Result<T, Error> {
        let seals = command.changes_weights() && self.key.is_some();
        if seals && self.counter.is_none() {
            self.counter = Some(self.status()?.counter);
        }
        let mut tries = 1;
        loop {
            let counter =
                if seals { self.counter.map(|used| used.saturating_add(1)) } else { None };
            let answer = self.once(command, counter, &read);
            let is_harmless = match &answer {
                Err(Error::Silent { .. }) => true,
                // Damaged on its way: certainly not obeyed.
                Err(Error::Refused { reason, .. }) => {
                    matches!(reason, Reason::Stuffing | Reason::Short | Reason::Checksum)
                }
                _ => false,
            };
            if !is_harmless || tries == TRIES {
                // Asked for again after whatever was not answered.
                self.counter = if answer.is_ok() && seals { counter } else { None };
                return answer;
            }
            tries += 1;
        }
    }

    fn once<T>(
        &mut self,
        command: &Command<'_>,
        counter: Option<u32>,
        read: &impl Fn(Reply<'_>) -> Option<T>,
    ) -> Result<T, Error> {
        let (port, name) = (self.port.clone(), word(command));
        let carry = |source| Error::Carry { port: port.clone(), command: name.clone(), source };
        self.exchange = self.exchange.wrapping_add(1).max(1);
        let seal = self.key.as_ref().zip(counter);
        let sent = write_command(self.exchange, command, seal, &mut self.buffer[..]);
        let Some(sent) = sent else { return Err(Error::TooLong { port, command: name }) };
        // What is left of a frame that was broken off is ended first.
        let mut frame = vec![0];
        stuff(sent, &mut |piece| frame.extend_from_slice(piece));
        self.line.write_all(&frame).and_then(|()| self.line.flush()).map_err(carry)?;
        let deadline = Instant::now() + self.timeout;
        let mut bytes = [0; 512];
        loop {
            let count = match self.line.read(&mut bytes) {
                Ok(0) => return Err(Error::Closed { port, command: name }),
                Ok(count) => count,
                Err(error) if is_silence(error.kind()) && Instant::now() < deadline => continue,
                Err(error) if is_silence(error.kind()) => {
                    let timeout = self.timeout;
                    return Err(match command.changes_weights() {
                        true => Error::Unknown { port, command: name, timeout },
                        false => Error::Silent { port, command: name, timeout },
                    });
                }
                Err(error) => return Err(carry(error)),
            };
            for &byte in &bytes[..count] {
                let Some(Ok(body)) = self.receiver.take(byte) else { continue };
                let Ok((exchange, reply)) = read_reply(body) else { continue };
                if let Reply::Refused(reason) = reply {
                    let is_ours = exchange == self.exchange;
                    if let (true, Some(record)) = (is_ours, &mut self.record) {
                        record.add(sent, body)?;
                    }
                    if is_ours || exchange == 0 {
                        return Err(Error::Refused { port, command: name, reason });
                    }
                } else if exchange == self.exchange {
                    let unexpected = || Error::Unexpected { port, command: name };
                    let answer = read(reply).ok_or_else(unexpected)?;
                    if let Some(record) = &mut self.record {
                        record.add(sent, body)?;
                    }
                    return Ok(answer);
                }
            }
        }
    }
}

fn state(reply: Reply<'_>) -> Option<State> {
    match reply {
        Reply::State(state) => Some(state),
        _ => None,
    }
}

fn expected(reply: Reply<'_>) -> Option<u32> {
    match reply {
        Reply::Expected { offset } => Some(offset),
        _ => None,
    }
}

fn is_silence(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
