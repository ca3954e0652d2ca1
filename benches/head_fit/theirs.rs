//! scikit-learn in a private virtual environment, a process a fit, ended when its time is up.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use fejer_benches::failure::Failure;
use fejer_benches::python::Environment;

use crate::data::Data;

/// Where the fits run.
pub const SCIKIT_LEARN: Environment = Environment {
    name: "sklearn",
    packages: &["scikit-learn==1.9.1", "numpy==2.4.6"],
    imports: "import sklearn, numpy",
    download: "60 MB",
};
/// Threads of a fit: as many as ours has.
const THREADS: &str = "2";

/// What a process says.
#[derive(Clone, Copy, serde::Deserialize)]
pub struct Answer {
    pub seconds: f64,
    /// P(W) in f64.
    pub objective: f64,
}

/// A fit, `None` where it takes longer than this.
pub fn fit(
    python: &Path,
    data: &Data,
    precision: f64,
    [solver, last]: [&str; 2],
    most: Duration,
) -> Result<Option<Answer>, Failure> {
    let worker = Path::new(env!("CARGO_MANIFEST_DIR")).join("head_fit/worker.py");
    let mut child = Command::new(python)
        .arg(worker)
        .args(&data.files)
        .arg((data.features.columns() + 1).to_string())
        .args([&precision.to_string(), solver, last])
        .envs(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"].map(|name| (name, THREADS)))
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Failure::while_doing("starting Python"))?;
    let answer = listen(&mut child, solver != "score", most);
    // it may have ended by itself
    let _ = child.kill();
    child.wait().map_err(Failure::while_doing("ending Python"))?;
    let Some(line) = answer? else { return Ok(None) };
    let answer: Answer = serde_json::from_str(&line).map_err(Failure::while_doing(line))?;
    Ok(Some(answer))
}

/// The answer, its time counted from "ready" on.
fn listen(child: &mut Child, is_timed: bool, most: Duration) -> Result<Option<String>, Failure> {
    let output = child.stdout.take().ok_or_else(|| Failure("Python has no output".into()))?;
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    if is_timed {
        lines.recv().map_err(|_| Failure("scikit-learn ended before its fit".into()))?;
    }
    // what it computes after its clock stopped is small against any fit that is capped
    match lines.recv_timeout(most + Duration::from_secs(5)) {
        Ok(line) => Ok(Some(line)),
        Err(mpsc::RecvTimeoutError::Timeout) => Ok(None),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err(Failure("scikit-learn failed in its fit; see above".into()))
        }
    }
}
