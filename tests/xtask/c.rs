//! The program in C: core as a static library, linked by arm-none-eabi-gcc.

use std::path::PathBuf;

use crate::shell::{cargo, output, program};
use crate::{Stop, place};

/// Where it runs: an emulated Cortex-M4F.
const TARGET: &str = "thumbv7em-none-eabihf";
const CORE: [&str; 4] = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"];
const STYLE: [&str; 8] = [
    "-std=c99",
    "-pedantic",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-O2",
    "-ffunction-sections",
    "-fdata-sections",
];
const LINK: [&str; 5] =
    ["-nostdlib", "-static", "-Wl,--gc-sections", "-Wl,-z,noexecstack", "-Wl,--fatal-warnings"];

/// Builds the library and the program, and gives its image.
pub fn build() -> Result<PathBuf, Stop> {
    let mut library = cargo();
    library.args(["rustc", "-q", "-p", "fejer", "--lib", "--locked", "--features", "c"]);
    library.args(["--crate-type", "staticlib", "--profile", "firmware", "--target", TARGET]);
    run(&mut library)?;
    let directory = place::target().join("fejer");
    std::fs::create_dir_all(&directory)
        .map_err(|error| Stop::failed(format!("{}: {error}", directory.display())))?;
    let image = directory.join("c.elf");
    let sources = place::root().join("firmware/c");
    let mut compiler = program("arm-none-eabi-gcc");
    compiler.args(CORE).args(STYLE).args(LINK).arg("-I").arg(place::root().join("core/include"));
    compiler.args(["main.c", "start.c"].map(|file| sources.join(file)));
    compiler.arg(place::target().join(TARGET).join("firmware/libfejer.a"));
    compiler.arg("-T").arg(sources.join("mps2.ld")).arg("-o").arg(&image);
    run(&mut compiler)?;
    Ok(image)
}

fn run(command: &mut std::process::Command) -> Result<(), Stop> {
    let ran = output(command)?;
    if ran.status.success() {
        return Ok(());
    }
    Err(Stop::failed(String::from_utf8_lossy(&ran.stderr).trim().to_owned()))
}
