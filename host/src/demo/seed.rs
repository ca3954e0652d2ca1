//! One seed: device, desktop and oracle live through the same history.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use fejer::Scalar;

use super::{Bench, Error, Stage};
use crate::device::{Device, DeviceLine};
use crate::replay::agreement::{Agreement, Exactness};
use crate::replay::{replay, same};
use crate::report::{self, Pass, Point};
use crate::run::{self, LABELS, Measurement, Run};
use crate::{export, run::Stage as Moment};

/// What one seed showed.
pub struct Seed {
    /// For the page.
    pub run: report::Run,
    /// Lines of the device that differ from the desktop's.
    pub differences: usize,
    /// Largest difference of a weight to the oracle after any step.
    pub oracle_difference: f64,
    /// The certificate against the exact solution.
    pub exactness: Exactness,
    /// Accuracy of an f32 head on the same history, after learning.
    pub accuracy_in_f32: f64,
    /// Deepest stack of the device, in bytes.
    pub stack: u64,
}

/// Records done by all devices together.
pub struct Progress<'a> {
    done: AtomicUsize,
    devices: usize,
    observe: &'a (dyn Fn(Stage) + Sync),
}

impl<'a> Progress<'a> {
    /// Nothing done yet.
    pub fn new(devices: usize, observe: &'a (dyn Fn(Stage) + Sync)) -> Self {
        Self { done: AtomicUsize::new(0), devices, observe }
    }

    fn step(&self, records: usize) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.observe)(Stage::Devices(done as f64 / (self.devices * records).max(1) as f64));
    }
}

impl Seed {
    pub(super) fn run<S: Scalar<Float = f32>>(
        bench: &Bench<'_>,
        seed: u64,
        progress: &Progress<'_>,
    ) -> Result<Self, Error> {
        let run = Run::compose(bench.field, LABELS, seed)?;
        let history = run.history(bench.field);
        let directory = bench.options.directory.join(format!("seed-{seed}"));
        let factory = &bench.pretrained.factory;

        let mut agreement = Agreement::new(factory);
        let (mut host, mut exactness) = (Vec::new(), None);
        replay::<S>(&history, factory, &mut |line, learning| {
            agreement.follow(line, learning);
            if matches!(line, DeviceLine::Done { .. }) {
                exactness = Some(agreement.exactness(learning));
            }
            host.push(line.clone());
        })?;
        let mut plain = Vec::new();
        replay::<f32>(&history, factory, &mut |line, _| plain.push(line.clone()))?;

        let device = new_device(bench, directory, &history)?;
        let lines = run_to_end(&device, seed, &mut || progress.step(host.len()))?;

        let paired = lines.iter().zip(&host).filter(|(device, host)| !same(device, host)).count();
        let accuracy = |lines: &[DeviceLine], at: &Measurement| {
            run.accuracy(at, bench.field, |record| decision(lines, record))
        };
        let points = |lines: &[DeviceLine]| {
            run.measurements
                .iter()
                .map(|at| Point { labels: at.labels, accuracy: accuracy(lines, at) })
                .collect()
        };
        let confusion = |moment| {
            let counts = run
                .measurement(moment)
                .map(|at| run.confusion(at, bench.field, |record| decision(&lines, record)));
            counts.unwrap_or_default().iter().map(|row| row.to_vec()).collect()
        };
        Ok(Self {
            differences: paired + lines.len().abs_diff(host.len()),
            oracle_difference: agreement.largest(),
            exactness: exactness.unwrap_or(Exactness {
                distance: f64::INFINITY,
                bound: 0.0,
                residual: f64::INFINITY,
            }),
            accuracy_in_f32: run.measurement(Moment::After).map_or(0.0, |at| accuracy(&plain, at)),
            stack: lines.iter().find_map(stack).unwrap_or(0),
            run: report::Run {
                seed,
                host: points(&host),
                device: points(&lines),
                passes: lines.iter().filter_map(pass).collect(),
                before: confusion(Moment::Before),
                after: confusion(Moment::After),
            },
        })
    }

    /// Accuracy on the device with the factory head.
    pub fn accuracy_before(&self) -> f64 {
        self.run.device.first().map_or(0.0, |point| point.accuracy)
    }

    /// Accuracy on the device after learning.
    pub fn accuracy_after(&self) -> f64 {
        self.run.device.last().map_or(0.0, |point| point.accuracy)
    }

    /// The certificate the device printed last.
    pub fn last_pass(&self) -> Pass {
        let none = f64::INFINITY;
        let missing = Pass { pass: 0, gap: none, distance: none, residual: none };
        self.run.passes.last().copied().unwrap_or(missing)
    }
}

/// A device that has learnt nothing yet, whatever an earlier one left in the directory.
pub(super) fn new_device<'a>(
    bench: &Bench<'a>,
    directory: PathBuf,
    history: &[u8],
) -> Result<Device<'a>, Error> {
    export::write(&directory.join("history.bin"), history)?;
    match std::fs::remove_file(directory.join("flash.bin")) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Flash { directory, why })
        }
        _ => Ok(Device::new(bench.image, directory)),
    }
}

/// All events of a device that must end well.
pub(super) fn run_to_end(
    device: &Device<'_>,
    seed: u64,
    each: &mut dyn FnMut(),
) -> Result<Vec<DeviceLine>, Error> {
    let (mut lines, mut last, mut misread) = (Vec::new(), String::new(), None);
    let code = device.run(&mut |line| {
        line.clone_into(&mut last);
        match DeviceLine::parse(line) {
            Ok(event) => lines.extend(event),
            Err(error) => misread = misread.take().or(Some(error)),
        }
        each();
    })?;
    match (code, misread) {
        (0, None) => Ok(lines),
        (0, Some(error)) => Err(error.into()),
        (code, _) => Err(Error::Ended { seed, code, last, directory: device.directory.clone() }),
    }
}

/// The class predicted for a record; line 0 is the boot.
fn decision(lines: &[DeviceLine], record: usize) -> Option<u8> {
    match lines.get(record + 1)? {
        DeviceLine::Predicted { class, .. } => Some(*class),
        _ => None,
    }
}

fn pass(line: &DeviceLine) -> Option<Pass> {
    match *line {
        DeviceLine::Idle { pass, gap, distance, residual, .. } => Some(Pass {
            pass,
            gap: gap.into(),
            distance: distance.into(),
            residual: residual.into(),
        }),
        _ => None,
    }
}

fn stack(line: &DeviceLine) -> Option<u64> {
    match line {
        DeviceLine::Done { stack, .. } => Some(u64::from(*stack)),
        _ => None,
    }
}

/// The labelled windows and idle passes of a run, nothing else: what the trials live through.
pub(super) fn lesson(bench: &Bench<'_>, seed: u64) -> Result<Vec<u8>, run::Error> {
    let mut run = Run::compose(bench.field, LABELS, seed)?;
    let unlabelled = |record: &fejer::history::Record| {
        matches!(record, fejer::history::Record::Window { label: None, .. })
    };
    run.records.retain(|record| !unlabelled(record));
    run.measurements.clear();
    Ok(run.history(bench.field))
}
