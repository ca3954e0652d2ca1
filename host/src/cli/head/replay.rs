//! `fejer head replay`

use std::path::{Path, PathBuf};

use crate::device::DeviceLine;
use crate::head;
use crate::pretrain::{FEATURES, Factory, OUTPUTS, ROWS};
use crate::replay::{replay, same};
use clap::ValueEnum;
use fejer::Scalar;
use fejer::features::Standardise;
use serde::Serialize;

use crate::cli::{Failure, bad};

/// Replay what a device did and compare every bit.
///
/// The desktop takes the steps of the device's history (windows, labels, idle passes) with the same
/// core and number type, from the same factory head, and compares each line of the device's log:
/// decisions, hashes of the weights, certificates, final weights. Only why it booted, instructions
/// and stack are not compared; a boot that resumed is passed over.
///
/// The log has the device's lines as `fejer-qemu` prints them; other lines are left out.
///
/// Exit code 0: every line is the same; 1: one is not, or they are not as many; 2: bad input.
#[derive(clap::Args)]
pub struct Arguments {
    /// The device's history: its windows with their labels and its idle passes.
    history: PathBuf,
    /// The device's log; without it, the replay is printed as the device would say it.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// The factory head in the firmware: the Rust file of constants it was built with.
    #[arg(long, value_name = "FILE")]
    factory: PathBuf,
    /// Numbers of the firmware.
    #[arg(long, value_enum, default_value = "f32")]
    scalar: Numbers,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Numbers of a firmware.
#[derive(Clone, Copy, ValueEnum)]
pub enum Numbers {
    /// `f32`.
    F32,
    /// Q16.16.
    Q16,
}

#[derive(Serialize)]
struct Answer {
    lines: usize,
    is_equal: bool,
    difference: Option<String>,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let factory = factory(&arguments.factory)?;
    let history = bytes(&arguments.history)?;
    let replayed = match arguments.scalar {
        Numbers::F32 => lines::<f32>(&history, &factory),
        Numbers::Q16 => lines::<fejer::fixed::types::I16F16>(&history, &factory),
    };
    let replayed =
        replayed.map_err(|error| bad(format!("{}: {error}", arguments.history.display())))?;
    let Some(log) = &arguments.log else {
        replayed.iter().for_each(|line| println!("{line}"));
        return Ok(());
    };
    let said = said(log)?;
    let difference = difference(&said, &replayed);
    if arguments.json {
        let is_equal = difference.is_none();
        let answer = Answer { lines: replayed.len(), is_equal, difference: difference.clone() };
        println!("{}", serde_json::to_string(&answer).map_err(bad)?);
    } else if difference.is_none() {
        println!("{} lines, every bit the same", replayed.len());
    }
    difference.map_or(Ok(()), |difference| Err((1, difference)))
}

fn lines<S: Scalar<Float = f32>>(
    history: &[u8],
    factory: &Factory,
) -> Result<Vec<DeviceLine>, crate::replay::Error> {
    let mut lines = vec![];
    replay::<S>(history, factory, &mut |line, _| lines.push(line.clone()))?;
    Ok(lines)
}

/// What the device said, but for boots that resumed.
fn said(path: &Path) -> Result<Vec<DeviceLine>, Failure> {
    let text = String::from_utf8_lossy(&bytes(path)?).into_owned();
    let mut said = vec![];
    for (number, line) in text.lines().enumerate() {
        match DeviceLine::parse(line) {
            Ok(Some(DeviceLine::Boot { resumed: true, .. })) | Ok(None) => {}
            Ok(Some(line)) => said.push(line),
            Err(error) => {
                let number = number + 1;
                return Err(bad(format!("{}: line {number}: {error}", path.display())));
            }
        }
    }
    Ok(said)
}

/// The first place where they differ.
fn difference(said: &[DeviceLine], replayed: &[DeviceLine]) -> Option<String> {
    let pairs = said.iter().zip(replayed).enumerate();
    for (at, (device, desktop)) in pairs {
        if !same(device, desktop) {
            return Some(format!(
                "line {}: the device says `{device}`, the desktop `{desktop}`",
                at + 1
            ));
        }
    }
    let [device, desktop] = [said.len(), replayed.len()];
    (device != desktop).then(|| format!("the device says {device} lines, the desktop {desktop}"))
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        bad(format!("{}: cannot be read: {error}; check the path", path.display()))
    })
}

/// The factory head of a firmware from its file of constants.
pub fn factory(path: &Path) -> Result<Factory, Failure> {
    let named = |reason: &str| bad(format!("{}: {reason}", path.display()));
    let text = String::from_utf8_lossy(&bytes(path)?).into_owned();
    let head = head::parse(&text).ok_or_else(|| {
        named("not a file of MEAN, INVERSE_DEVIATION and WEIGHTS; write it with `fejer head pretrain`")
    })?;
    let standardise = head.standardise.filter(|s| s.mean.len() == FEATURES);
    let (Some(standardise), OUTPUTS) = (standardise, head.outputs) else {
        return Err(named("replays are of heads with 64 features and 9 classes"));
    };
    let mut array = [[0.0; OUTPUTS]; ROWS];
    array.as_flattened_mut().copy_from_slice(&head.weights);
    let mut known = Standardise { mean: [0.0; FEATURES], inverse_deviation: [0.0; FEATURES] };
    known.mean.copy_from_slice(&standardise.mean);
    known.inverse_deviation.copy_from_slice(&standardise.inverse_deviation);
    Ok(Factory { standardise: known, head: fejer::Head::new(head.link, array) })
}
