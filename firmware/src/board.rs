//! The hardware: the only module that differs from board to board, and the only one with `unsafe`.
//!
//! Every board offers `exit`, the words it was started with, `Meter`, `stack_of`, `Serial`, a flash, a
//! key and a panic handler; all but `microbit` and `virt` a bus with sensors. The boards QEMU emulates
//! have files on the host in place of a recording and a flash. To add a board, write
//! `board/<name>.rs`, name it here, and give its memory layout and its targets to `build.rs`.

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
#[cfg(board = "nrf52840")]
#[path = "board/nrf52840.rs"]
mod chosen;
#[cfg(board = "stm32f411")]
#[path = "board/stm32f411.rs"]
mod chosen;
#[cfg(board = "virt")]
#[path = "board/virt.rs"]
mod chosen;

#[cfg(emulated)]
#[path = "board/emulated.rs"]
mod world;
#[cfg(not(emulated))]
#[path = "board/probed.rs"]
mod world;

#[cfg(emulated)]
mod files;
#[cfg(not(any(board = "microbit", board = "virt")))]
mod lines;
mod meter;
mod registers;
#[cfg(emulated)]
mod requests;
mod serial;

pub use arch::stack_bytes;
use chosen::CLOCK_HZ;
#[cfg(emulated)]
pub use files::{File, open_history};
#[cfg(not(any(board = "microbit", board = "virt")))]
pub use lines::{Delay, Line, SensorBus, sensor_bus};
pub use meter::{Meter, stack_of};
#[cfg(emulated)]
pub use requests::{NoRequests, Requests};
pub use serial::Serial;
pub use world::{exit, is_told, open_flash, open_key};

/// Exit code of a panic or a fault.
const PANIC: i32 = 101;

/// Why a file that stands for a part of the board could not be used. Parts that are there are no files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileError {
    /// It is not there, or may not be opened this way.
    Open,
    /// Its length is not the one it must have.
    Length(usize),
    /// A transfer failed.
    Transfer,
}

/// Says where, and ends. The message stays out: the means to format it take more flash than a head.
fn panicked(info: &core::panic::PanicInfo<'_>) -> ! {
    // The smallest board has no room for the names of files either.
    match info.location().filter(|_| !cfg!(board = "microbit")) {
        Some(place) => defmt::error!("panicked at {=str}:{=u32}", place.file(), place.line()),
        None => defmt::error!("panicked"),
    }
    exit(PANIC)
}
