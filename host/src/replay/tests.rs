use super::agreement::Agreement;
use super::*;
use crate::dataset::Windows;
use crate::dataset::simulated::{self, Condition};
use crate::pretrain::{Goal, pretrain};
use crate::run::{Run, Stage};
use fejer::fixed::types::I16F16;
use std::sync::LazyLock;

/// Every `spacing`-th window, so that it is quick without optimisation too.
fn thin(windows: &Windows, spacing: usize) -> Windows {
    let mut thinned = Windows::default();
    for window in (0..windows.len()).step_by(spacing) {
        thinned.push_recording(&windows.samples[window], windows.labels[window]);
    }
    thinned
}

static SETTING: LazyLock<(Factory, Windows)> = LazyLock::new(|| {
    let lab = thin(&simulated::windows(Condition::Lab, 0), 5);
    let goal = Goal { residual: 1e-4, ..Goal::default() };
    let factory = pretrain(&lab, goal, &mut |_| ()).unwrap().factory;
    (factory, thin(&simulated::windows(Condition::Field, 0), 4))
});

fn story<S: Scalar<Float = f32>>(tolerance: f64) {
    let (factory, field) = &*SETTING;
    let run = Run::compose(field, 45, 1).unwrap();
    let mut agreement = Agreement::new(factory);
    let mut exactness = None;
    let mut lines = Vec::new();
    replay::<S>(&run.history(field), factory, &mut |line, learning| {
        agreement.follow(line, learning);
        if matches!(line, DeviceLine::Done { .. }) {
            exactness = Some(agreement.exactness(learning));
        }
        lines.push(line.clone());
    })
    .unwrap();
    assert!(agreement.largest() <= tolerance, "{:e}", agreement.largest());
    let exactness = exactness.unwrap();
    assert!(exactness.holds() && exactness.residual <= 1e-11, "{exactness:?}");

    let decided = |record: usize| match lines[record + 1] {
        DeviceLine::Predicted { class, .. } => Some(class),
        _ => None,
    };
    let accuracy = |stage| run.accuracy(run.measurement(stage).unwrap(), field, decided);
    let (before, after) = (accuracy(Stage::Before), accuracy(Stage::After));
    assert!(before < 0.95 && after > 0.95 && after > before, "{before} {after}");
    assert_eq!(lines.len(), 1 + run.records.len() + ROWS + 1);
    for line in &lines {
        assert_eq!(DeviceLine::parse(&line.to_string()).unwrap().as_ref(), Some(line));
    }
}

#[test]
fn f32_agrees_with_the_oracle_and_learns() {
    story::<f32>(1e-4);
}

#[test]
fn fixed_point_agrees_with_the_oracle_and_learns() {
    story::<I16F16>(2e-3);
}

#[test]
fn a_defect_of_a_history_is_told_with_its_record() {
    let (factory, field) = &*SETTING;
    let run = Run::compose(field, 45, 1).unwrap();
    let history = run.history(field);
    let replayed = |bytes: &[u8]| replay::<f32>(bytes, factory, &mut |_, _| ());
    assert_eq!(replayed(&history[1..]), Err(Error::Header));
    assert_eq!(replayed(&history[..8 + 3]), Err(Error::Truncated { record: 0 }));
    assert_eq!(replayed(&history[..8 + 2 * 4104 - 1]), Err(Error::Truncated { record: 1 }));
    let mut unknown = history[..8 + 3 * 4104].to_vec();
    unknown[8 + 4104] = 7;
    assert_eq!(replayed(&unknown), Err(Error::Record { record: 1 }));
    assert_eq!(replayed(&HEADER), Ok(()));
}

#[test]
fn a_window_that_is_not_finite_leaves_the_head_as_it_was() {
    let (factory, field) = &*SETTING;
    let mut history = HEADER.to_vec();
    let mut window = field.samples[0];
    window[17] = f32::NAN;
    for (number, label) in [(0, Some(0)), (1, None), (2, Some(200))] {
        history.extend(Record::Window { number, label }.encode());
        let samples = if number < 2 { &window } else { &field.samples[0] };
        history.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    }
    let mut hashes = Vec::new();
    let mut reasons = Vec::new();
    replay::<f32>(&history, factory, &mut |line, learning| {
        hashes.push(learning.head().hash());
        if let DeviceLine::Refused { reason, .. } = line {
            reasons.push(reason.clone());
        }
    })
    .unwrap();
    assert_eq!(reasons, ["unsound", "unsound", "target"]);
    assert!(hashes.iter().all(|hash| *hash == factory.head.hash()));
}

#[test]
fn only_what_a_device_alone_can_know_may_differ() {
    let learnt = |weights, instructions| DeviceLine::Learnt {
        window: 1,
        class: 2,
        predicted: 3,
        weights,
        remembered: 4,
        instructions,
    };
    assert!(same(&learnt(5, 6), &learnt(5, 0)));
    assert!(!same(&learnt(5, 6), &learnt(7, 6)));
    let done = |records, stack| DeviceLine::Done { records, stack };
    assert!(same(&done(1, 2), &done(1, 0)));
    assert!(!same(&done(1, 2), &done(2, 2)));
}
