//! PyTorch in a private virtual environment, and how quiet the machine is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::Failure;

/// What is installed, from PyPI: the version the figures of the notes were taken with.
const PACKAGES: [&str; 2] = ["torch==2.15.0", "numpy"];
/// Most of one processor that others may use while something is measured.
pub const MOST_BY_OTHERS: f64 = 0.15;

/// The interpreter of the environment, which is made if it is missing (a download of 2.4 GB).
pub fn python(directory: &Path) -> Result<PathBuf, Failure> {
    let environment = directory.join("pytorch");
    let python = environment.join("bin/python");
    let imports = |python: &Path| {
        let status = Command::new(python).args(["-c", "import torch, numpy"]).output();
        status.is_ok_and(|output| output.status.success())
    };
    if imports(&python) {
        return Ok(python);
    }
    eprintln!("installing {} into {} (2.4 GB)", PACKAGES.join(", "), environment.display());
    run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
    if imports(&python) {
        return Ok(python);
    }
    let at = environment.display();
    Err(Failure(format!("PyTorch does not import; remove {at} and run this again")))
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let said = format!("{command:?}");
    let status = command.status().map_err(Failure::while_doing(&said))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure(format!("{said} failed; Python 3 with venv and a package index are needed")))
}

/// What all processors and some processes have used up to now.
pub struct Usage {
    at: Instant,
    everything: f64,
    own: f64,
}

impl Usage {
    /// Of the machine, this process and these others.
    pub fn now(others: &[u32]) -> Result<Self, Failure> {
        let stat = std::fs::read_to_string("/proc/stat");
        let stat = stat.map_err(Failure::while_doing("reading /proc/stat"))?;
        let ticks: Vec<f64> = stat.lines().next().map_or(vec![], |line| {
            line.split_whitespace().skip(1).filter_map(|number| number.parse().ok()).collect()
        });
        // user, nice, system, idle, waiting, interrupts, soft interrupts, stolen
        let everything = [0, 1, 2, 5, 6, 7].map(|k| ticks.get(k).copied().unwrap_or(0.0));
        let own = others.iter().copied().chain([std::process::id()]).map(of_process).sum();
        Ok(Self { at: Instant::now(), everything: everything.iter().sum::<f64>() / HERTZ, own })
    }

    /// Processors that others have used since, on average.
    pub fn by_others_since(&self, before: &Self) -> f64 {
        let used = (self.everything - before.everything) - (self.own - before.own);
        (used / (self.at - before.at).as_secs_f64()).max(0.0)
    }
}

/// Ticks a second in /proc, on every Linux of x86-64 and AArch64.
const HERTZ: f64 = 100.0;

/// Seconds of all threads of a process.
fn of_process(id: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    // user and system time are fields 14 and 15 of the line, its third the first after the name
    after_name.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / HERTZ
}

/// What others use while this process sleeps for two seconds.
pub fn used_by_others() -> Result<f64, Failure> {
    let before = Usage::now(&[])?;
    std::thread::sleep(Duration::from_secs(2));
    Ok(Usage::now(&[])?.by_others_since(&before))
}
