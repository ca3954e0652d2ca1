//! What was said, kept: frames as they went over the line, each command before its reply.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use fejer::port::{Receiver, stuff};

use super::Error;
use super::client::BODY;

/// A file that grows with every command that was answered.
pub struct Record {
    path: PathBuf,
    file: File,
    is_new: bool,
}

impl Record {
    /// Goes on with a file, or begins it.
    ///
    /// # Errors
    /// [`Error::Record`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let opened = OpenOptions::new().create(true).append(true).open(path);
        let opened = opened.and_then(|file| Ok((file.metadata()?.len() == 0, file)));
        let (is_new, file) = opened.map_err(|source| Self::failed(path, source))?;
        Ok(Self { path: path.to_owned(), file, is_new })
    }

    /// Has it nothing in it yet?
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Adds a command and its reply.
    pub(super) fn add(&mut self, command: &[u8], reply: &[u8]) -> Result<(), Error> {
        let mut bytes = Vec::with_capacity(command.len() + reply.len() + 8);
        for body in [command, reply] {
            stuff(body, &mut |piece| bytes.extend_from_slice(piece));
        }
        self.is_new = false;
        self.file.write_all(&bytes).map_err(|source| Self::failed(&self.path, source))
    }

    fn failed(path: &Path, source: io::Error) -> Error {
        Error::Record { path: path.display().to_string(), source }
    }
}

/// Bodies of a command and of its reply.
pub type Exchange = (Vec<u8>, Vec<u8>);

/// The exchanges in a record, in order; `None` if it holds a damaged frame or ends within an exchange.
pub fn exchanges(record: &[u8]) -> Option<Vec<Exchange>> {
    let mut receiver = Receiver::<BODY>::new();
    let mut bodies = Vec::new();
    for &byte in record {
        match receiver.take(byte) {
            Some(Ok(body)) => bodies.push(body.to_vec()),
            Some(Err(_)) => return None,
            None => {}
        }
    }
    let (pairs, rest) = bodies.as_chunks::<2>();
    let is_whole = rest.is_empty() && record.last().is_none_or(|&last| last == 0);
    is_whole
        .then(|| pairs.iter().map(|[command, reply]| (command.clone(), reply.clone())).collect())
}
