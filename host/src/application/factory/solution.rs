//! The head of the lab's samples, in f64, rounded to f32.

use std::ops::ControlFlow;

use fejer::{Class, DEFAULT_PRECISION, Head, Link};

use super::Stored;
use crate::application::Error;
use crate::fit::{self, Goal, Outcome, Problem};
use crate::matrix::Matrix;
use crate::oracle::{self, Anchor, Sample};

/// Duality gap of a classifier, as a share of its objective.
const GAP: f64 = 1e-12;
/// Residual of a regression, a sample.
const RESIDUAL: f64 = 1e-12;

pub(super) fn classifier<const ROWS: usize, const OUTPUTS: usize>(
    samples: &[Stored<Class, ROWS, OUTPUTS>],
    precision: f64,
) -> Result<Head<f32, ROWS, OUTPUTS>, Error> {
    let values = samples.iter().flat_map(|sample| sample.features().take(ROWS - 1));
    let features = Matrix::new(samples.len(), ROWS - 1, values.map(f64::from).collect());
    let labels: Vec<usize> = samples.iter().map(|sample| usize::from(sample.target.0)).collect();
    let problem = Problem {
        features: features.view(),
        labels: &labels,
        classes: OUTPUTS,
        precision,
        anchor: None,
    };
    let goal = Goal { accuracy: GAP, ..Goal::default() };
    let fitted = fit::fit(&problem, goal, &mut |_| ControlFlow::Continue(()))?;
    match fitted.outcome {
        Outcome::Certified => Ok(rounded(Link::Softmax, &fitted.weights)),
        _ => Err(Error::NotSolved { reached: fitted.progress.certificate.relative(), wanted: GAP }),
    }
}

pub(super) fn regression<const ROWS: usize>(
    samples: &[Stored<[f32; 1], ROWS, 1>],
) -> Result<Head<f32, ROWS, 1>, Error> {
    let anchor = Anchor {
        link: oracle::Link::Identity,
        factory: vec![0.0; ROWS],
        outputs: 1,
        precision: std::env::var("LAMBDA")
            .map_or(f64::from(DEFAULT_PRECISION), |l| l.parse().unwrap()),
    };
    let widened = samples.iter().map(|sample| Sample {
        features: sample.features().map(f64::from).collect(),
        target: sample.target.map(f64::from).into(),
    });
    let widened: Vec<Sample> = widened.collect();
    let wanted = RESIDUAL * samples.len() as f64;
    let solved = oracle::solution::solve(&anchor, &widened, wanted);
    if solved.residual > wanted {
        return Err(Error::NotSolved { reached: solved.residual, wanted });
    }
    Ok(rounded(Link::Identity, &solved.weights))
}

fn rounded<const ROWS: usize, const OUTPUTS: usize>(
    link: Link,
    weights: &[f64],
) -> Head<f32, ROWS, OUTPUTS> {
    let mut head = Head::zeros(link);
    for (weight, &solved) in head.point_mut().iter_mut().zip(weights) {
        *weight = solved as f32;
    }
    head
}
