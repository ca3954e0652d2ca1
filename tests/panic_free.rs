//! No step of core can panic: the image of `firmware/src/bin/steps`, which calls them all and
//! nothing else, holds no panic machinery.
//!
//! `cargo xtask test` builds the images; without them the tests are skipped, except in a CI.

mod support;

use std::path::Path;

use object::{Object, ObjectSymbol};
use support::source::{core_lines, implementors};

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

/// Public in private modules: reached through the public functions around them.
const INNER: [&str; 5] = ["of", "write", "read", "put", "finish"];

/// What an image that proves anything has to call: core's public functions, and whatever can take
/// part in a solve.
fn steps_of_core() -> Vec<String> {
    let lines = core_lines();
    let public = lines.iter().filter_map(|line| line.strip_prefix("pub "));
    let functions =
        public.filter_map(|line| line.strip_prefix("const ").unwrap_or(line).strip_prefix("fn "));
    let names = functions.filter_map(|line| line.split(['(', '<']).next());
    let calls = names.filter(|name| !INNER.contains(name)).map(|name| format!("{name}("));
    let families = ["Prox<S>", "BoundedSet<S>", "Method<S>", "Operator<S>", "Target<S, OUTPUTS>"];
    calls.chain(families.into_iter().flat_map(implementors)).collect()
}

#[test]
fn the_image_calls_every_step() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware/src/bin/steps");
    let files = std::fs::read_dir(directory).expect("the steps");
    let texts = files.map(|file| std::fs::read_to_string(file.expect("a file").path()));
    let text: String = texts.map(|text| text.expect("a source file")).collect();
    // `learn::<3>(` and `BiasExempt(…)` by its door `without_bias(`.
    let called = text.replace("without_bias(", "without_bias( BiasExempt");
    let steps = steps_of_core();
    assert!(steps.len() > 100, "{}", steps.len());
    let is_called =
        |step: &String| called.contains(step) || called.contains(&step.replace('(', "::<"));
    let missing: Vec<_> = steps.iter().filter(|step| !is_called(step)).collect();
    assert!(missing.is_empty(), "firmware/src/bin/steps does not call {missing:?}");
}
