//! `fejer features` of signals and through a backbone, as an engineer calls it.

mod support;

use std::fmt::Write;
use std::path::Path;

use fejer_host::dataset::{npy_of_floats, npy_of_labels};
use support::{json, run};

fn refused(arguments: &[&str], directory: &Path, parts: &[&str]) {
    support::refused(arguments, directory, parts);
    assert!(!directory.join("features").exists(), "nothing is written");
}

/// Windows of tones of two classes, one a line, with a header.
fn tones(path: &Path) {
    let names: Vec<String> = (0..1024).map(|time| format!("t{time}")).collect();
    let mut text = format!("{},kind\n", names.join(","));
    for window in 0..20 {
        let turn = [0.2, 0.9][window % 2] + 0.01 * window as f32;
        for time in 0..1024 {
            let _ = write!(text, "{},", (turn * time as f32).sin());
        }
        text.push_str(["low\n", "high\n"][window % 2]);
    }
    std::fs::write(path, text).unwrap();
}

#[test]
fn signals_in_csv_become_features_a_head_is_fitted_to() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    tones(&here.join("tones.csv"));
    let features = ["features", "tones.csv", "--label", "kind", "--json"];
    refused(&[&features[..], &["--signal", "log-mel"]].concat(), here, &["--rate"]);
    refused(&[&features[..], &["--bands", "7"]].concat(), here, &["bands", "7", "8, 16"]);
    refused(&features[..2], here, &["tones.csv", "line 2, column", "`low`", "finite"]);
    refused(&["features", "tones.csv", "--label", "class"], here, &["`class`", "--label"]);
    refused(&["features", "tones.txt"], here, &["tones.txt", "no such file", ".csv"]);
    let told = json(&[&features[..], &["--bands", "32"]].concat(), here);
    assert_eq!((&told["features"], &told["train"]), (&32.into(), &20.into()));
    assert_eq!(told["classes"], serde_json::json!(["high", "low"]));
    let fit = ["head", "fit", "features/features.npy", "--labels", "features/labels.npy"];
    let fitted = json(&[&fit[..], &["--standardise", "--json"]].concat(), here);
    assert_eq!(fitted["samples"], 20);
    let told = json(&[&features[..], &["--signal", "statistics", "--out", "s"]].concat(), here);
    assert_eq!(told["features"], 5);
}

const EXPERIMENT: &str = r#"
data = { source = { moons = { count = 40 } }, test = 0.5 }
[model]
input = [2]
layers = [{ dense = 4 }, "relu", { dense = 2 }]
loss = "cross_entropy"
initialiser = "torch"
[training]
field = "gradient"
update = { sgd = { momentum = 0.9 } }
step = 0.1
batch = 10
epochs = 2
seed = 1
"#;

#[test]
fn arrays_go_through_a_trained_backbone() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    std::fs::write(here.join("experiment.toml"), EXPERIMENT).unwrap();
    let trained = run(&["train", "experiment.toml", "--out", "run"], here);
    assert_eq!(trained.status.code(), Some(0), "{}", String::from_utf8_lossy(&trained.stderr));
    std::fs::write(here.join("x.npy"), npy_of_floats(3, 2, &[0.5; 6])).unwrap();
    std::fs::write(here.join("y.npy"), npy_of_labels(&[0, 1, 1])).unwrap();
    std::fs::write(here.join("wide.npy"), npy_of_floats(2, 3, &[0.5; 6])).unwrap();
    refused(&["features", "wide.npy", "--backbone", "run"], here, &["takes 2", "have 3"]);
    refused(&["features", "x.npy", "--backbone", "no"], here, &["no/checkpoint", "--out"]);
    let node = ["features", "x.npy", "--backbone", "run", "--output", "relu"];
    refused(&node, here, &["--output", "ONNX"]);
    let own = json(&["features", "run", "--json", "--out", "a"], here);
    assert_eq!(
        (&own["features"], &own["train"], &own["test"]),
        (&4.into(), &20.into(), &20.into())
    );
    let same = ["features", "experiment.toml", "--backbone", "run", "--json", "--out", "b"];
    assert_eq!(json(&same, here)["test"], 20);
    let file = |folder: &str| std::fs::read(here.join(folder).join("features.npy")).unwrap();
    assert_eq!(file("a"), file("b"));
    let rows = ["features", "x.npy", "--labels", "y.npy", "--backbone", "run", "--json"];
    let told = json(&rows, here);
    assert_eq!((&told["features"], &told["train"]), (&4.into(), &3.into()));
}

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/onnx_conv.onnx");

#[cfg(not(feature = "onnx"))]
#[test]
fn without_the_feature_an_onnx_file_is_refused_with_the_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let remedy = ["onnx_conv.onnx", "cargo install --path host --features onnx"];
    refused(&["features", MODEL], directory.path(), &remedy);
    refused(&["features", "x.npy", "--backbone", MODEL], directory.path(), &remedy);
}

#[cfg(feature = "onnx")]
#[test]
fn images_go_through_an_onnx_file_and_a_head_is_fitted() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let pixel = |at: usize| if at / 60 % 2 == at % 2 { (at % 7) as f32 } else { -1.0 };
    let pixels: Vec<f32> = (0..20 * 60).map(pixel).collect();
    std::fs::write(here.join("x.npy"), npy_of_floats(20, 60, &pixels)).unwrap();
    let labels: Vec<usize> = (0..20).map(|row| row % 2).collect();
    std::fs::write(here.join("y.npy"), npy_of_labels(&labels)).unwrap();
    refused(&["features", MODEL], here, &["onnx_conv.onnx", "--backbone"]);
    let through = ["features", "x.npy", "--labels", "y.npy", "--json", "--backbone", MODEL];
    let cut = |node| [&through[..], &["--output", node]].concat();
    refused(&cut("last"), here, &["onnx_conv.onnx", "last", "features_node (Flatten)"]);
    std::fs::write(here.join("z.npy"), npy_of_floats(20, 6, &pixels[..120])).unwrap();
    refused(&["features", "z.npy", "--backbone", MODEL], here, &["input x", "[1, 2, 6, 5]"]);
    let told = json(&cut("features"), here);
    assert_eq!((&told["features"], &told["train"]), (&4.into(), &20.into()));
    let fit = ["head", "fit", "features/features.npy", "--labels", "features/labels.npy", "--json"];
    let fitted = json(&fit, here);
    assert_eq!((&fitted["samples"], &fitted["outcome"]), (&20.into(), &"certified".into()));
    channels_come_first(here, &pixels);
}

/// The same images with their channels last, as an experiment has them, in any order of the examples.
#[cfg(feature = "onnx")]
fn channels_come_first(here: &Path, pixels: &[f32]) {
    let last =
        |image: &[f32]| -> Vec<f32> { (0..60).map(|at| image[at % 2 * 30 + at / 2]).collect() };
    let turned: Vec<f32> = pixels.chunks_exact(60).flat_map(last).collect();
    std::fs::write(here.join("turned.npy"), npy_of_floats(20, 60, &turned)).unwrap();
    let experiment = EXPERIMENT
        .replace(
            "{ moons = { count = 40 } }, test = 0.5",
            "{ npy = { features = \"turned.npy\", labels = \"y.npy\" } }",
        )
        .replace("[2]", "[6, 5, 2]");
    std::fs::write(here.join("images.toml"), experiment).unwrap();
    let through = ["features", "images.toml", "--backbone", MODEL, "--output", "features"];
    let told = json(&[&through[..], &["--json", "--out", "turned"]].concat(), here);
    assert_eq!((&told["features"], &told["train"]), (&4.into(), &20.into()));
    let rows = |folder: &str| {
        let bytes = std::fs::read(here.join(folder).join("features.npy")).unwrap();
        let mut rows: Vec<_> = bytes[128..].chunks(16).map(<[u8]>::to_vec).collect();
        rows.sort();
        rows
    };
    assert_eq!(rows("turned"), rows("features"));
}
