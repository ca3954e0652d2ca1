//! The program, run as a user runs it.
#![allow(dead_code, reason = "no test needs all of it")]

use std::path::Path;
use std::process::{Command, Output};

pub fn run(arguments: &[&str], directory: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fejer"));
    command.args(arguments).current_dir(directory).env_remove("FEJER_DATA").output().unwrap()
}

/// What it said; it has to succeed.
pub fn done(arguments: &[&str], directory: &Path) -> String {
    let output = run(arguments, directory);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn json(arguments: &[&str], directory: &Path) -> serde_json::Value {
    serde_json::from_str(&done(arguments, directory)).unwrap()
}

/// It has to refuse its input and name all of these.
pub fn refused(arguments: &[&str], directory: &Path, parts: &[&str]) {
    let output = run(arguments, directory);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(parts.iter().all(|part| told.contains(part)), "{parts:?} in {told}");
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
