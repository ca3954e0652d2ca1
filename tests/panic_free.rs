//! No step of core can panic: the image of `firmware/src/bin/steps.rs`, which calls them all and
//! nothing else, holds no panic machinery.
//!
//! `cargo xtask test` builds the images; without them the tests are skipped, except in a CI.

use object::{Object, ObjectSymbol};

fn symbols(variable: &str) -> Option<Vec<String>> {
    let Some(path) = std::env::var_os(variable) else {
        assert!(std::env::var_os("CI").is_none(), "{variable} is not set: use `cargo xtask test`");
        println!("skipped: {variable} is not set; `cargo xtask test` builds the image");
        return None;
    };
    let bytes = std::fs::read(path).expect("the image");
    let image = object::File::parse(&bytes[..]).expect("an ELF file");
    Some(image.symbols().filter_map(|symbol| symbol.name().ok().map(str::to_owned)).collect())
}

fn holds_no_panic(variable: &str) {
    let Some(symbols) = symbols(variable) else { return };
    assert!(symbols.iter().any(|name| name.contains("anchored")), "stripped: nothing to look at");
    let panics: Vec<_> = symbols.iter().filter(|name| name.contains("panicking")).collect();
    assert!(panics.is_empty(), "{panics:?}");
}

#[test]
fn no_step_in_f32_can_panic() {
    holds_no_panic("FEJER_STEPS_F32");
}

#[test]
fn no_step_in_fixed_point_can_panic() {
    holds_no_panic("FEJER_STEPS_Q16");
}
