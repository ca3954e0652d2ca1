//! What the firmware's images take: flash, RAM with the deepest stack of a conversation that uses every
//! command, and no allocator. What is too large fails no test; `cargo xtask accept 5` says so.
//!
//! `cargo xtask test` builds the images and names them in variables; without them the tests are skipped,
//! except in a CI.

#[path = "support/figures.rs"]
mod figures;
#[path = "support/spoken.rs"]
mod spoken;

use fejer::port::{Command, Description};
use fejer_host::device::Image;
use figures::figure;
use spoken::{image_named, switch_on_as};

const KB: u64 = 1024;

/// Whatever can be told to a device; gives what it is and the deepest its stack has been.
fn converse(machine: &str, image: &Image) -> (Description, u64) {
    let directory = tempfile::tempdir().expect("a directory");
    let (_running, mut client) = switch_on_as(machine, image, directory.path(), None);
    let device = client.describe().expect("described");
    let features = usize::from(device.features);
    let window = |seed: usize| -> Vec<f32> {
        (0..features).map(|at| ((at * 7 + seed * 13) % 31) as f32 / 16.0 - 1.0).collect()
    };
    for seed in 0..usize::from(device.memory) + 3 {
        let window = client.predict(&window(seed)).expect("predicted").window;
        let class = (seed % usize::from(device.outputs)) as u8;
        client.tell(&Command::Label { window, class }).expect("learnt");
    }
    client.tell(&Command::Idle).expect("judged and stored");
    client.certificate().expect("certified");
    let head = client.read_head(&mut |_, _| {}).expect("read");
    client.tell(&Command::ForgetClass { class: 1 }).expect("forgotten");
    client.write_head(&head, &mut |_, _| {}).expect("put");
    client.tell(&Command::ForgetAll).expect("forgotten");
    client.tell(&Command::RollBack).expect("rolled back");
    assert!(client.self_test().expect("looked").passes());
    let state = client.tell(&Command::FactoryReset).expect("reset");
    (device, u64::from(state.stack))
}

fn fits(variable: &str, machine: &str, [flash, ram]: [u64; 2], memory: Option<u16>) {
    let Some(image) = image_named(variable) else { return };
    let sizes = image.sizes();
    let (device, stack) = converse(machine, &image);
    let allocators = image.allocators().expect("not stripped");
    let total = sizes.ram_bytes + stack;
    let holds = sizes.flash_bytes <= flash * KB && total <= ram * KB && allocators.is_empty();
    figure(
        format!("serve on {machine}, {} windows remembered", device.memory),
        format!("≤ {flash} KB flash, ≤ {ram} KB RAM, no allocator in the link map"),
        format!(
            "{} B flash; {} B variables + {stack} B stack = {total} B RAM; {} allocator symbols",
            sizes.flash_bytes,
            sizes.ram_bytes,
            allocators.len()
        ),
        holds,
    );
    assert!(memory.is_none_or(|memory| memory == device.memory));
    assert!(allocators.is_empty(), "{allocators:?}");
}

#[test]
fn serve_fits_a_cortex_m4f() {
    fits("FEJER_SERVE_F32", "mps2-an386", [48, 24], None);
}

#[test]
fn serve_fits_a_cortex_m0() {
    fits("FEJER_SERVE_M0", "microbit", [50, 14], Some(16));
}
