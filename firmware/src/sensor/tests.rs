use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};
use embedded_hal_mock::eh1::delay::NoopDelay;
use embedded_hal_mock::eh1::i2c::{Mock, Transaction};
use fejer::history::HEADER;
use lis2dh12::{FullScale, Odr, SlaveAddr};

use super::*;

const ADDRESS: u8 = 0x18;
const NOBODY: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);
const SETTING: (Odr, FullScale) = (Odr::Hz400, FullScale::G4);

/// A LIS2DH12 on a bus: its registers, and what it measures.
struct Chip {
    registers: [u8; 128],
    measured: Vec<i16>,
    /// Samples fetched.
    fetched: usize,
    /// It is pulled off the bus after so many.
    vanishes: usize,
    /// It loses its settings after so many.
    resets: usize,
    /// It overruns after so many.
    overruns: usize,
}

impl Chip {
    fn new(measured: Vec<i16>) -> Self {
        let mut registers = [0; 128];
        registers[0x0F] = 0x33;
        let never = usize::MAX;
        Self { registers, measured, fetched: 0, vanishes: never, resets: never, overruns: never }
    }

    fn read(&mut self, register: u8) -> u8 {
        let runs = self.registers[0x20] >> 4 != 0 && self.fetched < self.resets;
        let overrun = self.fetched == self.overruns;
        match register {
            0x27 if runs => 0x0F | if overrun { 0xF0 } else { 0 },
            0x27 => 0,
            0x2A | 0x2B => {
                // Twelve bits, at the upper end of sixteen.
                let sample = self.measured.get(self.fetched).copied().unwrap_or(0) << 4;
                sample.to_le_bytes()[usize::from(register - 0x2A)]
            }
            _ => self.registers[usize::from(register)],
        }
    }
}

impl ErrorType for Chip {
    type Error = ErrorKind;
}

impl I2c for Chip {
    fn transaction(&mut self, at: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        if at != ADDRESS || self.fetched >= self.vanishes {
            return Err(NOBODY);
        }
        match operations {
            [Operation::Write([register, value])] => {
                self.registers[usize::from(*register)] = *value;
            }
            [Operation::Write([register]), Operation::Read(bytes)] => {
                let register = register & 0x7F;
                for (index, byte) in bytes.iter_mut().enumerate() {
                    *byte = self.read(register + index as u8);
                }
                self.fetched += usize::from(register == 0x28);
            }
            _ => panic!("no transfer of this chip"),
        }
        Ok(())
    }
}

fn accelerometer(chip: Chip) -> Accelerometer<Chip, NoopDelay> {
    let address = SlaveAddr::Default;
    let made = Accelerometer::new(chip, address, SETTING, Axis::Y, NoopDelay::new());
    made.expect("it is there")
}

#[test]
fn an_accelerometer_gives_its_axis_in_g_after_a_sample_that_starts_the_clock() {
    let mut sensor = accelerometer(Chip::new(vec![999, 500, -1, -2048, 2047, 7, 1]));
    let mut window = [0.0; 4];
    assert_eq!(sensor.read(&mut window), Ok(true));
    assert_eq!(window, [500.0, -1.0, -2048.0, 2047.0].map(|steps| steps * 0.002));
    let mut window = [0.0; 1];
    assert_eq!(sensor.read(&mut window), Ok(true));
    assert_eq!(window, [0.002]);
    let (chip, _) = sensor.into_inner();
    // 400 Hz, axis y; block update, ±4 g, high resolution.
    assert_eq!((chip.registers[0x20], chip.registers[0x23]), (0x72, 0x98));
}

#[test]
fn an_accelerometer_that_vanishes_falls_silent_or_overruns_is_an_error() {
    let mut window = [0.0; 8];
    let mut read = |spoil: fn(&mut Chip)| {
        let mut chip = Chip::new(vec![1; 100]);
        spoil(&mut chip);
        accelerometer(chip).read(&mut window)
    };
    assert_eq!(read(|_| {}), Ok(true));
    assert_eq!(read(|chip| chip.vanishes = 5), Err(Error::Transfer(NOBODY)));
    assert_eq!(read(|chip| chip.resets = 5), Err(Error::Silent));
    assert_eq!(read(|chip| chip.overruns = 5), Err(Error::Lost));
    // What was lost before the window is not missed in it.
    assert_eq!(read(|chip| chip.overruns = 0), Ok(true));
}

#[test]
fn a_missing_accelerometer_and_a_stranger_are_told_apart() {
    let identity = |value| Transaction::write_read(ADDRESS, vec![0x0F], vec![value]);
    for (answer, expected) in [
        (identity(0).with_error(NOBODY), Error::Transfer(NOBODY)),
        (identity(0x32), Error::Stranger),
        (identity(0xFF), Error::Stranger),
    ] {
        let mut bus = Mock::new(&[answer]);
        let (address, delay) = (SlaveAddr::Default, NoopDelay::new());
        let made = Accelerometer::new(bus.clone(), address, SETTING, Axis::X, delay);
        assert_eq!(made.err(), Some(expected));
        bus.done();
    }
}

fn pcm(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// A stream that gives a byte at a time, and breaks after some.
struct Drip<'a>(&'a [u8], usize);

impl Source for Drip<'_> {
    type Error = ErrorKind;

    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, ErrorKind> {
        self.1 = self.1.checked_sub(1).ok_or(ErrorKind::Other)?;
        let Ok(read) = self.0.read(&mut bytes[..1]);
        Ok(read)
    }
}

#[test]
fn a_microphone_gives_whole_windows_within_one() {
    let bytes = pcm(&[0, 16_384, -32_768, 32_767, 1, -1]);
    for (window, expected) in
        [(0, [0.0, 0.5, -1.0]), (1, [32_767.0 / 32_768.0, 1.0 / 32_768.0, -1.0 / 32_768.0])]
    {
        let mut found = [0.0; 3];
        let mut microphone = Microphone::new(Drip(&bytes, 100));
        for _ in 0..=window {
            assert_eq!(microphone.read(&mut found), Ok(true));
        }
        assert_eq!(found, expected);
    }
    let mut microphone = Microphone::new(&bytes[..]);
    let mut window = [0.0; 6];
    assert_eq!(microphone.read(&mut window), Ok(true));
    assert_eq!(microphone.read(&mut window), Ok(false));
}

#[test]
fn a_microphone_that_is_cut_short_broken_or_not_connected_is_an_error() {
    let bytes = pcm(&[5, 6, 7, 8]);
    for length in 1..bytes.len() {
        let read = Microphone::new(&bytes[..length]).read(&mut [0.0; 4]);
        assert_eq!(read, Err(Error::Truncated), "{length} bytes");
    }
    let mut broken = Microphone::new(Drip(&bytes, 5));
    assert_eq!(broken.read(&mut [0.0; 4]), Err(Error::Transfer(ErrorKind::Other)));
    for level in [0, -1] {
        let flat = pcm(&[level; 4]);
        assert_eq!(Microphone::new(&flat[..]).read(&mut [0.0; 4]), Err(Error::Silent));
    }
}

#[test]
fn every_sensor_is_observed_alike() {
    const BANDS: usize = 16;
    let steps: Vec<i16> = (0..WINDOW as i32).map(|n| (n * 37 % 201 - 100) as i16).collect();
    let mut window = [0.0; WINDOW];
    let expected = |scale: f32| {
        let mut samples: [f32; WINDOW] = std::array::from_fn(|n| f32::from(steps[n]) * scale);
        log_bands::<BANDS>(&mut samples).expect("numbers")
    };

    let mut bytes = HEADER.to_vec();
    bytes.extend(Record::Idle { number: 0 }.encode());
    bytes.extend(Record::Window { number: 7, label: Some(1) }.encode());
    bytes.extend(steps.iter().flat_map(|&step| f32::from(step).to_le_bytes()));
    let mut recording = Recording::new(&bytes[..]).expect("a history");
    assert_eq!(observe(&mut recording, &mut window), Ok(Some(expected(1.0))));
    assert_eq!(observe::<_, BANDS>(&mut recording, &mut window), Ok(None));

    let chip = Chip::new([&[0], &steps[..]].concat());
    assert_eq!(observe(&mut accelerometer(chip), &mut window), Ok(Some(expected(0.002))));

    let bytes = pcm(&steps);
    let mut microphone = Microphone::new(&bytes[..]);
    assert_eq!(observe(&mut microphone, &mut window), Ok(Some(expected(1.0 / 32_768.0))));
}
