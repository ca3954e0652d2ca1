//! `fejer train` as an engineer calls it: files, exit codes, Ctrl-C and going on.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const EXPERIMENT: &str = r#"
[data]
source = { moons = { noise = 0.1 } }
test = 0.5

[model]
input = [2]
layers = [{ dense = 16 }, "batch_norm", "relu", { dense = 2 }, "softmax"]
loss = "squared_error"
initialiser = "torch"

[training]
field = "gradient"
update = { sgd = { momentum = 0.9 } }
step = 0.1
batch = 100
epochs = 10
seed = 1
"#;

fn write(directory: &Path, name: &str, from: &str, to: &str) -> PathBuf {
    let path = directory.join(name);
    assert!(EXPERIMENT.contains(from), "{from}");
    std::fs::write(&path, EXPERIMENT.replace(from, to)).unwrap();
    path
}

fn fejer(arguments: &[&str], directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fejer"));
    command.args(arguments).current_dir(directory).env_remove("FEJER_DATA");
    command
}

fn run(arguments: &[&str], directory: &Path) -> Output {
    fejer(arguments, directory).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn training_evaluating_and_comparing_leave_their_files() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    write(here, "a.toml", "seed = 1", "seed = 1");
    let trained = run(&["train", "a.toml", "--json"], here);
    assert_eq!(trained.status.code(), Some(0), "{}", told(&trained));
    let trained: serde_json::Value = serde_json::from_slice(&trained.stdout).unwrap();
    assert_eq!((&trained["outcome"], &trained["epochs"]), (&"finished".into(), &10.into()));
    for file in ["experiment.toml", "checkpoint.safetensors", "curves.svg", "report.html"] {
        assert!(here.join("run").join(file).is_file(), "{file}");
    }
    let history = std::fs::read_to_string(here.join("run/history.csv")).unwrap();
    assert_eq!(history.lines().count(), 11);
    let judged = run(&["evaluate", "run", "--json"], here);
    let judged: serde_json::Value = serde_json::from_slice(&judged.stdout).unwrap();
    assert_eq!((&judged["train"], &judged["test"]), (&trained["train"], &trained["test"]));

    let compared = run(&["compare", "a.toml", "--seeds", "4,5", "--json"], here);
    assert_eq!(compared.status.code(), Some(0), "{}", told(&compared));
    let rows: serde_json::Value = serde_json::from_slice(&compared.stdout).unwrap();
    let methods: Vec<&str> =
        rows.as_array().unwrap().iter().map(|row| row["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["gradient", "gradient", "monotone", "monotone"]);
    for file in ["compare.html", "compare.svg", "compare.csv"] {
        assert!(here.join("compare").join(file).is_file(), "{file}");
    }
}

#[test]
fn ctrl_c_leaves_a_checkpoint_that_goes_on_as_if_nothing_had_been() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    write(here, "long.toml", "epochs = 10", "epochs = 1000000");
    let mut child = fejer(&["train", "long.toml", "--out", "parts"], here)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(60), "it does not stop");
        std::thread::sleep(Duration::from_millis(10));
    }
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(told(&ended).contains("go on with --resume"), "{}", told(&ended));

    let rows = std::fs::read_to_string(here.join("parts/history.csv")).unwrap().lines().count();
    let epochs = format!("epochs = {}", rows.max(1) + 1);
    write(here, "short.toml", "epochs = 10", &epochs);
    let resumed = run(&["train", "short.toml", "--out", "parts", "--resume"], here);
    assert_eq!(resumed.status.code(), Some(0), "{}", told(&resumed));
    let whole = run(&["train", "short.toml", "--out", "whole"], here);
    assert_eq!(whole.status.code(), Some(0), "{}", told(&whole));
    let bytes = |out: &str| std::fs::read(here.join(out).join("checkpoint.safetensors")).unwrap();
    assert_eq!(bytes("parts"), bytes("whole"));
    let rows = |out: &str| {
        let text = std::fs::read_to_string(here.join(out).join("history.csv")).unwrap();
        text.lines().map(|row| row.split(',').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rows("parts"), rows("whole"));
}

#[test]
fn what_diverges_says_so_and_keeps_its_last_sound_checkpoint() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let path = write(here, "wild.toml", "step = 0.1", "step = 1e12");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace(", \"softmax\"]", "]").replace("epochs = 10", "epochs = 50");
    std::fs::write(&path, text).unwrap();
    let ended = run(&["train", "wild.toml"], here);
    assert_eq!(ended.status.code(), Some(1), "{}", told(&ended));
    assert!(told(&ended).contains("diverged in epoch"), "{}", told(&ended));
    let judged = run(&["evaluate", "run"], here);
    assert_eq!(judged.status.code(), Some(0), "{}", told(&judged));
    assert!(!String::from_utf8_lossy(&judged.stdout).contains("NaN"));
}

#[test]
fn bad_input_is_code_2_and_names_file_and_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let refused = |arguments: &[&str], parts: &[&str]| {
        let output = run(arguments, here);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(parts.iter().all(|part| told.contains(part)), "{parts:?} in {told}");
    };
    refused(&["train", "none.toml"], &["none.toml", "give the path"]);
    write(here, "bad.toml", "\"relu\"", "\"relo\"");
    refused(&["train", "bad.toml"], &["bad.toml, line 8", "relo", "fejer train --help"]);
    write(here, "wide.toml", "input = [2]", "input = [3]");
    refused(&["train", "wide.toml"], &["wide.toml", "1 × 3", "1 × 2", "input shape"]);
    write(here, "a.toml", "seed = 1", "seed = 1");
    refused(&["train", "a.toml", "--resume"], &["checkpoint.safetensors", "cannot be read"]);
    assert_eq!(run(&["train", "a.toml"], here).status.code(), Some(0));
    write(here, "other.toml", "step = 0.1", "step = 0.2");
    refused(&["train", "other.toml", "--resume"], &["another training", "start anew"]);
    let checkpoint = here.join("run/checkpoint.safetensors");
    let mut bytes = std::fs::read(&checkpoint).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&checkpoint, bytes).unwrap();
    refused(&["evaluate", "run"], &["checkpoint.safetensors", "checksum"]);
    refused(&["compare", "a.toml", "a.toml"], &["a.toml", "rename"]);
}

#[test]
fn another_method_trains_the_same_file_and_goes_on_to_the_bit() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let dense = r#"[{ dense = 16 }, "relu", { dense = 2 }]
loss = "cross_entropy""#;
    let path = write(here, "a.toml", "epochs = 10", "epochs = 30");
    let text = std::fs::read_to_string(&path).unwrap();
    let layers = r#"[{ dense = 16 }, "batch_norm", "relu", { dense = 2 }, "softmax"]
loss = "squared_error""#;
    let refused = run(&["train", "a.toml", "--method", "mdlam"], here);
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
    assert!(told(&refused).contains("a.toml: mdlam trains dense layers"), "{}", told(&refused));

    let text = text.replace(layers, dense);
    std::fs::write(&path, &text).unwrap();
    let with = ["--method", "mdlam", "--rho", "0.1", "--ridge", "0.01", "--json"];
    let train = |file: &str, out: &str, more: &[&str]| {
        let given = [&["train", file, "--out", out], with.as_slice(), more].concat();
        let trained = run(&given, here);
        assert_eq!(trained.status.code(), Some(0), "{}", told(&trained));
        serde_json::from_slice::<serde_json::Value>(&trained.stdout).unwrap()
    };
    let whole = train("a.toml", "whole", &[]);
    std::fs::write(here.join("short.toml"), text.replace("epochs = 30", "epochs = 19")).unwrap();
    train("short.toml", "parts", &[]);
    train("a.toml", "parts", &["--resume"]);
    let bytes = |out: &str| std::fs::read(here.join(out).join("checkpoint.safetensors")).unwrap();
    assert_eq!(bytes("parts"), bytes("whole"));
    let judged = run(&["evaluate", "whole", "--json"], here);
    let judged: serde_json::Value = serde_json::from_slice(&judged.stdout).unwrap();
    assert_eq!((&judged["train"], &judged["test"]), (&whole["train"], &whole["test"]));
    assert_eq!(whole["epochs"], 30);
}
