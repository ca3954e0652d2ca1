//! Python in a private virtual environment, with what somebody else's solvers need.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;

/// What an environment holds.
pub struct Environment {
    /// Of its directory.
    pub name: &'static str,
    /// As pip names them, from PyPI.
    pub packages: &'static [&'static str],
    /// A statement that imports them.
    pub imports: &'static str,
    /// What is fetched to make it.
    pub download: &'static str,
}

impl Environment {
    /// Its interpreter, under `directory`; the environment is made if it is missing.
    pub fn python(&self, directory: &Path) -> Result<PathBuf, Failure> {
        let environment = directory.join(self.name);
        let python = environment.join("bin/python");
        if self.is_in(&python) {
            return Ok(python);
        }
        let (packages, at) = (self.packages.join(", "), environment.display());
        eprintln!("installing {packages} into {at} ({})", self.download);
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(self.packages))?;
        if self.is_in(&python) {
            return Ok(python);
        }
        Err(Failure(format!("{} fails; remove {at} and run this again", self.imports)))
    }

    fn is_in(&self, python: &Path) -> bool {
        let status = Command::new(python).args(["-c", self.imports]).output();
        status.is_ok_and(|output| output.status.success())
    }
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let said = format!("{command:?}");
    let status = command.status().map_err(Failure::while_doing(&said))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure(format!("{said} failed; Python 3 with venv and a package index are needed")))
}
