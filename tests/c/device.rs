//! The program in C under QEMU.
//!
//! `cargo xtask test` builds it and names it in FEJER_C; without it these tests are skipped with a
//! printed line, except in a CI, where that is an error.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use object::{Object, ObjectSymbol};

use crate::support::figure;
use crate::{holds, twin};

/// How long the program may run.
const TIMEOUT: Duration = Duration::from_secs(60);

fn image() -> Option<PathBuf> {
    let image = std::env::var_os("FEJER_C").map(PathBuf::from);
    if image.is_none() {
        assert!(std::env::var_os("CI").is_none(), "FEJER_C is not set: use `cargo xtask test`");
        println!("skipped: FEJER_C is not set; `cargo xtask test` builds the program in C");
    }
    image
}

/// Exit code, and what it said.
fn run(image: &PathBuf) -> (Option<i32>, String) {
    let mut command = Command::new("qemu-system-arm");
    command.args(["-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "none"]);
    command.args(["-nic", "none", "-semihosting-config", "enable=on,target=native", "-kernel"]);
    command.arg(image).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = command.spawn().expect("qemu-system-arm runs");
    let deadline = Instant::now() + TIMEOUT;
    while running.try_wait().expect("a child").is_none() {
        if Instant::now() > deadline {
            running.kill().expect("a child");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let ended = running.wait_with_output().expect("a child");
    (ended.status.code(), String::from_utf8_lossy(&ended.stdout).into_owned())
}

#[test]
fn a_program_in_c_learns_to_the_bits_of_its_twin_in_rust() {
    let Some(image) = image() else { return };
    let (code, said) = run(&image);
    assert_eq!(code, Some(0), "{said}");
    let expected = twin::said();
    let without_stack = said.split_inclusive('\n').filter(|line| !line.starts_with("stack"));
    let is_equal = without_stack.collect::<String>() == expected;
    let last = said.lines().find(|line| line.starts_with("after")).unwrap_or("nothing");
    let stack = said.lines().find(|line| line.starts_with("stack")).unwrap_or("nothing");
    figure(
        "a C program on an emulated M4F: predict, learn, certify, save, resume",
        "every line, weights' hashes and certificate included, is its Rust twin's",
        format!("equal: {is_equal}; {last}; {stack}"),
        is_equal,
    );
    assert!(is_equal, "device:\n{said}\nhost:\n{expected}");
    holds("firmware/c/main.out", &expected);
}

/// The linker drops what nothing calls: with the panic handler gone, no call of the library can
/// panic, and with no allocator there is none to call.
#[test]
fn the_program_holds_no_panic_and_no_heap() {
    let Some(image) = image() else { return };
    let bytes = std::fs::read(&image).expect("the image");
    let file = object::File::parse(&bytes[..]).expect("an ELF file");
    let symbols: Vec<&str> = file.symbols().filter_map(|symbol| symbol.name().ok()).collect();
    assert!(symbols.contains(&"fejer_learn_class"), "stripped: nothing to look at");
    let unwanted = ["panic", "abort", "malloc", "_rust_alloc", "rust_begin_unwind"];
    let is_unwanted = |name: &&&str| unwanted.iter().any(|word| name.contains(word));
    let found: Vec<_> = symbols.iter().filter(is_unwanted).collect();
    let names = format!("{found:?}");
    figure("the C program's link map", "no panic handler, no heap", names, found.is_empty());
    assert!(found.is_empty(), "{found:?}");
}
