//! `fejer evaluate`

use std::path::PathBuf;

use crate::experiment::Experiment;
use crate::trainer::{Scores, evaluate};
use serde::Serialize;

use super::train::{CHECKPOINT, EXPERIMENT, print_scores, read_checkpoint};
use super::{Failure, bad, data_directory};

/// Score a trained network on its data.
///
/// Reads the directory that `fejer train --out DIR` wrote (the checkpoint carries its experiment),
/// loads the data again and prints loss, squared error, error, weighted F1 and the confusion matrix
/// of the training and the test examples.
///
/// Exit code 0: done; 2: bad input.
#[derive(clap::Args)]
pub struct Arguments {
    /// What `fejer train` wrote to.
    directory: PathBuf,
    /// Where relative paths of the data start; without it, the directory itself.
    #[arg(long, value_name = "DIR", env = "FEJER_DATA")]
    data: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer {
    train: Scores,
    test: Option<Scores>,
    classes: Vec<String>,
}

pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let checkpoint = read_checkpoint(&arguments.directory.join(CHECKPOINT))?;
    let file = arguments.directory.join(EXPERIMENT);
    let text = &checkpoint.description;
    let experiment = Experiment::parse(text, &file).map_err(bad)?;
    let data = experiment.load(&data_directory(arguments.data.as_ref(), &file)).map_err(bad)?;
    let mut model = experiment.build(&data, Some((text, &file))).map_err(bad)?;
    let lengths = [checkpoint.point.len(), checkpoint.running.len()];
    if lengths != [model.parameters(), model.running().len()] {
        return Err(bad(format!(
            "{}: {} weights, but the experiment in it describes a model of {}; train it again",
            arguments.directory.join(CHECKPOINT).display(),
            lengths[0],
            model.parameters()
        )));
    }
    model.set_running(&checkpoint.running);
    let mut tape = model.tape();
    let train = evaluate(&model, &checkpoint.point, &data.train, &mut tape);
    let test =
        (!data.test.is_empty()).then(|| evaluate(&model, &checkpoint.point, &data.test, &mut tape));
    let answer = Answer { train, test, classes: data.classes };
    if arguments.json {
        println!("{}", serde_json::to_string(&answer).map_err(bad)?);
        return Ok(());
    }
    print_scores("training", &answer.train);
    answer.test.iter().for_each(|scores| print_scores("test", scores));
    let judged = answer.test.as_ref().unwrap_or(&answer.train);
    println!("\ntruth ↓ decision →");
    for (class, row) in judged.confusion.iter().enumerate() {
        let name = answer.classes.get(class).map_or("", String::as_str);
        let counts: Vec<String> = row.iter().map(|count| format!("{count:>6}")).collect();
        println!("  {name:>12} {}", counts.concat());
    }
    Ok(())
}
