//! Our side of a job, and how both sides are asked: a line "field steps" is answered by one of JSON.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use fejer_host::model::Field;

use crate::job::job;
use fejer_benches::failure::Failure;

/// What a side says of one measurement.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
pub struct Measured {
    pub seconds: f64,
    /// Of the last batch after its step: both sides have to have the same.
    pub loss: f64,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Memory {
    bytes: u64,
}

/// Answers the lines of standard input until it ends.
pub fn serve(name: &str) -> Result<(), Failure> {
    let job = job(name).ok_or_else(|| Failure(format!("no job {name}")))?;
    let mut tape = job.model.tape();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(Failure::while_doing("reading a question"))?;
        let answer = match line.split_once(' ') {
            None => serde_json::to_string(&Memory { bytes: peak() }),
            Some((field, steps)) => {
                let field = if field == "monotone" { Field::Monotone } else { Field::Gradient };
                let steps = steps.parse().map_err(Failure::while_doing("counting steps"))?;
                let mut point = job.point.clone();
                // the whole training on a thread of the pool, as a trainer does
                let measured = rayon::scope(|_| {
                    let start = Instant::now();
                    for step in 0..steps {
                        job.model.descend(&mut point, job.batch(step), field, job.step, &mut tape);
                    }
                    start.elapsed().as_secs_f64()
                });
                let last = job.batch(steps.saturating_sub(1));
                let loss = job.model.loss(&point, last, &mut tape);
                let examples = job.rows as f64 / job.batch as f64;
                serde_json::to_string(&Measured { seconds: measured, loss: loss / examples })
            }
        };
        println!("{}", answer.map_err(Failure::while_doing("answering"))?);
    }
    Ok(())
}

/// Most resident memory of this process so far, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// One of the two sides, in a process of its own.
pub struct Side {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Side {
    pub fn ours(job: &str) -> Result<Self, Failure> {
        let this = std::env::current_exe().map_err(Failure::while_doing("finding this program"))?;
        Self::start(Command::new(this).args(["--worker", job]))
    }

    pub fn pytorch(python: &Path, job: &str, data: &Path) -> Result<Self, Failure> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("versus_pytorch/worker.py");
        Self::start(Command::new(python).arg(script).arg(job).arg(data))
    }

    fn start(command: &mut Command) -> Result<Self, Failure> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(Failure::while_doing("starting a side"))?;
        let questions = child.stdin.take().ok_or_else(|| Failure("no standard input".into()))?;
        let answers = child.stdout.take().ok_or_else(|| Failure("no standard output".into()))?;
        Ok(Self { child, questions, answers: BufReader::new(answers) })
    }

    fn ask<A: serde::de::DeserializeOwned>(&mut self, question: &str) -> Result<A, Failure> {
        writeln!(self.questions, "{question}").map_err(Failure::while_doing("asking a side"))?;
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(Failure::while_doing("hearing a side"))?;
        let why = || format!("understanding a side, which said {line:?}; its own message is above");
        serde_json::from_str(&line).map_err(|error| Failure::while_doing(why())(error))
    }

    pub fn measure(&mut self, field: &str, steps: usize) -> Result<Measured, Failure> {
        self.ask(&format!("{field} {steps}"))
    }

    /// Peak of resident memory, in bytes.
    pub fn memory(&mut self) -> Result<u64, Failure> {
        self.ask::<Memory>("memory").map(|memory| memory.bytes)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        // it is of no use any more, whether it can be ended or not
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
