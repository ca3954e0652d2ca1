//! QEMU's control connection (QMP: JSON lines over a Unix socket), to change a device's surroundings
//! while it runs.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// QEMU must answer within this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// A command that could not be given.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The connection is not there, or broke.
    #[error("QEMU cannot be controlled through {}: {source}; does it still run?", path.display())]
    Connection {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It answered something else than QMP.
    #[error("QEMU answered `{0}`, which is no QMP")]
    Answer(String),
    /// It refused the command.
    #[error("QEMU refused `{command}`: {reason}")]
    Refused {
        /// The command.
        command: String,
        /// Its words.
        reason: String,
    },
}

/// A connection to a running QEMU.
pub struct Control {
    stream: BufReader<UnixStream>,
    path: PathBuf,
}

impl Control {
    /// Connects to a device that was given this socket, waiting until QEMU has made it.
    ///
    /// # Errors
    /// [`ControlError`].
    pub fn connect(path: &Path) -> Result<Self, ControlError> {
        let deadline = Instant::now() + PATIENCE;
        let failed = |source| ControlError::Connection { path: path.to_owned(), source };
        let stream = loop {
            match UnixStream::connect(path) {
                Ok(stream) => break stream,
                Err(source) if Instant::now() > deadline => return Err(failed(source)),
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        let mut control = Self { stream: BufReader::new(stream), path: path.to_owned() };
        let greeting = control.line()?;
        if greeting.get("QMP").is_none() {
            return Err(ControlError::Answer(greeting.to_string()));
        }
        control.execute("qmp_capabilities", &json!({}))?;
        Ok(control)
    }

    /// Sets a property of an emulated part, such as `temperature` of `/machine/peripheral/t0`, in
    /// its own units (for the TMP105: thousandths of a degree Celsius).
    ///
    /// # Errors
    /// [`ControlError`].
    pub fn set(&mut self, part: &str, property: &str, value: i64) -> Result<(), ControlError> {
        let arguments = json!({ "path": part, "property": property, "value": value });
        self.execute("qom-set", &arguments).map(|_| ())
    }

    fn execute(&mut self, command: &str, arguments: &Value) -> Result<Value, ControlError> {
        let text = json!({ "execute": command, "arguments": arguments }).to_string();
        let sent = self.stream.get_mut().write_all(format!("{text}\n").as_bytes());
        sent.map_err(|source| self.failed(source))?;
        loop {
            let answer = self.line()?;
            if let Some(value) = answer.get("return") {
                return Ok(value.clone());
            }
            if let Some(error) = answer.get("error") {
                let reason = error.get("desc").and_then(Value::as_str).unwrap_or("no reason given");
                return Err(ControlError::Refused { command: text, reason: reason.to_owned() });
            }
            if answer.get("event").is_none() {
                return Err(ControlError::Answer(answer.to_string()));
            }
        }
    }

    fn line(&mut self) -> Result<Value, ControlError> {
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(0) => Err(self.failed(std::io::ErrorKind::UnexpectedEof.into())),
            Ok(_) => serde_json::from_str(&line)
                .map_err(|_| ControlError::Answer(line.trim().to_owned())),
            Err(source) => Err(self.failed(source)),
        }
    }

    fn failed(&self, source: std::io::Error) -> ControlError {
        ControlError::Connection { path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    /// A QEMU that says these lines: the first at once, the others after a command each.
    fn answered(lines: &'static [&'static str]) -> Result<(), ControlError> {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("control");
        let listener = UnixListener::bind(&path).expect("a socket");
        let server = std::thread::spawn(move || {
            let (stream, _) = listener.accept().expect("a client");
            let mut commands = BufReader::new(stream);
            for (index, line) in lines.iter().enumerate() {
                if index > 0 && commands.read_line(&mut String::new()).unwrap_or(0) == 0 {
                    return;
                }
                let _ = writeln!(commands.get_mut(), "{line}");
            }
        });
        let set = Control::connect(&path).and_then(|mut control| control.set("/t0", "heat", 1));
        server.join().expect("the server ends");
        set
    }

    const GREETING: &str = r#"{"QMP": {}}"#;
    const DONE: &str = r#"{"return": {}}"#;

    #[test]
    fn events_between_answers_are_passed_over() {
        answered(&[GREETING, DONE, "{\"event\": \"RESUME\"}\n{\"return\": {}}"]).expect("set");
    }

    #[test]
    fn a_refusal_names_the_command_and_the_reason() {
        const REFUSAL: &str = r#"{"error": {"class": "GenericError", "desc": "no such part"}}"#;
        let error = answered(&[GREETING, DONE, REFUSAL]).expect_err("refused").to_string();
        assert!(error.contains("qom-set") && error.contains("no such part"), "{error}");
    }

    #[test]
    fn what_is_no_qmp_and_a_broken_connection_are_errors() {
        assert!(matches!(answered(&["hello"]), Err(ControlError::Answer(_))));
        assert!(matches!(answered(&[DONE]), Err(ControlError::Answer(_))));
        assert!(matches!(answered(&[GREETING, DONE]), Err(ControlError::Connection { .. })));
    }
}
