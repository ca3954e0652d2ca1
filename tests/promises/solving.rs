//! Batch methods and their operators.

use fejer::{Extragradient, Free, HeadOperator, L2Ball, Method};
use fejer::{Operator, Outcome, ProjectedStep, Sample, StepSize, Stop, solve};

use super::support::{Random, assert_close, random_features, value};
use super::*;

#[test]
fn methods_stay_in_the_set_and_find_a_solution_on_its_edge() {
    let ball = L2Ball { radius: 1.0 };
    // Zero at (3, 4), outside: the solution in the ball is (0.6, 0.8).
    let pull = |point: &[f64], out: &mut [f64]| {
        assert!(point[0].hypot(point[1]) <= 1.0 + 1e-9, "evaluated outside the set");
        (out[0], out[1]) = (point[0] - 3.0, point[1] - 4.0);
    };
    let stop = Stop { iterations: 500, check_every: 7, residual: 1e-9 };
    let mut extragradient = Extragradient::new([0.0; 2]);
    let mut projected = ProjectedStep([0.0; 2]);
    for method in [&mut extragradient as &mut dyn Method<f64>, &mut projected] {
        let (mut point, mut scratch) = ([0.0, 0.0], [0.0; 2]);
        let report =
            solve(&pull, &ball, method, StepSize::Constant(0.5), stop, &mut point, &mut scratch);
        assert_eq!(report.outcome, Outcome::Converged);
        assert!((point[0] - 0.6).abs() < 1e-8 && (point[1] - 0.8).abs() < 1e-8, "{point:?}");
    }
}

#[test]
fn a_solve_makes_no_more_steps_than_allowed() {
    let shrink = |point: &[f64], out: &mut [f64]| out[0] = point[0];
    let stop = Stop { iterations: 7, check_every: 5, residual: 0.0 };
    let (mut point, mut scratch) = ([1.0], [0.0]);
    let mut method = ProjectedStep([0.0]);
    let report =
        solve(&shrink, &Free, &mut method, StepSize::Constant(0.1), stop, &mut point, &mut scratch);
    assert_eq!((report.outcome, report.iterations), (Outcome::Exhausted, 7));
    assert_close(point[0], 0.9_f64.powi(7), 1e-12, "seven steps");
}

#[test]
fn the_field_of_a_batch_is_the_mean() {
    let mut random = Random::new(3);
    let sample =
        Sample { features: random_features::<f64, FEATURES>(&mut random), target: [1.0, 0.0, 0.0] };
    let head = factory::<f64>();
    let (mut one, mut two) = ([0.0; ROWS * OUTPUTS], [0.0; ROWS * OUTPUTS]);
    HeadOperator { link: head.link(), samples: &[sample] }.eval(head.point(), &mut one);
    HeadOperator { link: head.link(), samples: &[sample; 2] }.eval(head.point(), &mut two);
    assert!(support::largest_difference(&one, &two) < 1e-15 && value(one[0]) != 0.0);
}
