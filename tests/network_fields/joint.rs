//! What the joint monotone field of several layers is not: monotone (T4), or a gradient (T8).

use fejer::Link;
use fejer_host::layer::Shape;
use fejer_host::model::{Field, Loss, Model, Stage};

use crate::networks::{dense, field, normal};
use crate::support::{Random, dot, figure, norm};

/// inputs-hidden-1, ReLU and sigmoid.
fn model(hidden: usize) -> Model<f64> {
    let stages = vec![
        dense(2, hidden),
        Stage::Link(Link::Relu),
        dense(hidden, 1),
        Stage::Link(Link::Sigmoid),
    ];
    Model::new(Shape::flat(2), stages, Loss::SquaredError).expect("shapes that fit")
}

fn labels(random: &mut Random, rows: usize) -> fejer_host::matrix::Matrix<f64> {
    let values = (0..rows).map(|_| random.uniform().round()).collect();
    fejer_host::matrix::Matrix::new(rows, 1, values)
}

/// T4's counter-test: about 3 % of random pairs of weights violate monotonicity, and none in the
/// last layer alone.
#[test]
fn the_joint_field_of_two_layers_violates_monotonicity_and_the_last_layers_never() {
    const PAIRS: usize = 2_000;
    let model = model(8);
    let mut random = Random::new(41);
    let (input, target) = (normal(&mut random, 32, 2), labels(&mut random, 32));
    let product = |a: &[f64], b: &[f64]| {
        let [fa, fb] = [a, b].map(|point| field(&model, point, &input, &target, Field::Monotone));
        let images = fa.iter().zip(fb).map(|(a, b)| a - b);
        images.zip(a.iter().zip(b)).map(|(image, (a, b))| image * (a - b)).sum::<f64>()
    };
    let mut violations = 0;
    for _ in 0..PAIRS {
        let [a, mut b] =
            [0, 1].map(|_| (0..model.parameters()).map(|_| random.normal()).collect::<Vec<_>>());
        violations += usize::from(product(&a, &b) < 0.0);
        let hidden = model.weights(0);
        b[hidden.clone()].copy_from_slice(&a[hidden]);
        assert!(product(&a, &b) >= -1e-12, "the last layer alone is monotone");
    }
    let some = violations > PAIRS / 200 && violations < PAIRS / 4;
    let line = "T4: the joint field of a network of two layers is not, its last layer's is";
    let bound = "about 3 % of pairs negative; none";
    figure(line, bound, format!("{violations} of {PAIRS}; none"), some);
    assert!(some, "{violations}");
}

/// T8: on random 2-16-1 nets the hidden layer's monotone field points along its gradient on average;
/// nothing stronger holds.
#[test]
fn the_hidden_layers_fields_agree_on_average_and_not_always() {
    const NETS: usize = 2_000;
    let model = model(16);
    let mut random = Random::new(42);
    let cosines: Vec<f64> = (0..NETS)
        .map(|_| {
            let point: Vec<f64> = (0..model.parameters()).map(|_| random.normal()).collect();
            let (input, target) = (normal(&mut random, 32, 2), labels(&mut random, 32));
            let [a, b] = [Field::Gradient, Field::Monotone].map(|kind| {
                field(&model, &point, &input, &target, kind)[model.weights(0)].to_vec()
            });
            dot(&a, &b) / (norm(&a) * norm(&b))
        })
        .collect();
    let mean = cosines.iter().sum::<f64>() / NETS as f64;
    let negative = cosines.iter().filter(|&&cosine| cosine < 0.0).count();
    let found = format!("{mean:.3}; {negative} of {NETS} negative");
    let line = "T8: mean cosine of hidden field and gradient, 2-16-1";
    figure(line, "> 0 (the notes: .63; about 2 % negative)", found, mean > 0.0);
    assert!(mean > 0.0);
    assert!(cosines.iter().any(|&cosine| cosine < 0.999), "the two fields are one");
}
