//! Arm MPS2 (AN385: Cortex-M3, AN386: Cortex-M4F) under QEMU, with files on the host through
//! semihosting in place of a sensor and a flash.
//!
//! Instruction count: with `-icount shift=6` QEMU lets 64 ns of virtual time pass per instruction,
//! and the timer counts 25 MHz (40 ns), so `instructions = ticks · 5/8`, rounded. Without `-icount`
//! ticks mean nothing; the meter finds that out with loops of known length and reports 0.

use core::ffi::CStr;
use core::panic::PanicInfo;

use cortex_m as _; // the critical section
use cortex_m_rt::{ExceptionFrame, STACK_PAINT_VALUE, exception};
use defmt_semihosting as _; // the printer
use semihosting::io::{Read as _, Seek as _, SeekFrom, Write as _};

use crate::flash::{ERASED, Medium, SECTOR};
use crate::recording::{self, Source};

/// Exit code of a panic or a fault.
const PANIC: i32 = 101;

/// Ends the program; the code becomes QEMU's exit code.
pub fn exit(code: i32) -> ! {
    semihosting::process::exit(code)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    defmt::error!("{}", defmt::Display2Format(info));
    exit(PANIC)
}

#[exception]
#[allow(unsafe_code)] // the attribute demands an `unsafe fn`; the body is safe
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    defmt::error!("hard fault at {=u32:#010x}: the stack may have overflowed", frame.pc());
    exit(PANIC)
}

/// A file on the host, in QEMU's working directory.
pub struct File {
    file: semihosting::fs::File,
    length: usize,
}

/// Why a file could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileError {
    /// It is not there, or may not be opened this way.
    Open,
    /// Its length is not the one it must have.
    Length(usize),
    /// A transfer failed.
    Transfer,
}

/// Opens `history.bin`, what the device is to see.
pub fn open_history() -> Result<File, recording::Error<FileError>> {
    open(c"history.bin").map_err(recording::Error::Source)
}

/// Opens `flash.bin`, the contents of the device's flash; an absent one is created, all erased.
pub fn open_flash() -> Result<File, FileError> {
    const NAME: &CStr = c"flash.bin";
    const LENGTH: usize = 8 * SECTOR;
    if open(NAME).is_err() {
        let mut file = semihosting::fs::File::create(NAME).map_err(|_| FileError::Open)?;
        for _ in 0..LENGTH / SECTOR {
            file.write_all(&[ERASED; SECTOR]).map_err(|_| FileError::Transfer)?;
        }
    }
    let file = semihosting::fs::File::options().read(true).write(true).open(NAME);
    let file = file.map_err(|_| FileError::Open)?;
    match file.metadata().map_err(|_| FileError::Transfer)?.len() as usize {
        LENGTH => Ok(File { file, length: LENGTH }),
        other => Err(FileError::Length(other)),
    }
}

fn open(name: &CStr) -> Result<File, FileError> {
    let file = semihosting::fs::File::open(name).map_err(|_| FileError::Open)?;
    let length = file.metadata().map_err(|_| FileError::Transfer)?.len() as usize;
    Ok(File { file, length })
}

impl Source for File {
    type Error = FileError;

    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, FileError> {
        self.file.read(bytes).map_err(|_| FileError::Transfer)
    }
}

impl Medium for File {
    type Error = FileError;

    fn capacity(&self) -> usize {
        self.length
    }

    fn read_at(&mut self, offset: usize, bytes: &mut [u8]) -> Result<(), FileError> {
        self.file.seek(SeekFrom::Start(offset as u64)).map_err(|_| FileError::Transfer)?;
        self.file.read_exact(bytes).map_err(|_| FileError::Transfer)
    }

    fn write_at(&mut self, offset: usize, bytes: &[u8]) -> Result<(), FileError> {
        self.file.seek(SeekFrom::Start(offset as u64)).map_err(|_| FileError::Transfer)?;
        self.file.write_all(bytes).map_err(|_| FileError::Transfer)
    }
}

/// Counts the instructions of a piece of work of up to 2.6 · 10⁹ of them.
pub struct Meter {
    counts: bool,
    overhead: u32,
}

impl Meter {
    /// Starts the timer and finds out whether it counts instructions.
    pub fn new() -> Self {
        timer::start();
        // Two instructions a turn and 1.6 ticks an instruction, if time is made of instructions.
        let ticks = timer::spin(110_000).wrapping_sub(timer::spin(10_000));
        let mut meter = Self { counts: ticks.abs_diff(320_000) <= 2, overhead: 0 };
        meter.overhead = meter.count(|| ()).1;
        meter
    }

    /// Does the timer count instructions (is QEMU run with `-icount shift=6`)?
    pub fn counts(&self) -> bool {
        self.counts
    }

    /// Does the work and says how many instructions it took; 0 when they cannot be counted.
    pub fn count<T>(&self, work: impl FnOnce() -> T) -> (T, u32) {
        let before = timer::value();
        let done = work();
        let ticks = u64::from(before.wrapping_sub(timer::value()));
        let instructions = ((ticks * 5 + 4) / 8) as u32;
        (done, if self.counts { instructions.saturating_sub(self.overhead) } else { 0 })
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}

/// CMSDK timer 0: 32 bits, counts down at 25 MHz.
#[allow(unsafe_code)]
mod timer {
    const CONTROL: *mut u32 = 0x4000_0000 as *mut u32;
    const VALUE: *mut u32 = 0x4000_0004 as *mut u32;
    const RELOAD: *mut u32 = 0x4000_0008 as *mut u32;
    const ENABLE: u32 = 1;

    pub fn start() {
        // SAFETY: on the boards `build.rs` links this file for, these addresses are the timer's
        // registers; writing them moves no memory and raises no interrupt.
        unsafe {
            RELOAD.write_volatile(u32::MAX);
            VALUE.write_volatile(u32::MAX);
            CONTROL.write_volatile(ENABLE);
        }
    }

    pub fn value() -> u32 {
        // SAFETY: as above; reading the value changes nothing.
        unsafe { VALUE.read_volatile() }
    }

    /// The ticks of two instructions a turn and of a constant number around them.
    #[inline(never)]
    pub fn spin(turns: u32) -> u32 {
        let before = value();
        // SAFETY: counts a register of its own down to 0. It declares no `nomem`, lest the compiler
        // move it past the reads of the timer.
        unsafe {
            core::arch::asm!("2: subs {0}, #1", "bne 2b", inout(reg) turns => _, options(nostack));
        }
        before.wrapping_sub(value())
    }
}

/// The deepest the stack has been so far, in bytes: the start-up code painted it.
#[allow(unsafe_code)]
pub fn stack_bytes() -> u32 {
    unsafe extern "C" {
        static _stack_start: u32;
        static _stack_end: u32;
    }
    let (top, bottom) = (&raw const _stack_start, &raw const _stack_end);
    let mut word = bottom;
    // SAFETY: the linker script puts both symbols, 4-byte aligned, at the ends of the stack's RAM,
    // so every word between them can be read; volatile because the stack in use is among them.
    while word < top && unsafe { word.read_volatile() } == STACK_PAINT_VALUE {
        word = word.wrapping_add(1);
    }
    (top as u32).saturating_sub(word as u32)
}
