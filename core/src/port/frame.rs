//! Frames: bodies stuffed so that a 0x00 ends them and nothing else (COBS).

use super::Reason;

/// The longest run one code byte stands for.
const RUN: usize = 254;

/// Gives the bytes of a frame, its end included, to `put`, piece after piece.
pub fn stuff(body: &[u8], put: &mut dyn FnMut(&[u8])) {
    let mut rest = Some(body);
    while let Some(bytes) = rest {
        let zero = bytes.iter().take(RUN).position(|&byte| byte == 0);
        let run = bytes.get(..zero.unwrap_or(RUN)).unwrap_or(bytes);
        put(&[u8::try_from(run.len()).unwrap_or(u8::MAX).wrapping_add(1)]);
        put(run);
        rest = match zero {
            Some(at) => bytes.get(at + 1..),
            None => bytes.get(RUN..).filter(|rest| !rest.is_empty()),
        };
    }
    put(&[0]);
}

/// Takes frames apart, byte after byte; has room for bodies of `N` bytes.
#[derive(Clone, Debug)]
pub struct Receiver<const N: usize> {
    body: [u8; N],
    /// Bytes of the body so far, those without room included.
    length: usize,
    /// Bytes left of the run, and what is due after it.
    run: u8,
    owes_zero: bool,
    is_empty: bool,
    is_done: bool,
}

impl<const N: usize> Receiver<N> {
    /// At the beginning of a frame.
    pub const fn new() -> Self {
        Self { body: [0; N], length: 0, run: 0, owes_zero: false, is_empty: true, is_done: false }
    }

    /// Takes the next byte; a body, or why there is none, if it ends a frame.
    pub fn take(&mut self, byte: u8) -> Option<Result<&[u8], Reason>> {
        if self.is_done {
            (self.length, self.run, self.owes_zero) = (0, 0, false);
            (self.is_empty, self.is_done) = (true, false);
        }
        if byte == 0 {
            self.is_done = true;
            return (!self.is_empty).then(|| self.finish());
        }
        self.is_empty = false;
        match self.run.checked_sub(1) {
            Some(left) => {
                self.run = left;
                self.put(byte);
            }
            None => {
                if self.owes_zero {
                    self.put(0);
                }
                self.run = byte - 1;
                self.owes_zero = byte != u8::MAX;
            }
        }
        None
    }

    fn put(&mut self, byte: u8) {
        if let Some(room) = self.body.get_mut(self.length) {
            *room = byte;
        }
        self.length = self.length.saturating_add(1);
    }

    fn finish(&self) -> Result<&[u8], Reason> {
        if self.run != 0 {
            return Err(Reason::Stuffing);
        }
        let room = u16::try_from(N).unwrap_or(u16::MAX);
        self.body.get(..self.length).ok_or(Reason::TooLong { room })
    }
}

impl<const N: usize> Default for Receiver<N> {
    fn default() -> Self {
        Self::new()
    }
}
