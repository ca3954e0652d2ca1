//! The same bits whatever the number of threads; sparse rows, and steps without a field.

use fejer::Link;
use fejer_host::layer::{Dense, Graph, Shape, gcn_norm};
use fejer_host::matrix::{Csr, Input, Sparse};
use fejer_host::model::{Batch, Field, Loss, Model, Stage};

use crate::networks::{field, networks, normal, shares, weights};
use crate::support::{Random, figure, largest_difference, tolerance};

/// More than two parts of a batch.
const EXAMPLES: usize = 150;

fn with_threads<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("threads").install(work)
}

#[test]
fn one_two_and_three_threads_give_the_same_bits() {
    for network in networks() {
        let mut random = Random::new(61);
        let model = network.model(Loss::SquaredError);
        let point = weights(&mut random, &model);
        let input = normal(&mut random, EXAMPLES * network.input.sites, network.input.channels);
        let shape = model.output();
        let target = shares(&mut random, EXAMPLES * shape.sites, shape.channels);
        for kind in [Field::Gradient, Field::Monotone] {
            let trained = [1, 2, 3].map(|threads| {
                with_threads(threads, || {
                    let (mut point, mut tape) = (point.clone(), model.tape());
                    let batch = Batch::new(input.view(), target.view());
                    (0..3).for_each(|_| model.descend(&mut point, batch, kind, 0.1, &mut tape));
                    let predicted = model.predict(&point, input.view(), &mut tape);
                    (predicted.values().to_vec(), point)
                })
            });
            assert_eq!(trained[0], trained[1], "{} {kind:?}", network.name);
            assert_eq!(trained[0], trained[2], "{} {kind:?}", network.name);
            assert_ne!(trained[0].1, point);
        }
    }
    figure("networks by 1, 2 and 3 threads, steps and predictions", "the same bits", "0", true);
}

/// Parts of a batch are no other mathematics: the field is the mean of the fields of its examples,
/// where none depends on the others.
#[test]
fn a_batch_in_parts_has_the_mean_of_the_fields_of_its_halves() {
    let networks = networks();
    let of_parts = networks.iter().filter(|network| {
        !["normalised", "dropout"].iter().any(|&joint| network.name.contains(joint))
    });
    for network in of_parts {
        let mut random = Random::new(62);
        let model = network.model(Loss::SquaredError);
        let point = weights(&mut random, &model);
        let input = normal(&mut random, EXAMPLES * network.input.sites, network.input.channels);
        let shape = model.output();
        let target = shares(&mut random, EXAMPLES * shape.sites, shape.channels);
        let whole = field(&model, &point, &input, &target, Field::Monotone);
        let mut mean = vec![0.0; point.len()];
        for half in 0..EXAMPLES / 50 {
            let examples = half * 50..(half + 1) * 50;
            let rows = |sites: usize| examples.start * sites..examples.end * sites;
            let batch = Batch::new(
                input.view().rows_of(rows(network.input.sites)),
                target.view().rows_of(rows(shape.sites)),
            );
            let mut out = vec![0.0; point.len()];
            model.field(&point, batch, Field::Monotone, &mut model.tape(), &mut out);
            mean.iter_mut().zip(out).for_each(|(mean, value)| *mean += value / 3.0);
        }
        let off = largest_difference(&whole, &mean);
        assert!(off < tolerance::F64_REORDERED, "{}: {off:e}", network.name);
    }
}

#[test]
fn a_step_without_a_buffer_is_the_point_minus_the_field() {
    for network in networks() {
        let mut random = Random::new(63);
        let model = network.model(Loss::SquaredError);
        let point = weights(&mut random, &model);
        let input = normal(&mut random, 70 * network.input.sites, network.input.channels);
        let shape = model.output();
        let target = shares(&mut random, 70 * shape.sites, shape.channels);
        for kind in [Field::Gradient, Field::Monotone] {
            let out = field(&model, &point, &input, &target, kind);
            let expected: Vec<f64> = point.iter().zip(out).map(|(x, f)| x - 0.3 * f).collect();
            let mut found = point.clone();
            let batch = Batch::new(input.view(), target.view());
            model.descend(&mut found, batch, kind, 0.3, &mut model.tape());
            let off = largest_difference(&found, &expected);
            assert!(off < tolerance::F64_REORDERED, "{}: {off:e}", network.name);
        }
    }
}

/// Dense and graph layers, more inputs than outputs and fewer, over several parts.
#[test]
fn sparse_rows_are_the_same_as_dense_ones() {
    const NODES: usize = 3;
    let filter = gcn_norm::<f64>(NODES, &[(0, 1), (2, 1)]).expect("edges of 3 nodes");
    for (inputs, hidden) in [(7, 4), (4, 7)] {
        let graph = Stage::layer(Graph::new(filter.clone(), inputs, hidden).expect("square"));
        for first in [Stage::layer(Dense::new(inputs, hidden)), graph] {
            let stages = vec![
                first,
                Stage::Link(Link::Relu),
                Stage::layer(Dense::new(hidden, 2)),
                Stage::Link(Link::Softmax),
            ];
            let shape = Shape { sites: NODES, channels: inputs };
            let model = Model::new(shape, stages, Loss::SquaredError).expect("shapes that fit");
            let mut random = Random::new(64);
            let point = weights(&mut random, &model);
            let mut input = normal(&mut random, EXAMPLES * NODES, inputs);
            let kept = |k: usize| [0, 3, 5].contains(&(k % 7));
            let numbers = input.values_mut().iter_mut().enumerate();
            numbers.filter(|&(k, _)| !kept(k)).for_each(|(_, number)| *number = 0.0);
            let entries = (0..input.values().len()).filter(|&k| kept(k));
            let entries = entries.map(|k| (k / inputs, k % inputs, input.values()[k])).collect();
            let sparse = Sparse::from(Csr::new(EXAMPLES * NODES, inputs, entries));
            let target = shares(&mut random, EXAMPLES * NODES, 2);
            for kind in [Field::Gradient, Field::Monotone] {
                let expected = field(&model, &point, &input, &target, kind);
                let mut found = vec![f64::NAN; point.len()];
                let batch = Batch::new(Input::from(&sparse), target.view());
                model.field(&point, batch, kind, &mut model.tape(), &mut found);
                let off = largest_difference(&found, &expected);
                assert!(off < tolerance::F64_REORDERED, "{kind:?}: {off:e}");
            }
        }
    }
    figure("networks on sparse rows − on dense rows", "≤ 1e-12", "0", true);
}
