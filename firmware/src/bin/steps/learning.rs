//! The anchored solve with every kind of label, and its memories.

use core::hint::black_box;

use fejer::memory::{Admission, Policy, Target, Weight};
use fejer::{Anchored, Class, Short, Smoothed, Weighted};

use crate::device::{FEATURES, Number, OUTPUTS, ROWS, SmallHead, SmallSample, any};

pub type Memory<'a, T> = Anchored<'a, Number, T, ROWS, OUTPUTS, 8>;

pub fn all(head: &SmallHead, sample: &SmallSample) {
    let class = Class(black_box(2));
    let smoothed = Smoothed { class, smoothing_256ths: black_box(26) };
    let weight = Weight::from_16ths(black_box(24)).unwrap_or(Weight::balanced(
        black_box(3),
        black_box(9),
        black_box(4),
    ));
    black_box(weight.value::<Number>());
    // A weighted label calls all that the label itself does.
    live(head, sample, class);
    live(head, sample, Weighted { target: smoothed, weight });
    live(head, sample, Weighted { target: sample.target, weight });
    choose(head, &sample.features, class);
}

fn live<T: Target<Number, OUTPUTS>>(head: &SmallHead, sample: &SmallSample, target: T) {
    let Ok(mut solve) = Memory::<T>::new(head) else { return };
    if let Ok(other) = Memory::with_precision(head, any()) {
        solve = other;
    }
    let features = &sample.features;
    let _ = black_box(solve.learn(features, target));
    if let Ok(short) = Short::store(features) {
        let _ = black_box(solve.learn(&short, target));
        black_box((solve.predict(&short), solve.decide(&short)));
    }
    let _ = black_box(solve.learn_instead_of(features, target, black_box(1)));
    solve.revisit(black_box(3));
    solve.consolidate_pass();
    let done = solve.consolidate(black_box(3), black_box(1e-3));
    black_box(done.certificate.is_certain(0.5, 2.0));
    let certificate = solve.certificate();
    black_box((certificate, solve.visits(), solve.precision(), solve.factory().hash()));
    black_box((solve.predict(features), solve.decide(features), solve.head().decide(features)));
    black_box(solve.knows(black_box(3)));
    for remembered in solve.samples() {
        black_box((remembered.codes(), remembered.features().last()));
    }
    solve.forget(black_box(1));
    solve.forget_oldest();
    solve.forget_all();
    solve.rebuild();
    black_box(solve.head().point());
}

/// A memory that chooses what it keeps.
fn choose(head: &SmallHead, features: &[Number; FEATURES], class: Class) {
    let Ok(mut solve) = Memory::<Class>::new(head) else { return };
    for policy in black_box([Policy::Ring, Policy::Reservoir, Policy::ClassBalanced]) {
        let mut admission = Admission::<OUTPUTS>::new(policy);
        let _ = black_box(solve.learn_admitted(features, class, &mut admission, black_box(77)));
        let classes = black_box([class; 5]);
        black_box(admission.place(class, || classes.into_iter(), black_box(5), black_box(99)));
        admission.record(class, classes.into_iter(), black_box(5));
        black_box(admission.seen());
    }
}
