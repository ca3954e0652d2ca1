//! What a real board offers, a debug probe at its side: a console over RTT, a flash, a key in memory
//! that is written once.

use defmt_rtt as _; // the printer

use super::chosen::{Flash, KEY};
use super::registers::read_byte;
use super::{FileError, PANIC};

/// Says how it ended, and stops; a reset starts it again.
pub fn exit(code: i32) -> ! {
    if code != PANIC {
        defmt::println!("ended code={=i32}", code);
    }
    loop {
        ::cortex_m::asm::wfi();
    }
}

/// Nobody tells a real board anything.
pub fn is_told(_: &str) -> bool {
    false
}

/// The flash for what is learnt.
pub fn open_flash() -> Result<Flash, FileError> {
    Ok(Flash::open())
}

/// The owner's secret, which production wrote; `None` if it wrote none.
pub fn open_key() -> Result<Option<[u8; 32]>, FileError> {
    let key = core::array::from_fn(|at| read_byte(KEY + at));
    Ok(Some(key).filter(|key| key.iter().any(|&byte| byte != crate::flash::ERASED)))
}
