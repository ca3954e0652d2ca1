//! The worked applications: their files say to the device what they say to the host, and the device
//! says what the desktop says.

use fejer::Class;
use fejer::tuner::Clean;
use fejer_firmware::application as device;
use fejer_host::application::line::Line;
use fejer_host::application::replay::{plain, replay};
use fejer_host::application::{Run, blob, calibration, emulate, stream};
use fejer_host::device::Image;

/// What a device that is calibrated is told.
const LABELS: usize = 40;

type Calibration = calibration::Field;

fn sensor() -> Calibration {
    calibration::fields().expect("simulated").remove(0)
}

fn stream_of(field: &Calibration, seed: u64) -> Vec<u8> {
    let run = Run::compose(field.len(), LABELS, seed).expect("enough windows");
    stream::bytes(field, &run)
}

fn replayed(field: &Calibration, stream: &[u8]) -> Vec<Line> {
    replay::<_, 5, 6, 1, 32, 8>(stream, &field.factory, plain).expect("a stream")
}

#[test]
fn a_factory_comes_back_from_its_file_to_the_bit() {
    let made = sensor().factory;
    let file = blob::bytes(&made);
    let read = device::Factory::<[f32; 1], 5, 6, 1, 20>::parse(&file);
    assert_eq!(read.standardise, made.standardise);
    assert_eq!(read.head, made.head);
    assert_eq!(read.settings, made.settings);
    assert_eq!(read.codes.as_flattened(), made.clean_codes);
    assert_eq!(read.targets.as_slice(), made.clean_targets);
    let (covered, checksum) = file.split_last_chunk().expect("a checksum");
    let crc = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(covered);
    assert_eq!(u32::from_le_bytes(*checksum), crc);
}

#[test]
fn every_setting_has_its_own_place_in_the_file() {
    let mut made = sensor().factory;
    made.settings = fejer::Settings {
        precision: 1.5,
        held_every: 2,
        revisits: 3,
        gap: 4.5,
        passes: 5,
        margin: 6.5,
        streak: 7,
        confidence: 8.5,
        doubtful: 9.5,
        mistaken: 10.5,
        alarm: 11.5,
    };
    let read = device::Factory::<[f32; 1], 5, 6, 1, 20>::parse(&blob::bytes(&made));
    assert_eq!(read.settings, made.settings);
}

#[test]
fn an_empty_file_is_a_blank_that_cannot_learn() {
    let blank = device::Factory::<Class, 64, 65, 9, 90>::parse(&[]);
    assert!(blank.head.point().iter().all(|&weight| weight == 0.0));
    assert_eq!(blank.tuner::<4, 4>().err(), Some(fejer::Error::Precision));
}

#[test]
#[should_panic(expected = "the factory of another program")]
fn a_factory_of_another_shape_does_not_compile() {
    let _ = device::Factory::<[f32; 1], 5, 6, 1, 21>::parse(&blob::bytes(&sensor().factory));
}

#[test]
#[should_panic(expected = "a factory of version 1")]
fn a_file_that_is_no_factory_does_not_compile() {
    let _ = device::Factory::<Class, 64, 65, 9, 90>::parse(&[7; 100_000]);
}

#[test]
fn the_firmware_s_loop_says_and_counts_what_the_replay_does() {
    let field = sensor();
    let stream = stream_of(&field, 1);
    let host = replayed(&field, &stream);
    let clean = Clean { codes: &field.factory.clean_codes, targets: &field.factory.clean_targets };
    let factory = &field.factory;
    let mut tuner = fejer::Tuner::<_, _, 6, 1, 32, 8>::new(&factory.head, clean, factory.settings)
        .expect("a factory");
    let mut events = 0;
    let mut weights = 0;
    let tally = device::run(
        &factory.standardise,
        &mut tuner,
        device::Stream::new(&stream[..]).expect("a stream"),
        |stream, length| {
            let mut features = [0.0; 5];
            assert_eq!(length, 5);
            stream.window(&mut features)?;
            Ok(features)
        },
        |event| {
            events += 1;
            if let device::Event::Learnt { weights: now, .. } = event {
                weights = *now;
            }
        },
    );
    let tally = tally.expect("a stream");
    let Some((Line::Done(done), before)) = host.split_last() else { panic!("no end") };
    let Some(Line::Learnt { weights: last, .. }) = before.last() else { panic!("nothing learnt") };
    assert_eq!((events, weights), (before.len(), *last));
    assert_eq!((tally.labels, tally.windows, tally.refused), (40, 160, 0));
    assert_eq!((tally.lost, tally.predictions), (done.lost, done.predictions));
    assert!(done.lost[1] < 0.25 * done.lost[0], "{:?}: it should have learnt", done.lost);
}

#[test]
fn a_replay_repeats_and_another_order_differs() {
    let field = sensor();
    let stream = stream_of(&field, 1);
    assert_eq!(replayed(&field, &stream), replayed(&field, &stream));
    let other = stream_of(&field, 2);
    assert_ne!(replayed(&field, &stream), replayed(&field, &other));
}

#[test]
fn every_truncation_of_a_stream_is_an_error_unless_it_falls_between_records() {
    let field = sensor();
    let bytes = stream_of(&field, 1);
    let record = 16 + 4 * 5;
    for length in 0..400 {
        let read = stream::records(&bytes[..length]).map(|records| records.len());
        match length.checked_sub(8) {
            None => assert_eq!(read, Err(stream::Error::Header), "{length} bytes"),
            Some(rest) if rest % record == 0 => assert_eq!(read, Ok(rest / record)),
            Some(rest) => {
                let record = rest / record;
                assert_eq!(read, Err(stream::Error::Truncated { record }), "{length} bytes");
            }
        }
    }
    let mut bad = bytes.clone();
    bad[8 + record] = 2;
    assert_eq!(stream::records(&bad), Err(stream::Error::Record { record: 1 }));
}

#[test]
fn windows_that_are_not_sound_are_refused_and_change_nothing() {
    let mut field = sensor();
    let run = Run::compose(field.len(), LABELS, 1).expect("enough windows");
    let (label, check) = (run.labels[0], run.checks[0]);
    field.windows[label][2] = f32::NAN;
    field.windows[check].pop();
    let lines = replayed(&field, &stream::bytes(&field, &run));
    let refused =
        |line: &&Line| matches!(line, Line::Refused { reason, .. } if reason == "unsound");
    assert_eq!(lines.iter().filter(refused).count(), 2);
    let Some(Line::Done(done)) = lines.last() else { panic!("no end") };
    assert_eq!((done.labels, done.windows, done.refused), (39, 159, 2));
}

#[test]
fn a_device_says_what_the_desktop_says_to_the_last_bit() {
    let Some(path) = std::env::var_os("FEJER_CALIBRATION") else {
        assert!(std::env::var_os("CI").is_none(), "FEJER_CALIBRATION: use `cargo xtask test`");
        println!("skipped: FEJER_CALIBRATION is not set; `cargo xtask test` builds the firmware");
        return;
    };
    let image = Image::load(path).expect("a firmware image");
    let field = sensor();
    let stream = stream_of(&field, 1);
    let device = emulate::lines(&image, None, &stream).expect("it runs");
    let host = replayed(&field, &stream);
    assert_eq!(device.len(), host.len());
    for (device, host) in device.into_iter().zip(host) {
        assert_eq!(device.common().to_string(), host.common().to_string());
    }
}
