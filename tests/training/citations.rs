//! A citation graph whose words are kept sparse, against the same with every zero written out.

use std::ops::ControlFlow;
use std::path::Path;

use fejer_host::dataset::{Examples, npy_of_labels};
use fejer_host::experiment::Experiment;
use fejer_host::random::Random;
use fejer_host::trainer::{Training, evaluate};

use crate::support::tolerance;

const NODES: usize = 40;
const WORDS: usize = 25;

const EXPERIMENT: &str = r#"
[data]
source = { graph = "." }

[model]
input = [40, 25]
layers = [{ graph = 8 }, "relu", { graph = 3 }]
loss = "cross_entropy"
initialiser = "glorot"

[training]
field = "gradient"
update = { sgd = { momentum = 0.9 } }
step = 0.05
batch = 1
epochs = 40
seed = 2
"#;

/// Three topics, each with words of its own and citations within it, and some of both across.
fn write(directory: &Path) {
    let mut random = Random::new(4, 0);
    let mut below = |limit: usize| random.below(limit as u32) as usize;
    let (mut edges, mut words, mut starts) = (vec![], vec![], vec![0]);
    for node in 0..NODES {
        let mut own = vec![node % 3, 3 + node % 3, 6 + below(WORDS - 6), WORDS - 1];
        own.sort_unstable();
        own.dedup();
        words.extend(own);
        starts.push(words.len());
        edges.extend([node, (node + 3) % NODES]);
        let other = below(NODES);
        if other != node && other != (node + 3) % NODES && (other + 3) % NODES != node {
            edges.extend([node, other]);
        }
    }
    let labels: Vec<usize> = (0..NODES).map(|node| node % 3).collect();
    let (train, test): (Vec<_>, Vec<_>) = (0..NODES).partition(|node| node % 4 == 0);
    let files = [
        ("edges", edges),
        ("feature_indices", words),
        ("feature_indptr", starts),
        ("labels", labels),
        ("train_nodes", train),
        ("test_nodes", test),
    ];
    for (name, numbers) in files {
        let path = directory.join(name).with_extension("npy");
        std::fs::write(path, npy_of_labels(&numbers)).expect("written");
    }
}

/// The point after the training, and the accuracy on the test's nodes.
fn trained(experiment: &Experiment, directory: &Path, spread: bool) -> (Vec<f32>, f64) {
    let data = experiment.load(directory).expect("read");
    assert!(data.train.is_sparse());
    let shape = |examples: Examples<f32>| if spread { examples.dense() } else { examples };
    let mut model = experiment.build(&data, None).expect("fits");
    let (train, test) = (shape(data.train), shape(data.test));
    let (recipe, initialiser) = (experiment.training.clone(), experiment.model.initialiser);
    let mut training = Training::new(&mut model, recipe, initialiser, &train).expect("fits");
    training.run(&mut |_| ControlFlow::Continue(())).expect("does not diverge");
    let point = training.into_point();
    let accuracy = evaluate(&model, &point, &test, &mut model.tape()).accuracy();
    (point, accuracy)
}

#[test]
fn sparse_words_train_as_dense_ones() {
    let directory = tempfile::tempdir().expect("made");
    write(directory.path());
    let path = Path::new("experiment.toml");
    let experiment = Experiment::parse(EXPERIMENT, path).expect("reads");
    let [(sparse, accuracy), (dense, expected)] =
        [false, true].map(|spread| trained(&experiment, directory.path(), spread));
    let difference = sparse.iter().zip(&dense).map(|(a, b)| f64::from((a - b).abs()));
    let difference = difference.fold(0.0, f64::max);
    assert!(difference < tolerance::F32_REORDERED, "{difference}");
    assert_eq!(accuracy, expected);
    assert!(accuracy > 0.8, "{accuracy}");
}

/// Batch normalisation takes no sparse input.
#[test]
fn a_model_that_takes_no_sparse_words_is_given_dense_ones() {
    let directory = tempfile::tempdir().expect("made");
    write(directory.path());
    let text = EXPERIMENT.replacen("{ graph = 8 }", "\"batch_norm\", { graph = 8 }", 1);
    let experiment = Experiment::parse(&text, Path::new("experiment.toml")).expect("reads");
    let data = experiment.load(directory.path()).expect("read");
    assert!(!data.train.is_sparse() && !data.test.is_sparse());
    let mut model = experiment.build(&data, None).expect("fits");
    let recipe = experiment.training.clone();
    Training::new(&mut model, recipe, experiment.model.initialiser, &data.train).expect("fits");
}
