//! `serve` on an emulated board, spoken to through its UART.
//!
//! `cargo xtask test` builds the images and names them in variables; without them the tests are skipped,
//! except in a CI.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fejer::port::Key;
use fejer_host::device::{Device, Image, Running};
use fejer_host::port::{Client, Line};

const SOCKET: &str = "port";

/// The image, unless it was not built.
pub fn image() -> Option<Image> {
    image_named("FEJER_SERVE_F32")
}

/// The image a variable names, unless it was not built.
pub fn image_named(variable: &str) -> Option<Image> {
    let Some(path) = std::env::var_os(variable) else {
        assert!(std::env::var_os("CI").is_none(), "{variable} is not set: `cargo xtask test`");
        println!("skipped: {variable} is not set; `cargo xtask test` builds the firmware");
        return None;
    };
    Some(Image::load(PathBuf::from(path)).expect("a firmware image"))
}

/// A device that runs, and a client that speaks to it; without the first, its power is cut.
pub fn switch_on(image: &Image, directory: &Path, key: Option<Key>) -> (Running, Client<Line>) {
    switch_on_as(image.machine(), image, directory, key)
}

/// The same on this machine.
pub fn switch_on_as(
    machine: &str,
    image: &Image,
    directory: &Path,
    key: Option<Key>,
) -> (Running, Client<Line>) {
    let socket = directory.join(SOCKET);
    let _ = std::fs::remove_file(&socket);
    let mut device = Device::new(image, directory);
    device.machine = machine.to_owned();
    device.serial = Some(SOCKET.to_owned());
    let running = device.switch_on().expect("QEMU");
    let deadline = Instant::now() + Duration::from_secs(20);
    let name = socket.to_str().expect("text");
    loop {
        // Before the firmware listens, a command can be lost, or stay in the line for good: a new line
        // then, until it answers.
        let error = match Line::open(name, 115_200) {
            Ok(line) => {
                let mut client = Client::new(line, name, key.clone());
                client.timeout = Duration::from_millis(500);
                match client.status() {
                    Ok(_) => {
                        client.timeout = Duration::from_secs(20);
                        return (running, client);
                    }
                    Err(error) => error,
                }
            }
            Err(error) => error,
        };
        assert!(Instant::now() < deadline, "{error}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
