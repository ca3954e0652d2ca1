//! Gives the linker the board's memory layout and the sources the paths of the factory head, of its
//! clean set, of the frozen network and of a worked application's factory.

use std::{env, fs, path::Path, path::PathBuf};

const BOARD: &str = "FEJER_BOARD";
/// What a variable may name, by default, and how the sources are told of it.
const FILES: [(&str, &str, &str); 4] = [
    ("FEJER_FACTORY", "factory/simulated.rs", "FEJER_FACTORY_FILE"),
    ("FEJER_CLEAN", "factory/clean.rs", "FEJER_CLEAN_FILE"),
    ("FEJER_EXTRACTOR", "factory/extractor.bin", "FEJER_EXTRACTOR_FILE"),
    ("FEJER_APPLICATION", "factory/blank.bin", "FEJER_APPLICATION_FILE"),
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Err(message) = FILES.into_iter().try_for_each(file).and_then(|()| memory_layout()) {
        println!("cargo::error={message}");
    }
}

fn file((variable, default, told): (&str, &str, &str)) -> Result<(), String> {
    println!("cargo::rerun-if-env-changed={variable}");
    let named = env::var_os(variable);
    let path = named.as_ref().map_or_else(|| PathBuf::from(default), PathBuf::from);
    let path = fs::canonicalize(&path).map_err(|error| {
        format!(
            "{} cannot be read ({error}): {variable} must name a file that `fejer` wrote, by its \
             absolute path, or be unset",
            path.display()
        )
    })?;
    println!("cargo::rerun-if-changed={}", path.display());
    println!("cargo::rustc-env={told}={}", path.display());
    Ok(())
}

/// The boards, and the targets each is the default of; those of none are not emulated.
const BOARDS: [(&str, &[&str]); 6] = [
    ("mps2", &["thumbv7em-none-eabihf", "thumbv7m-none-eabi"]),
    ("microbit", &["thumbv6m-none-eabi"]),
    ("an505", &["thumbv8m.main-none-eabi", "thumbv8m.main-none-eabihf"]),
    ("virt", &["riscv32imac-unknown-none-elf"]),
    ("nrf52840", &[]),
    ("stm32f411", &[]),
];

fn memory_layout() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed={BOARD}");
    for (name, _) in BOARDS {
        println!("cargo::rustc-check-cfg=cfg(board, values(\"{name}\"))");
    }
    println!("cargo::rustc-check-cfg=cfg(emulated)");
    let target = env::var("TARGET").unwrap_or_default();
    if !target.contains("-none-") {
        return Ok(());
    }
    let (board, targets) = board(&target)?;
    println!("cargo::rustc-cfg=board=\"{board}\"");
    if !targets.is_empty() {
        println!("cargo::rustc-cfg=emulated");
    }
    let layout = format!("memory/{board}.x");
    println!("cargo::rerun-if-changed={layout}");
    let directory = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    let copy = Path::new(&directory).join("memory.x");
    fs::copy(&layout, &copy)
        .map_err(|error| format!("{layout} cannot be copied to {}: {error}", copy.display()))?;
    if target.starts_with("thumb") {
        // The run time includes it; our boards have no names for their interrupts.
        fs::write(Path::new(&directory).join("device.x"), "")
            .map_err(|error| format!("device.x cannot be written to {directory}: {error}"))?;
    }
    println!("cargo::rustc-link-search={directory}");
    if target.starts_with("riscv") {
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    println!("cargo::rustc-link-arg-bins=-Tdefmt.x");
    Ok(())
}

/// The board the environment names, or else the default of the target.
fn board(target: &str) -> Result<(&'static str, &'static [&'static str]), String> {
    let named = env::var(BOARD).ok().filter(|name| !name.is_empty());
    let is_meant = |(name, targets): &&(&str, &[&str])| match &named {
        Some(named) => name == named,
        None => targets.contains(&target),
    };
    BOARDS.iter().find(is_meant).copied().ok_or_else(|| {
        let names: Vec<_> = BOARDS.iter().map(|(name, _)| *name).collect();
        format!(
            "no board {} for the target {target}: set {BOARD} to one of {}, or add a layout to \
             firmware/memory and its name to firmware/build.rs",
            named.unwrap_or_default(),
            names.join(", ")
        )
    })
}
