//! Every link there is, with its formula by the textbook in f64.

use fejer::Link;
use fejer::link::Slope;

use super::twin::each;

type Twin = fn(&[f64]) -> Vec<f64>;

/// Every link with its slow twin: a new one is one line here. Φ is by Simpson's rule.
pub const LINKS: [(Link, Twin); 8] = [
    (Link::Identity, |u| u.to_vec()),
    (Link::Sigmoid, |u| each(u, |u| 1.0 / (1.0 + (-u).exp()))),
    (Link::Softmax, |u| each(u, |v| v.exp() / u.iter().map(|u| u.exp()).sum::<f64>())),
    (Link::Relu, |u| each(u, |u| if u > 0.0 { u } else { 0.0 })),
    (Link::LeakyRelu(SLOPE), |u| each(u, |u| if u > 0.0 { u } else { u * 13.0 / 128.0 })),
    (Link::Softplus, |u| each(u, |u| (1.0 + u.exp()).ln())),
    (Link::Tanh, |u| each(u, f64::tanh)),
    (Link::Probit, |u| each(u, distribution)),
];

const SLOPE: Slope = Slope::from_128ths(13).expect("in range");

/// Every link there is.
pub fn links() -> [Link; LINKS.len()] {
    LINKS.map(|(link, _)| link)
}

/// The prediction of one of [`LINKS`].
pub fn predicted(link: Link, scores: &[f64]) -> Vec<f64> {
    let twin = LINKS.iter().find(|(other, _)| *other == link).expect("a link of the list").1;
    twin(scores)
}

/// Φ(u)
pub fn distribution(u: f64) -> f64 {
    0.5 + simpson(u, density)
}

/// Φ'(u)
pub fn density(u: f64) -> f64 {
    (-0.5 * u * u).exp() / 2.506_628_274_631
}

/// ∫ from 0 to u.
fn simpson(u: f64, function: impl Fn(f64) -> f64) -> f64 {
    const STEPS: u32 = 2_000;
    let h = u / f64::from(STEPS);
    let weight = |k: u32| match k {
        0 | STEPS => 1.0,
        k if k % 2 == 1 => 4.0,
        _ => 2.0,
    };
    (0..=STEPS).map(|k| weight(k) * function(f64::from(k) * h)).sum::<f64>() * h / 3.0
}
