//! The secret a device shares with its owner. The image for the smallest board has no room for seals:
//! it refuses to start with a secret, rather than obey without asking for it.

#[cfg(not(board = "microbit"))]
mod chosen {
    use fejer::port::{Key, Seal};

    /// What seals are checked with.
    pub type Secret = Key;

    /// A secret of these bytes; `None` where there is no room for seals.
    pub fn secret(bytes: &[u8; 32]) -> Option<Secret> {
        Some(Key::new(bytes))
    }

    pub fn is_by(seal: &Seal<'_>, secret: &Secret) -> bool {
        seal.is_by(secret)
    }

    /// RFC 4231, test case 2.
    pub fn tags_are_right() -> bool {
        let tag = Key::new(b"Jefe").tag(b"what do ya want for nothing?");
        tag == 0x5bdc_c146_bf60_754e_6a04_2426_0895_75c7_u128.to_be_bytes()
    }
}

#[cfg(board = "microbit")]
mod chosen {
    use fejer::port::Seal;

    /// What seals are checked with: nothing.
    pub enum Secret {}

    /// A secret of these bytes; `None` where there is no room for seals.
    pub fn secret(_: &[u8; 32]) -> Option<Secret> {
        None
    }

    pub fn is_by(_: &Seal<'_>, secret: &Secret) -> bool {
        match *secret {}
    }

    /// There are none.
    pub fn tags_are_right() -> bool {
        true
    }
}

pub use chosen::{Secret, secret};
pub(super) use chosen::{is_by, tags_are_right};
