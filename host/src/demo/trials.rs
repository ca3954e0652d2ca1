//! Two more devices: one counts the instructions of its learning steps, one loses its power.

use fejer::Scalar;

use super::seed::{lesson, new_device, run_to_end};
use super::{Bench, Error};
use crate::device::{DeviceLine, Ended, Power};
use crate::replay::replay;

/// The power is cut when this many windows have been learnt.
const CUT_AFTER: usize = 20;

/// What the trials showed.
pub struct Trials {
    /// Instructions of the longest learning step: a visit, and the revisits.
    pub instructions: u64,
    /// Did the device start again with what it had learnt?
    pub resumed: bool,
    /// Were its weights at the start those of an uncut run at that record, and those at the end
    /// those of an uncut run, to the last bit?
    pub cut_is_invisible: bool,
    /// Records it had consumed when it started again.
    pub resumed_at: u32,
}

impl Trials {
    pub(super) fn run<S: Scalar<Float = f32>>(bench: &Bench<'_>, seed: u64) -> Result<Self, Error> {
        let history = lesson(bench, seed)?;
        let mut uncut = Vec::new();
        replay::<S>(&history, &bench.pretrained.factory, &mut |line, _| uncut.push(line.clone()))?;
        let instructions = count(bench, seed, &history)?;

        let directory = bench.options.directory.join("power-cut");
        let device = new_device(bench, directory, &history)?;
        let mut learnt = 0;
        let ended = device.run_until(&mut |line| {
            learnt += usize::from(line.starts_with("learnt "));
            if learnt >= CUT_AFTER { Power::Cut } else { Power::On }
        })?;
        let lines = run_to_end(&device, seed, &mut || {})?;
        let Some(DeviceLine::Boot { resumed, weights, records, .. }) = lines.first() else {
            return Ok(Self {
                instructions,
                resumed: false,
                cut_is_invisible: false,
                resumed_at: 0,
            });
        };
        let expected = uncut.get(*records as usize).and_then(hash);
        let same_start = expected == Some(*weights) && *records as usize >= CUT_AFTER;
        let rows = |lines: &[DeviceLine]| {
            let is_row = |line: &&DeviceLine| matches!(line, DeviceLine::Weights { .. });
            lines.iter().filter(is_row).cloned().collect::<Vec<_>>()
        };
        let same_end = !rows(&lines).is_empty() && rows(&lines) == rows(&uncut);
        Ok(Self {
            instructions,
            resumed: *resumed && ended == Ended::PowerCut,
            cut_is_invisible: same_start && same_end,
            resumed_at: *records,
        })
    }
}

fn count(bench: &Bench<'_>, seed: u64, history: &[u8]) -> Result<u64, Error> {
    let directory = bench.options.directory.join("instructions");
    let mut device = new_device(bench, directory, history)?;
    device.counting = true;
    let lines = run_to_end(&device, seed, &mut || {})?;
    let instructions = lines.iter().filter_map(|line| match line {
        DeviceLine::Learnt { instructions, .. } => Some(u64::from(*instructions)),
        _ => None,
    });
    Ok(instructions.max().unwrap_or(0))
}

/// Hash of the weights after the record of a line.
fn hash(line: &DeviceLine) -> Option<u64> {
    match line {
        DeviceLine::Boot { weights, .. }
        | DeviceLine::Learnt { weights, .. }
        | DeviceLine::Idle { weights, .. } => Some(*weights),
        _ => None,
    }
}
