//! Ratios of a job, their floors, and what is printed and written of them.

use std::path::Path;

use crate::worker::Measured;
use fejer_benches::failure::Failure;

/// Least medians of the ratio PyTorch ÷ ours.
const FLOORS: [(&str, &str, f64); 5] = [
    ("FC", "gradient", 1.05),
    ("FC", "monotone", 1.2),
    ("CNN", "gradient", 1.8),
    ("GCN-16", "gradient", 2.2),
    ("GCN-64", "gradient", 1.3),
];

/// Two losses after hundreds of steps in f32 with sums in another order, relative.
const SAME_LOSS: f64 = 2e-2;

/// One field of one job.
pub struct Row {
    job: &'static str,
    field: &'static str,
    ratios: Vec<f64>,
    /// Least milliseconds a step, ours and PyTorch's.
    milliseconds: [f64; 2],
    losses: [f64; 2],
    /// Peaks, ours and PyTorch's, in bytes.
    pub memory: [u64; 2],
}

#[derive(serde::Serialize)]
struct Entry<'a> {
    job: &'a str,
    field: &'a str,
    ratio_median: f64,
    ratio_min: f64,
    ratio_max: f64,
}

impl Row {
    pub fn new(job: &'static str, field: &'static str) -> Self {
        let milliseconds = [f64::INFINITY; 2];
        Self { job, field, ratios: vec![], milliseconds, losses: [f64::NAN; 2], memory: [0; 2] }
    }

    /// One round.
    pub fn add(&mut self, ours: Measured, theirs: Measured, steps: usize) {
        self.ratios.push(theirs.seconds / ours.seconds);
        self.ratios.sort_by(f64::total_cmp);
        for (least, side) in self.milliseconds.iter_mut().zip([ours, theirs]) {
            *least = least.min(1e3 * side.seconds / steps as f64);
        }
        self.losses = [ours.loss, theirs.loss];
    }

    fn entry(&self) -> Entry<'_> {
        let (ratios, count) = (&self.ratios, self.ratios.len());
        let ratio_median = (ratios[(count - 1) / 2] + ratios[count / 2]) / 2.0;
        let (ratio_min, ratio_max) = (ratios[0], ratios[count - 1]);
        Entry { job: self.job, field: self.field, ratio_median, ratio_min, ratio_max }
    }

    fn floor(&self) -> f64 {
        let floor = FLOORS.iter().find(|(job, field, _)| (*job, *field) == (self.job, self.field));
        floor.map_or(0.0, |&(.., floor)| floor)
    }

    /// Fast enough, small enough, and the same training.
    pub fn is_met(&self) -> bool {
        let [ours, theirs] = self.losses;
        let is_same = (ours - theirs).abs() <= SAME_LOSS * theirs.abs().max(0.05);
        is_same && self.entry().ratio_median >= self.floor() && 2 * self.memory[0] <= self.memory[1]
    }

    pub fn line(&self) -> String {
        let Entry { ratio_median, ratio_min, ratio_max, .. } = self.entry();
        let ([our_loss, their_loss], [ours, theirs]) = (self.losses, self.milliseconds);
        let [our_memory, their_memory] = self.memory.map(|bytes| bytes >> 20);
        let floor = match self.floor() {
            0.0 => "   –".into(),
            floor => format!("{floor:4.2}"),
        };
        format!(
            "{:7} {:9} {ratio_median:5.2} [{ratio_min:.2}, {ratio_max:.2}]  floor {floor}  \
             {ours:6.3} ms, PyTorch {theirs:6.3} ms  {our_memory:4} MB, PyTorch {their_memory:4} MB  \
             loss {our_loss:.4}, PyTorch {their_loss:.4}  {}",
            self.job,
            self.field,
            if self.is_met() { "met" } else { "MISSED" }
        )
    }
}

pub fn print(rows: &[Row], is_void: bool) {
    println!("PyTorch's time over ours: median [range] of {} rounds; least time of a step", {
        rows.first().map_or(0, |row| row.ratios.len())
    });
    rows.iter().for_each(|row| println!("{}", row.line()));
    if is_void {
        println!("VOID: measured with --loaded, whatever else the machine was doing");
    }
}

pub fn write(rows: &[Row], directory: &Path, is_void: bool) -> Result<(), Failure> {
    let name = if is_void { "versus_pytorch.void.json" } else { "versus_pytorch.json" };
    let path = directory.join(name);
    let entries: Vec<Entry> = rows.iter().map(Row::entry).collect();
    let text = serde_json::to_string_pretty(&entries).map_err(Failure::while_doing(name))?;
    std::fs::write(&path, text + "\n").map_err(Failure::while_doing(path.display()))?;
    println!("written to {}", path.display());
    Ok(())
}
