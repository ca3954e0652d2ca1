//! The worked applications on emulated devices, and their guard under labels that are wrong.

use std::path::Path;

use fejer_host::application::trial::{FieldRow, Promise, Row, Study, Task};

use super::super::Line;
use crate::Stop;
use crate::apply::{self, Board};

/// What every run takes; the others need minutes.
const QUICK: [Task; 2] = [Task::Bearing, Task::Calibration];
const ALL: [Task; 4] = [Task::Bearing, Task::Digits, Task::Activity, Task::Calibration];
/// Orders of the labels in each field.
const ORDERS: u64 = 3;

pub fn lines(data: &Path, quick: bool) -> Result<Vec<Line>, Stop> {
    let mut lines = Vec::new();
    eprintln!("cargo xtask apply bearing --board microbit");
    lines.extend(apply::lines(Task::Bearing, Board::Microbit, data)?);
    for task in if quick { &QUICK[..] } else { &ALL } {
        eprintln!("cargo xtask apply {}", task.word());
        lines.extend(apply::lines(*task, Board::Mps2, data)?);
    }
    for task in ALL {
        eprintln!("fejer trial {}", task.word());
        lines.extend(guard(task, data)?);
    }
    Ok(lines)
}

/// Every promise of a study, each beside what the factory head and a learner without a guard do.
fn guard(task: Task, data: &Path) -> Result<Vec<Line>, Stop> {
    let study = Study { orders: ORDERS, seed: 0, observe: &|_, _| {} };
    let rows = task.study(Some(data), &study).map_err(|error| Stop::usage(error.to_string()))?;
    Ok(rows
        .iter()
        .flat_map(|row| row.promises.iter().map(move |kept| line(task, row, kept)))
        .collect())
}

fn line(task: Task, row: &Row, promise: &Promise) -> Line {
    let Row { teaching, quality, factory, unguarded, fields, .. } = row;
    let Promise { figure, value, bar, holds } = promise;
    let what = format!("{}, taught {teaching}: {figure} ({quality})", task.word());
    let least = fields.iter().map(|FieldRow { guarded, .. }| *guarded);
    let measured = format!(
        "{value:.4}; factory {factory:.4}, unguarded {unguarded:.4}; {} fields × {ORDERS} orders, \
         means of the fields {:.4} to {:.4}",
        fields.len(),
        least.clone().fold(f64::INFINITY, f64::min),
        least.fold(f64::NEG_INFINITY, f64::max)
    );
    Line::new(what, bar.to_string(), measured, *holds)
}
