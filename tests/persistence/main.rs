//! What was learnt survives: power is cut at every write and every byte of a write, a device under
//! QEMU is killed while it stores, a flash holds random bytes; what comes up is the old head or the
//! new one, or the factory's where nothing was ever stored.

mod cuts;
mod kills;
mod random;
#[path = "../support/spoken.rs"]
mod spoken;
#[path = "../support/mod.rs"]
mod support;
mod wear;

use fejer::port::{Command, Key, Reply, digest, read_reply, write_command};
use fejer_firmware::flash::{ERASED, Flash, Medium, SECTOR};
use fejer_firmware::keeper::Keeper;
use fejer_firmware::model::{FEATURES, TUNED_CHECKPOINT, tuned};
use fejer_firmware::port::{BODY, Device};
use support::Random;

/// Bytes of a device's flash.
const CAPACITY: usize = 8 * SECTOR;

fn erased() -> Vec<u8> {
    vec![ERASED; CAPACITY]
}

/// Starts a device with what is in this flash.
fn with_device<M: Medium, T>(
    medium: M,
    key: Option<Key>,
    work: impl FnOnce(&mut Device<'_, Flash<M>>) -> T,
) -> T
where
    M::Error: std::fmt::Debug,
{
    let mut tuner = tuned().expect("a sound head");
    let mut buffer = [0; TUNED_CHECKPOINT];
    let keeper = Keeper::new(Flash::new(medium), &mut buffer);
    let mut device = Device::new(&mut tuner, keeper, key, || 0);
    device.start().expect("it starts");
    work(&mut device)
}

/// Tells a device something and hands on what it answers.
fn told<M: Medium, T>(
    device: &mut Device<'_, Flash<M>>,
    command: &Command<'_>,
    answer: impl FnOnce(Reply<'_>) -> T,
) -> T {
    let (mut buffer, mut out) = ([0; BODY], [0; BODY]);
    let body = write_command(1, command, None, &mut buffer).expect("room");
    answer(read_reply(device.answer(Ok(body), &mut out)).expect("a reply").1)
}

/// Predicts a window, labels it, and lets the device judge and store that.
fn teach<M: Medium>(device: &mut Device<'_, Flash<M>>, seed: u64) {
    let mut random = Random::new(seed);
    let values: Vec<f32> = (0..FEATURES).map(|_| random.normal() as f32).collect();
    label(device, &values, (seed % 9) as u8);
    told(device, &Command::Idle, |reply| {
        assert!(matches!(reply, Reply::State(_)), "{reply:?}");
    });
}

/// Predicts a window and labels it.
fn label<M: Medium>(device: &mut Device<'_, Flash<M>>, values: &[f32], class: u8) {
    let features: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let window = told(device, &Command::Predict { features: &features }, |reply| match reply {
        Reply::Predicted { window, .. } => window,
        other => panic!("{other:?}"),
    });
    told(device, &Command::Label { window, class }, |reply| {
        assert!(matches!(reply, Reply::State(_)), "{reply:?}");
    });
}

/// What a device is: SHA-256 of weights, memory and dual values together.
type Head = [u8; 32];

/// The head that comes up with this flash.
fn comes_up(flash: &mut [u8]) -> Head {
    with_device(flash, None, head_of)
}

fn head_of<M: Medium>(device: &mut Device<'_, Flash<M>>) -> Head {
    told(device, &Command::ReadHead, |reply| match reply {
        Reply::Head { digest, .. } => digest,
        other => panic!("{other:?}"),
    })
}

#[test]
fn two_devices_that_learnt_something_else_are_told_apart() {
    let heads = [1, 2].map(|seed| {
        with_device(&mut erased()[..], None, |device| {
            teach(device, seed);
            head_of(device)
        })
    });
    assert_ne!(heads[0], heads[1]);
    assert_ne!(heads[0], comes_up(&mut erased()));
    assert_ne!(heads[0], digest(&[]));
}
