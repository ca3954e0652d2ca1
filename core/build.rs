//! Names the Cortex-M profile the kernels are assembled for: what its multiplier can do stands in no
//! `cfg` of the compiler. For the C interface, also writes the list of the shapes it offers.

use std::{env, fs, path::Path};

/// Shapes of the C library unless FEJER_SHAPES names others.
const DEFAULT_SHAPES: &str = "classes:64x9x64 numbers:4x1x32";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    name_cortex_m();
    if env::var_os("CARGO_FEATURE_C").is_some()
        && let Err(complaint) = write_shapes()
    {
        println!("cargo::error={complaint}");
    }
}

fn name_cortex_m() {
    let target = env::var("TARGET").unwrap_or_default();
    let is_any = |starts: &[&str]| starts.iter().any(|start| target.starts_with(start));
    println!("cargo:rustc-check-cfg=cfg(cortex_m, values(none(), \"baseline\", \"mainline\"))");
    // M0, M0+, M1, M23: the low word of a product. M3 and up: both words, and sums of products.
    if is_any(&["thumbv6m", "thumbv8m.base"]) {
        println!("cargo:rustc-cfg=cortex_m");
        println!("cargo:rustc-cfg=cortex_m=\"baseline\"");
    } else if is_any(&["thumbv7m", "thumbv7em", "thumbv8m.main"]) {
        println!("cargo:rustc-cfg=cortex_m");
        println!("cargo:rustc-cfg=cortex_m=\"mainline\"");
    }
}

fn write_shapes() -> Result<(), String> {
    println!("cargo:rerun-if-env-changed=FEJER_SHAPES");
    let asked = env::var("FEJER_SHAPES").unwrap_or_else(|_| DEFAULT_SHAPES.to_owned());
    let shapes = asked.split_whitespace().map(built).collect::<Result<Vec<_>, _>>()?;
    if shapes.is_empty() {
        return Err("FEJER_SHAPES is empty: name shapes, or leave it unset".to_owned());
    }
    let text = format!("pub static SHAPES: [Built; {}] = [{}];", shapes.len(), shapes.join(", "));
    let directory = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    let path = Path::new(&directory).join("shapes.rs");
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// `classes:64x9x64`: 64 features, 9 outputs, 64 samples remembered.
fn built(word: &str) -> Result<String, String> {
    let complaint = || {
        format!(
            "`{word}` in FEJER_SHAPES is no shape: write classes:64x9x64 or numbers:4x1x32 \
             (features x outputs x samples remembered), separated by spaces"
        )
    };
    let (label, shape) = word.split_once(':').ok_or_else(complaint)?;
    let sizes = shape.split('x').map(str::parse).collect::<Result<Vec<u16>, _>>();
    let Ok(&[features, outputs, memory]) = sizes.as_deref() else { return Err(complaint()) };
    let label = match label {
        "classes" => "Class".to_owned(),
        "numbers" => format!("[f32; {outputs}]"),
        _ => return Err(complaint()),
    };
    if features == 0 || features == u16::MAX || outputs == 0 || memory == 0 {
        return Err(complaint());
    }
    let rows = features + 1;
    Ok(format!("Built::of::<{label}, {features}, {rows}, {outputs}, {memory}>()"))
}
