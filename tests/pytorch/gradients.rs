//! What PyTorch computed in f64, to 1e-5; and weights that go out come back.

use fejer_host::matrix::Matrix;
use fejer_host::model::{Batch, Field};
use fejer_host::weights::{Weights, load, save};
use safetensors::SafeTensors;

use crate::support::{figure, tolerance};
use crate::{Network, fixture, networks};

fn tensor(file: &SafeTensors<'_>, name: &str) -> (Vec<usize>, Vec<f64>) {
    let view = file.tensor(name).expect("a tensor of the script");
    let (numbers, _) = view.data().as_chunks();
    (view.shape().to_vec(), numbers.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect())
}

/// Rows of sites × channels; images come with channels first.
fn input(file: &SafeTensors<'_>, network: &Network<f64>) -> Matrix<f64> {
    let (shape, numbers) = tensor(file, &format!("{}.input", network.name));
    let [examples, channels, pixels] = match shape[..] {
        [examples, channels, height, width] => [examples, channels, height * width],
        [graphs, nodes, features] => [graphs * nodes, features, 1],
        [examples, features] => [examples, features, 1],
        _ => panic!("{shape:?}"),
    };
    let mut matrix = Matrix::zeros(examples * pixels, channels);
    for (index, number) in numbers.into_iter().enumerate() {
        let (example, channel, pixel) =
            (index / (channels * pixels), index / pixels % channels, index % pixels);
        matrix.row_mut(example * pixels + pixel)[channel] = number;
    }
    matrix
}

#[test]
fn losses_and_gradients_are_pytorchs() {
    let bytes = std::fs::read(fixture()).expect("the fixture");
    let file = SafeTensors::deserialize(&bytes).expect("sound");
    let mut worst = 0.0_f64;
    for mut network in networks::<f64>() {
        let modules = network.modules("weight");
        let modules: Vec<&str> = modules.iter().map(String::as_str).collect();
        let weights = load(&network.model, &modules, &fixture()).expect("the weights");
        let Weights { point, running } = weights;
        network.model.set_running(&running);
        let (name, model) = (network.name, &network.model);
        let input = input(&file, &network);
        let (_, labels) = tensor(&file, &format!("{name}.label"));
        let mut target = Matrix::zeros(labels.len(), 3);
        labels.iter().enumerate().for_each(|(row, &l)| target.row_mut(row)[l as usize] = 1.0);
        let batch = Batch::new(input.view(), target.view());
        let (mut tape, mut found) = (model.tape(), vec![f64::NAN; point.len()]);
        model.field(&point, batch, Field::Gradient, &mut tape, &mut found);
        found.iter_mut().for_each(|value| *value /= network.rows as f64);

        let (_, loss) = tensor(&file, &format!("{name}.loss"));
        let off = (model.seen_loss(target.view(), &tape) / network.rows as f64 - loss[0]).abs();
        assert!(off < tolerance::F64_REORDERED, "{name}: loss off by {off:e}");

        // in PyTorch's layout, by name
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("gradient.safetensors");
        let gradient = Weights { point: found, running };
        save(model, &gradient, network.modules, &path).expect("written");
        let written = std::fs::read(&path).expect("written");
        let written = SafeTensors::deserialize(&written).expect("sound");
        let names: Vec<&str> = file.names();
        let prefix = format!("{name}.gradient.");
        let mut compared = 0;
        for key in names.iter().filter_map(|key| key.strip_prefix(prefix.as_str())) {
            let (shape, expected) = tensor(&file, &format!("{prefix}{key}"));
            let view = written.tensor(key).expect(key);
            assert_eq!(view.shape(), shape, "{name}.{key}");
            let (numbers, _) = view.data().as_chunks();
            for (&bytes, expected) in numbers.iter().zip(expected) {
                let off = (f64::from(f32::from_le_bytes(bytes)) - expected).abs();
                worst = worst.max(off);
                assert!(off < tolerance::PYTORCH, "{name}.{key}: off by {off:e}");
                compared += 1;
            }
        }
        assert_eq!(compared, point.len(), "{name}");
    }
    let line = "gradients of FC, CNN with batch normalisation, GCN and autoencoder − PyTorch's";
    figure(line, "≤ 1e-5", format!("{worst:.0e}"), true);
}

#[test]
fn weights_that_are_saved_load_to_the_same_bits() {
    for network in networks::<f32>() {
        let modules = network.modules("weight");
        let modules: Vec<&str> = modules.iter().map(String::as_str).collect();
        let weights = load(&network.model, &modules, &fixture()).expect("the weights");
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("weights.safetensors");
        save(&network.model, &weights, network.modules, &path).expect("written");
        let again = load(&network.model, network.modules, &path).expect("read");
        assert_eq!(again, weights, "{}", network.name);
    }
}
