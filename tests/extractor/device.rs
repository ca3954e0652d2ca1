//! The same codes on an emulated Cortex-M4F and a Cortex-M0.
//!
//! `cargo xtask test` builds the images and names them in FEJER_EXTRACT_M4F and FEJER_EXTRACT_M0;
//! without them these tests are skipped with a printed line, except in a CI, where that is an error.

use std::path::Path;

use fejer::extractor::Extractor;
use fejer_firmware::extract::{EXTRACTOR, ROOM, WINDOW, hash_of};
use fejer_host::device::{Device, Image};

use crate::naive::{Kind, Layer, Network, filters};
use crate::support::{Random, figure};

fn layer(rows: [usize; 3], columns: [usize; 3], kind: Kind) -> Layer {
    Layer { rows, columns, kind }
}

/// Every kind of layer: over two dimensions and over one, with strides and zeros around.
fn committed() -> Network {
    let random = &mut Random::new(31);
    let layers = vec![
        layer([3, 1, 1], [3, 1, 1], filters(random, 8, 9)),
        layer([2, 2, 0], [2, 2, 0], Kind::Maximum),
        layer([1, 1, 0], [5, 1, 2], filters(random, 12, 40)),
        layer([2, 2, 0], [2, 2, 0], Kind::Mean),
        layer([3, 1, 1], [3, 2, 1], filters(random, 16, 108)),
        layer([2, 1, 0], [3, 1, 0], filters(random, 32, 96)),
    ];
    Network { input: [8, 20, 1], per_unit: 31.75, layers }
}

#[test]
fn the_committed_network_is_this_one() {
    let (path, bytes) = ("../firmware/factory/extractor.bin", committed().encode());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &bytes).expect("the file can be written");
    }
    let found = std::fs::read(&path).expect("the file");
    assert!(found == bytes, "run `BLESS=1 cargo test -p fejer-tests --test extractor`");
}

fn host(windows: u32) -> u64 {
    let extractor = Extractor::new(EXTRACTOR).expect("a network");
    let (mut from, mut to, mut window) = ([0; ROOM], [0; ROOM], [0.0; WINDOW]);
    hash_of(&extractor, windows, [&mut from, &mut to], &mut window).expect("it fits")
}

fn device_equals_host(variable: &str, board: &str) {
    let Some(path) = std::env::var_os(variable) else {
        assert!(std::env::var_os("CI").is_none(), "{variable} is not set: use `cargo xtask test`");
        println!("skipped: {variable} is not set; `cargo xtask test` builds the firmware");
        return;
    };
    let image = Image::load(path).expect("a firmware image");
    let directory = tempfile::tempdir().expect("a directory");
    let mut said = Vec::new();
    let mut device = Device::new(&image, directory.path());
    device.counting = true;
    let code = device.run(&mut |line| said.push(line.to_owned()));
    assert_eq!(code.expect("it runs"), 0, "{said:?}");
    let expected: Vec<String> = [1, 8]
        .map(|windows| format!("extracted windows={windows} hash={:016x}", host(windows)))
        .to_vec();
    let found: Vec<String> = said.iter().filter(|line| line.contains("hash=")).cloned().collect();
    let cost = said.iter().find(|line| line.contains("instructions=")).cloned().unwrap_or_default();
    let size = said.first().cloned().unwrap_or_default();
    figure(
        format!("the 8-bit network on an emulated {board}"),
        "the hash of its features is the host's",
        format!("{}; {size}; {cost}", found.join("; ")),
        found == expected,
    );
    assert_eq!(found, expected);
}

#[test]
fn a_cortex_m4f_gives_the_codes_of_the_host() {
    device_equals_host("FEJER_EXTRACT_M4F", "Cortex-M4F");
}

#[test]
fn a_cortex_m0_gives_the_codes_of_the_host() {
    device_equals_host("FEJER_EXTRACT_M0", "Cortex-M0");
}
