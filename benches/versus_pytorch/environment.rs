//! PyTorch in a private virtual environment, and how quiet the machine is.

use std::time::{Duration, Instant};

use fejer_benches::failure::Failure;
use fejer_benches::python::Environment;

/// The version the figures of the notes were taken with.
pub const PYTORCH: Environment = Environment {
    name: "pytorch",
    packages: &["torch==2.15.0", "numpy"],
    imports: "import torch, numpy",
    download: "2.4 GB",
};
/// Most of one processor that others may use while something is measured.
pub const MOST_BY_OTHERS: f64 = 0.15;

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
