//! `fejer head`, `features` and `new` as an engineer calls them: files in, files out, exit codes.

mod support;

use std::path::Path;
use std::process::Command;

use fejer_host::dataset::{npy_of_floats, npy_of_labels};
use fejer_host::head;
use support::{done, json, refused};

const ROWS: usize = 60;

/// Three classes on a circle, at features.npy and labels.npy.
fn samples(directory: &Path) -> (Vec<[f32; 2]>, Vec<usize>) {
    let labels: Vec<usize> = (0..ROWS).map(|row| row % 3).collect();
    let point = |row: usize| {
        let angle = (row % 3) as f32 * 2.1 + (row * 7 % 10) as f32 * 0.1;
        [2.0 * angle.cos() + 5.0, 3.0 * angle.sin()]
    };
    let points: Vec<[f32; 2]> = (0..ROWS).map(point).collect();
    let bytes = npy_of_floats(ROWS, 2, points.as_flattened());
    std::fs::write(directory.join("features.npy"), bytes).unwrap();
    std::fs::write(directory.join("labels.npy"), npy_of_labels(&labels)).unwrap();
    (points, labels)
}

fn decide(head: &head::Head, features: &[f32]) -> usize {
    let shares = head.predict(features);
    (0..shares.len()).fold(0, |best, k| if shares[k] > shares[best] { k } else { best })
}

#[test]
fn a_fitted_head_is_certified_and_its_files_predict_alike() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let (points, labels) = samples(here);
    let fit = ["head", "fit", "features.npy", "--labels", "labels.npy", "--standardise", "--json"];
    let answer = json(&[&fit[..], &["--rust", "head.rs", "--out", "a.ckpt"]].concat(), here);
    assert_eq!((&answer["outcome"], &answer["samples"]), (&"certified".into(), &60.into()));
    assert!(answer["relative_gap"].as_f64().unwrap() <= 1e-6);
    done(&[&fit[..], &["--fold", "--out", "b.ckpt"]].concat(), here);
    let constants = std::fs::read_to_string(here.join("head.rs")).unwrap();
    let constants = head::parse(&constants).unwrap();
    let folded = head::decode(&std::fs::read(here.join("b.ckpt")).unwrap()).unwrap();
    let right = (points.iter().zip(&labels))
        .filter(|&(point, &label)| decide(&constants, point) == label)
        .count();
    assert_eq!(answer["accuracy"].as_f64().unwrap(), right as f64 / ROWS as f64);
    assert!(right > 50, "{right}");
    for point in &points {
        let pairs = constants.predict(point).into_iter().zip(folded.predict(point));
        pairs.into_iter().for_each(|(a, b)| assert!((a - b).abs() < 1e-5, "{a} {b}"));
    }
    // the same samples as CSV, in f64, and from the head itself as its anchor: nothing to do
    let mut csv = "x,y,label\n".to_owned();
    for (point, label) in points.iter().zip(&labels) {
        csv += &format!("{},{},class{label}\n", point[0], point[1]);
    }
    std::fs::write(here.join("table.csv"), csv).unwrap();
    let double = ["head", "fit", "table.csv", "--double", "--accuracy", "1e-10", "--json"];
    let long = json(&[&double[..], &["--precision", "1", "--out", "c.ckpt"]].concat(), here);
    assert!(long["relative_gap"].as_f64().unwrap() <= 1e-10);
    let from = ["--anchor", "c.ckpt", "--precision", "1e6", "--out", "d.ckpt"];
    let still = json(&[&double[..], &from].concat(), here);
    assert!(still["distance"].as_f64().unwrap() < 1e-3);
    let [c, d] = ["c.ckpt", "d.ckpt"]
        .map(|name| head::decode(&std::fs::read(here.join(name)).unwrap()).unwrap().weights);
    c.iter().zip(d).for_each(|(c, d)| assert!((c - d).abs() < 1e-3, "{c} {d}"));
}

const EXPERIMENT: &str = r#"
[data]
source = { npy = { features = "features.npy", labels = "labels.npy" } }
test = 0.2
standardise = true
[model]
input = [2]
layers = [{ dense = 8 }, "batch_norm", "relu", { dense = 3 }]
loss = "cross_entropy"
initialiser = "torch"
[training]
field = "gradient"
update = { sgd = { momentum = 0.9 } }
step = 0.1
batch = 16
epochs = 20
seed = 1
"#;

#[test]
fn a_network_is_its_features_and_its_head() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    samples(here);
    std::fs::write(here.join("net.toml"), EXPERIMENT).unwrap();
    done(&["train", "net.toml", "--out", "run"], here);
    let judged = json(&["evaluate", "run", "--data", ".", "--json"], here);
    let told = json(&["features", "run", "--data", ".", "--json"], here);
    assert_eq!(
        (&told["features"], &told["train"], &told["test"]),
        (&8.into(), &48.into(), &12.into())
    );
    let exported = json(&["head", "export", "run", "--out", "last.ckpt", "--json"], here);
    assert_eq!((&exported["features"], &exported["outputs"]), (&8.into(), &3.into()));
    // features through the exported head decide as the whole network does
    let last = head::decode(&std::fs::read(here.join("last.ckpt")).unwrap()).unwrap();
    let numbers =
        |name: &str, skip: usize| std::fs::read(here.join(name)).unwrap()[skip..].to_vec();
    let bytes = numbers("features/features.npy", 128);
    let words: Vec<f32> =
        bytes.as_chunks::<4>().0.iter().map(|&word| f32::from_le_bytes(word)).collect();
    let labels = numbers("features/labels.npy", 128);
    let wrong = (words.chunks_exact(8).zip(labels.chunks_exact(4)))
        .filter(|(features, label)| decide(&last, features) != usize::from(label[0]))
        .count();
    let error = judged["train"]["error"].as_f64().unwrap();
    assert!((wrong as f64 / 48.0 - error).abs() < 1e-9, "{wrong} of 48, not {error}");
    // and a head fitted on them is at least as good on its own objective
    let fit = ["head", "fit", "features/features.npy", "--labels", "features/labels.npy", "--json"];
    let from_last = [&fit[..], &["--anchor", "last.ckpt", "--rust", "src.rs"]].concat();
    assert_eq!(json(&from_last, here)["outcome"], "certified");
    let core = concat!(env!("CARGO_MANIFEST_DIR"), "/../core");
    done(&["new", "field", "--head", "src.rs", "--memory", "8", "--core", core], here);
    assert!(here.join("field/src/main.rs").is_file());
}

#[test]
fn bad_input_is_code_2_and_names_file_field_and_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    samples(here);
    let fit = |more: &[&'static str]| [&["head", "fit"], more].concat();
    refused(&fit(&["features.npy"]), here, &["labels", "--labels FILE"]);
    refused(&fit(&["no.npy", "--labels", "labels.npy"]), here, &["no.npy"]);
    std::fs::write(here.join("gap.npy"), npy_of_labels(&[vec![0; 30], vec![2; 30]].concat()))
        .unwrap();
    refused(
        &fit(&["features.npy", "--labels", "gap.npy"]),
        here,
        &["class 1", "no sample", "--anchor"],
    );
    std::fs::write(here.join("short.npy"), npy_of_labels(&[0, 1])).unwrap();
    refused(&fit(&["features.npy", "--labels", "short.npy"]), here, &["short.npy", "60 rows"]);
    let nan = npy_of_floats(2, 1, &[0.0, f32::NAN]);
    std::fs::write(here.join("nan.npy"), nan).unwrap();
    refused(&fit(&["nan.npy", "--labels", "short.npy"]), here, &["nan.npy", "row 1", "NaN"]);
    std::fs::write(here.join("bad.ckpt"), b"FJER").unwrap();
    let anchored = ["features.npy", "--labels", "labels.npy", "--anchor", "bad.ckpt"];
    refused(&fit(&anchored), here, &["bad.ckpt", "not a checkpoint"]);
    done(&fit(&["features.npy", "--labels", "labels.npy", "--out", "two.ckpt"]), here);
    std::fs::write(here.join("one.npy"), npy_of_floats(60, 1, &[0.5; 60])).unwrap();
    let other = ["one.npy", "--labels", "labels.npy", "--anchor", "two.ckpt"];
    refused(&fit(&other), here, &["two.ckpt", "2 features", "one.npy"]);
    std::fs::write(here.join("four.npy"), npy_of_labels(&[3; 60])).unwrap();
    let beyond = ["features.npy", "--labels", "four.npy", "--anchor", "two.ckpt"];
    refused(&fit(&beyond), here, &["label 3", "3 classes"]);
    refused(&["head", "import", "head.pt"], here, &["head.pt", ".npz"]);
    refused(&["head", "export", "nowhere"], here, &["nowhere", "of a training"]);
    refused(&["features", "nowhere"], here, &["nowhere", "no such file or directory"]);
    let new = ["new", "Field", "--head", "two.ckpt", "--core"];
    let core = concat!(env!("CARGO_MANIFEST_DIR"), "/../core");
    refused(&[&new[..], &[core]].concat(), here, &["`Field`", "lower-case"]);
    refused(&[&new[..], &["nowhere"]].concat(), here, &["nowhere", "checkout"]);
    refused(&["head", "replay", "x", "--factory", "bad.ckpt"], here, &["bad.ckpt", "pretrain"]);
}

/// Needs a target of rustup and minutes on a busy machine.
#[test]
#[ignore = "builds a firmware project; cargo xtask accept 4 runs it"]
fn a_new_project_builds_for_a_cortex_m4f() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    samples(here);
    done(&["head", "fit", "features.npy", "--labels", "labels.npy", "--rust", "head.rs"], here);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let core = root.join("core");
    done(&["new", "field", "--head", "head.rs", "--core", core.to_str().unwrap()], here);
    // the versions that are here already
    std::fs::copy(root.join("Cargo.lock"), here.join("field/Cargo.lock")).unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["build", "--offline", "--target-dir", "target"])
        .current_dir(here.join("field"))
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    assert!(here.join("field/target/thumbv7em-none-eabihf/debug/field").is_file());
}
