//! The unmodified driver of a thermometer reads, over the firmware's I²C bus on two emulated boards,
//! what the host sets while the device runs; a thermometer that is not there is an error.
//!
//! `cargo xtask test` builds the images and names them in FEJER_SENSE_M4F and _M33; without them these
//! tests are skipped with a printed line, except in a CI, where that is an error.

#[path = "support/figures.rs"]
mod figures;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use fejer_host::device::{Control, Device, Image};
use figures::figure;

/// The thermometer, and its name among QEMU's parts.
const TMP105: &str = "tmp105,id=t0,address=0x48";
const THERMOMETER: &str = "/machine/peripheral/t0";
/// What is set, in thousandths of a degree, and what a driver of nine bits reads: steps of half a
/// degree, rounded down.
const TEMPERATURES: [(i64, f32); 3] = [(25_500, 25.5), (-10_250, -10.5), (85_000, 85.0)];

fn image(variable: &str) -> Option<Image> {
    let Some(path) = std::env::var_os(variable) else {
        assert!(std::env::var_os("CI").is_none(), "{variable} is not set: use `cargo xtask test`");
        println!("skipped: {variable} is not set; `cargo xtask test` builds the firmware");
        return None;
    };
    Some(Image::load(path).expect("a firmware image"))
}

/// Asks the device for a reading, or to end.
fn ask(directory: &Path, request: &[u8]) {
    let file = OpenOptions::new().append(true).open(directory.join("requests.bin"));
    file.and_then(|mut file| file.write_all(request)).expect("it was created");
}

/// Sets the temperatures one after another while the device runs, and gives what it read.
fn readings(image: &Image) -> Vec<f32> {
    let directory = tempfile::tempdir().expect("a directory");
    let directory = directory.path();
    std::fs::write(directory.join("requests.bin"), []).expect("written");
    let mut device = Device::new(image, directory);
    device.parts.push(TMP105.to_owned());
    device.control = Some(directory.join("control"));
    device.arguments.push("on-request".to_owned());
    let (mut control, mut read) = (None, Vec::new());
    let code = device.run(&mut |line| {
        if let Some(celsius) = line.strip_prefix("temperature celsius=") {
            read.push(celsius.parse().expect("a number"));
        }
        let connection = || Control::connect(&directory.join("control")).expect("QEMU answers");
        let control = control.get_or_insert_with(connection);
        let Some((temperature, _)) = TEMPERATURES.get(read.len()) else {
            return ask(directory, b"end");
        };
        control.set(THERMOMETER, "temperature", *temperature).expect("it is set");
        ask(directory, b"r");
    });
    assert_eq!(code.expect("it runs"), 0);
    read
}

fn a_thermometer_is_read(variable: &str, board: &str) {
    let Some(image) = image(variable) else { return };
    assert_eq!(image.machine(), board);
    let (read, expected) = (readings(&image), TEMPERATURES.map(|(_, read)| read));
    let holds = read == expected;
    let line = format!("lm75 on {board}: 25.5, -10.25, 85.0 °C set through QMP");
    figure(line, format!("{expected:?}"), format!("{read:?}"), holds);
    assert_eq!(read, expected);
}

#[test]
fn a_cortex_m4f_reads_the_temperatures_that_are_set_while_it_runs() {
    a_thermometer_is_read("FEJER_SENSE_M4F", "mps2-an386");
}

#[test]
fn a_cortex_m33_reads_the_temperatures_that_are_set_while_it_runs() {
    a_thermometer_is_read("FEJER_SENSE_M33", "mps2-an505");
}

fn a_missing_thermometer_is_an_error(variable: &str, bus: &str) {
    let Some(image) = image(variable) else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let (mut device, mut lines) = (Device::new(&image, directory.path()), Vec::new());
    for (part, address) in [(None, "0x48"), (Some("tmp105,address=0x49"), "0x48")] {
        device.parts = part.map(str::to_owned).into_iter().collect();
        lines.clear();
        let code = device.run(&mut |line| lines.push(line.to_owned())).expect("it runs");
        let [line] = lines.as_slice() else { panic!("not one line: {lines:?}") };
        let named = line.contains(bus) && line.contains(address) && line.contains("no device");
        let machine = image.machine();
        let measured = format!("exit code {code}: {line}");
        let bound = "exit code not 0; bus and address named";
        figure(
            format!("no thermometer on {machine}, {part:?}"),
            bound,
            measured,
            code != 0 && named,
        );
        assert!(code == 4 && named, "exit code {code}: {line}");
    }
}

#[test]
fn a_missing_thermometer_is_an_error_that_names_bus_and_address() {
    a_missing_thermometer_is_an_error("FEJER_SENSE_M4F", "0x4002a000");
    a_missing_thermometer_is_an_error("FEJER_SENSE_M33", "0x4020d000");
}

#[test]
fn without_requests_a_device_that_is_to_wait_for_them_says_so() {
    let Some(image) = image("FEJER_SENSE_M4F") else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let (mut device, mut lines) = (Device::new(&image, directory.path()), Vec::new());
    device.arguments.push("on-request".to_owned());
    let code = device.run(&mut |line| lines.push(line.to_owned())).expect("it runs");
    assert_eq!(code, 2);
    assert!(lines.iter().all(|line| line.contains("requests.bin")), "{lines:?}");
}
