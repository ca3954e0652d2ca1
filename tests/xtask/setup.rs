//! Makes a Debian or Ubuntu machine with rustup ready, or says in one line what is missing.

use std::process::Command;

use crate::Stop;
use crate::shell::{output, program, shown, succeeds};

const TOOLCHAIN: &str = include_str!("../../rust-toolchain.toml");
/// QEMU's programs and the packages they are in.
const EMULATORS: [(&str, &str); 2] =
    [("qemu-system-arm", "qemu-system-arm"), ("qemu-system-riscv32", "qemu-system-misc")];

/// Everything a command may need.
pub fn all() -> Result<(), Stop> {
    targets()?;
    let [arm, _] = EMULATORS;
    tool(arm)
}

/// What the C interface needs besides: a C compiler for Arm, without a library of its own.
pub fn c() -> Result<(), Stop> {
    tool(("arm-none-eabi-gcc", "gcc-arm-none-eabi"))
}

/// What the device bench needs besides: the RISC-V emulator and LLVM's disassembler.
pub fn bench() -> Result<(), Stop> {
    let [_, riscv] = EMULATORS;
    tool(riscv)?;
    let libraries = output(program("rustc").args(["--print", "target-libdir"]))?;
    let libraries = String::from_utf8_lossy(&libraries.stdout).trim().to_owned();
    let tools = std::path::Path::new(&libraries).with_file_name("bin");
    if tools.join("llvm-objdump").is_file() {
        return Ok(());
    }
    eprintln!("setting up llvm-tools");
    shown(program("rustup").args(["component", "add", "llvm-tools"])).map_err(|_| {
        Stop::usage("llvm-tools is missing: run `rustup component add llvm-tools`".to_owned())
    })
}

/// What the test command needs besides: clippy and rustfmt of the pinned toolchain.
pub fn style() -> Result<(), Stop> {
    for (component, command) in [("clippy", "cargo-clippy"), ("rustfmt", "rustfmt")] {
        if succeeds(program(command).arg("--version")) {
            continue;
        }
        eprintln!("setting up {component}");
        shown(program("rustup").args(["component", "add", component])).map_err(|_| {
            Stop::usage(format!("{component} is missing: run `rustup component add {component}`"))
        })?;
    }
    Ok(())
}

/// The bare-metal targets core promises to build for: those of `rust-toolchain.toml`.
pub fn bare_metal() -> impl Iterator<Item = &'static str> {
    let list = TOOLCHAIN.split_once("targets = [").map_or("", |(_, rest)| rest);
    let list = list.split_once(']').map_or("", |(list, _)| list);
    list.split('"').skip(1).step_by(2)
}

/// The standard library for each bare-metal target.
fn targets() -> Result<(), Stop> {
    for target in bare_metal() {
        let sysroot =
            output(program("rustc").args(["--print", "target-libdir", "--target", target]))?;
        let libraries = String::from_utf8_lossy(&sysroot.stdout).trim().to_owned();
        if sysroot.status.success() && std::path::Path::new(&libraries).is_dir() {
            continue;
        }
        eprintln!("setting up target {target}");
        shown(program("rustup").args(["target", "add", target])).map_err(|_| {
            Stop::usage(format!("target {target} is missing: run `rustup target add {target}`"))
        })?;
    }
    Ok(())
}

/// A program, by the system's package manager when we may.
fn tool((name, package): (&str, &str)) -> Result<(), Stop> {
    if succeeds(program(name).arg("--version")) {
        return Ok(());
    }
    let missing = || {
        Stop::usage(format!(
            "{name} is missing: install it (Debian, Ubuntu: `sudo apt-get install {package}`)"
        ))
    };
    let mut prefix: Vec<&str> = Vec::new();
    if !succeeds(program("sh").args(["-c", "[ \"$(id -u)\" = 0 ]"])) {
        if !succeeds(program("sudo").args(["-n", "true"])) {
            return Err(missing());
        }
        prefix.extend(["sudo", "-n"]);
    }
    eprintln!("setting up {name}");
    let install = ["install", "-y", "-qq", "--no-install-recommends", package];
    for words in [&["update", "-qq"][..], &install] {
        let line: Vec<&str> = prefix.iter().chain(&["apt-get"]).chain(words).copied().collect();
        let Some((first, arguments)) = line.split_first() else { return Err(missing()) };
        let mut install: Command = program(first);
        install.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        if !succeeds(&mut install) {
            return Err(missing());
        }
    }
    if succeeds(program(name).arg("--version")) { Ok(()) } else { Err(missing()) }
}
