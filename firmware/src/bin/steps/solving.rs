//! Batch: every method on every operator, set and regulariser, with the certificates.

use core::hint::black_box;

use fejer::certificate::{distance_bound, distance_bound_free, distance_bound_from_gap};
use fejer::prox::PerRow;
use fejer::{
    Anchor, AnchoredOperator, Averaging, BoundedSet, ElasticNet, Extragradient, ExtragradientPlus,
    Free, GroupLasso, HeadOperator, Interval, L1Ball, L2Ball, Lasso, Lookahead, Method, Nesterov,
    NonNegative, Operator, OperatorExtrapolation, Optimistic, ProjectedStep, Prox, Rapp, Ridge,
    Sample, Scalar, Short, Simplex, StepSize, Stop, gap_function, natural_residual, solve,
};

use crate::device::{FEATURES, Number, OUTPUTS, ROWS, SmallHead, SmallSample, any, slice};

const LENGTH: usize = ROWS * OUTPUTS;
const ZEROS: [Number; LENGTH] = [Number::ZERO; LENGTH];

type Field<'a> = &'a dyn Operator<Number>;

pub fn all(head: &SmallHead, samples: &[SmallSample]) {
    let on_samples = HeadOperator { link: head.link(), samples };
    let anchored = AnchoredOperator { factory: head, precision: any(), samples };
    let short = black_box([Short::default(); FEATURES]);
    let short = [Sample { features: short, target: [any(); OUTPUTS] }; 3];
    let samples = black_box(&short[..]);
    let on_short = HeadOperator { link: head.link(), samples };
    let anchored_short = AnchoredOperator { factory: head, precision: any(), samples };
    let closure = |point: &[Number], out: &mut [Number]| {
        out.iter_mut().zip(point).for_each(|(out, &x)| *out = x - any());
    };
    for operator in
        black_box([&on_samples as Field<'_>, &anchored, &on_short, &anchored_short, &closure])
    {
        on_every_set(operator, head);
        with_every_method(operator, head);
    }
}

fn on_every_set(operator: Field<'_>, head: &SmallHead) {
    let (radius, strength, precision) = (any(), any(), any());
    let bounded: [&dyn BoundedSet<Number>; 5] = [
        &Interval { low: -any(), high: any() },
        &L2Ball { radius },
        &L1Ball { radius },
        &Simplex { total: any() },
        &PerRow::<_, OUTPUTS>(L1Ball { radius }),
    ];
    for set in black_box(bounded) {
        let gap = gap_function(operator, set, black_box(head.point()), slice(&mut [any(); LENGTH]));
        black_box(distance_bound_from_gap(gap, any().to_float()));
        finish(operator, set, &mut ProjectedStep(ZEROS), head);
    }
    let others: [&dyn Prox<Number>; 8] = [
        &Free,
        &NonNegative,
        &Ridge { precision },
        &Lasso { strength },
        &ElasticNet { strength, precision },
        &GroupLasso::<_, OUTPUTS> { strength },
        &Anchor { weights: head.point(), precision },
        &head.without_bias(L2Ball { radius }),
    ];
    for prox in black_box(others) {
        finish(operator, prox, &mut ProjectedStep(ZEROS), head);
    }
}

fn with_every_method(operator: Field<'_>, head: &SmallHead) {
    let mut nesterov = Nesterov::new(any(), any(), ZEROS);
    let mut point = *head;
    nesterov.advance_semi_stochastic(operator, operator, &Free, any(), slice(point.point_mut()));
    black_box((nesterov.estimate(), point));
    let plain = || ProjectedStep(ZEROS);
    let methods: [&mut dyn Method<Number>; 10] = [
        &mut plain(),
        &mut Extragradient::new(ZEROS),
        &mut ExtragradientPlus::new(any(), ZEROS),
        &mut OperatorExtrapolation::new(any(), ZEROS),
        &mut Optimistic::new(ZEROS),
        &mut Rapp::new(any(), black_box(5), ZEROS),
        &mut Lookahead::new(plain(), black_box(3), any(), ZEROS),
        &mut Averaging::new(plain(), ZEROS),
        &mut nesterov,
        &mut Nesterov::resume(any(), any(), ZEROS),
    ];
    for method in black_box(methods) {
        finish(operator, &Free, method, head);
    }
}

fn finish(
    operator: Field<'_>,
    prox: &dyn Prox<Number>,
    method: &mut dyn Method<Number>,
    head: &SmallHead,
) {
    let (mut head, mut scratch) = (*head, ZEROS);
    let (point, scratch) = (slice(head.point_mut()), slice(&mut scratch));
    let modulus = any().to_float();
    let stop = black_box(Stop { iterations: 9, check_every: 2, residual: Number::ZERO });
    let steps = [
        StepSize::Constant(any()),
        StepSize::InverseTime { modulus: any() },
        StepSize::InverseSqrt { first: any() },
    ];
    for step in black_box(steps) {
        black_box(solve(operator, prox, method, step, stop, point, scratch));
        black_box(step.at(black_box(7)));
    }
    let residual = natural_residual(operator, prox, point, scratch).to_float();
    let length = black_box(LENGTH);
    black_box(distance_bound(residual, length, modulus, modulus));
    black_box(distance_bound_free(residual, length, modulus));
}
