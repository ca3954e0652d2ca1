//! Names the Cortex-M profile the kernels are assembled for: what its multiplier can do stands in no
//! `cfg` of the compiler.

fn main() {
    let target = std::env::var("TARGET").unwrap_or_default();
    let is_any = |starts: &[&str]| starts.iter().any(|start| target.starts_with(start));
    println!("cargo:rerun-if-changed=build.rs");
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
