//! Some boards people have, from the data sheets of their parts.

use serde::Serialize;

use super::Error;

/// A core the bench has measured, or one that executes the same code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Core {
    /// Cortex-M0 and M0+.
    M0,
    /// Cortex-M3.
    M3,
    /// Cortex-M4 with FPU.
    M4F,
    /// Cortex-M33 with FPU.
    M33,
    /// RISC-V without FPU.
    Rv32,
}

impl Core {
    /// Name for tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::M0 => "Cortex-M0(+)",
            Self::M3 => "Cortex-M3",
            Self::M4F => "Cortex-M4F",
            Self::M33 => "Cortex-M33",
            Self::Rv32 => "RV32IMAC",
        }
    }

    /// Target of the Rust compiler.
    pub const fn target(self) -> &'static str {
        match self {
            Self::M0 => "thumbv6m-none-eabi",
            Self::M3 => "thumbv7m-none-eabi",
            Self::M4F => "thumbv7em-none-eabihf",
            Self::M33 => "thumbv8m.main-none-eabihf",
            Self::Rv32 => "riscv32imac-unknown-none-elf",
        }
    }
}

/// A board.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Board {
    /// Name on the command line.
    pub name: &'static str,
    /// Its part.
    pub part: &'static str,
    /// Its core.
    pub core: Core,
    /// Flash, bytes.
    pub flash_bytes: u64,
    /// RAM, bytes.
    pub ram_bytes: u64,
    /// Highest clock, Hz.
    pub clock_hz: f64,
}

const KB: u64 = 1024;

/// The boards.
pub const BOARDS: [Board; 9] = [
    // nRF51822 product specification v3.4, variant QFAA.
    board("microbit", "nRF51822", Core::M0, 256 * KB, 16 * KB, 16e6),
    // STM32L053R8 data sheet, DS10152.
    board("nucleo-l053r8", "STM32L053R8", Core::M0, 64 * KB, 8 * KB, 32e6),
    // RP2040 data sheet §1; 2 MB of flash on the Pico; 133 MHz.
    board("pico", "RP2040", Core::M0, 2048 * KB, 264 * KB, 133e6),
    // STM32F103C8 data sheet, DS5319.
    board("bluepill", "STM32F103C8", Core::M3, 64 * KB, 20 * KB, 72e6),
    // nRF52840 product specification v1.8.
    board("nrf52840-dk", "nRF52840", Core::M4F, 1024 * KB, 256 * KB, 64e6),
    // STM32F411CE data sheet, DS10314.
    board("blackpill", "STM32F411CE", Core::M4F, 512 * KB, 128 * KB, 100e6),
    // nRF5340 product specification v1.4, application core.
    board("nrf5340-dk", "nRF5340", Core::M33, 1024 * KB, 512 * KB, 128e6),
    // RP2350 data sheet §1; 4 MB of flash on the Pico 2.
    board("pico2", "RP2350", Core::M33, 4096 * KB, 520 * KB, 150e6),
    // GD32VF103 data sheet, variant CBT6.
    board("longan-nano", "GD32VF103CB", Core::Rv32, 128 * KB, 32 * KB, 108e6),
];

const fn board(
    name: &'static str,
    part: &'static str,
    core: Core,
    flash_bytes: u64,
    ram_bytes: u64,
    clock_hz: f64,
) -> Board {
    Board { name, part, core, flash_bytes, ram_bytes, clock_hz }
}

/// The board of this name, or all.
pub(super) fn named(name: Option<&str>) -> Result<Vec<Board>, Error> {
    let Some(name) = name else { return Ok(BOARDS.to_vec()) };
    let board = BOARDS.iter().find(|board| board.name.eq_ignore_ascii_case(name));
    board.map(|&board| vec![board]).ok_or_else(|| Error::Board { name: name.to_owned() })
}

/// All names.
pub(super) fn names() -> String {
    BOARDS.map(|board| board.name).join(", ")
}
