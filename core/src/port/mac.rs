//! Seals: who sent a command, and that it was not sent before.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of the counter.
const COUNTER: usize = 4;
/// Bytes of the tag.
const TAG: usize = 16;
/// Bytes of a seal.
pub(super) const SEAL: usize = COUNTER + TAG;

/// The secret of one device and its owner.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl Key {
    /// A key of any length; 32 bytes of chance are right, more are hashed (RFC 2104).
    pub fn new(secret: &[u8]) -> Self {
        // A length HMAC does not take does not exist; the empty key keeps a panic out.
        Self(Hmac::new_from_slice(secret).unwrap_or_else(|_| Hmac::new(&Default::default())))
    }

    /// The first 16 bytes of HMAC-SHA-256.
    pub fn tag(&self, bytes: &[u8]) -> [u8; TAG] {
        let whole = self.0.clone().chain_update(bytes).finalize().into_bytes();
        let mut tag = [0; TAG];
        for (tag, byte) in tag.iter_mut().zip(whole) {
            *tag = byte;
        }
        tag
    }

    /// The seal of what is to be sent.
    pub(super) fn seal(&self, before: &[u8], counter: u32) -> [u8; SEAL] {
        let counter = counter.to_le_bytes();
        let whole = self.0.clone().chain_update(before).chain_update(counter).finalize();
        let mut seal = [0; SEAL];
        for (byte, new) in seal.iter_mut().zip(counter.into_iter().chain(whole.into_bytes())) {
            *byte = new;
        }
        seal
    }
}

/// A seal as it came, not yet believed.
#[derive(Clone, Copy, Debug)]
pub struct Seal<'b> {
    covered: &'b [u8],
    tag: &'b [u8],
    counter: u32,
}

impl<'b> Seal<'b> {
    /// Splits a seal off the end of a body.
    pub(super) fn split(body: &'b [u8]) -> Option<(&'b [u8], Self)> {
        let (covered, tag) = body.split_at_checked(body.len().checked_sub(TAG)?)?;
        let (before, counter) = covered.split_last_chunk::<COUNTER>()?;
        Some((before, Self { covered, tag, counter: u32::from_le_bytes(*counter) }))
    }

    /// What it says the counter is: to be believed if [`Seal::is_by`] the right key.
    pub fn counter(&self) -> u32 {
        self.counter
    }

    /// Was it made with this key? Takes the same time whatever is wrong.
    pub fn is_by(&self, key: &Key) -> bool {
        key.0.clone().chain_update(self.covered).verify_truncated_left(self.tag).is_ok()
    }
}
