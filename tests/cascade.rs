//! Deciding with few numbers: known answers of arXiv 2402.04359, recomputed, and the cascade.

mod support;

use fejer::cascade::{GiveUp, nested, oracle_cost};
use fejer::{Cascade, Head, Link};
use support::{Random, assert_close, figure, random_features, random_head};

const FEATURES: usize = 5;
const ROWS: usize = 6;
const OUTPUTS: usize = 3;

/// arXiv 2402.04359, the figures of the notes: three states, two of them, and giving up at the end.
#[test]
fn the_adaptive_oracle_costs_what_it_should() {
    let solved = |accuracies: &[f64]| {
        let mut solved = accuracies.to_vec();
        nested(&mut solved);
        solved
    };
    let (costs, accuracies) = ([1.0, 10.0, 100.0], [0.6, 0.7, 0.8]);
    let three = oracle_cost(&costs, &solved(&accuracies), GiveUp::First);
    assert_close(three, 11.8, 1e-12, "three states");
    assert_close(100.0 / three, 8.4746, 5e-5, "gain");
    let last = oracle_cost(&costs, &solved(&accuracies), GiveUp::Last);
    assert_close(last, 31.6, 1e-12, "trying them all");
    assert_close(100.0 / last, 3.1646, 5e-5, "gain");
    let two = oracle_cost(&[1.0, 100.0], &solved(&[0.6, 0.8]), GiveUp::First);
    assert_close(two, 20.8, 1e-12, "two states");
    assert_close(100.0 / two, 4.8077, 5e-5, "gain");
    let found = format!("{three:.1} {last:.1} {two:.1}");
    figure("adaptive oracle: costs and gains", "11.8 31.6 20.8", found, true);
}

/// Nine states; which k of them to keep, both ends included. Few get most of the gain.
#[test]
fn few_exits_get_most_of_the_gain() {
    let costs: [f64; 9] = core::array::from_fn(|k| 100_f64.powf(k as f64 / 8.0));
    let accuracies: [f64; 9] = core::array::from_fn(|k| 0.6 + 0.2 * k as f64 / 8.0);
    let cost = |chosen: &[usize]| {
        let pick = |values: &[f64; 9]| chosen.iter().map(|&k| values[k]).collect::<Vec<_>>();
        oracle_cost(&pick(&costs), &pick(&accuracies), GiveUp::First)
    };
    let all = cost(&[0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert_close(all, 6.45509, 5e-6, "nine states");
    assert_close(100.0 / all, 15.4916, 5e-5, "gain");
    let best = |count: u32| {
        (0..512_u32)
            .filter(|chosen| chosen.count_ones() == count && chosen & 0x101 == 0x101)
            .map(|chosen| (0..9).filter(|k| chosen >> k & 1 == 1).collect::<Vec<usize>>())
            .min_by(|a, b| cost(a).total_cmp(&cost(b)))
            .expect("there is one")
    };
    let published: [(u32, &[usize], f64); 4] = [
        (2, &[0, 8], 4.808),
        (3, &[0, 5, 8], 9.503),
        (4, &[0, 5, 7, 8], 11.998),
        (5, &[0, 4, 6, 7, 8], 13.723),
    ];
    for (count, chosen, gain) in published {
        assert_eq!(best(count), chosen);
        assert_close(100.0 / cost(chosen), gain, 5e-4, "gain");
    }
    let found = format!("{:.4} and 4 choices", 100.0 / all);
    figure("adaptive oracle: nine states and the best few", "15.4916 and 4 choices", found, true);
}

/// The first head that is sure answers; nothing after it is asked.
#[test]
fn a_cascade_leaves_at_the_first_head_that_is_sure() {
    let cascade = Cascade::new([0.75_f32, 0.75, 0.0], [1.0, 10.0, 100.0]);
    let answers = |first: f32, second: f32| {
        let mut asked = 0;
        let decision = cascade.decide(|exit| {
            asked += 1;
            match exit {
                0 => [first, 1.0 - first],
                1 => [1.0 - second, second],
                _ => [0.375, 0.625],
            }
        });
        assert_eq!(asked, decision.exit + 1);
        (decision.class, decision.exit, decision.cost)
    };
    assert_eq!(answers(0.75, 1.0), (0, 0, 1.0));
    assert_eq!(answers(0.7, 0.8), (1, 1, 11.0));
    assert_eq!(answers(0.5, 0.5), (1, 2, 111.0));
    assert_eq!(answers(f32::NAN, 0.9), (1, 1, 11.0));
}

/// A small head and a large one on the same random task: the cascade is as good as the large head
/// within its threshold's error and cheaper, and no cascade is cheaper than the oracle at the
/// accuracy of the oracle.
#[test]
fn a_cascade_is_bounded_by_the_oracle() {
    let mut random = Random::new(6);
    let truth = random_head::<f64, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let mut small = [[0.0; OUTPUTS]; 3];
    small[..2].copy_from_slice(&truth.weights()[..2]);
    small[2] = truth.weights()[ROWS - 1];
    let small = Head::<f64, 3, OUTPUTS>::new(Link::Softmax, small.map(|row| row.map(|w| 4.0 * w)));
    let large = Head::<f64, ROWS, OUTPUTS>::new(
        Link::Softmax,
        truth.weights().map(|row| row.map(|w| 4.0 * w)),
    );
    let inputs: Vec<([f64; FEATURES], usize)> = (0..2_000)
        .map(|_| {
            let features = random_features(&mut random);
            let shares = large.predict(&features);
            let draw = random.uniform();
            let class =
                if draw < shares[0] { 0 } else { 1 + usize::from(draw >= shares[0] + shares[1]) };
            (features, class)
        })
        .collect();
    let share = |right: &dyn Fn(&[f64; FEATURES]) -> usize| {
        inputs.iter().filter(|(x, class)| right(x) == *class).count() as f64 / inputs.len() as f64
    };
    let small_decides = |x: &[f64; FEATURES]| small.decide(&[x[0], x[1]]);
    let large_decides = |x: &[f64; FEATURES]| large.decide(x);
    let either =
        inputs.iter().filter(|(x, class)| small_decides(x) == *class || large_decides(x) == *class);
    let solved = [share(&small_decides), either.count() as f64 / inputs.len() as f64];
    // In a cascade both are paid for.
    let oracle = oracle_cost(&[1.0, 11.0], &solved, GiveUp::First);
    let mut last = 0.0;
    for threshold in [0.0, 0.5, 0.7, 0.9, 1.1] {
        let cascade = Cascade::new([threshold, 0.0], [1.0, 10.0]);
        let decide = |x: &[f64; FEATURES]| {
            cascade.decide(
                |exit| if exit == 0 { small.predict(&[x[0], x[1]]) } else { large.predict(x) },
            )
        };
        let cost = inputs.iter().map(|(x, _)| decide(x).cost).sum::<f64>() / inputs.len() as f64;
        let accuracy = share(&|x: &[f64; FEATURES]| decide(x).class);
        assert!(cost >= last && accuracy <= solved[1], "{threshold}: {cost} {accuracy}");
        assert!(accuracy < solved[1] || cost >= oracle, "{threshold}: {cost} {oracle}");
        last = cost;
        if threshold == 0.9 {
            assert!(accuracy > share(&large_decides) - 0.02 && cost < 11.0, "{accuracy} {cost}");
        }
    }
    assert_close(last, 11.0, 1e-12, "a threshold above 1 asks both");
}
