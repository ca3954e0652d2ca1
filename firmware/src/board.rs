//! The hardware: the only module that differs from board to board, and the only one with `unsafe`.
//!
//! Every board offers `exit`, the words it was started with, `Meter`, `stack_of`, `Serial`, files in
//! place of a sensor and a flash, and a panic handler. To add a board, write `board/<name>.rs`, name
//! it here, and give its memory layout and its targets to `build.rs`.

use defmt_semihosting as _; // the printer

#[cfg(target_arch = "arm")]
#[path = "board/arm.rs"]
mod arch;
#[cfg(target_arch = "riscv32")]
#[path = "board/riscv32.rs"]
mod arch;

#[cfg(board = "an505")]
#[path = "board/an505.rs"]
mod chosen;
#[cfg(board = "microbit")]
#[path = "board/microbit.rs"]
mod chosen;
#[cfg(board = "mps2")]
#[path = "board/mps2.rs"]
mod chosen;
#[cfg(board = "virt")]
#[path = "board/virt.rs"]
mod chosen;

mod files;
mod meter;
mod registers;
mod serial;

#[cfg(target_arch = "arm")]
pub use arch::stack_bytes;
use chosen::CLOCK_HZ;
pub use files::{File, FileError, open_flash, open_history, open_key};
pub use meter::{Meter, stack_of};
pub use serial::Serial;

/// Exit code of a panic or a fault.
const PANIC: i32 = 101;

/// Ends the program; the code becomes QEMU's exit code.
pub fn exit(code: i32) -> ! {
    semihosting::process::exit(code)
}

/// Was the program started with this word?
pub fn is_told(word: &str) -> bool {
    let words = semihosting::experimental::env::args::<256>();
    words.is_ok_and(|words| words.into_iter().flatten().any(|told| told == word))
}
