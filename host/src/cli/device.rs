//! `fejer device …`: speaks to a device over its port.

mod answer;
mod replay;
mod summary;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::export;
use crate::port::{Client, Error, Line, Record};
use clap::Subcommand;
use fejer::port::{Command, Key};

use super::{Failure, bad, progress_bar};
use answer::print;

/// Speak to a device over its serial port, or over the socket of an emulated one.
///
/// An emulated device: `qemu-system-arm -M mps2-an386 -kernel serve -semihosting -display none
/// -serial unix:device.sock,server=on,wait=off`, then `--port device.sock`.
///
/// A device with a key obeys what changes weights only if it is sealed with --key FILE (32 bytes, or 64
/// hexadecimal digits). With --record FILE what is said is kept, and `fejer device replay` repeats it on
/// the desktop and compares every bit.
///
/// Exit code 0: done; 1: the device refused, did not answer, or is not well; 2: bad input.
#[derive(clap::Args)]
pub struct Arguments {
    /// Serial device (/dev/ttyACM0) or socket.
    #[arg(long, global = true, value_name = "PATH")]
    port: Option<String>,
    /// Speed of a serial device.
    #[arg(long, global = true, default_value_t = 115_200)]
    baud: u32,
    /// How long an answer may take.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 15.0)]
    timeout: f32,
    /// The device's key.
    #[arg(long, global = true, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Keep what is said in this file, at its end if it exists.
    #[arg(long, global = true, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Print the result as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// What it is: shapes, number type, room, whether it asks for a key.
    Describe,
    /// How it is: hash of the weights, whether they are in use, the last verdict, labels, counter.
    Status,
    /// How far its weights are from the exact solution.
    Certificate,
    /// What it sees in features; gives the window's name for a label that comes later.
    Predict {
        /// A CSV file without a header: a row of standardised features a window.
        features: PathBuf,
    },
    /// Tell it the class of a window it predicted.
    Label {
        /// The window's name.
        window: u32,
        /// Its class.
        class: u8,
    },
    /// Let it judge what it learnt, and store what is not in its flash yet.
    Idle,
    /// Read what it learnt, a checkpoint.
    Get {
        /// Where to write it.
        #[arg(long, value_name = "FILE", default_value = "device.ckpt")]
        out: PathBuf,
    },
    /// Put a checkpoint in place of what it learnt.
    Put {
        /// The checkpoint: with its memory, from the same factory head.
        checkpoint: PathBuf,
    },
    /// Forget a class, or everything learnt, exactly.
    Forget(Forget),
    /// Go back to the state stored before the last.
    RollBack,
    /// The factory head, and nothing learnt left in its flash.
    FactoryReset,
    /// Let it look at itself.
    SelfTest,
    /// Repeat a record on the desktop and compare every bit.
    Replay(replay::Arguments),
    /// Sum a record up on one page.
    Summary(summary::Arguments),
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Forget {
    /// This class.
    #[arg(long)]
    class: Option<u8>,
    /// Everything.
    #[arg(long)]
    all: bool,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    match &arguments.action {
        Action::Replay(replayed) => return replay::run(replayed, arguments.json),
        Action::Summary(told) => return summary::run(told, arguments.json),
        _ => {}
    }
    let mut client = connect(&arguments)?;
    let json = arguments.json;
    let mut tell = |command| client.tell(&command).map_err(failed);
    match &arguments.action {
        Action::Status => print(json, &answer::State::from(tell(Command::Status)?)),
        Action::Label { window, class } => {
            let label = Command::Label { window: *window, class: *class };
            print(json, &answer::State::from(tell(label)?))
        }
        Action::Forget(Forget { class: Some(class), .. }) => {
            print(json, &answer::State::from(tell(Command::ForgetClass { class: *class })?))
        }
        Action::Forget(_) => print(json, &answer::State::from(tell(Command::ForgetAll)?)),
        Action::RollBack => print(json, &answer::State::from(tell(Command::RollBack)?)),
        Action::FactoryReset => print(json, &answer::State::from(tell(Command::FactoryReset)?)),
        Action::Idle => print(json, &answer::State::from(tell(Command::Idle)?)),
        Action::Describe => {
            print(json, &answer::Description::from(client.describe().map_err(failed)?))
        }
        Action::Certificate => {
            print(json, &answer::Certificate::from(client.certificate().map_err(failed)?))
        }
        Action::Predict { features } => predict(&mut client, features, json),
        Action::Get { out } => get(&mut client, out, json),
        Action::Put { checkpoint } => put(&mut client, checkpoint, json),
        Action::SelfTest => {
            let found = client.self_test().map_err(failed)?;
            print(json, &answer::SelfTest::from(found))?;
            if found.passes() { Ok(()) } else { Err((1, "the device is not well".into())) }
        }
        Action::Replay(_) | Action::Summary(_) => Ok(()),
    }
}

fn connect(arguments: &Arguments) -> Result<Client<Line>, Failure> {
    let port = arguments.port.as_deref();
    let port = port.ok_or_else(|| bad("no port: give --port, a serial device or a socket"))?;
    let key = arguments.key.as_deref().map(key).transpose()?;
    let timeout = Duration::try_from_secs_f32(arguments.timeout);
    let timeout = timeout.map_err(|_| bad("--timeout must be a time of at least 0 s"))?;
    let line = Line::open(port, arguments.baud).map_err(bad)?;
    let mut client = Client::new(line, port, key);
    client.timeout = timeout;
    if let Some(path) = &arguments.record {
        client.record(Record::open(path).map_err(bad)?).map_err(failed)?;
    }
    Ok(client)
}

fn failed(error: Error) -> Failure {
    (1, error.to_string())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        bad(format!("{}: cannot be read: {error}; check the path", path.display()))
    })
}

fn key(path: &Path) -> Result<Key, Failure> {
    let bytes = read(path)?;
    if bytes.len() == 32 {
        return Ok(Key::new(&bytes));
    }
    let text = String::from_utf8_lossy(&bytes);
    let digits = text.trim();
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let secret: Option<Vec<u8>> = (0..64).step_by(2).map(byte).collect();
    match secret.filter(|_| digits.len() == 64) {
        Some(secret) => Ok(Key::new(&secret)),
        None => Err(bad(format!(
            "{}: not a key: it must be 32 bytes or 64 hexadecimal digits",
            path.display()
        ))),
    }
}

fn predict(client: &mut Client<Line>, path: &Path, json: bool) -> Result<(), Failure> {
    let named = |row: usize, error: String| bad(format!("{}: row {row}: {error}", path.display()));
    let bytes = read(path)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
    for (index, row) in reader.deserialize::<Vec<f32>>().enumerate() {
        let features =
            row.map_err(|error| named(index + 1, format!("{error}; write numbers alone")))?;
        print(json, &answer::Predicted(client.predict(&features).map_err(failed)?))?;
    }
    Ok(())
}

fn get(client: &mut Client<Line>, out: &Path, json: bool) -> Result<(), Failure> {
    let bar = progress_bar(0, "bytes")?;
    let bytes = client.read_head(&mut |done, whole| {
        bar.set_length(whole as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let bytes = bytes.map_err(failed)?;
    export::write(out, &bytes).map_err(bad)?;
    print(json, &answer::Got { bytes: bytes.len(), out })
}

fn put(client: &mut Client<Line>, path: &Path, json: bool) -> Result<(), Failure> {
    let bytes = read(path)?;
    let bar = progress_bar(bytes.len() as u64, "bytes")?;
    let state = client.write_head(&bytes, &mut |done, _| bar.set_position(done as u64));
    bar.finish_and_clear();
    print(json, &answer::State::from(state.map_err(failed)?))
}
