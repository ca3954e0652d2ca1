//! The cores that are measured, and the boards that stand in for them.

/// A core, its image and its board.
pub struct Target {
    /// For tables.
    pub core: &'static str,
    /// Of the Rust compiler.
    pub triple: &'static str,
    /// Of the firmware's `build.rs`.
    pub board: &'static str,
    /// Of QEMU.
    pub machine: &'static str,
    /// What is measured there: number types and numbers of features.
    pub words: &'static [&'static str],
}

const ALL: &[&str] = &["f32", "q24", "16", "64", "128", "561"];

/// There the portable kernels are measured beside the assembly.
const BOTH: &[&str] = &["f32", "portable", "q24", "16", "64", "128", "561"];

/// The core the cycle model is of.
pub const MODELLED: &str = "thumbv7em-none-eabihf";

/// All of them. No soft floats on a Cortex-M0, and what does not fit the 16 KB of a micro:bit runs,
/// same code, on a larger board.
pub const TARGETS: [Target; 6] = [
    Target { core: "M4F", triple: MODELLED, board: "mps2", machine: "mps2-an386", words: BOTH },
    Target {
        core: "M33",
        triple: "thumbv8m.main-none-eabihf",
        board: "an505",
        machine: "mps2-an505",
        words: ALL,
    },
    Target {
        core: "M3",
        triple: "thumbv7m-none-eabi",
        board: "mps2",
        machine: "mps2-an385",
        words: ALL,
    },
    Target {
        core: "M0",
        triple: "thumbv6m-none-eabi",
        board: "microbit",
        machine: "microbit",
        words: &["q24", "16", "64", "128"],
    },
    Target {
        core: "M0",
        triple: "thumbv6m-none-eabi",
        board: "mps2",
        machine: "mps2-an385",
        words: &["q24", "561"],
    },
    Target {
        core: "RV32IMAC",
        triple: "riscv32imac-unknown-none-elf",
        board: "virt",
        machine: "virt",
        words: ALL,
    },
];
