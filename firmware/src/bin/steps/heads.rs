//! Links, the low-rank head and the cascade.

use core::hint::black_box;

use fejer::cascade::{GiveUp, nested, oracle_cost};
use fejer::link::Slope;
use fejer::low_rank::{Factors, Moments, Order, ScaledAdamW, ScaledStep};
use fejer::{Cascade, Link, LowRankHead, Scalar};

use crate::device::{Number, OUTPUTS, ROWS, SmallHead, SmallSample, any, slice};

const RANK: usize = 2;

pub fn all(head: &SmallHead, sample: &SmallSample) {
    #[cfg(feature = "q16")]
    rounded();
    for tag in black_box([[0, 0], [1, 0], [2, 0], [3, 0], [5, 0], [6, 0], [7, 0]]) {
        if let Some(link) = Link::from_tag(tag) {
            links(link, sample);
        }
    }
    if let Some(slope) = Slope::from_128ths(black_box(13)) {
        black_box(slope.value::<Number>());
        links(Link::LeakyRelu(slope), sample);
    }
    low_rank(head, sample);
    cascade(head, sample);
}

/// The factory head of a part without an FPU.
#[cfg(feature = "q16")]
fn rounded() {
    black_box(SmallHead::from_f32(&black_box(fejer::Head::zeros(Link::Tanh))));
}

fn links(link: Link, sample: &SmallSample) {
    let (mut scores, mut prediction) = ([any(); OUTPUTS], [any(); OUTPUTS]);
    let (scores, prediction) = (slice(&mut scores), slice(&mut prediction));
    link.predict(prediction);
    let mut signal = sample.target;
    link.pull_back(scores, prediction, slice(&mut signal));
    black_box((signal, link.tag(), link.lipschitz::<Number>(), link.strong_monotonicity(any())));
    black_box(link.rounding::<Number>(black_box(OUTPUTS), any().to_float()));
    black_box(link.matching_loss(scores, black_box(&sample.target[..])));
    black_box(link.fenchel_young_gap(scores, prediction));
}

fn low_rank(head: &SmallHead, sample: &SmallSample) {
    let mut low = LowRankHead::<_, ROWS, OUTPUTS, RANK>::new(head, [[any(); OUTPUTS]; RANK]);
    for order in black_box([Order::Simultaneous, Order::Sequential]) {
        let rule = ScaledStep { step: any(), damping: any(), order };
        let _ = black_box(low.fine_tune(slice(&mut [*sample; 3]), &rule));
        let mut factors = *low.factors();
        let _ = black_box(factors.scaled_step(&rule, |factors, field| *field = *factors));
        black_box(factors.product());
        let float = any().to_float();
        let rule = ScaledAdamW {
            step: float,
            damping: float,
            kept: [float; 2],
            epsilon: float,
            decay: float,
            order,
        };
        let mut moments = black_box(Moments::zeros());
        let _ = black_box(low.fine_tune_adamw(slice(&mut [*sample; 3]), &rule, &mut moments));
        let _ = black_box(
            factors.scaled_adamw_step(&rule, &mut moments, |factors, field| *field = *factors),
        );
        low = LowRankHead::with_factors(head, factors);
    }
    black_box((low.scores(&sample.features), low.predict(&sample.features)));
    black_box((low.decide(&sample.features), low.merged()));
    black_box(Factors::<Number, ROWS, OUTPUTS, RANK>::zeros());
}

fn cascade(head: &SmallHead, sample: &SmallSample) {
    let cascade = Cascade::new([any(); 2], [any(); 2]);
    black_box(
        cascade
            .decide(|exit| if exit == 0 { sample.target } else { head.predict(&sample.features) }),
    );
    let accuracies = &mut [any(); 3];
    let accuracies = slice(accuracies);
    nested(accuracies);
    for give_up in black_box([GiveUp::First, GiveUp::Last]) {
        black_box(oracle_cost(slice(&mut [any(); 3]), accuracies, give_up));
    }
}
