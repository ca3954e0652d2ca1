//! The fit against an independent solution, and its certificate against the truth.

use super::*;
use crate::matrix::Matrix;
use crate::oracle::{Anchor, Link, Sample, solution};
use crate::random::Random;

/// Noisy classes around random centres.
fn samples(rows: usize, columns: usize, classes: usize) -> (Matrix<f64>, Vec<usize>) {
    let mut random = Random::new(7, 0);
    let centres: Vec<f64> = (0..classes * columns).map(|_| random.normal()).collect();
    let labels: Vec<usize> = (0..rows).map(|_| random.below(classes as u32) as usize).collect();
    let values = labels.iter().flat_map(|&label| &centres[label * columns..(label + 1) * columns]);
    let values = values.map(|centre| 0.5 * centre + random.normal()).collect();
    (Matrix::new(rows, columns, values), labels)
}

fn never(_: &Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn short(matrix: &Matrix<f64>) -> Matrix<f32> {
    let values = matrix.values().iter().map(|&x| x as f32).collect();
    Matrix::new(matrix.rows(), matrix.columns(), values)
}

/// P(W) by its definition.
fn objective(problem: &Problem<'_, f64>, weights: &[f64]) -> f64 {
    let classes = problem.classes;
    let mut total = 0.0;
    for (row, &label) in problem.features.each_row().zip(problem.labels) {
        let score = |k: usize| {
            let with_one = row.iter().copied().chain([1.0]).enumerate();
            with_one.map(|(at, x)| x * weights[at * classes + k]).sum::<f64>()
        };
        let exponentials: f64 = (0..classes).map(|k| libm::exp(score(k) - score(label))).sum();
        total += libm::log(exponentials);
    }
    for (at, weight) in weights.iter().enumerate() {
        let anchor = problem.anchor.map_or(0.0, |anchor| anchor[at]);
        total += 0.5 * problem.precision * (weight - anchor).powi(2);
    }
    total
}

/// The exact solution by an implementation that shares no code with this one.
fn exact(problem: &Problem<'_, f64>) -> Vec<f64> {
    let one_hot = |label: usize| (0..problem.classes).map(|k| f64::from(k == label)).collect();
    let samples: Vec<Sample> = (problem.features.each_row().zip(problem.labels))
        .map(|(row, &label)| Sample {
            features: row.iter().copied().chain([1.0]).collect(),
            target: one_hot(label),
        })
        .collect();
    let size = (problem.features.columns() + 1) * problem.classes;
    let anchor = Anchor {
        link: Link::Softmax,
        factory: problem.anchor.map_or_else(|| vec![0.0; size], <[f64]>::to_vec),
        outputs: problem.classes,
        precision: problem.precision,
    };
    let solution = solution::solve(&anchor, &samples, 1e-10);
    assert!(solution.residual <= 1e-10);
    solution.weights
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    libm::sqrt(a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum())
}

#[test]
fn the_fit_is_the_solution_of_the_oracle_and_its_certificate_holds_at_every_step() {
    // more samples than the preconditioner draws, more than one block
    let (features, labels) = samples(700, 9, 4);
    let mut random = Random::new(1, 1);
    let anchor: Vec<f64> = (0..40).map(|_| 0.3 * random.normal()).collect();
    for (precision, anchor) in [(0.01, None), (1.0, Some(&anchor[..])), (70.0, None)] {
        let view = features.view();
        let problem = Problem { features: view, labels: &labels, classes: 4, precision, anchor };
        let exact = exact(&problem);
        let least = objective(&problem, &exact);
        for passes in [0, 3, 50] {
            let goal = Goal { accuracy: 1e-12, passes, ..Goal::default() };
            let mut seen = vec![];
            let fitted = fit(&problem, goal, &mut |progress| {
                seen.push(progress.certificate);
                ControlFlow::Continue(())
            })
            .unwrap();
            assert_eq!(fitted.outcome, Outcome::Certified, "Λ = {precision}, {passes} passes");
            let last = fitted.progress.certificate;
            assert!(last.relative() <= 1e-12);
            let off = distance(&fitted.weights, &exact);
            assert!(off <= last.distance + 1e-9 && off < 1e-3, "{off:e} {:e}", last.distance);
            assert!((last.objective - objective(&problem, &fitted.weights)).abs() < 1e-9 * least);
            for certificate in seen {
                let excess = certificate.objective - least;
                assert!(excess <= certificate.gap + 1e-9 * least, "{excess:e} {certificate:?}");
                assert!(excess >= -1e-9 * least);
            }
        }
    }
}

#[test]
fn passes_alone_reach_the_goal_where_the_prior_is_strong() {
    let (features, labels) = samples(900, 6, 3);
    let problem = Problem {
        features: features.view(),
        labels: &labels,
        classes: 3,
        precision: 90.0,
        anchor: None,
    };
    let fitted = fit(&problem, Goal { passes: 40, ..Goal::default() }, &mut never).unwrap();
    assert_eq!((fitted.outcome, fitted.progress.steps), (Outcome::Certified, 0));
    let least = objective(&problem, &exact(&problem));
    let excess = objective(&problem, &fitted.weights) - least;
    assert!(excess <= fitted.progress.certificate.gap && excess < 1e-6 * least);
}

#[test]
fn short_floats_reach_the_goal_and_every_number_of_threads_gives_the_same_bits() {
    let (features, labels) = samples(6000, 20, 6);
    let short = short(&features);
    let problem = Problem {
        features: short.view(),
        labels: &labels,
        classes: 6,
        precision: 1.0,
        anchor: None,
    };
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&problem, Goal::default(), &mut never).unwrap())
    };
    let one = with(1);
    assert_eq!(one.outcome, Outcome::Certified);
    assert_eq!(one, with(2));
    assert_eq!(one, with(5));
    let long = Problem {
        features: features.view(),
        labels: &labels,
        classes: 6,
        precision: 1.0,
        anchor: None,
    };
    let weights: Vec<f64> = one.weights.iter().map(|&w| f64::from(w)).collect();
    let excess = objective(&long, &weights) / objective(&long, &exact(&long)) - 1.0;
    assert!((-1e-9..1.1e-6).contains(&excess), "{excess:e}");
}

#[test]
fn two_samples_have_their_solution_in_closed_form() {
    // classes ±1 at x = ±a with Λ: by symmetry w₊ = −w₋ = w with Λw = 2a·σ(−2aw)… each
    let a = 1.5;
    let features = Matrix::new(2, 1, vec![a, -a]);
    let problem = Problem {
        features: features.view(),
        labels: &[0, 1],
        classes: 2,
        precision: 0.7,
        anchor: None,
    };
    let goal = Goal { accuracy: 1e-14, ..Goal::default() };
    let fitted = fit(&problem, goal, &mut never).unwrap();
    let [w, minus, bias, other] = fitted.weights[..] else { panic!("four weights") };
    let expected = 2.0 * a / (1.0 + libm::exp(2.0 * a * w)) / 0.7;
    assert!((w - expected).abs() < 1e-6 && (w + minus).abs() < 1e-6, "{w} {expected}");
    assert!(bias.abs() < 1e-6 && other.abs() < 1e-6);
    assert_eq!(fitted.correct, 1.0);
}

#[test]
fn ending_early_and_bad_problems_are_told() {
    let (features, labels) = samples(500, 9, 4);
    let features = features.view();
    let good = Problem { features, labels: &labels, classes: 4, precision: 0.01, anchor: None };
    let ended = fit(&good, Goal::default(), &mut |_| ControlFlow::Break(())).unwrap();
    assert_eq!((ended.outcome, ended.progress.passes), (Outcome::Interrupted, 2));
    let few = Goal { steps: 1, ..Goal::default() };
    assert_eq!(fit(&good, few, &mut never).unwrap().outcome, Outcome::Exhausted);
    let beyond = fit(&good, Goal { accuracy: 0.0, ..Goal::default() }, &mut never).unwrap();
    assert!(matches!(beyond.outcome, Outcome::Stalled | Outcome::Exhausted));

    let refused =
        |problem: &Problem<'_, f64>| fit(problem, Goal::default(), &mut never).unwrap_err();
    assert_eq!(
        refused(&Problem { labels: &labels[1..], ..good }),
        Error::Labels { labels: 499, rows: 500 }
    );
    assert!(matches!(refused(&Problem { classes: 3, ..good }), Error::Label { label: 3, .. }));
    assert_eq!(refused(&Problem { precision: 0.0, ..good }), Error::Precision(0.0));
    assert!(matches!(refused(&Problem { anchor: Some(&[0.0]), ..good }), Error::Anchor { .. }));
    let bad = Matrix::new(1, 2, vec![0.0, f64::NAN]);
    let bad = Problem { features: bad.view(), labels: &[0], ..good };
    assert_eq!(refused(&bad), Error::NotFinite { row: 0, column: 1 });
    let none = Problem { features: View::new(0, 2, &[]), labels: &[], ..good };
    assert_eq!(refused(&none), Error::Empty);
}
