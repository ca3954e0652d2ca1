//! `fejer trial`: does a worked application learn, and does its guard hold?

use std::path::PathBuf;

use crate::application::trial::{self, Row, Study, Task};

use super::{Failure, bad, progress_bar};

/// Try a worked application on the desktop: taught rightly, and taught wrongly.
///
/// A head is pre-trained in the lab and taken to fields it has never met. There a device gets labels,
/// one by one, and learns them under guard, as the image for the microcontroller does, bit for bit. It
/// is judged on all windows it got no label for:
///
///   right  every label is right
///   wrong  40 % of the labels are wrong
///   same   every label says the same, whatever the window
///   alone  right labels, but of windows of one class only
///
/// Columns: factory is the head before any label; guarded the head in use at the end, worst the same
/// in the worst field, lowest the worst head in use on the way; unguarded a learner of the same labels
/// without a guard; refused the share of devices that do not use what they learnt at the end; first
/// use the labels until it was used; clean loss that of the factory head and of the learnt one on the
/// samples that left the factory with the head.
///
/// Exit code 0: everything promised holds; 1: something does not; 2: bad data or arguments.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which one.
    #[arg(value_enum)]
    task: Task,
    /// Directory of the data sets, for the tasks that read one.
    #[arg(long, value_name = "DIR", env = "FEJER_DATA")]
    data: Option<PathBuf>,
    /// Orders in which each field's labels come.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=1000))]
    orders: u64,
    /// Seed of the first order; the others count on from it.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// As JSON: one object for each way of teaching, with the figures of each field.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let bar = progress_bar(0, "devices")?;
    let observe = |done: u64, all: u64| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let study = Study { orders: arguments.orders, seed: arguments.seed, observe: &observe };
    let rows = arguments.task.study(arguments.data.as_deref(), &study).map_err(bad)?;
    bar.finish_and_clear();
    if arguments.json {
        println!("{}", serde_json::to_string(&rows).map_err(bad)?);
    } else {
        print!("{}", trial::text(arguments.task, &rows));
    }
    let missed: Vec<String> = rows.iter().flat_map(missed).collect();
    match missed.as_slice() {
        [] => Ok(()),
        missed => Err((1, format!("missed: {}", missed.join("; ")))),
    }
}

fn missed(row: &Row) -> impl Iterator<Item = String> {
    let missed = row.promises.iter().filter(|promise| !promise.holds);
    missed.map(|promise| format!("taught {}: {}", row.teaching, promise.figure))
}
