//! Builds the firmware for a target, runs it on its board and takes down what it says.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use fejer_host::device::{Device, Image};

use crate::failure::Failure;
use crate::target::Target;

/// A run of a thousand steps of everything is killed after this: on a slow or busy machine it takes
/// minutes.
const PATIENCE: Duration = Duration::from_secs(1800);

/// Turns of the loops of known length the firmware runs first: two instructions a turn.
const LOOPS: [u32; 3] = [1, 1001, 100_001];

/// What the firmware counted for one operation.
#[derive(Debug, Clone)]
pub struct Measured {
    pub scalar: String,
    pub features: usize,
    pub classes: usize,
    /// `predict` or the name of a method.
    pub operation: String,
    pub least: u64,
    pub most: u64,
    pub stack: u64,
    /// A call of a function that does nothing.
    pub call: u64,
    /// Of the head after the last step.
    pub hash: u64,
}

impl Measured {
    /// The function in the image, as it is mangled, without the compiler's hash.
    pub fn entry(&self) -> String {
        entry(&self.scalar, self.features, self.classes, &self.operation)
    }
}

/// The start of the workload's mangled names.
pub const MODULE: &str = "_ZN14fejer_firmware8workload";

/// The function of the workload that does this, as it is mangled, without the compiler's hash.
pub fn entry(scalar: &str, features: usize, classes: usize, operation: &str) -> String {
    let case = format!("{scalar}_{features}_{classes}");
    let mangled = |name: &str| format!("{}{name}", name.len());
    format!("{MODULE}{}{}", mangled(&case), mangled(operation))
}

/// Builds a program of the firmware; the image is kept apart, so that the next build cannot change it.
pub fn build(
    root: &Path,
    target: &Target,
    program: &str,
    directory: &Path,
) -> Result<PathBuf, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.current_dir(root).env("FEJER_BOARD", target.board).env_remove("FEJER_FACTORY");
    build.args(["build", "-q", "--locked", "-p", "fejer-firmware", "--bin", program]);
    build.args(["--profile", "firmware", "--target", target.triple]);
    let done = build.output().map_err(Failure::while_doing("cargo cannot be run"))?;
    if !done.status.success() {
        let why = String::from_utf8_lossy(&done.stderr).trim().to_owned();
        return Err(Failure(format!("the firmware for {} does not build: {why}", target.triple)));
    }
    let image = directory.join("../..").join(target.triple).join("firmware").join(program);
    let kept = directory.join(format!("{program}-{}-{}.elf", target.triple, target.board));
    std::fs::copy(&image, &kept).map_err(Failure::while_doing(image.display()))?;
    Ok(kept)
}

/// The target's board with this image in it.
fn device<'a>(image: &'a Image, target: &Target, directory: &Path) -> Device<'a> {
    let mut device = Device::new(image, directory);
    target.machine.clone_into(&mut device.machine);
    device.timeout = PATIENCE;
    device
}

/// Is what cannot be trusted refused: a run without `-icount`, and loops that counted otherwise?
pub fn refuses(target: &Target, image: &Path) -> Result<bool, Failure> {
    let image = Image::load(image)?;
    let directory = tempfile::tempdir().map_err(Failure::while_doing("a directory for QEMU"))?;
    let lines_of = |counting: bool| -> Result<Vec<String>, Failure> {
        let mut device = device(&image, target, directory.path());
        device.counting = counting;
        let mut lines = Vec::new();
        device.run(&mut |line| lines.push(line.to_owned()))?;
        Ok(lines)
    };
    let (counted, free) = (lines_of(true)?, lines_of(false)?);
    let mut wrong = counted.clone();
    let last = wrong.iter_mut().rfind(|line| line.starts_with("calibration "));
    last.into_iter().for_each(|line| line.push('0'));
    let short = counted.get(1..).unwrap_or_default();
    let is_believed = |lines: &[String]| calibrated(lines).is_ok();
    Ok(is_believed(&counted) && !is_believed(&free) && !is_believed(&wrong) && !is_believed(short))
}

/// Runs an image; `trace` has it do every operation once and writes the addresses it passes.
pub fn run(target: &Target, image: &Path, trace: Option<&Path>) -> Result<Vec<Measured>, Failure> {
    let image = Image::load(image)?;
    let directory = tempfile::tempdir().map_err(Failure::while_doing("a directory for QEMU"))?;
    let mut device = device(&image, target, directory.path());
    device.counting = true;
    device.trace = trace.map(Path::to_owned);
    device.arguments = vec!["bench".to_owned()];
    device.arguments.extend(target.words.iter().map(|&word| word.to_owned()));
    device.arguments.extend(trace.map(|_| "once".to_owned()));
    let mut lines = Vec::new();
    let code = device.run(&mut |line| lines.push(line.to_owned()))?;
    if code != 0 {
        let last = lines.pop().unwrap_or_default();
        return Err(Failure(format!("{} on {}: {last}", target.core, target.machine)));
    }
    calibrated(&lines).map_err(|why| Failure(format!("{}: {why}", target.machine)))?;
    let measured = lines.iter().filter_map(|line| line.strip_prefix("measured "));
    measured
        .map(|line| parse(line).ok_or_else(|| Failure(format!("not understood: {line}"))))
        .collect()
}

/// Has the kernels of a target compared with the portable ones; gives how many comparisons were made.
pub fn twins(target: &Target, image: &Path) -> Result<u32, Failure> {
    let image = Image::load(image)?;
    let directory = tempfile::tempdir().map_err(Failure::while_doing("a directory for QEMU"))?;
    let device = device(&image, target, directory.path());
    let mut last = String::new();
    let code = device.run(&mut |line| line.clone_into(&mut last))?;
    let comparisons = last.strip_prefix("twins comparisons=").and_then(|count| count.parse().ok());
    match comparisons {
        Some(comparisons) if code == 0 => Ok(comparisons),
        _ => Err(Failure(format!("the kernels on {}: {last}", target.core))),
    }
}

/// The loops must have counted two instructions a turn, and the same few around them.
fn calibrated(lines: &[String]) -> Result<(), String> {
    let counted: Vec<(u32, u32)> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("calibration "))
        .filter_map(|line| {
            let fields = fields(line);
            Some((fields.get("turns")?.parse().ok()?, fields.get("instructions")?.parse().ok()?))
        })
        .collect();
    let around = counted.first().map_or(0, |&(_, instructions)| instructions.wrapping_sub(2));
    let is_exact = |&(turns, instructions): &(u32, u32)| {
        instructions.wrapping_sub(around) == 2 * turns && (1..20).contains(&around)
    };
    let turns: Vec<u32> = counted.iter().map(|&(turns, _)| turns).collect();
    if turns == LOOPS && counted.iter().all(is_exact) {
        Ok(())
    } else {
        Err(format!(
            "loops of {LOOPS:?} turns counted {counted:?}, not two instructions a turn: is this QEMU \
             7.2 or later, run with -icount shift=8? Nothing it counts can be trusted"
        ))
    }
}

fn fields(line: &str) -> HashMap<&str, &str> {
    line.split(' ').filter_map(|word| word.split_once('=')).collect()
}

fn parse(line: &str) -> Option<Measured> {
    let fields = fields(line);
    let number = |name: &str| fields.get(name)?.parse::<u64>().ok();
    let text = |name: &str| fields.get(name).map(|&value| value.to_owned());
    Some(Measured {
        scalar: text("scalar")?,
        features: number("features")? as usize,
        classes: number("classes")? as usize,
        operation: text("operation")?,
        least: number("least")?,
        most: number("most")?,
        stack: number("stack")?,
        call: number("call")?,
        hash: number("hash")?,
    })
}
