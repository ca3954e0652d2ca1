//! mdlam_rapp.md A7, block by block.

use fejer::Link;
use fejer_host::mdlam::{Block, Settings, Solver, Variant};
use fejer_host::model::Loss;
use fejer_host::real::Real;
use proptest::prelude::*;

use crate::problem::{Problem, WIDTHS, links};
use crate::support::{figure, tolerance};

/// Any network, penalty and ε, at rest or shrinking.
fn settings() -> impl Strategy<Value = (Link, Loss, Settings, usize, u64)> {
    let losses = prop_oneof![Just(Loss::CROSS_ENTROPY), Just(Loss::SquaredError)];
    let variants = prop_oneof![Just(Variant::Accelerated), Just(Variant::Plain)];
    let numbers = (-3.0..1.0, -3.0..2.0, 0.0..1.0, 0.0..0.1, 0.0..0.1);
    let links = (0..links().len()).prop_map(|index| links()[index]);
    (links, losses, variants, numbers, 5_usize..60, any::<u64>()).prop_map(
        |(link, loss, variant, (rho, epsilon, kept, ridge, lasso), examples, seed)| {
            let [rho, epsilon] = [rho, epsilon].map(|power: f64| 10_f64.powf(power));
            // from one phase to ten
            let least_epsilon = epsilon * 1e-3_f64.powf(kept);
            let settings = Settings { rho, epsilon, least_epsilon, ridge, lasso, variant };
            (link, loss, settings, examples, seed)
        },
    )
}

/// What holds after every update: the objective never rises, and no number leaves its box.
fn holds<T: Real>(solver: &mut Solver<'_, T>, epochs: u32, rounding: f64) -> f64 {
    let places = 32.0 * if T::BYTES == 4 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let mut worst: f64 = 0.0;
    for _ in 0..epochs {
        solver.begin();
        let mut before = solver.objective().value();
        for block in solver.blocks() {
            solver.update(block);
            let now = solver.objective();
            let rise = (now.value() - before) / before.abs().max(1e-3);
            assert!(rise <= rounding, "{block:?}, epoch {}: {rise:e}", solver.epochs());
            worst = worst.max(rise);
            before = now.value();
            let epsilon = solver.phase().epsilon;
            // the last places of outputs below 32
            let bound = epsilon * (1.0 + 1e-12) + places;
            assert!(now.worst <= bound, "{block:?}: {:e} beside {epsilon:e}", now.worst);
        }
    }
    worst
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_block_raises_the_objective_and_every_output_stays_near_its_scores(
        (link, loss, settings, examples, seed) in settings()
    ) {
        let problem = Problem::<f64>::new(link, loss, examples, seed);
        holds(&mut problem.solver(settings), 25, tolerance::OBJECTIVE);
    }

    #[test]
    fn the_last_scores_are_stationary_and_keep_the_sums_of_what_they_come_from(
        (link, _, settings, examples, seed) in settings()
    ) {
        let problem = Problem::<f64>::new(link, Loss::CROSS_ENTROPY, examples, seed);
        let mut solver = problem.solver(settings);
        let top = WIDTHS.len() - 2;
        for _ in 0..8 {
            solver.begin();
            for block in solver.blocks() {
                solver.update(block);
            }
            prop_assert!(solver.last_residual() <= tolerance::STATIONARY);
            let (below, weights) = (&solver.variables().outputs[top - 1], problem.model.weights(2 * top));
            let weights = &solver.variables().point[weights];
            for (row, scores) in solver.variables().scores[top].view().each_row().enumerate() {
                let given = below.row(row).iter().chain([&1.0]);
                let lifted = given.zip(weights.chunks(scores.len()));
                let came: f64 = lifted.map(|(a, w)| a * w.iter().sum::<f64>()).sum();
                let off = (scores.iter().sum::<f64>() - came).abs();
                let most = 3.0 * tolerance::STATIONARY / settings.rho;
                prop_assert!(off <= most, "{off:e} at rho {}", settings.rho);
            }
        }
    }

    /// W₊ solves G + θ(W₊ − W) + µW₊ = 0 for one θ, at least ρ·λ_max, and F falls by (θ/2)‖W₊ − W‖².
    #[test]
    fn a_plain_step_of_the_weights_is_proximal_and_decreases_as_the_lemma_says(
        (link, loss, settings, examples, seed) in settings()
    ) {
        let settings = Settings { lasso: 0.0, variant: Variant::Plain, ..settings };
        let problem = Problem::<f64>::new(link, loss, examples, seed);
        let mut solver = problem.solver(settings);
        (0..3).for_each(|_| solver.epoch());
        solver.begin();
        for layer in 0..WIDTHS.len() - 1 {
            let gradient = crate::naive::gradient(&solver, &problem, settings.rho, layer);
            let range = problem.model.weights(2 * layer);
            let matrix = range.start..range.end - WIDTHS[layer + 1];
            let old = solver.variables().point[matrix.clone()].to_vec();
            let before = solver.objective().value();
            solver.update(Block::Weights(layer));
            let fallen = before - solver.objective().value();
            let new = &solver.variables().point[matrix];
            let [mut along, mut square] = [0.0; 2];
            for ((w, old), g) in new.iter().zip(&old).zip(&gradient) {
                along += (old - w) * (g + settings.ridge * w);
                square += (old - w) * (old - w);
            }
            if square < 1e-20 {
                continue; // stood still already
            }
            let theta = along / square;
            for ((w, old), g) in new.iter().zip(&old).zip(&gradient) {
                let left = g + theta * (w - old) + settings.ridge * w;
                prop_assert!(left.abs() <= 1e-9 * (1.0 + g.abs()), "{left:e}");
            }
            let owed = 0.5 * theta * square;
            let rounding = tolerance::OBJECTIVE * before.abs();
            prop_assert!(fallen >= owed - rounding, "{fallen:e} of {owed:e}");
            for block in [Block::Bias(layer), Block::Scores(layer)] {
                solver.update(block);
            }
        }
    }
}

#[test]
fn in_f32_the_objective_rises_by_rounding_at_most() {
    let mut worst: f64 = 0.0;
    for link in links() {
        let problem = Problem::<f32>::new(link, Loss::CROSS_ENTROPY, 60, 4);
        let settings = Settings { rho: 0.1, ridge: 0.01, ..Settings::default() };
        worst = worst.max(holds(&mut problem.solver(settings), 60, tolerance::OBJECTIVE_F32));
    }
    figure("mDLAM in f32: rise of the objective in a phase", "≤ 1e-6 of it", worst, true);
}

/// 200 epochs at ε of .01 to 1000 and with the schedule (mdlam_rapp.md A6.2).
#[test]
fn in_f64_the_objective_never_rises_within_a_phase() {
    let mut worst: f64 = 0.0;
    for link in links() {
        for (epsilon, least_epsilon) in [(0.01, 0.01), (1.0, 1.0), (1e3, 1e3), (100.0, 1e-3)] {
            let problem = Problem::<f64>::new(link, Loss::CROSS_ENTROPY, 60, 2);
            let given = Settings { rho: 0.1, ridge: 0.01, ..Settings::default() };
            let settings = Settings { epsilon, least_epsilon, ..given };
            worst = worst.max(holds(&mut problem.solver(settings), 200, tolerance::OBJECTIVE));
        }
    }
    figure(
        "mDLAM in f64: rise of the objective in a phase, block by block, four links, four schedules",
        "≤ 1e-10 of it",
        format!("{worst:.1e}"),
        worst <= tolerance::OBJECTIVE,
    );
}
