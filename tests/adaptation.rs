//! Fine-tuning with few numbers, and deciding with few: the low-rank head and the cascade.
//!
//! Known answers: arXiv 2402.02347 and arXiv 2402.04359, recomputed.

mod support;

use fejer::cascade::{GiveUp, nested, oracle_cost};
use fejer::fixed::types::{I8F24, I16F16};
use fejer::low_rank::{Factors, LowRankHead, Order, ScaledStep};
use fejer::{Cascade, Error, Head, Link, Sample, Scalar};
use support::{Random, assert_close, largest_difference, random_features, random_head, tolerance};

type Matrix<const ROWS: usize, const COLUMNS: usize> = [[f64; COLUMNS]; ROWS];

fn times<const I: usize, const J: usize, const K: usize>(
    a: &Matrix<I, J>,
    b: &Matrix<J, K>,
) -> Matrix<I, K> {
    core::array::from_fn(|i| core::array::from_fn(|k| (0..J).map(|j| a[i][j] * b[j][k]).sum()))
}

fn transposed<const I: usize, const J: usize>(a: &Matrix<I, J>) -> Matrix<J, I> {
    core::array::from_fn(|j| core::array::from_fn(|i| a[i][j]))
}

fn combined<const I: usize, const J: usize>(
    a: &Matrix<I, J>,
    factor: f64,
    b: &Matrix<I, J>,
) -> Matrix<I, J> {
    core::array::from_fn(|i| core::array::from_fn(|j| a[i][j] + factor * b[i][j]))
}

fn apart<const I: usize, const J: usize>(a: &Matrix<I, J>, b: &Matrix<I, J>) -> f64 {
    largest_difference(a.as_flattened(), b.as_flattened())
}

fn frobenius<const I: usize, const J: usize>(a: &Matrix<I, J>) -> f64 {
    support::twin::norm(a.as_flattened())
}

const LEFT: Matrix<3, 2> = [[1.0, 2.0], [0.0, 1.0], [1.0, -1.0]];
const RIGHT: Matrix<2, 4> = [[1.0, 0.0, 2.0, -1.0], [0.0, 1.0, 1.0, 1.0]];
const FIELD: Matrix<3, 4> = [[1.0, 0.0, -1.0, 2.0], [0.0, 1.0, 1.0, 0.0], [2.0, -1.0, 0.0, 1.0]];

fn rule(step: f64, damping: f64, order: Order) -> ScaledStep<f64> {
    ScaledStep { step, damping, order }
}

/// The step with the field G fixed: ∇_B = G Aᵀ, ∇_A = Bᵀ G.
fn stepped<const I: usize, const J: usize, const R: usize>(
    factors: Factors<f64, I, J, R>,
    field: &Matrix<I, J>,
    rule: &ScaledStep<f64>,
) -> Factors<f64, I, J, R> {
    let mut factors = factors;
    factors
        .scaled_step(rule, |at, out| {
            out.left = times(field, &transposed(&at.right));
            out.right = times(&transposed(&at.left), field);
        })
        .expect("sound");
    factors
}

#[test]
fn the_scaled_step_makes_the_published_numbers() {
    let factors = Factors { left: LEFT, right: RIGHT };
    let found = stepped(factors, &FIELD, &rule(0.1, 1e-6, Order::Simultaneous));
    let right = [
        [0.836_363_73, 0.072_727_23, 2.045_454_52, -1.136_363_56],
        [0.027_272_71, 0.954_545_47, 1.009_090_91, 0.972_727_27],
    ];
    let left = [
        [1.058_823_52, 1.947_058_85],
        [-0.023_529_41, 0.941_176_49],
        [0.982_352_94, -0.994_117_65],
    ];
    assert!(apart(&found.right, &right) < tolerance::EIGHT_DIGITS, "{:?}", found.right);
    assert!(apart(&found.left, &left) < tolerance::EIGHT_DIGITS, "{:?}", found.left);
}

/// X⁺ = X − γ(G P_row + P_col G) + γ² G X† G, so the product moves the same in every basis Q.
#[test]
fn the_product_moves_the_same_in_every_basis() {
    let free = rule(0.1, 0.0, Order::Simultaneous);
    let factors = Factors { left: LEFT, right: RIGHT };
    let expected = stepped(factors, &FIELD, &free).product();

    let inverse = |m: Matrix<2, 2>| {
        let determinant = m[0][0] * m[1][1] - m[0][1] * m[1][0];
        [[m[1][1], -m[0][1]], [-m[1][0], m[0][0]]].map(|row| row.map(|x| x / determinant))
    };
    let (left_t, right_t) = (transposed(&LEFT), transposed(&RIGHT));
    let gram_left = inverse(times(&left_t, &LEFT));
    let gram_right = inverse(times(&RIGHT, &right_t));
    let by_column = times(&times(&times(&LEFT, &gram_left), &left_t), &FIELD);
    let by_row = times(&FIELD, &times(&times(&right_t, &gram_right), &RIGHT));
    let dagger = times(&times(&right_t, &gram_right), &times(&gram_left, &left_t));
    let second = times(&times(&FIELD, &dagger), &FIELD);
    let closed = combined(&times(&LEFT, &RIGHT), -0.1, &combined(&by_column, 1.0, &by_row));
    let closed = combined(&closed, 0.01, &second);
    assert!(apart(&closed, &expected) < tolerance::F64_REORDERED);

    let mut random = Random::new(2);
    for _ in 0..100 {
        let basis: Matrix<2, 2> =
            core::array::from_fn(|_| core::array::from_fn(|_| random.normal()));
        let determinant = basis[0][0] * basis[1][1] - basis[0][1] * basis[1][0];
        if determinant.abs() < 0.1 {
            continue;
        }
        let changed = Factors { left: times(&LEFT, &basis), right: times(&inverse(basis), &RIGHT) };
        let found = stepped(changed, &FIELD, &free).product();
        let difference = apart(&found, &expected);
        assert!(difference < tolerance::GL_INVARIANCE, "{difference:e} with {basis:?}");
    }
}

#[test]
fn at_the_start_only_the_left_factor_moves() {
    let factors = Factors { left: [[0.0; 2]; 3], right: RIGHT };
    let found = stepped(factors, &FIELD, &rule(0.1, 1e-6, Order::Simultaneous));
    assert_eq!(found.right, RIGHT);
    assert!(frobenius(&found.left) > 0.01);
    // Without damping the Gram matrix of B = 0 has no inverse: refused, nothing changed.
    let mut factors = factors;
    let refused = factors.scaled_step(&rule(0.1, 0.0, Order::Simultaneous), |_, _| {});
    assert_eq!((refused, factors.right), (Err(Error::Unsound), RIGHT));
}

/// Orthonormal columns from random ones (Gram–Schmidt, twice).
fn orthonormal<const I: usize, const R: usize>(random: &mut Random) -> Matrix<R, I> {
    let mut columns: Matrix<R, I> =
        core::array::from_fn(|_| core::array::from_fn(|_| random.normal()));
    for _ in 0..2 {
        for k in 0..R {
            for j in 0..k {
                let overlap: f64 = (0..I).map(|i| columns[k][i] * columns[j][i]).sum();
                columns[k] = core::array::from_fn(|i| columns[k][i] - overlap * columns[j][i]);
            }
            let length = support::twin::norm(&columns[k]);
            columns[k] = columns[k].map(|x| x / length);
        }
    }
    columns
}

/// Iterations until ‖BA − M‖/‖M‖ < 1e-10 for M (50×40) of rank 5 and condition κ, from balanced
/// factors with noise of .02√σ₅; 500 where it never gets there.
fn iterations(condition: f64, seed: u64, rule: &ScaledStep<f64>) -> u32 {
    const R: usize = 5;
    let mut random = Random::new(seed);
    let (u, v) = (orthonormal::<50, R>(&mut random), orthonormal::<40, R>(&mut random));
    let sigma: [f64; R] =
        core::array::from_fn(|k| 1.0 + (1.0 / condition - 1.0) * k as f64 / (R - 1) as f64);
    let left: Matrix<50, R> =
        core::array::from_fn(|i| core::array::from_fn(|k| u[k][i] * sigma[k].sqrt()));
    let right: Matrix<R, 40> =
        core::array::from_fn(|k| core::array::from_fn(|j| v[k][j] * sigma[k].sqrt()));
    let goal: Matrix<50, 40> = times(&left, &right);
    let noise = 0.02 * sigma[R - 1].sqrt();
    let mut factors = Factors { left, right };
    factors.left.as_flattened_mut().iter_mut().for_each(|x| *x += noise * random.normal());
    factors.right.as_flattened_mut().iter_mut().for_each(|x| *x += noise * random.normal());
    for iteration in 0..500 {
        let error = combined(&times(&factors.left, &factors.right), -1.0, &goal);
        if frobenius(&error) / frobenius(&goal) < 1e-10 {
            return iteration;
        }
        factors
            .scaled_step(rule, |at, out| {
                let error = combined(&times(&at.left, &at.right), -1.0, &goal);
                out.left = times(&error, &transposed(&at.right));
                out.right = times(&transposed(&at.left), &error);
            })
            .expect("sound");
    }
    500
}

#[test]
fn the_scaled_step_does_not_care_for_the_condition_number() {
    for order in [Order::Simultaneous, Order::Sequential] {
        for seed in 0..5 {
            let counts = [1.0, 10.0, 100.0]
                .map(|condition| iterations(condition, seed, &rule(0.5, 0.0, order)));
            assert_eq!(counts, [31, 30, 28], "{order:?}, seed {seed}");
        }
    }
    // A full step at once reflects for ever; a full step in turn is alternating least squares.
    assert_eq!(iterations(10.0, 1, &rule(1.0, 0.0, Order::Simultaneous)), 500);
    assert_eq!(iterations(10.0, 1, &rule(1.0, 0.0, Order::Sequential)), 1);
}

const FEATURES: usize = 5;
const ROWS: usize = 6;
const OUTPUTS: usize = 3;
const RANK: usize = 2;

fn samples<S: Scalar>(random: &mut Random, count: usize) -> Vec<Sample<S, FEATURES, OUTPUTS>> {
    (0..count)
        .map(|_| {
            let mut target = [S::ZERO; OUTPUTS];
            target[random.below(OUTPUTS)] = S::ONE;
            Sample { features: random_features(random), target }
        })
        .collect()
}

/// What reaches the factors is the gradient of the mean matching loss: a head with damping so large
/// that the preconditioner is I/δ moves along it.
#[test]
fn the_field_of_the_factors_is_the_gradient_of_the_matching_loss() {
    const DAMPING: f64 = 1e12;
    let mut random = Random::new(8);
    for link in support::links() {
        let factory = random_head::<f64, ROWS, OUTPUTS>(&mut random, link);
        let batch = samples::<f64>(&mut random, 4);
        let factors = Factors {
            left: core::array::from_fn(|_| core::array::from_fn(|_| random.normal())),
            right: core::array::from_fn(|_| core::array::from_fn(|_| random.normal())),
        };
        let loss = |factors: &Factors<f64, ROWS, OUTPUTS, RANK>| {
            let head = LowRankHead::with_factors(&factory, *factors);
            let losses =
                batch.iter().map(|s| link.matching_loss(&head.scores(&s.features), &s.target));
            losses.sum::<f64>() / batch.len() as f64
        };
        let mut head = LowRankHead::with_factors(&factory, factors);
        head.fine_tune(&batch, &rule(DAMPING, DAMPING, Order::Simultaneous)).expect("sound");
        let h = 1e-5;
        for (row, rank) in [(0, 0), (3, 1), (ROWS - 1, 0)] {
            let slope = |sign: f64| {
                let mut moved = factors;
                moved.left[row][rank] += sign * h;
                loss(&moved)
            };
            let expected = (slope(1.0) - slope(-1.0)) / (2.0 * h);
            let found = factors.left[row][rank] - head.factors().left[row][rank];
            assert_close(found, expected, tolerance::DIFFERENCE_QUOTIENT, "left");
        }
        for (rank, output) in [(0, 0), (1, 2)] {
            let slope = |sign: f64| {
                let mut moved = factors;
                moved.right[rank][output] += sign * h;
                loss(&moved)
            };
            let expected = (slope(1.0) - slope(-1.0)) / (2.0 * h);
            let found = factors.right[rank][output] - head.factors().right[rank][output];
            assert_close(found, expected, tolerance::DIFFERENCE_QUOTIENT, "right");
        }
    }
}

/// Twenty steps in a number type end near those in f64.
fn follows_f64<S: Scalar>(within: f64) {
    for order in [Order::Simultaneous, Order::Sequential] {
        let learnt = |random: &mut Random| fine_tuned::<S>(random, order);
        let found = learnt(&mut Random::new(4));
        let exact = fine_tuned::<f64>(&mut Random::new(4), order);
        let apart = largest_difference(&found, &exact);
        assert!(apart < within, "{order:?}: {apart:e}");
    }
}

fn fine_tuned<S: Scalar>(random: &mut Random, order: Order) -> Vec<S> {
    let n = S::from_f32;
    let factory = random_head::<S, ROWS, OUTPUTS>(random, Link::Softmax);
    let batch = samples::<S>(random, 6);
    let right = core::array::from_fn(|_| core::array::from_fn(|_| n(0.5 * random.normal() as f32)));
    let mut head = LowRankHead::<S, ROWS, OUTPUTS, RANK>::new(&factory, right);
    let rule = ScaledStep { step: n(0.25), damping: n(0.125), order };
    assert_eq!(head.merged().point(), factory.point(), "it starts at the factory head");
    for _ in 0..20 {
        head.fine_tune(&batch, &rule).expect("sound");
        // The streaming step is the batch step of a slice of one.
        head.fine_tune(&batch[..1], &rule).expect("sound");
    }
    let merged = head.merged();
    let scores =
        |s: &Sample<S, FEATURES, OUTPUTS>| (head.scores(&s.features), merged.scores(&s.features));
    for sample in &batch {
        let (ours, theirs) = scores(sample);
        assert!(largest_difference(&ours, &theirs) < tolerance::Q16_REORDERED);
    }
    merged.point().to_vec()
}

#[test]
fn every_number_type_fine_tunes_to_the_same_weights() {
    follows_f64::<f64>(tolerance::F64_REORDERED);
    follows_f64::<f32>(tolerance::F32_ORACLE);
    follows_f64::<I16F16>(tolerance::Q16_ORACLE);
    follows_f64::<I8F24>(tolerance::F32_ORACLE);
}

#[test]
fn fine_tuning_refuses_what_is_not_sound() {
    let mut random = Random::new(9);
    let factory = random_head::<f32, ROWS, OUTPUTS>(&mut random, Link::Softmax);
    let mut head = LowRankHead::<f32, ROWS, OUTPUTS, RANK>::new(&factory, [[0.5, -0.5, 0.1]; RANK]);
    let rule = ScaledStep { step: 0.1_f32, damping: 0.1, order: Order::Sequential };
    let good = samples::<f32>(&mut random, 2);
    head.fine_tune(&good, &rule).expect("sound");
    let before = *head.factors();
    let mut bad = good.clone();
    bad[1].features[2] = f32::NAN;
    assert_eq!(head.fine_tune(&bad, &rule), Err(Error::Unsound));
    let endless = ScaledStep { step: f32::INFINITY, ..rule };
    assert_eq!(head.fine_tune(&good, &endless), Err(Error::Unsound));
    head.fine_tune::<FEATURES>(&[], &rule).expect("nothing to do");
    assert_eq!(*head.factors(), before);
}

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
