//! A transposed convolution is the adjoint of the convolution; a normalised matrix has the gradient of
//! its loss where power iteration stands still.

use fejer::Link;
use fejer_host::layer::{
    Convolution, Flatten, Image, Layer, Shape, SpectralNorm, TransposedConvolution,
};
use fejer_host::matrix::Matrix;
use fejer_host::model::{Batch, Field, Loss, Model, Stage};

use crate::networks::{differences, normal, shares};
use crate::support::{Random, figure, largest_difference, tolerance};

fn applied(
    layer: impl Layer<f64> + 'static,
    input: Shape,
    matrix: &[f64],
    x: &Matrix<f64>,
) -> Vec<f64> {
    let model = Model::new(input, vec![Stage::layer(layer)], Loss::SquaredError).expect("fits");
    let mut point = vec![0.0; model.parameters()];
    point[..matrix.len()].copy_from_slice(matrix);
    model.predict(&point, x.view(), &mut model.tape()).values().to_vec()
}

#[test]
fn a_transposed_convolution_is_the_adjoint_of_the_convolution() {
    let mut random = Random::new(71);
    let mut worst = 0.0_f64;
    // few channels and many, steps of one pixel and of two
    for (channels, filters, stride) in [(2, 3, 1), (2, 3, 2), (30, 20, 1), (1, 18, 1)] {
        let image = Image { height: 7, width: 9, channels };
        let forward = Convolution { image, filters, size: 3, stride, padding: 1 };
        let small = forward.output_image();
        let back = TransposedConvolution::new(small, channels, 3, stride, 1);
        assert_eq!(back.output_image(), image);
        let matrix = normal(&mut random, 9 * channels, filters);
        let [x, y] = [image, small].map(|image| {
            let shape = image.shape();
            normal(&mut random, 2 * shape.sites, shape.channels)
        });
        let up = applied(forward, image.shape(), matrix.values(), &x);
        let down = applied(back, small.shape(), matrix.values(), &y);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let [left, right] = [dot(&up, y.values()), dot(x.values(), &down)];
        let scale = dot(&up, &up).sqrt() * dot(y.values(), y.values()).sqrt();
        worst = worst.max((left - right).abs() / scale);
        assert!((left - right).abs() < tolerance::F64_REORDERED * scale, "{left} {right}");
    }
    figure("⟨Cx, y⟩ − ⟨x, Cᵀy⟩, relative", "≤ 1e-12", format!("{worst:.0e}"), true);
}

#[test]
fn a_spectral_norm_has_the_gradient_of_the_loss_and_a_largest_singular_value_of_one() {
    let image = Image { height: 4, width: 3, channels: 2 };
    let filters = Convolution { image, filters: 3, size: 2, stride: 1, padding: 0 };
    let stages = vec![
        Stage::layer(SpectralNorm::convolution(filters, 3)),
        Stage::Link(Link::Tanh),
        Stage::layer(Flatten),
        Stage::layer(SpectralNorm::dense(3 * 2 * 3, 2, 4)),
        Stage::Link(Link::Softmax),
    ];
    let mut model = Model::new(image.shape(), stages, Loss::SquaredError).expect("fits");
    let mut random = Random::new(72);
    let point: Vec<f64> = (0..model.parameters()).map(|_| 0.7 * random.normal()).collect();
    let (input, target) = (normal(&mut random, 5 * 12, 2), shares(&mut random, 5, 2));
    let batch = Batch::new(input.view(), target.view());
    let mut tape = model.tape();
    // u and v count as constants: their derivative vanishes where they are the singular vectors
    for _ in 0..500 {
        model.loss(&point, batch, &mut tape);
        model.absorb(&tape);
    }
    let mut found = vec![f64::NAN; point.len()];
    model.field(&point, batch, Field::Gradient, &mut tape, &mut found);
    let expected = differences(&point, |point| model.loss(point, batch, &mut tape));
    let off = largest_difference(&found, &expected);
    assert!(off < tolerance::DIFFERENCE_QUOTIENT, "{off:e}");
    figure("gradient through σ − differences", "≤ 1e-6", format!("{off:.0e}"), true);

    // twice the weights are the same layer; the bias is no part of it
    let mut doubled = point.clone();
    let range = model.weights(3);
    doubled[range.start..range.end - 2].iter_mut().for_each(|weight| *weight *= 2.0);
    let [once, twice] = [&point, &doubled]
        .map(|point| model.predict(point, input.view(), &mut tape).values().to_vec());
    assert!(largest_difference(&once, &twice) < tolerance::F64_REORDERED);
}
