//! What a file of weights may get wrong, and that the message names file, tensor, shapes and remedy.

use fejer_host::layer::{Dense, Shape};
use fejer_host::model::{Loss, Model, Stage};
use fejer_host::weights::load;

use crate::{fixture, networks};

#[test]
fn what_is_wrong_with_a_file_is_named_with_its_remedy() {
    let [perceptron, ..] = networks::<f32>();
    let message = |modules: &[&str], path: &std::path::Path| {
        load(&perceptron.model, modules, path).expect_err("refused").to_string()
    };
    let good = ["mlp.weight.0", "mlp.weight.2", "mlp.weight.4"];
    let nowhere = fixture().with_file_name("nowhere.safetensors");
    let cases = [
        (message(&good, &nowhere), vec!["nowhere.safetensors", "check the path"]),
        (message(&good[..2], &fixture()), vec!["2 module names for 3 layers", "one for each"]),
        (
            message(&["mlp.weight.0", "mlp.weight.1", "mlp.weight.4"], &fixture()),
            vec!["pytorch.safetensors", "no tensor mlp.weight.1.weight", "mlp.weight.2.weight"],
        ),
    ];
    for (message, parts) in cases {
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    }
    let stages = vec![Stage::layer(Dense::new(6, 9))];
    let other = Model::<f32>::new(Shape::flat(6), stages, Loss::CROSS_ENTROPY).expect("fits");
    let error = load(&other, &["mlp.weight.0"], &fixture()).expect_err("another shape").to_string();
    let parts =
        ["pytorch.safetensors", "mlp.weight.0.weight", "[5, 6]", "[9, 6]", "give the model"];
    assert!(parts.iter().all(|part| error.contains(part)), "{error}");
}

/// Every truncated file is refused, and so is one whose header is not what it was.
#[test]
fn a_corrupt_file_is_refused() {
    let [perceptron, ..] = networks::<f32>();
    let bytes = std::fs::read(fixture()).expect("the fixture");
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("corrupt.safetensors");
    let good = ["mlp.weight.0", "mlp.weight.2", "mlp.weight.4"];
    for length in [0, 7, 8, 100, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).expect("written");
        let error = load(&perceptron.model, &good, &path).expect_err("truncated").to_string();
        assert!(error.contains("corrupt.safetensors: not a sound"), "{length}: {error}");
    }
}
