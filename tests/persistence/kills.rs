//! A device under QEMU is killed while it stores what it learnt, and started again with what the file
//! that stands for its flash holds then.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use fejer::port::{Command, digest};
use fejer_firmware::model::FEATURES;

use crate::spoken::{image, switch_on};
use crate::support::{Random, figure};
use crate::{Head, comes_up, erased, teach, with_device};

const KILLS: usize = 24;

/// The flash of a device that also learnt the label with this number, told by the desktop's own.
fn taught(mut flash: Vec<u8>, label: u64) -> Vec<u8> {
    with_device(&mut flash[..], None, |device| teach(device, label));
    flash
}

/// What [`teach`] shows a device.
fn window(label: u64) -> [f32; FEATURES] {
    let mut random = Random::new(label);
    std::array::from_fn(|_| random.normal() as f32)
}

fn in_flash(directory: &Path) -> Head {
    let mut flash = std::fs::read(directory.join("flash.bin")).expect("a flash");
    comes_up(&mut flash)
}

#[test]
fn a_device_killed_while_it_stores_comes_up_with_the_old_head_or_the_new_one() {
    let Some(image) = image() else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let (mut twin, mut random, mut seen) = (erased(), Random::new(4), [0; 2]);
    let mut duration = Duration::from_millis(40);
    for label in 0..=KILLS as u64 {
        let (running, mut client) = switch_on(&image, directory.path(), None);
        let head = digest(&client.read_head(&mut |_, _| {}).expect("read"));
        assert_eq!(head, comes_up(&mut twin.clone()), "before label {label}");
        client.timeout = Duration::from_secs(1);
        let window = client.predict(&window(label)).expect("predicted").window;
        client.tell(&Command::Label { window, class: (label % 9) as u8 }).expect("learnt");
        let next = taught(twin.clone(), label);
        if label == 0 {
            let start = Instant::now();
            client.tell(&Command::Idle).expect("stored");
            duration = start.elapsed();
            twin = next;
            continue;
        }
        let delay = duration.mul_f64(random.below(1200) as f64 / 1000.0);
        let killer = thread::spawn(move || {
            thread::sleep(delay);
            drop(running);
        });
        let answered = client.tell(&Command::Idle).is_ok();
        killer.join().expect("killed");
        let [old, new] = [&twin, &next].map(|flash| comes_up(&mut flash.clone()));
        let found = in_flash(directory.path());
        assert!(found == new || (found == old && !answered), "label {label}: answered {answered}");
        seen[usize::from(found == new)] += 1;
        if found == new {
            twin = next;
        }
    }
    figure(
        "killed under QEMU while it stores",
        "the old head or the new one; what was answered is the new one",
        format!("{KILLS} kills: {} times the old head, {} times the new one", seen[0], seen[1]),
        seen.iter().sum::<usize>() == KILLS,
    );
}
