//! Bad input to `fejer train`: one message that names file, field and remedy, and exit code 2; and a
//! training that diverges: exit code 1, and the last sound checkpoint is kept.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::super::Line;
use crate::shell::{output, program};
use crate::{Stop, place};

/// A training that works, to be spoilt.
const SOUND: &str = r#"
[data]
source = { csv = { file = "points.csv", label = "class" } }
test = 0.5

[model]
input = [2]
layers = [{ dense = 4 }, "relu", { dense = 2 }, "softmax"]
loss = "squared_error"
initialiser = "torch"

[training]
field = "monotone"
update = { sgd = { momentum = 0.9 } }
step = 0.02
batch = 10
epochs = 3
seed = 1
"#;

/// What is spoilt: in the experiment (from, to), and what the message must name.
struct Case {
    name: &'static str,
    spoil: fn(&Path) -> Vec<(&'static str, &'static str)>,
    names: &'static [&'static str],
}

const CASES: &[Case] = &[
    case("a shape that does not fit", |_| vec![("[2]", "[3]")], &["experiment.toml", "3", "2"]),
    case(
        "an unknown layer",
        |_| vec![("dense = 4", "dens = 4")],
        &["experiment.toml", "line", "dens"],
    ),
    case(
        "an unknown entry",
        |_| vec![("batch = 10", "batches = 10")],
        &["experiment.toml", "batches"],
    ),
    case("a missing file", |_| vec![("points.csv", "nothing.csv")], &["nothing.csv"]),
    case(
        "a column that is not there",
        |_| vec![("\"class\"", "\"kind\"")],
        &["points.csv", "kind"],
    ),
    case("a NaN", |folder| points(folder, "1,NaN,a"), &["points.csv", "NaN"]),
    case("a word for a number", |folder| points(folder, "1,two,a"), &["points.csv", "two"]),
    case("a label out of range", |folder| labels(folder, 2), &["experiment.toml", "outputs"]),
    case("an empty class", |folder| labels(folder, 9), &["labels.npy", "class 2"]),
    case("an edge to no node", edge_to_nowhere, &["edges.npy", "node"]),
];

const fn case(
    name: &'static str,
    spoil: fn(&Path) -> Vec<(&'static str, &'static str)>,
    names: &'static [&'static str],
) -> Case {
    Case { name, spoil, names }
}

pub fn lines(fejer: &Path) -> Result<Vec<Line>, Stop> {
    let mut lines = Vec::new();
    for case in CASES {
        eprintln!("bad input: {}", case.name);
        let (folder, text) = set_up(case.spoil)?;
        let (code, complaint) = train(fejer, &folder, &text, "run")?;
        let named = case.names.iter().all(|name| complaint.contains(name));
        let written = folder.join("run").exists();
        lines.push(Line::new(
            format!("bad input: {}", case.name),
            format!("exit code 2, names {:?}, nothing written", case.names),
            format!("exit code {code}: {}", complaint.replace('\n', " ⏎ ")),
            code == 2 && named && !written,
        ));
    }
    lines.push(corrupt_checkpoint(fejer)?);
    lines.push(diverges(fejer)?);
    Ok(lines)
}

/// Half a checkpoint, to go on from.
fn corrupt_checkpoint(fejer: &Path) -> Result<Line, Stop> {
    let (folder, text) = set_up(|_| Vec::new())?;
    let (first, _) = train(fejer, &folder, &text, "run")?;
    let file = folder.join("run/checkpoint.safetensors");
    let whole = std::fs::read(&file).map_err(failed)?;
    std::fs::write(&file, &whole[..whole.len() / 2]).map_err(failed)?;
    let mut command = program(fejer);
    command.current_dir(&folder).env_remove("FEJER_DATA").args([
        "train",
        "experiment.toml",
        "--out",
        "run",
        "--resume",
    ]);
    let ran = output(&mut command)?;
    let complaint = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
    let code = ran.status.code().unwrap_or(-1);
    Ok(Line::new(
        "bad input: a corrupt safetensors file",
        "exit code 2, names the file",
        format!("exit code {code}: {}", complaint.replace('\n', " ⏎ ")),
        first == 0 && code == 2 && complaint.contains("checkpoint.safetensors"),
    ))
}

/// A step so long that the loss is no number.
fn diverges(fejer: &Path) -> Result<Line, Stop> {
    let (folder, text) = set_up(|_| {
        vec![
            ("step = 0.02", "step = 1e30"),
            (", \"softmax\"]", ", \"identity\"]"),
            ("epochs = 3", "epochs = 50"),
        ]
    })?;
    let (code, complaint) = train(fejer, &folder, &text, "run")?;
    let kept = folder.join("run/checkpoint.safetensors").is_file();
    Ok(Line::new(
        "a training that diverges",
        "exit code 1, says so, keeps the last sound checkpoint",
        format!("exit code {code}, kept: {kept}: {}", complaint.replace('\n', " ⏎ ")),
        code == 1 && kept && complaint.contains("diverged"),
    ))
}

fn failed(error: std::io::Error) -> Stop {
    Stop::failed(error.to_string())
}

/// A folder with points in a file, and the text of an experiment on them, spoilt.
fn set_up(
    spoil: fn(&Path) -> Vec<(&'static str, &'static str)>,
) -> Result<(PathBuf, String), Stop> {
    let folder = place::target().join("fejer/refused");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(failed)?;
    points(&folder, "0,0,a");
    let mut text = SOUND.to_owned();
    for (from, to) in spoil(&folder) {
        assert!(text.contains(from), "{from} stands in the experiment");
        text = text.replace(from, to);
    }
    Ok((folder, text))
}

/// Forty points of two classes, and a line of one's own.
fn points(folder: &Path, last: &str) -> Vec<(&'static str, &'static str)> {
    let mut text = "x,y,class\n".to_owned();
    for point in 0..40 {
        let _ = writeln!(text, "{},{},{}", point % 7, point % 5, ["a", "b"][point % 2]);
    }
    let _ = writeln!(text, "{last}");
    let written = std::fs::write(folder.join("points.csv"), text);
    assert!(written.is_ok(), "{}: points.csv", folder.display());
    Vec::new()
}

/// Forty points as arrays; the last has this label, the others 0 and 1.
fn labels(folder: &Path, last: u8) -> Vec<(&'static str, &'static str)> {
    let labels: Vec<u8> = (0..39).map(|point| point % 2).chain([last]).collect();
    let features: Vec<u8> =
        (0..80_u8).flat_map(|value| f32::from(value % 7).to_le_bytes()).collect();
    npy(&folder.join("features.npy"), "<f4", "(40, 2)", &features);
    npy(&folder.join("labels.npy"), "|u1", "(40,)", &labels);
    vec![(
        r#"{ csv = { file = "points.csv", label = "class" } }"#,
        r#"{ npy = { features = "features.npy", labels = "labels.npy" } }"#,
    )]
}

/// A graph of four nodes with an edge to the node 7.
fn edge_to_nowhere(folder: &Path) -> Vec<(&'static str, &'static str)> {
    let words =
        |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
    npy(&folder.join("edges.npy"), "<u4", "(3, 2)", &words(&[0, 1, 1, 2, 2, 7]));
    npy(&folder.join("feature_indptr.npy"), "<u4", "(5,)", &words(&[0, 1, 2, 3, 4]));
    npy(&folder.join("feature_indices.npy"), "<u4", "(4,)", &words(&[0, 1, 0, 1]));
    npy(&folder.join("labels.npy"), "|u1", "(4,)", &[0, 1, 0, 1]);
    for split in ["train_nodes", "test_nodes"] {
        npy(&folder.join(format!("{split}.npy")), "<u4", "(2,)", &words(&[0, 1]));
    }
    vec![
        (r#"{ csv = { file = "points.csv", label = "class" } }"#, r#"{ graph = "." }"#),
        ("test = 0.5\n", ""),
    ]
}

/// A NumPy file: magic, version, length of the header, header, values.
fn npy(file: &Path, kind: &str, shape: &str, values: &[u8]) {
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let length = u16::try_from(header.len()).unwrap_or(u16::MAX).to_le_bytes();
    let bytes = [b"\x93NUMPY\x01\x00".as_slice(), &length, header.as_bytes(), values].concat();
    assert!(std::fs::write(file, bytes).is_ok(), "{}", file.display());
}

fn train(fejer: &Path, folder: &Path, text: &str, out: &str) -> Result<(i32, String), Stop> {
    std::fs::write(folder.join("experiment.toml"), text).map_err(failed)?;
    let mut command = program(fejer);
    command.current_dir(folder).env_remove("FEJER_DATA");
    let ran = output(command.args(["train", "experiment.toml", "--out", out]))?;
    let complaint = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
    Ok((ran.status.code().unwrap_or(-1), complaint))
}
