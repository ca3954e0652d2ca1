//! T3: both fields of every block against finite differences, which know nothing of a backward pass.

use fejer::{Extragradient, Free, Link, Method, ProjectedStep};
use fejer_host::layer::{Dense, Initialiser, Mode, Shape};
use fejer_host::matrix::{Matrix, View};
use fejer_host::model::{Batch, Field, Loss, Model, ModelOperator, Stage};
use fejer_host::real::Real;

use crate::networks::{Network, dense, differences, field, networks, normal, shares, weights};
use crate::support::{Random, figure, largest_difference, tolerance};

const EXAMPLES: usize = 4;

/// The gradient field is the gradient of the loss.
#[test]
fn the_gradient_field_is_the_gradient_of_the_loss() {
    let mut worst = 0.0_f64;
    for network in networks() {
        let mut random = Random::new(21);
        let model = network.model(Loss::SquaredError);
        let (input, target) = batch(&mut random, &network, &model);
        let point = weights(&mut random, &model);
        let found = field(&model, &point, &input, &target, Field::Gradient);
        let mut tape = model.tape();
        let batch = Batch::new(input.view(), target.view());
        let expected = differences(&point, |point| model.loss(point, batch, &mut tape));
        let off = largest_difference(&found, &expected);
        worst = worst.max(off);
        assert!(off < tolerance::DIFFERENCE_QUOTIENT, "{}: {off:e}", network.name);
    }
    let line =
        format!("T3: gradient field − differences of the loss, {} networks", networks().len());
    figure(line, "≤ 1e-6", format!("{worst:.0e}"), true);
}

/// The monotone field of a block is the gradient of ⟨Z, G⟩ with G = ∂L/∂φ(Z) held; with φ'(Z)ᵀ
/// multiplied back onto G it is the gradient of the loss.
#[test]
fn the_monotone_field_leaves_out_the_derivative_of_each_blocks_own_link_and_no_other() {
    let (mut worst, mut blocks) = (0.0_f64, 0);
    for network in networks() {
        let mut random = Random::new(22);
        let model = network.model(Loss::SquaredError);
        let (input, target) = batch(&mut random, &network, &model);
        let point = weights(&mut random, &model);
        let [monotone, gradient] = [Field::Monotone, Field::Gradient]
            .map(|kind| field(&model, &point, &input, &target, kind));
        for (link_at, link) in links(&network) {
            let block = block_below(&network, &model, link_at);
            let signal = signal_above(&network, &point, &input, &target, link_at);
            let scores = scores(&network, &point, &input, link_at);
            let mut through = signal.clone();
            for row in 0..through.rows() {
                let mut prediction = scores.row(row).to_vec();
                link.predict(&mut prediction);
                link.pull_back(scores.row(row), &prediction, through.row_mut(row));
            }
            for (found, drive) in [(&monotone, &signal), (&gradient, &through)] {
                let expected = driven(&network, &point, &input, link_at, &scores, drive);
                let off = largest_difference(&found[block.clone()], &expected[block.clone()]);
                let name = network.name;
                assert!(off < tolerance::DIFFERENCE_QUOTIENT, "{name}, link {link_at}: {off:e}");
                worst = worst.max(off);
            }
            blocks += 1;
        }
    }
    let line =
        format!("T3: field of a block, with φ' multiplied back its gradient, {blocks} blocks");
    figure(line, "≤ 1e-6", format!("{worst:.0e}"), true);
}

fn batch(random: &mut Random, network: &Network, model: &Model<f64>) -> (Matrix<f64>, Matrix<f64>) {
    let input = normal(random, EXAMPLES * network.input.sites, network.input.channels);
    (input, shares(random, EXAMPLES * model.output().sites, model.output().channels))
}

fn links(network: &Network) -> Vec<(usize, Link)> {
    let stages = (network.stages)().into_iter().enumerate();
    let links = stages.filter_map(|(at, stage)| match stage {
        Stage::Link(link) => Some((at, link)),
        Stage::Layer(_) => None,
    });
    links.collect()
}

/// Where the weights of the block below this link are.
fn block_below(network: &Network, model: &Model<f64>, link: usize) -> std::ops::Range<usize> {
    let before = links(network).into_iter().map(|(at, _)| at).take_while(|&at| at < link).last();
    model.weights(before.map_or(0, |at| at + 1)).start..model.weights(link - 1).end
}

/// The stages below the link as a model, which ends with the scores.
fn lower(network: &Network, link: usize) -> Model<f64> {
    let stages = (network.stages)().into_iter().take(link).collect();
    Model::new(network.input, stages, Loss::SquaredError).expect("a part of what fitted")
}

fn scores(network: &Network, point: &[f64], input: &Matrix<f64>, link: usize) -> Matrix<f64> {
    let lower = lower(network, link);
    let mut tape = lower.tape();
    let point = &point[..lower.parameters()];
    let view = lower.forward(point, input.view(), Mode::Train, &mut tape);
    Matrix::new(view.rows(), view.columns(), view.values().to_vec())
}

/// ∂L/∂φ(Z) by differences, through the stages above the link.
fn signal_above(
    network: &Network,
    point: &[f64],
    input: &Matrix<f64>,
    target: &Matrix<f64>,
    link: usize,
) -> Matrix<f64> {
    let whole = network.model(Loss::SquaredError);
    let mut predictions = scores(network, point, input, link);
    let kind = links(network).into_iter().find(|&(at, _)| at == link).expect("a link").1;
    (0..predictions.rows()).for_each(|row| kind.predict(predictions.row_mut(row)));
    let (rows, columns) = (predictions.rows(), predictions.columns());
    let stages: Vec<_> = (network.stages)().into_iter().skip(link + 1).collect();
    let point = &point[whole.weights(link).end..];
    let values = if stages.is_empty() {
        let loss = |p: &[f64]| {
            Loss::SquaredError.value(EXAMPLES, View::new(rows, columns, p), target.view())
        };
        differences(predictions.values(), loss)
    } else {
        let shape = Shape { sites: rows / EXAMPLES, channels: columns };
        let upper = Model::new(shape, stages, Loss::SquaredError).expect("a part of what fitted");
        let mut tape = upper.tape();
        differences(predictions.values(), |p| {
            let batch = Batch::new(View::new(rows, columns, p), target.view());
            upper.loss(point, batch, &mut tape)
        })
    };
    Matrix::new(rows, columns, values)
}

/// ∂⟨Z, drive⟩/∂weights by differences.
fn driven(
    network: &Network,
    point: &[f64],
    input: &Matrix<f64>,
    link: usize,
    scores: &Matrix<f64>,
    drive: &Matrix<f64>,
) -> Vec<f64> {
    let lower = lower(network, link);
    let mut tape = lower.tape();
    differences(&point[..lower.parameters()], |point| {
        let moved = lower.forward(point, input.view(), Mode::Train, &mut tape);
        let changes = moved.values().iter().zip(scores.values()).map(|(a, b)| a - b);
        changes.zip(drive.values()).map(|(change, drive)| change * drive).sum()
    })
}

/// T2, second half: where every link is the identity the two fields are one.
#[test]
fn a_network_of_identities_has_one_field() {
    let identity = || Stage::Link(Link::Identity);
    let stages = vec![dense(3, 4), identity(), dense(4, 5), identity(), dense(5, 2), identity()];
    let model = Model::new(Shape::flat(3), stages, Loss::SquaredError).expect("shapes that fit");
    let mut random = Random::new(23);
    let (input, target) = (normal(&mut random, 6, 3), normal(&mut random, 6, 2));
    let point = weights(&mut random, &model);
    let [a, b] =
        [Field::Gradient, Field::Monotone].map(|kind| field(&model, &point, &input, &target, kind));
    assert!(a.iter().all(|&value| value != 0.0));
    assert_eq!(a, b);
    let line = "T2: identity links, monotone field − gradient";
    figure(line, "0 to the last bit", "0", true);
}

/// A network trains by core's methods on either field, in f32 as in f64: labels are the sign of
/// x₁ + x₂², which the monotone field of all layers together learns as well.
#[test]
fn cores_methods_train_a_network_with_both_fields() {
    fn after<T: Real>(method: &mut dyn Method<T>, kind: Field) -> (f64, f64) {
        let stages = vec![
            Stage::layer(Dense::new(2, 8)),
            Stage::Link(Link::Tanh),
            Stage::layer(Dense::new(8, 2)),
            Stage::Link(Link::Softmax),
        ];
        let shape = Shape::flat(2);
        let model = Model::<T>::new(shape, stages, Loss::SquaredError).expect("shapes that fit");
        let mut random = Random::new(24);
        let values = (0..60 * 2).map(|_| T::from_f64(random.normal())).collect();
        let input = Matrix::new(60, 2, values);
        let mut target = Matrix::zeros(60, 2);
        for row in 0..60 {
            let [x, y] = [0, 1].map(|column| input.row(row)[column]);
            target.row_mut(row)[usize::from(x + y * y > T::ONE)] = T::ONE;
        }
        let batch = Batch::new(input.view(), target.view());
        let mut point = model.initial_point(Initialiser::Torch, 7);
        let mut tape = model.tape();
        let before = model.loss(&point, batch, &mut tape);
        let operator = ModelOperator::new(&model, batch, kind, &mut tape);
        let step = T::from_f64(0.3);
        (0..500).for_each(|_| method.advance(&operator, &Free, step, &mut point));
        (before, model.loss(&point, batch, &mut model.tape()))
    }
    let length = 3 * 8 + 9 * 2;
    for kind in [Field::Gradient, Field::Monotone] {
        let runs = [
            after::<f64>(&mut ProjectedStep(vec![0.0; length]), kind),
            after::<f32>(&mut ProjectedStep(vec![0.0; length]), kind),
            after::<f64>(&mut Extragradient::new(vec![0.0; length]), kind),
        ];
        for (before, after) in runs {
            println!("{kind:?}: loss {before:.4} to {after:.4}");
            assert!(after < 0.5 * before, "{kind:?}: {before} to {after}");
        }
    }
}

#[test]
fn a_used_tape_gives_the_bits_of_a_new_one() {
    for network in networks() {
        let mut random = Random::new(25);
        let model = network.model(Loss::SquaredError);
        let point = weights(&mut random, &model);
        let mut tape = model.tape();
        for examples in [3, 5, 2] {
            let input = normal(&mut random, examples * network.input.sites, network.input.channels);
            let shape = model.output();
            let target = shares(&mut random, examples * shape.sites, shape.channels);
            for kind in [Field::Monotone, Field::Gradient] {
                let expected = field(&model, &point, &input, &target, kind);
                let mut found = vec![f64::NAN; point.len()];
                let batch = Batch::new(input.view(), target.view());
                model.field(&point, batch, kind, &mut tape, &mut found);
                assert_eq!(found, expected, "{} {kind:?}", network.name);
            }
        }
    }
}
