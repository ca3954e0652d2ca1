//! The kernels that a target uses give the bits of the portable ones, on the device, over random shapes
//! and numbers (`firmware/src/twins.rs`); the device bench runs the same on all its boards.

use fejer_host::device::{Device, Image};

fn twins_agree(variable: &str) {
    let Some(path) = std::env::var_os(variable) else {
        assert!(std::env::var_os("CI").is_none(), "{variable} is not set: use `cargo xtask test`");
        println!("skipped: {variable} is not set; `cargo xtask test` builds the firmware");
        return;
    };
    let image = Image::load(path).expect("a firmware image");
    let directory = tempfile::tempdir().expect("a directory");
    let mut last = String::new();
    let code = Device::new(&image, directory.path()).run(&mut |line| line.clone_into(&mut last));
    assert_eq!(code.expect("it runs"), 0, "{last}");
    assert!(last.starts_with("twins comparisons="), "{last}");
}

#[test]
fn kernels_of_a_cortex_m4f_equal_the_portable_ones() {
    twins_agree("FEJER_TWINS_F32");
}

#[test]
fn kernels_of_a_cortex_m3_equal_the_portable_ones() {
    twins_agree("FEJER_TWINS_Q16");
}
