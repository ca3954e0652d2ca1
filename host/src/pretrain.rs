//! Pre-training in the lab: from windows to a standardisation and a factory head.
//!
//! The head solves the anchored problem of the lab's samples, stored in 8 bit as on the device,
//! around zero weights:
//!
//! ```text
//! 0 = F(W) = Σᵢ (softmax(W ηᵢ) − yᵢ) ηᵢᵀ + Λ W
//! ```
//!
//! by the same visits as on the device, in f64, until the natural residual ‖F(W)‖_∞ is small. The
//! residual is computed by [`AnchoredOperator`], which shares nothing with the visits.
//!
//! Assumption: windows enough of every class. Reference: `fejer::anchored`.

use std::thread;

use fejer::features::{Standardise, log_bands};
use fejer::{
    Anchored, AnchoredOperator, Class, DEFAULT_PRECISION, Free, Head, Link, Sample, Target,
    natural_residual,
};

use crate::dataset::{CLASSES, Windows};

/// Bands of a window.
pub const FEATURES: usize = 64;
/// Rows of a head: the features and the bias.
pub const ROWS: usize = FEATURES + 1;
/// Classes of a head.
pub const OUTPUTS: usize = CLASSES.len();
/// Windows that pre-training holds; of more, evenly spaced ones are taken.
pub const CAPACITY: usize = 2048;

// the memory of CAPACITY samples passes through the stack on its way to the heap
const STACK_BYTES: usize = 64 << 20;
const CHECK_EVERY: u32 = 20;

/// What leaves the factory.
#[derive(Clone, Debug, PartialEq)]
pub struct Factory {
    /// Mean and deviation of the lab's features.
    pub standardise: Standardise<FEATURES>,
    /// The pre-trained head.
    pub head: Head<f32, ROWS, OUTPUTS>,
}

/// How precisely, and for how long at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    /// Prior precision Λ around zero weights.
    pub precision: f64,
    /// Natural residual to reach.
    pub residual: f64,
    /// Passes over the samples before giving up.
    pub passes: u32,
}

impl Default for Goal {
    fn default() -> Self {
        Self { precision: f64::from(DEFAULT_PRECISION), residual: 1e-8, passes: 20_000 }
    }
}

/// How far the solve is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Passes made.
    pub passes: u32,
    /// Natural residual.
    pub residual: f64,
}

/// A factory head and how it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Pretrained {
    /// What to export.
    pub factory: Factory,
    /// Windows used.
    pub windows: usize,
    /// Share of these windows the exported head classifies correctly.
    pub accuracy: f64,
    /// Natural residual of the f64 weights.
    pub residual: f64,
    /// Their duality gap.
    pub gap: f64,
    /// Certified distance of the f64 weights to the exact solution.
    pub distance: f64,
    /// Passes made.
    pub passes: u32,
}

/// Why there is no factory head.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing to learn from.
    #[error("pre-training got no windows; give recordings of at least one window a class")]
    Empty,
    /// A window whose features are not finite.
    #[error(
        "window {window} (class {class}) has no finite features: {source}; look for samples beyond 1e15 in that recording"
    )]
    Features {
        /// Its number among the lab's windows.
        window: usize,
        /// Name of its class.
        class: &'static str,
        /// What the features refused.
        source: fejer::Error,
    },
    /// The head refused the problem.
    #[error("pre-training with Λ = {precision} was refused: {source}")]
    Refused {
        /// Λ.
        precision: f64,
        /// What the head said.
        source: fejer::Error,
    },
    /// The passes ran out.
    #[error(
        "pre-training reached the residual {reached:.1e} after {passes} passes, not {wanted:.1e}; allow more passes or a larger residual"
    )]
    NotConverged {
        /// Natural residual reached.
        reached: f64,
        /// Natural residual asked for.
        wanted: f64,
        /// Passes made.
        passes: u32,
    },
    /// The system gave no thread.
    #[error("pre-training could not start its thread: {0}; free some memory")]
    Thread(#[from] std::io::Error),
}

/// Log band energies of one window.
///
/// # Errors
/// A sample that is not finite, or so large that an energy overflows.
pub fn bands(window: &[f32; fejer::features::WINDOW]) -> Result<[f32; FEATURES], fejer::Error> {
    log_bands(&mut window.clone())
}

/// Mean and deviation of each feature, summed in f64. A feature that never changes keeps its unit.
pub fn standardisation<const FEATURES: usize>(
    features: &[[f32; FEATURES]],
) -> Standardise<FEATURES> {
    let count = features.len().max(1) as f64;
    let mut standardise = Standardise { mean: [0.0; FEATURES], inverse_deviation: [1.0; FEATURES] };
    for feature in 0..FEATURES {
        let column = || features.iter().map(|row| f64::from(row[feature]));
        let mean = column().sum::<f64>() / count;
        let deviation = (column().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        standardise.mean[feature] = mean as f32;
        if deviation > 1e-6 {
            standardise.inverse_deviation[feature] = (1.0 / deviation) as f32;
        }
    }
    standardise
}

/// Pre-trains a head on the windows of the lab.
///
/// # Errors
/// See [`Error`]; a head that did not converge is not given out.
pub fn pretrain(
    lab: &Windows,
    goal: Goal,
    observe: &mut (dyn FnMut(Progress) + Send),
) -> Result<Pretrained, Error> {
    if lab.is_empty() {
        return Err(Error::Empty);
    }
    let spacing = lab.len().div_ceil(CAPACITY);
    let mut features = Vec::new();
    for (window, samples) in lab.samples.iter().enumerate().step_by(spacing) {
        let class = CLASSES.get(usize::from(lab.labels[window])).copied().unwrap_or("unknown");
        let bands = bands(samples).map_err(|source| Error::Features { window, class, source })?;
        features.push(bands);
    }
    let labels: Vec<u8> = lab.labels.iter().copied().step_by(spacing).collect();
    let standardise = standardisation(&features);
    let standard: Vec<[f64; FEATURES]> =
        features.iter().map(|features| standardise.apply(features)).collect();

    let solved = thread::scope(|scope| {
        let solve = || solve(&standard, &labels, goal, observe);
        let thread = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, solve)?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;

    let mut head = Head::zeros(Link::Softmax);
    for (weight, &solved) in head.point_mut().iter_mut().zip(&solved.weights) {
        *weight = solved as f32;
    }
    let right = |(features, &label): (&[f32; FEATURES], &u8)| {
        head.decide(&standardise.apply::<f32>(features)) == usize::from(label)
    };
    let right = features.iter().zip(&labels).filter(|&pair| right(pair)).count();
    Ok(Pretrained {
        factory: Factory { standardise, head },
        windows: labels.len(),
        accuracy: right as f64 / labels.len() as f64,
        residual: solved.residual,
        gap: solved.gap,
        distance: solved.distance,
        passes: solved.passes,
    })
}

struct Solved {
    weights: Vec<f64>,
    residual: f64,
    gap: f64,
    distance: f64,
    passes: u32,
}

fn solve(
    features: &[[f64; FEATURES]],
    labels: &[u8],
    goal: Goal,
    observe: &mut (dyn FnMut(Progress) + Send),
) -> Result<Solved, Error> {
    let refused = |source| Error::Refused { precision: goal.precision, source };
    let zeros = Head::<f64, ROWS, OUTPUTS>::zeros(Link::Softmax);
    let mut solve = Box::new(
        Anchored::<_, Class, ROWS, OUTPUTS, CAPACITY>::with_precision(&zeros, goal.precision)
            .map_err(refused)?,
    );
    for (features, &label) in features.iter().zip(labels) {
        solve.learn(features, Class(label)).map_err(refused)?;
    }
    let samples: Vec<Sample<f64, FEATURES, OUTPUTS>> = solve
        .samples()
        .map(|sample| {
            let mut stored = [0.0; FEATURES];
            stored.iter_mut().zip(sample.features()).for_each(|(to, feature)| *to = feature);
            Sample { features: stored, target: sample.target.expected() }
        })
        .collect();
    let operator =
        AnchoredOperator { factory: &zeros, precision: goal.precision, samples: &samples };
    let mut scratch = vec![0.0; ROWS * OUTPUTS];
    let mut passes = 0;
    loop {
        let residual = natural_residual(&operator, &Free, solve.head().point(), &mut scratch);
        observe(Progress { passes, residual });
        if residual <= goal.residual {
            let certificate = solve.certificate();
            return Ok(Solved {
                weights: solve.head().point().to_vec(),
                residual,
                gap: certificate.gap,
                distance: certificate.distance,
                passes,
            });
        }
        if passes >= goal.passes {
            return Err(Error::NotConverged { reached: residual, wanted: goal.residual, passes });
        }
        for _ in 0..CHECK_EVERY.min(goal.passes - passes) {
            solve.consolidate_pass();
            passes += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::simulated::{self, Condition};
    use crate::oracle::{Anchor, Link as OracleLink, Sample as OracleSample, code, solution};

    /// A few windows of each class, so that it is quick.
    fn few(windows: &Windows) -> Windows {
        let mut few = Windows::default();
        for window in (0..windows.len()).step_by(9) {
            few.push_recording(&windows.samples[window], windows.labels[window]);
        }
        few
    }

    #[test]
    fn the_pretrained_head_is_the_solution_of_the_oracle() {
        let lab = few(&simulated::windows(Condition::Lab, 0));
        let mut last = None;
        let pretrained =
            pretrain(&lab, Goal::default(), &mut |progress| last = Some(progress)).unwrap();
        assert_eq!(last.map(|last| last.passes), Some(pretrained.passes));
        assert!(pretrained.residual <= 1e-8);
        let samples: Vec<OracleSample> = lab
            .samples
            .iter()
            .zip(&lab.labels)
            .map(|(window, &label)| {
                let features: [f64; FEATURES] =
                    pretrained.factory.standardise.apply(&bands(window).unwrap());
                OracleSample::from_codes(&features.map(code), label, OUTPUTS)
            })
            .collect();
        let anchor = Anchor {
            link: OracleLink::Softmax,
            factory: vec![0.0; ROWS * OUTPUTS],
            outputs: OUTPUTS,
            precision: Goal::default().precision,
        };
        let exact = solution::solve(&anchor, &samples, 1e-12);
        assert!(exact.residual <= 1e-12);
        for (weight, exact) in pretrained.factory.head.point().iter().zip(&exact.weights) {
            assert!((f64::from(*weight) - exact).abs() < 1e-6);
        }
    }

    #[test]
    fn a_goal_out_of_reach_and_bad_windows_are_refused() {
        let lab = few(&simulated::windows(Condition::Lab, 0));
        let goal = Goal { passes: 3, ..Goal::default() };
        let result = pretrain(&lab, goal, &mut |_| ());
        assert!(matches!(result, Err(Error::NotConverged { passes: 3, .. })));
        assert!(matches!(pretrain(&Windows::default(), goal, &mut |_| ()), Err(Error::Empty)));
        let goal = Goal { precision: -1.0, ..Goal::default() };
        assert!(matches!(pretrain(&lab, goal, &mut |_| ()), Err(Error::Refused { .. })));
        let mut loud = lab;
        loud.samples[3][5] = 1e30;
        let result = pretrain(&loud, Goal::default(), &mut |_| ());
        assert!(matches!(result, Err(Error::Features { window: 3, .. })));
    }

    #[test]
    fn a_feature_that_never_changes_keeps_its_unit() {
        let standardise = standardisation(&[[2.5; FEATURES]; 4]);
        assert_eq!(standardise.mean, [2.5; FEATURES]);
        assert_eq!(standardise.inverse_deviation, [1.0; FEATURES]);
    }
}
