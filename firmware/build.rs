//! Gives the linker the board's memory layout and the sources the path of the factory head.

use std::{env, fs, path::Path, path::PathBuf};

const FACTORY: &str = "FEJER_FACTORY";
const DEFAULT_FACTORY: &str = "factory/simulated.rs";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Err(message) = factory().and_then(|()| memory_layout()) {
        println!("cargo::error={message}");
    }
}

fn factory() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed={FACTORY}");
    let named = env::var_os(FACTORY);
    let path = named.as_ref().map_or_else(|| PathBuf::from(DEFAULT_FACTORY), PathBuf::from);
    let path = fs::canonicalize(&path).map_err(|error| {
        format!(
            "the factory head {} cannot be read ({error}): {FACTORY} must name a file that \
             `fejer` exported, by its absolute path, or be unset",
            path.display()
        )
    })?;
    println!("cargo::rerun-if-changed={}", path.display());
    println!("cargo::rustc-env=FEJER_FACTORY_FILE={}", path.display());
    Ok(())
}

fn memory_layout() -> Result<(), String> {
    let target = env::var("TARGET").unwrap_or_default();
    let layout = match target.as_str() {
        "thumbv7em-none-eabihf" | "thumbv7m-none-eabi" => "memory/mps2.x",
        bare_metal if bare_metal.contains("-none-") => {
            return Err(format!(
                "no board for the target {bare_metal}: use thumbv7em-none-eabihf (mps2-an386) \
                 or thumbv7m-none-eabi (mps2-an385), or add a layout to firmware/memory"
            ));
        }
        _ => return Ok(()),
    };
    println!("cargo::rerun-if-changed={layout}");
    let directory = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    let copy = Path::new(&directory).join("memory.x");
    fs::copy(layout, &copy)
        .map_err(|error| format!("{layout} cannot be copied to {}: {error}", copy.display()))?;
    println!("cargo::rustc-link-search={directory}");
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    println!("cargo::rustc-link-arg-bins=-Tdefmt.x");
    Ok(())
}
