//! The host speaks to `serve` on an emulated Cortex-M4F through its UART.

use fejer::port::{Command, Key, Reason};
use fejer_firmware::model::FACTORY;
use fejer_firmware::port::RESERVE;
use fejer_host::port::replay::replay;
use fejer_host::port::{Error, Record, exchanges};

use crate::spoken::{image, switch_on};
use crate::support::{Random, figure};
use crate::{committed, features};

const KEY: [u8; 32] = [6; 32];

#[test]
fn a_device_under_qemu_is_spoken_to_loses_its_power_and_has_the_same_head() {
    let Some(image) = image() else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("record.bin");
    let mut random = Random::new(8);

    let (running, mut client) = switch_on(&image, directory.path(), None);
    client.record(Record::open(&path).expect("a record")).expect("recorded");
    let windows: Vec<u32> =
        (0..8).map(|_| client.predict(&features(&mut random)).expect("predicted").window).collect();
    for (class, &window) in windows.iter().enumerate() {
        client.tell(&Command::Label { window, class: class as u8 }).expect("learnt");
    }
    // It works between these frames, as far as it comes.
    for _ in 0..8 {
        client.predict(&features(&mut random)).expect("predicted");
    }
    let state = client.tell(&Command::Idle).expect("judged and stored");
    let head = client.read_head(&mut |_, _| {}).expect("read");
    assert_eq!((state.labels, state.counter, state.is_resumed), (8, 9, false));
    assert_eq!((state.unstored, state.is_settled), (0, true));
    // Lost with the power, and the record knows.
    let window = client.predict(&features(&mut random)).expect("predicted").window;
    client.tell(&Command::Label { window, class: 4 }).expect("learnt");
    drop((running, client));

    let (running, mut client) = switch_on(&image, directory.path(), None);
    client.record(Record::open(&path).expect("a record")).expect("recorded");
    let resumed = client.status().expect("well");
    assert_eq!((resumed.weights, resumed.counter, resumed.is_resumed), (state.weights, 9, true));
    assert_eq!(client.read_head(&mut |_, _| {}).expect("read"), head, "the same head");
    let late = client.tell(&Command::Label { window: windows[0], class: 1 });
    assert!(matches!(late, Err(Error::Refused { reason: Reason::Window, .. })));
    let reset = client.tell(&Command::FactoryReset).expect("reset");
    assert_eq!((reset.weights, reset.remembered), (FACTORY.hash(), 0));
    let put = client.write_head(&head, &mut |_, _| {}).expect("put");
    assert_eq!(put.weights, state.weights);
    assert!(client.self_test().expect("looked").passes());
    client.tell(&Command::FactoryReset).expect("reset");
    drop((running, client));

    let record = exchanges(&std::fs::read(&path).expect("a record")).expect("whole");
    let (factory, clean) = committed();
    let agreed = replay::<f32>(&record, &factory, &clean).expect("the same bits");
    assert_eq!(agreed.weights, FACTORY.hash());
    let measured = format!(
        "{} exchanges over the UART of mps2-an386, {} predictions, {} changes, one power cut: every \
         bit the desktop's",
        agreed.exchanges, agreed.predictions, agreed.changes
    );
    figure("commands over the port", "the same head after a reset, bit equality", measured, true);
}

#[test]
fn a_key_in_the_device_is_asked_for_and_nothing_is_replayed_after_a_reset() {
    let Some(image) = image() else { return };
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("key.bin"), KEY).expect("written");
    for round in 1..3 {
        let (running, mut client) = switch_on(&image, directory.path(), None);
        let bare = client.tell(&Command::Idle);
        assert!(matches!(bare, Err(Error::Refused { reason: Reason::SealMissing, .. })));
        drop((running, client));
        let key = Some(Key::new(&KEY));
        let (_running, mut client) = switch_on(&image, directory.path(), key);
        let counter = client.tell(&Command::Idle).expect("obeyed").counter;
        assert_eq!(counter, 1 + (round - 1) * (1 + RESERVE));
    }
}
