//! Our own commands as child processes; each demonstration is run once, however many lines read it.

use std::collections::BTreeMap;
use std::env;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Failure;
use crate::shell::{recordings, root};

/// What a demonstration left.
#[derive(Clone)]
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) output: String,
    /// The last line of the output, or null.
    pub(super) json: Value,
}

impl Ran {
    pub(super) fn of(code: Option<i32>, output: String) -> Self {
        let json = output.lines().next_back().and_then(|line| serde_json::from_str(line).ok());
        Self { code, output, json: json.unwrap_or(Value::Null) }
    }

    /// A number of the JSON object; NaN, which passes no bound, if it is not there.
    pub(super) fn number(&self, key: &str) -> f64 {
        self.json.get(key).and_then(Value::as_f64).unwrap_or(f64::NAN)
    }

    pub(super) fn is_true(&self, key: &str) -> bool {
        self.json.get(key).and_then(Value::as_bool) == Some(true)
    }
}

/// The demonstrations run so far, by their arguments.
#[derive(Default)]
pub(super) struct Runs(BTreeMap<String, Ran>);

impl Runs {
    /// With the built-in simulator.
    pub(super) fn simulated(&mut self) -> Result<Ran, Failure> {
        self.demo(&["demo", "--json"])
    }

    /// With the recordings.
    pub(super) fn recorded(&mut self, scalar: &str) -> Result<Ran, Failure> {
        let folder = recordings().ok_or_else(|| {
            Failure::usage("no recordings: set FEJER_DATA to the folder that holds cwru/")
        })?;
        self.demo(&["demo", "--json", "--scalar", scalar, "--data", &folder.to_string_lossy()])
    }

    fn demo(&mut self, words: &[&str]) -> Result<Ran, Failure> {
        let name = words.join(" ");
        if let Some(ran) = self.0.get(&name) {
            return Ok(ran.clone());
        }
        eprintln!("  running: cargo xtask {name}");
        let output = ourselves(words)?.stderr(Stdio::inherit()).output().map_err(cannot_run)?;
        let output_text = String::from_utf8_lossy(&output.stdout).into_owned();
        let ran = Ran::of(output.status.code(), output_text);
        self.0.insert(name, ran.clone());
        Ok(ran)
    }
}

/// This very program, as `cargo xtask` would start it.
pub(super) fn ourselves(words: &[&str]) -> Result<Command, Failure> {
    let mut command = Command::new(env::current_exe().map_err(cannot_run)?);
    command.args(words).current_dir(root()).stdin(Stdio::null());
    Ok(command)
}

pub(super) fn cannot_run(error: std::io::Error) -> Failure {
    Failure::usage(format!("a child process cannot run: {error}"))
}
