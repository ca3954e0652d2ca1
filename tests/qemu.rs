//! The firmware on its emulated boards does what core does on the desktop, keeps what it learnt, and
//! says in one line what it refuses.
//!
//! `cargo xtask test` builds the images and names them in FEJER_FIRMWARE_F32 and _Q16; without them
//! these tests are skipped with a printed line, except in a CI, where that is an error.

mod support;

use std::path::{Path, PathBuf};

use fejer::fixed::types::I16F16;
use fejer::history::Record;
use fejer::{Anchored, Class, Head, Link, Scalar, checkpoint};
use fejer_firmware::flash::{ERASED, Flash, SECTOR};
use fejer_firmware::model::{CLEAN, FACTORY, STANDARDISE, settings};
use fejer_firmware::persist::Slots;
use fejer_host::clean::CleanSet;
use fejer_host::dataset::Windows;
use fejer_host::dataset::simulated::{Condition, windows};
use fejer_host::device::{Device, DeviceLine, Ended, Image, Power};
use fejer_host::pretrain::{Factory, Goal, OUTPUTS, ROWS, pretrain};
use fejer_host::replay::{Learning, MEMORY, factory_head, replay, same};
use fejer_host::run::Run;
use support::tolerance;

/// Sectors of the device's flash.
const SECTORS: usize = 8;

/// The image of a board, unless it was not built.
fn image(variable: &str) -> Option<Image> {
    match std::env::var_os(variable) {
        Some(path) => Some(Image::load(PathBuf::from(path)).expect("a firmware image")),
        None => {
            assert!(
                std::env::var_os("CI").is_none(),
                "{variable} is not set: use `cargo xtask test`"
            );
            println!("skipped: {variable} is not set; `cargo xtask test` builds the firmware");
            None
        }
    }
}

/// The factory head that is committed with the firmware.
fn factory() -> Factory {
    Factory { standardise: STANDARDISE, head: FACTORY }
}

#[test]
fn the_committed_factory_head_is_what_pre_training_gives() {
    let lab = windows(Condition::Lab, 1);
    let found = pretrain(&lab, Goal::default(), &mut |_| {}).expect("it converges").factory;
    let committed = factory();
    let weights = found.head.point().iter().zip(committed.head.point());
    let apart = weights.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(
        apart < tolerance::F32_ROUNDED,
        "{apart:e}: export it again with `fejer head pretrain`"
    );
    assert_eq!(found.standardise, committed.standardise);
}

#[test]
fn the_committed_clean_set_is_what_the_lab_gives() {
    let found = CleanSet::choose(&windows(Condition::Lab, 3), &factory()).expect("finite");
    let committed = CleanSet::parse(include_str!("../firmware/factory/clean.rs")).expect("a set");
    assert_eq!(found, committed, "write it again with `fejer head pretrain`");
    assert_eq!((&committed.codes[..], &committed.targets[..]), (CLEAN.codes, CLEAN.targets));
    assert_eq!(settings(), committed.settings());
    for class in 0..OUTPUTS as u8 {
        let of_class = committed.targets.iter().filter(|target| target.0 == class);
        assert_eq!(of_class.count(), 10, "class {class}");
    }
}

fn field() -> Windows {
    windows(Condition::Field, 2)
}

/// `labels` labelled windows, then three idle passes, then a few without a label.
fn history(field: &Windows, labels: usize) -> Vec<u8> {
    let mut run = Run::compose(field, labels, 5).expect("enough windows");
    let labelled = |record: &Record| matches!(record, Record::Window { label: Some(_), .. });
    run.records.retain(labelled);
    run.records.extend((1..=3).map(|number| Record::Idle { number }));
    run.records.extend((0..20).map(|n| Record::Window { number: n * 50, label: None }));
    run.measurements.clear();
    run.history(field)
}

fn write(directory: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(directory.join(name), bytes).expect("the directory can be written");
}

fn lines(device: &Device<'_>) -> (i32, Vec<DeviceLine>) {
    let mut lines = Vec::new();
    let code = device.run(&mut |line| lines.extend(DeviceLine::parse(line).expect("a line")));
    (code.expect("it runs"), lines)
}

fn replayed<S: Scalar<Float = f32>>(history: &[u8], factory: &Factory) -> Vec<DeviceLine> {
    let mut lines = Vec::new();
    replay::<S>(history, factory, &mut |line, _| lines.push(line.clone())).expect("a history");
    lines
}

fn device_equals_host<S: Scalar<Float = f32>>(variable: &str) {
    let Some(image) = image(variable) else { return };
    let (factory, history) = (factory(), history(&field(), 12));
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "history.bin", &history);
    let (code, device) = lines(&Device::new(&image, directory.path()));
    let host = replayed::<S>(&history, &factory);
    assert_eq!(code, 0);
    assert_eq!(device.len(), host.len());
    for (device, host) in device.iter().zip(&host) {
        assert!(same(device, host), "device: {device}\nhost:   {host}");
    }
}

#[test]
fn an_f32_device_says_what_the_desktop_says_to_the_last_bit() {
    device_equals_host::<f32>("FEJER_FIRMWARE_F32");
}

#[test]
fn a_fixed_point_device_says_what_the_desktop_says_to_the_last_bit() {
    device_equals_host::<I16F16>("FEJER_FIRMWARE_Q16");
}

#[test]
fn a_power_cut_loses_nothing() {
    let Some(image) = image("FEJER_FIRMWARE_F32") else { return };
    let (factory, history) = (factory(), history(&field(), 12));
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "history.bin", &history);
    let device = Device::new(&image, directory.path());
    let mut learnt = 0;
    let ended = device.run_until(&mut |line| {
        learnt += u32::from(line.starts_with("learnt"));
        if learnt == 5 { Power::Cut } else { Power::On }
    });
    assert_eq!(ended.expect("it runs"), Ended::PowerCut);

    let uncut = replayed::<f32>(&history, &factory);
    let (code, resumed) = lines(&device);
    assert_eq!(code, 0);
    let Some(DeviceLine::Boot { resumed: true, weights, records, .. }) = resumed.first() else {
        panic!("it started from the factory: {:?}", resumed.first());
    };
    assert!(*records >= 5);
    // The line before the first that is still to come tells the weights at the cut.
    let Some(DeviceLine::Learnt { weights: at_cut, .. } | DeviceLine::Idle { weights: at_cut, .. }) =
        uncut.get(*records as usize)
    else {
        panic!("no line {records}");
    };
    assert_eq!(weights, at_cut);
    let rest = &uncut[*records as usize + 1..];
    assert!(resumed.len() == rest.len() + 1);
    for (device, host) in resumed[1..].iter().zip(rest) {
        assert!(same(device, host), "device: {device}\nhost:   {host}");
    }
}

/// Boots with these bytes as the only checkpoint, in one slot.
fn boot_with(image: &Image, payload: &[u8]) -> DeviceLine {
    let directory = tempfile::tempdir().expect("a directory");
    let mut flash = vec![ERASED; SECTORS * SECTOR];
    Slots::new(Flash::new(&mut flash[..])).store(payload, 1).expect("it fits");
    write(directory.path(), "flash.bin", &flash);
    write(directory.path(), "history.bin", &history(&field(), 3));
    let (code, lines) = lines(&Device::new(image, directory.path()));
    assert_eq!(code, 0);
    lines.into_iter().next().expect("a boot line")
}

#[test]
fn a_bad_checkpoint_leaves_the_factory_head_and_one_clear_reason() {
    let Some(image) = image("FEJER_FIRMWARE_F32") else { return };
    let factory = factory();
    let head = factory_head::<f32>(&factory);
    let mut room = vec![0; 16_000];
    let seal = |bytes: &mut Vec<u8>| {
        let end = bytes.len() - 4;
        let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum.to_le_bytes());
    };
    let learner = Learning::<f32>::new(&head).expect("sound");
    let good = checkpoint::encode(&learner, &mut room).expect("room").to_vec();
    let mut version = good.clone();
    version[4] = 2;
    seal(&mut version);
    let mut flipped = good.clone();
    flipped[1000] ^= 0x10;
    let other = Head::<f32, 5, 3>::zeros(Link::Softmax);
    let small = Anchored::<f32, Class, 5, 3, 4>::new(&other).expect("sound");
    let shape = checkpoint::encode(&small, &mut room).expect("room").to_vec();
    let fixed = factory_head::<I16F16>(&factory);
    let fixed = Learning::<I16F16>::new(&fixed).expect("sound");
    let scalar = checkpoint::encode(&fixed, &mut room).expect("room").to_vec();
    let zeros = Head::<f32, ROWS, OUTPUTS>::zeros(Link::Softmax);
    let stranger = Anchored::<f32, Class, ROWS, OUTPUTS, MEMORY>::new(&zeros).expect("sound");
    let stranger = checkpoint::encode(&stranger, &mut room).expect("room").to_vec();
    for (payload, expected) in [
        (version, "version"),
        (flipped, "checksum"),
        (shape, "shape"),
        (scalar, "scalar"),
        (stranger, "factory"),
    ] {
        let DeviceLine::Boot { resumed, reason, weights, .. } = boot_with(&image, &payload) else {
            panic!("no boot line");
        };
        assert_eq!((resumed, reason.as_str()), (false, expected));
        assert_eq!(weights, head.hash(), "the factory head is kept");
    }
    let DeviceLine::Boot { resumed, .. } = boot_with(&image, &good) else { panic!("no boot line") };
    assert!(resumed, "an intact checkpoint is taken");
}

#[test]
fn a_window_with_a_nan_is_refused_and_the_head_stays() {
    let Some(image) = image("FEJER_FIRMWARE_F32") else { return };
    let mut field = field();
    let history_of = |field: &Windows| {
        let mut run = Run::compose(field, 2, 5).expect("enough windows");
        run.records = vec![
            Record::Window { number: 0, label: Some(1) },
            Record::Window { number: 1, label: Some(2) },
            Record::Window { number: 2, label: Some(250) },
            Record::Window { number: 3, label: None },
        ];
        run.measurements.clear();
        run.history(field)
    };
    field.samples[1][77] = f32::NAN;
    let history = history_of(&field);
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "history.bin", &history);
    let (code, device) = lines(&Device::new(&image, directory.path()));
    assert_eq!(code, 0);
    assert!(matches!(&device[2], DeviceLine::Refused { window: 1, reason } if reason == "unsound"));
    assert!(matches!(&device[3], DeviceLine::Refused { window: 2, reason } if reason == "target"));
    let host = replayed::<f32>(&history, &factory());
    assert!(device.iter().zip(&host).all(|(device, host)| same(device, host)));
}

#[test]
fn a_missing_or_damaged_history_is_exit_code_2_and_leaves_no_flash() {
    let Some(image) = image("FEJER_FIRMWARE_F32") else { return };
    for history in [None, Some(b"something else".to_vec())] {
        let directory = tempfile::tempdir().expect("a directory");
        if let Some(bytes) = history {
            write(directory.path(), "history.bin", &bytes);
        }
        let (code, lines) = lines(&Device::new(&image, directory.path()));
        assert_eq!((code, lines.len()), (2, 0));
        assert!(!directory.path().join("flash.bin").exists());
    }
}
