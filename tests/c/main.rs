//! The C interface: what its contract promises, the committed header, and a program in C on an
//! emulated Cortex-M4F, to the bits of its twin in Rust.

#[path = "../support/mod.rs"]
mod support;

mod contract;
mod device;
#[cfg(feature = "header")]
mod header;
mod macros;
mod twin;

/// Rewrites what is committed instead of comparing with it.
fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// A file of the repository is what it should be, or is made so.
fn holds(file: &str, expected: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    if is_blessing() {
        std::fs::write(&path, expected).expect("the file can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{file} is stale: run `BLESS=1 cargo test -p fejer-tests --features header --test c`"
    );
}
