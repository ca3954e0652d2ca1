//! Closed checks: no tolerance, all tolerance, and what a projection does twice.

use fejer::Link;
use fejer_host::layer::{BatchNorm, Dense, Shape};
use fejer_host::mdlam::{Block, Error, Settings, Solver};
use fejer_host::model::{Loss, Model, Stage};

use crate::problem::{Problem, links};

fn at(epsilon: f64) -> Settings {
    Settings { rho: 0.5, epsilon, least_epsilon: epsilon, ..Settings::default() }
}

#[test]
fn without_tolerance_outputs_are_the_link_of_their_scores() {
    let problem = Problem::<f64>::new(Link::Relu, Loss::CROSS_ENTROPY, 30, 1);
    let mut solver = problem.solver(at(0.0));
    (0..20).for_each(|_| solver.epoch());
    let variables = solver.variables();
    let mut seen = [0; 2];
    for (outputs, scores) in variables.outputs.iter().zip(&variables.scores) {
        for (&a, &z) in outputs.values().iter().zip(scores.values()) {
            assert!(if a > 0.0 { z == a } else { a == 0.0 && z <= 0.0 }, "{a} and {z}");
            seen[usize::from(a > 0.0)] += 1;
        }
    }
    assert!(seen.iter().all(|&count| count > 10), "{seen:?}");
}

#[test]
fn with_a_large_tolerance_hidden_layers_fit_exactly_and_the_network_does_not() {
    for link in links() {
        let problem = Problem::<f64>::new(link, Loss::CROSS_ENTROPY, 30, 1);
        let mut solver = problem.solver(at(1e9));
        for _ in 0..50 {
            solver.begin();
            for block in solver.blocks() {
                solver.update(block);
                if let Block::Scores(layer) = block {
                    let open = crate::naive::residual(&solver, &problem, layer);
                    let worst = open.iter().fold(0.0_f64, |worst, r| worst.max(r.abs()));
                    assert!(layer == 2 || worst < 1e-13, "{link:?}, layer {layer}: {worst:e}");
                }
            }
        }
        // a small objective is no measure of a network whose layers need not fit together
        assert!(solver.objective().slack > 1.0);
    }
}

#[test]
fn scores_that_were_projected_stay_where_they_are() {
    for link in links() {
        let problem = Problem::<f64>::new(link, Loss::CROSS_ENTROPY, 30, 1);
        let mut solver = problem.solver(at(0.05));
        for _ in 0..5 {
            solver.begin();
            for block in solver.blocks() {
                solver.update(block);
                if let Block::Scores(_) | Block::Bias(_) = block {
                    let once = solver.variables().clone();
                    solver.update(block);
                    let off = once.scores.iter().zip(&solver.variables().scores);
                    let off = off
                        .map(|(a, b)| crate::support::largest_difference(a.values(), b.values()));
                    assert!(off.fold(0.0, f64::max) < 1e-13, "{link:?} {block:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_not_trained_like_this_is_refused_with_its_place() {
    let refused = |stages: Vec<Stage<f64>>, loss, expected: &[&str]| {
        let model = Model::new(Shape::flat(4), stages, loss).expect("fits");
        let (input, target) = ([0.0; 4], [1.0, 0.0]);
        let point = vec![0.0; model.parameters()];
        let [input, target] =
            [input.as_slice(), &target].map(|row| fejer_host::matrix::View::new(1, row.len(), row));
        let error: Error =
            Solver::new(&model, Settings::default(), point, input, target).err().expect("refused");
        let message = error.to_string();
        expected.iter().for_each(|part| assert!(message.contains(part), "{part}: {message}"));
    };
    let dense = |inputs, outputs| Stage::layer(Dense::new(inputs, outputs));
    let norm = vec![dense(4, 3), Stage::layer(BatchNorm::new(3)), dense(3, 2)];
    refused(norm, Loss::CROSS_ENTROPY, &["number 2", "batch_norm", "training.update"]);
    let probit = vec![dense(4, 3), Stage::Link(Link::Probit), dense(3, 2)];
    refused(probit, Loss::CROSS_ENTROPY, &["number 2", "sigmoid"]);
    let twice = vec![dense(4, 3), dense(3, 2)];
    refused(twice, Loss::CROSS_ENTROPY, &["number 2", "leave it out"]);
    let softmax = vec![dense(4, 2), Stage::Link(Link::Softmax)];
    refused(softmax, Loss::SquaredError, &["model.loss", "cross_entropy"]);
}
