//! `fejer quantise`, as an engineer calls it.

mod support;

use std::path::Path;

use fejer::extractor::Extractor;
use support::{json, refused, run};

const EXPERIMENT: &str = r#"
data = { source = { moons = { count = 400 } }, test = 0.5, standardise = true }
[model]
input = [2]
layers = [{ dense = 16 }, "relu", { dense = 8 }, "relu", { dense = 2 }]
loss = "cross_entropy"
initialiser = "he"
[training]
field = "gradient"
update = "adam"
step = 0.01
batch = 20
epochs = 30
seed = 1
"#;

fn refuses(experiment: &str, directory: &Path, parts: &[&str]) {
    std::fs::write(directory.join("other.toml"), experiment).unwrap();
    json(&["train", "other.toml", "--out", "other", "--json"], directory);
    refused(&["quantise", "other", "--out", "refused"], directory, parts);
    assert!(!directory.join("refused").exists(), "nothing is written");
}

#[test]
fn a_trained_network_becomes_an_extractor_and_a_head_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    std::fs::write(here.join("moons.toml"), EXPERIMENT).unwrap();
    json(&["train", "moons.toml", "--json"], here);
    let told = json(&["quantise", "run", "--json"], here);
    assert_eq!((&told["features"], &told["examples"]), (&8.into(), &200.into()));
    let [floats, codes] = ["accuracy_float", "accuracy_8_bit"].map(|k| told[k].as_f64().unwrap());
    assert!(floats > 0.9 && codes > floats - 0.03, "{told}");
    let bytes = std::fs::read(here.join("extractor/extractor.bin")).unwrap();
    assert_eq!(Extractor::new(&bytes).unwrap().features(), 8);
    let fit = ["head", "fit", "extractor/features.npy", "--labels", "extractor/labels.npy"];
    let fitted = json(&[&fit[..], &["--out", "fitted.ckpt", "--json"]].concat(), here);
    assert_eq!(fitted["samples"], 200);

    refuses(&EXPERIMENT.replacen("relu", "tanh", 1), here, &["model.layers", "layer 1", "Tanh"]);
    let alone = EXPERIMENT.replace(r#"{ dense = 16 }, "relu", { dense = 8 }, "relu", "#, "");
    refuses(&alone, here, &["no layer with weights"]);
    let missing = run(&["quantise", "nothing"], here);
    assert_eq!(missing.status.code(), Some(2));
}
