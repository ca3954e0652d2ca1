//! T2, first half, and the desktop's last layer against core's head.

use fejer::{HeadOperator, Link, Operator, Sample};
use fejer_host::layer::Shape;
use fejer_host::matrix::Matrix;
use fejer_host::model::{Field, Loss, Model, Stage};

use crate::networks::{dense, differences, field, normal, shares, weights};
use crate::support::{Random, figure, largest_difference, links, tolerance};

/// Two layers, the upper one with its link or, for the matching loss, without.
fn model(link: Option<Link>, loss: Loss) -> Model<f64> {
    let mut stages = vec![dense(3, 4), Stage::Link(Link::Relu), dense(4, 3)];
    stages.extend(link.map(Stage::Link));
    Model::new(Shape::flat(3), stages, loss).expect("shapes that fit")
}

/// −Σ y ln p by the textbook, p softmax or sigmoid of the scores, with the other class for sigmoid.
fn cross_entropy(link: Link, scores: &[f64], target: &[f64]) -> f64 {
    match link {
        Link::Softmax => {
            let total: f64 = scores.iter().map(|u| u.exp()).sum();
            scores.iter().zip(target).map(|(u, y)| -y * (u.exp() / total).ln()).sum()
        }
        _ => {
            let share = |u: f64| 1.0 / (1.0 + (-u).exp());
            let terms = scores.iter().zip(target);
            terms.map(|(&u, y)| -y * share(u).ln() - (1.0 - y) * share(-u).ln()).sum()
        }
    }
}

/// The monotone field of the last layer, from squared error on predictions, is the gradient of
/// cross-entropy on scores, for every link that of its matching loss.
#[test]
fn the_monotone_field_of_the_last_layer_is_the_gradient_of_the_matching_loss() {
    let (mut worst, mut against_textbook) = (0.0_f64, 0.0_f64);
    for link in links() {
        let mut random = Random::new(31);
        let squared = model(Some(link), Loss::SquaredError);
        let matching = model(None, Loss::Matching(link));
        let point = weights(&mut random, &squared);
        let (input, target) = (normal(&mut random, 7, 3), shares(&mut random, 7, 3));
        let monotone = field(&squared, &point, &input, &target, Field::Monotone);
        let gradient = field(&matching, &point, &input, &target, Field::Gradient);
        let last = squared.weights(2);
        let off = largest_difference(&monotone[last.clone()], &gradient[last.clone()]);
        worst = worst.max(off);
        assert!(off < tolerance::F64_REORDERED, "{link:?}: {off:e}");
        if !matches!(link, Link::Softmax | Link::Sigmoid) {
            continue;
        }
        // scores from a model that knows neither link nor loss
        let scores = model(None, Loss::SquaredError);
        let mut tape = scores.tape();
        let expected = differences(&point, |point| {
            let scores = scores.predict(point, input.view(), &mut tape);
            let rows = scores.each_row().zip(target.view().each_row());
            rows.map(|(scores, target)| cross_entropy(link, scores, target)).sum::<f64>() / 7.0
        });
        let off = largest_difference(&monotone[last.clone()], &expected[last]);
        against_textbook = against_textbook.max(off);
        assert!(off < tolerance::DIFFERENCE_QUOTIENT, "{link:?}: {off:e}");
    }
    let line = "T2: last layer, field − gradient of the matching loss (8 links); of cross-entropy";
    let found = format!("{worst:.0e}; {against_textbook:.0e}");
    figure(line, "≤ 1e-12; ≤ 1e-6 by differences", found, true);
}

/// One dense layer has the field of core's head, on the same flat weights.
#[test]
fn one_layer_has_the_field_of_cores_head() {
    for link in links() {
        let mut random = Random::new(32);
        let stages = vec![dense(3, 4), Stage::Link(link)];
        let model = Model::new(Shape::flat(3), stages, Loss::SquaredError).expect("fits");
        let point = weights(&mut random, &model);
        let samples: Vec<Sample<f64, 3, 4>> = (0..9)
            .map(|_| Sample {
                features: core::array::from_fn(|_| random.normal()),
                target: core::array::from_fn(|_| random.uniform()),
            })
            .collect();
        let matrix = |columns, values: Vec<f64>| Matrix::new(9, columns, values);
        let input = matrix(3, samples.iter().flat_map(|sample| sample.features).collect());
        let target = matrix(4, samples.iter().flat_map(|sample| sample.target).collect());
        let mut expected = vec![f64::NAN; point.len()];
        HeadOperator { link, samples: &samples }.eval(&point, &mut expected);
        let found = field(&model, &point, &input, &target, Field::Monotone);
        let off = largest_difference(&found, &expected);
        assert!(off < tolerance::F64_REORDERED, "{link:?}: {off:e}");
    }
}
