//! The hardware: the only module that differs from board to board, and the only one with `unsafe`.
//!
//! Every board offers `exit`, the words it was started with, `Meter`, `stack_of` and a panic handler:
//! enough for the bench. `mps2` and `an505` also have a bus with sensors, `mps2` a flash. To add a board, write
//! `board/<name>.rs`, name it here, and give its memory layout and its targets to `build.rs`.

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

mod meter;
mod requests;
#[cfg(any(board = "an505", board = "mps2"))]
mod sbcon;

#[cfg(target_arch = "arm")]
pub use arch::stack_bytes;
use chosen::CLOCK_HZ;
#[cfg(board = "mps2")]
pub use chosen::{File, FileError, open_flash, open_history};
pub use meter::{Meter, stack_of};
pub use requests::{NoRequests, Requests};
#[cfg(any(board = "an505", board = "mps2"))]
pub use sbcon::{Delay, Line, SensorBus, sensor_bus};

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
