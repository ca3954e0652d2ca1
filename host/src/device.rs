//! A device under QEMU: runs a firmware image, decodes what it says, and can cut its power.
//!
//! The device is a child process with `history.bin` and `flash.bin` in its working directory. What
//! it writes with `defmt` is decoded here, line by line. With instruction counting on, QEMU's clock
//! moves 256 ns an instruction (`-icount shift=8`), and the device's meter can count.

mod control;
mod error;
mod image;
mod line;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use defmt_decoder::{DecodeError, StreamDecoder};

pub use control::{Control, ControlError};
pub use error::Error;
pub use image::{Image, Sizes};
pub use line::{DeviceLine, LineError};

/// The emulator of Arm boards, looked for in `PATH`.
pub const EMULATOR: &str = "qemu-system-arm";
/// The emulator of RISC-V boards.
pub const RISCV_EMULATOR: &str = "qemu-system-riscv32";
/// How long a device may run unless told otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);
/// Exit code of a firmware that panicked.
pub const PANIC: i32 = 101;

/// Whether the device keeps its power after a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// It goes on.
    On,
    /// It is killed, between two of its instructions.
    Cut,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The firmware ended itself with this code.
    Exit(i32),
    /// Its power was cut.
    PowerCut,
}

/// An image on its board, ready to run any number of times.
#[derive(Debug, Clone)]
pub struct Device<'a> {
    /// The firmware.
    pub image: &'a Image,
    /// QEMU's name for the board; that of the image unless set.
    pub machine: String,
    /// Where the device's files are.
    pub directory: PathBuf,
    /// Words for the firmware, such as `on-request`.
    pub arguments: Vec<String>,
    /// Let the device count its instructions; it then runs slower.
    pub counting: bool,
    /// Write the address of every instruction it executes to this file, as QEMU's log.
    pub trace: Option<PathBuf>,
    /// Connect its first serial port to a Unix socket of this name in its directory.
    pub serial: Option<String>,
    /// What is connected to it, in the words of QEMU's `-device`.
    pub parts: Vec<String>,
    /// Where QEMU makes the socket through which [`Control`] commands it.
    pub control: Option<PathBuf>,
    /// After this time it is killed.
    pub timeout: Duration,
    /// The program that emulates it.
    pub emulator: PathBuf,
}

impl<'a> Device<'a> {
    /// A device with its files in `directory`, not counting, with the default timeout.
    pub fn new(image: &'a Image, directory: impl Into<PathBuf>) -> Self {
        Self {
            image,
            machine: image.machine().to_owned(),
            directory: directory.into(),
            arguments: Vec::new(),
            counting: false,
            trace: None,
            serial: None,
            parts: Vec::new(),
            control: None,
            timeout: DEFAULT_TIMEOUT,
            emulator: PathBuf::from(image.emulator()),
        }
    }

    /// Runs to the end; gives every line to `observe` and returns the exit code.
    ///
    /// # Errors
    /// Anything but an ordinary exit, see [`Error`]; a panic of the firmware is an error.
    pub fn run(&self, observe: &mut dyn FnMut(&str)) -> Result<i32, Error> {
        let ended = self.run_until(&mut |line| {
            observe(line);
            Power::On
        })?;
        match ended {
            Ended::Exit(code) => Ok(code),
            Ended::PowerCut => unreachable!("nothing cut the power"),
        }
    }

    /// Runs until the end or until `observe` cuts the power.
    ///
    /// # Errors
    /// As [`Device::run`].
    pub fn run_until(&self, observe: &mut dyn FnMut(&str) -> Power) -> Result<Ended, Error> {
        let deadline = Instant::now() + self.timeout;
        let mut running = self.start(Stdio::piped)?;
        let output = running.output();
        let complaints = running.complaints();
        let mut decoder = self.image.table().new_stream_decoder();
        let mut last = String::from("nothing");
        loop {
            match output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => {
                    decoder.received(&bytes);
                    if self.lines(decoder.as_mut(), &mut last, observe)? == Power::Cut {
                        return Ok(Ended::PowerCut);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => return Err(self.too_late(last)),
            }
        }
        // Standard output is closed: the end is at hand, but QEMU may still hang.
        let code = loop {
            match running.0.try_wait() {
                Ok(Some(status)) => break status.code(),
                Ok(None) if Instant::now() > deadline => return Err(self.too_late(last)),
                Ok(None) => thread::sleep(Duration::from_millis(1)),
                Err(source) => return Err(self.not_started(source)),
            }
        };
        let complaints = complaints.recv().unwrap_or_default();
        match code {
            Some(PANIC) => Err(Error::Panicked { message: last }),
            Some(code) if code != 1 || complaints.is_empty() => Ok(Ended::Exit(code)),
            code => Err(Error::Emulator {
                emulator: self.emulator.clone(),
                message: match (code, complaints.is_empty()) {
                    (None, true) => "it was killed by a signal".to_owned(),
                    _ => complaints,
                },
            }),
        }
    }

    /// Switches it on, to be spoken to; what it logs is not read. Its power is cut when this is dropped.
    ///
    /// # Errors
    /// As [`Device::run`], as far as it comes to it.
    pub fn switch_on(&self) -> Result<Running, Error> {
        // Nobody reads: a pipe would fill, and the device would wait for ever.
        self.start(Stdio::null)
    }

    fn start(&self, output: fn() -> Stdio) -> Result<Running, Error> {
        if !self.directory.is_dir() {
            return Err(Error::Directory(self.directory.clone()));
        }
        let image = self.image.path();
        let absolute = std::path::absolute(image)
            .map_err(|source| Error::Read { path: image.to_owned(), source })?;
        let mut command = Command::new(&self.emulator);
        command.args(["-M", &self.machine, "-nographic", "-monitor", "none", "-serial"]);
        command.arg(match &self.serial {
            Some(socket) => format!("unix:{socket},server=on,wait=off"),
            None => "none".to_owned(),
        });
        // No firmware but ours.
        command.args(["-bios", "none", "-nic", "none", "-semihosting-config", &self.semihosting()]);
        if self.counting {
            command.args(["-icount", "shift=8,sleep=off,align=off"]);
        }
        if let Some(file) = &self.trace {
            command.args(["-singlestep", "-d", "exec,nochain", "-D"]).arg(file);
        }
        command.args(self.parts.iter().flat_map(|part| ["-device", part]));
        if let Some(socket) = &self.control {
            let socket = socket.display().to_string().replace(',', ",,");
            command.arg("-qmp").arg(format!("unix:{socket},server=on,wait=off"));
        }
        command.arg("-kernel").arg(absolute).current_dir(&self.directory);
        command.stdin(Stdio::null()).stdout(output()).stderr(output());
        command.spawn().map(Running).map_err(|source| self.not_started(source))
    }

    fn semihosting(&self) -> String {
        let mut options = String::from("enable=on,target=native");
        for word in &self.arguments {
            options.push_str(",arg=");
            options.push_str(&word.replace(',', ",,"));
        }
        options
    }

    fn lines(
        &self,
        decoder: &mut dyn StreamDecoder,
        last: &mut String,
        observe: &mut dyn FnMut(&str) -> Power,
    ) -> Result<Power, Error> {
        loop {
            let line = match decoder.decode() {
                Ok(frame) => frame.display_message().to_string(),
                Err(DecodeError::UnexpectedEof) => return Ok(Power::On),
                Err(DecodeError::Malformed) => {
                    let path = self.image.path().to_owned();
                    return Err(Error::Garbled { path, last: std::mem::take(last) });
                }
            };
            if observe(&line) == Power::Cut {
                return Ok(Power::Cut);
            }
            *last = line;
        }
    }

    fn too_late(&self, last: String) -> Error {
        Error::Timeout { timeout: self.timeout, last }
    }

    fn not_started(&self, source: io::Error) -> Error {
        let emulator = self.emulator.clone();
        match source.kind() {
            io::ErrorKind::NotFound => Error::Missing(emulator),
            _ => Error::Start { emulator, source },
        }
    }
}

/// A device that runs, and does not outlive its owner.
pub struct Running(Child);

impl Running {
    /// What it writes, as it comes.
    fn output(&mut self) -> Receiver<Vec<u8>> {
        let (sender, receiver) = channel();
        if let Some(stdout) = self.0.stdout.take() {
            thread::spawn(move || forward(stdout, &sender));
        }
        receiver
    }

    /// Everything it wrote to standard error, once that is closed.
    fn complaints(&mut self) -> Receiver<String> {
        let (sender, receiver) = channel();
        if let Some(mut stderr) = self.0.stderr.take() {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                // What could be read is worth more than why the rest could not.
                let _ = stderr.read_to_end(&mut bytes);
                let _ = sender.send(String::from_utf8_lossy(&bytes).trim().to_owned());
            });
        }
        receiver
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails only if it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn forward(mut stream: impl Read, sender: &Sender<Vec<u8>>) {
    let mut chunk = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut chunk) {
        if sender.send(chunk[..length].to_vec()).is_err() {
            return;
        }
    }
}

/// Is QEMU there? Its version line if so.
///
/// # Errors
/// [`Error::Missing`] says what to install.
pub fn emulator_version(emulator: &Path) -> Result<String, Error> {
    let emulator = emulator.to_owned();
    match Command::new(&emulator).arg("--version").stdin(Stdio::null()).output() {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout);
            Ok(text.lines().next().unwrap_or_default().to_owned())
        }
        Err(source) if source.kind() == io::ErrorKind::NotFound => Err(Error::Missing(emulator)),
        Err(source) => Err(Error::Start { emulator, source }),
    }
}

#[cfg(test)]
mod tests;
