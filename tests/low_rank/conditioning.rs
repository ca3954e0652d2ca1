//! How many steps a factorisation takes.

use fejer::low_rank::{Factors, Order, ScaledStep};

use super::matrix::*;
use super::rule;
use super::support::{Random, assert_close, figure, tolerance};

/// Iterations until ‖BA − M‖/‖M‖ < 1e-10 for M (50×40) of rank 5 and condition κ, from balanced
/// factors with noise of .02√σ₅; `most` where it takes longer.
fn iterations(condition: f64, seed: u64, rule: &ScaledStep<f64>, most: u32) -> u32 {
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
    for iteration in 0..most {
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
    most
}

#[test]
fn the_scaled_step_does_not_care_for_the_condition_number() {
    for order in [Order::Simultaneous, Order::Sequential] {
        for seed in 0..5 {
            let counts = [1.0, 10.0, 100.0]
                .map(|condition| iterations(condition, seed, &rule(0.5, 0.0, order), 500));
            assert_eq!(counts, [31, 30, 28], "{order:?}, seed {seed}");
        }
        let line = format!("LoRA: iterations at condition 1, 10, 100, {order:?}");
        figure(line, "31/30/28, 5 seeds", "31/30/28, 5 seeds", true);
    }
    // A full step at once reflects for ever; a full step in turn is alternating least squares.
    assert_eq!(iterations(10.0, 1, &rule(1.0, 0.0, Order::Simultaneous), 500), 500);
    assert_eq!(iterations(10.0, 1, &rule(1.0, 0.0, Order::Sequential), 500), 1);
}

/// δ → ∞ with γ = δ/2 is the plain gradient step of ½, which does care. The notes have the counts of
/// one start, with the noise of another generator, so they are held against the median of nine.
#[test]
fn the_plain_step_cares_for_the_condition_number() {
    const DAMPING: f64 = 1e12;
    let plain = rule(0.5 * DAMPING, DAMPING, Order::Simultaneous);
    let found = [(1.0, 34.0), (10.0, 367.0), (100.0, 3_270.0)].map(|(condition, published)| {
        let mut counts: [u32; 9] =
            core::array::from_fn(|seed| iterations(condition, seed as u64, &plain, 5_000));
        counts.sort_unstable();
        let [least, .., most] = counts;
        let room = tolerance::COUNT_OF_STEPS.max(0.01 * published);
        assert_close(f64::from(counts[4]), published, room, "median of steps until 1e-10");
        format!("{} ({least} to {most})", counts[4])
    });
    let line = "LoRA: plain steps at condition 1, 10, 100";
    figure(line, "34/367/3270 ± 1 %, median of 9 starts", found.join(", "), true);
}
