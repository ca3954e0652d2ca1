//! The steps on one sample, with features in numbers and in 16 bits.

use core::hint::black_box;

use fejer::streaming::{PastSample, SquaredNorm};
use fejer::{
    Extragradient, ExtragradientPlus, Lookahead, Method, NormalisedStep, ProjectedStep, Rapp,
    Sample, Scalar, Short, Stored,
};

use crate::device::{FEATURES, Number, OUTPUTS, SmallHead, SmallSample, any};

pub fn all(head: &SmallHead, sample: &SmallSample) {
    stream(*head, sample);
    if let Ok(features) = Short::store(&sample.features) {
        stream(*head, &Sample { features, target: sample.target });
    }
}

fn stream<X: Stored<Number>>(mut head: SmallHead, sample: &Sample<Number, FEATURES, OUTPUTS, X>) {
    let step = black_box(NormalisedStep::new()).after(&sample.features);
    let _ = black_box(head.projected_step(sample, step));
    let _ = black_box(head.extragradient_step(sample, step));
    let _ = black_box(head.proximal_point_step(sample, any()));
    let norm = black_box(SquaredNorm::of(&sample.features));
    let _ = black_box(head.projected_step_given(sample, norm, step));
    let _ = black_box(head.extragradient_step_given(sample, norm, step));
    let _ = black_box(head.proximal_point_step_given(sample, norm, any()));
    let mut past = PastSample::none();
    let _ = black_box(head.optimistic_step(&mut past, sample, step));
    let _ = black_box(head.extrapolated_step(&mut past, sample, any(), step));
    let zeros = [<Number as Scalar>::ZERO; OUTPUTS];
    let methods: [&mut dyn Method<Number>; 5] = [
        &mut ProjectedStep(zeros),
        &mut Extragradient::new(zeros),
        &mut ExtragradientPlus::new(any(), zeros),
        &mut Rapp::new(any(), black_box(5), zeros),
        &mut Lookahead::new(Extragradient::new(zeros), black_box(3), any(), zeros),
    ];
    for method in black_box(methods) {
        let _ = black_box(head.streaming_step(method, sample, step));
    }
    black_box((head.scores(&sample.features), head.predict(&sample.features)));
    black_box((head.decide(&sample.features), head.hash(), head.link(), head.weights()));
}
