//! What QEMU offers through semihosting: a console, words, an exit code, files for a flash and a key.

use defmt_semihosting as _; // the printer

use super::FileError;
use super::files::{self, File};
use crate::flash::Flash;

/// Ends the program; the code becomes QEMU's exit code.
pub fn exit(code: i32) -> ! {
    semihosting::process::exit(code)
}

/// Was the program started with this word?
pub fn is_told(word: &str) -> bool {
    let words = semihosting::experimental::env::args::<256>();
    words.is_ok_and(|words| words.into_iter().flatten().any(|told| told == word))
}

/// The flash for what is learnt: `flash.bin`, created, all erased, if it is not there.
pub fn open_flash() -> Result<Flash<File>, FileError> {
    files::open_flash().map(Flash::new)
}

/// The owner's secret: `key.bin`, 32 bytes; `None` if there is no such file.
pub fn open_key() -> Result<Option<[u8; 32]>, FileError> {
    files::open_key()
}
