//! mDLAM as a training: an experiment's file, checkpoints that go on to the bit, networks that learn.

use std::ops::ControlFlow;
use std::path::Path;

use fejer_host::experiment::{Ended, Experiment, Step, train};
use fejer_host::trainer::{Checkpoint, Outcome};

use crate::support::figure;

const EXPERIMENT: &str = r#"
[data]
source = { moons = { count = 200, noise = 0.1 } }
test = 0.5

[model]
input = [2]
layers = [{ dense = 16 }, "relu", { dense = 16 }, "relu", { dense = 2 }]
loss = "cross_entropy"
initialiser = "he"

[training]
field = "gradient"
update = "sgd"
step = 0.1
batch = 10
epochs = 60
seed = 1
mdlam = { rho = 0.01, ridge = 0.001 }
"#;

fn experiment(from: &str, to: &str) -> Experiment {
    let text = EXPERIMENT.replace(from, to);
    Experiment::parse(&text, Path::new("moons.toml")).expect("reads")
}

/// Stops after so many epochs.
fn trained(experiment: &Experiment, from: Option<&Checkpoint<f32>>, last: u64) -> Ended {
    let data = experiment.load(Path::new(".")).expect("made");
    let mut model = experiment.build(&data, None).expect("fits");
    let mut stop = |step: &Step<'_>| {
        if step.made == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let from = from.map(|checkpoint| (checkpoint, Vec::new()));
    train(experiment, &mut model, &data, from, &mut stop).expect("mdlam takes it")
}

#[test]
fn a_training_that_was_interrupted_goes_on_to_the_bit() {
    for variant in ["accelerated", "plain", "published", "penalty"] {
        let experiment = experiment("rho = 0.01", &format!("rho = 0.01, variant = \"{variant}\""));
        let whole = trained(&experiment, None, u64::MAX);
        assert_eq!(whole.outcome, Ok(Outcome::Finished));
        assert_eq!((whole.history.len(), whole.checkpoint.step), (60, 60));
        for after in [1, 16, 17, 18, 40] {
            let part = trained(&experiment, None, after);
            assert_eq!(part.outcome, Ok(Outcome::Interrupted));
            let kept = Checkpoint::decode(&part.checkpoint.encode()).expect("whole");
            let rest = trained(&experiment, Some(&kept), u64::MAX);
            assert_eq!(rest.checkpoint.encode(), whole.checkpoint.encode(), "{variant} {after}");
        }
    }
}

#[test]
fn every_link_and_loss_learns_the_moons() {
    let squared = |text: &str| text.replace("cross_entropy", "squared_error");
    let mut seen = Vec::new();
    for link in [r#""relu""#, "{ leaky_relu = 8 }", r#""tanh""#, r#""sigmoid""#] {
        for loss in ["cross_entropy", "squared_error"] {
            let mut experiment = experiment(r#""relu""#, link);
            experiment.training.epochs = 300;
            let settings = experiment.training.mdlam.as_mut().expect("given");
            (settings.rho, settings.ridge) = (0.1, 0.01);
            let text = toml_of(&experiment);
            let text = if loss == "squared_error" { squared(&text) } else { text };
            let experiment = Experiment::parse(&text, Path::new("moons.toml")).expect("reads");
            let error = trained(&experiment, None, u64::MAX).test.expect("a test").error;
            seen.push(format!("{link} {loss} {error:.2}"));
            assert!(error <= 0.17, "{seen:?}");
        }
    }
    figure("mDLAM on half moons: test error by link and loss", "≤ .17", seen.join(", "), true);
}

/// As `fejer train --method mdlam` writes it down.
fn toml_of(experiment: &Experiment) -> String {
    let text = toml::to_string(experiment).expect("a table");
    assert_eq!(&Experiment::parse(&text, Path::new("moons.toml")).expect("reads"), experiment);
    text
}

#[test]
fn numbers_and_layers_that_make_no_sense_are_refused_before_the_first_epoch() {
    let parse = |from: &str, to: &str| {
        let text = EXPERIMENT.replace(from, to);
        Experiment::parse(&text, Path::new("moons.toml"))
    };
    for (from, to, expected) in [
        ("rho = 0.01", "rho = 0", "training.mdlam.rho"),
        ("rho = 0.01", "epsilon = 1e-9", "training.mdlam.epsilon"),
        ("ridge = 0.001", "ridge = -1", "training.mdlam.ridge"),
        ("ridge = 0.001", "rigde = 1", "rigde"),
    ] {
        let message = parse(from, to).expect_err(to).to_string();
        assert!(message.contains(expected), "{message}");
    }
    let experiment = experiment(r#"{ dense = 2 }]"#, r#"{ dense = 2 }, "batch_norm"]"#);
    let data = experiment.load(Path::new(".")).expect("made");
    let mut model = experiment.build(&data, None).expect("fits");
    let refused = train(&experiment, &mut model, &data, None, &mut |_| ControlFlow::Continue(()));
    let message = refused.err().expect("refused").to_string();
    assert!(message.contains("batch_norm"), "{message}");
}
