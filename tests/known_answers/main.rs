//! The published and derived reference numbers of RAPP and Lookahead: spectral radii on games, and
//! the sublinear rate.

mod games;
mod identities;
mod periods;
mod sublinear;
#[path = "../support/mod.rs"]
mod support;

use fejer::{Operator, ProjectedStep};

use support::assert_close;

type Step = ProjectedStep<[f64; 2]>;

/// Is this what was printed, to its last digit? The few parts in a thousand beyond half a digit are
/// for ties.
fn assert_printed(found: f64, printed: &str, what: &str) {
    let (mantissa, exponent) = printed.split_once('e').unwrap_or((printed, "0"));
    let decimals = mantissa.split_once('.').expect("a point").1.len() as i32;
    let unit = 10f64.powi(exponent.parse::<i32>().expect("an exponent") - decimals);
    assert_close(found, printed.parse().expect("a number"), 0.5005 * unit, what);
}

/// The game a·xy + (b/2)x² − (b/2)y²: F(x, y) = (bx + ay, by − ax), eigenvalues b ± ia.
#[derive(Clone, Copy)]
struct Game {
    a: f64,
    b: f64,
}

impl Game {
    /// Lipschitz with modulus `scale` and exactly `comonotone`-comonotone.
    fn new(comonotone: f64, scale: f64) -> Self {
        let b = comonotone * scale * scale;
        Self { a: (scale * scale - b * b).sqrt(), b }
    }
}

impl Operator<f64> for Game {
    fn eval(&self, point: &[f64], out: &mut [f64]) {
        out[0] = self.b * point[0] + self.a * point[1];
        out[1] = self.b * point[1] - self.a * point[0];
    }
}
