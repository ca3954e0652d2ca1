//! The solver against its slow twin, and against itself on other numbers of threads.

use fejer_host::mdlam::{Settings, Variant};
use fejer_host::model::Loss;

use crate::naive::Naive;
use crate::problem::{Problem, links};
use crate::support::{figure, largest_difference, tolerance};

#[test]
fn thirty_epochs_are_those_of_the_naive_twin() {
    let mut worst: f64 = 0.0;
    for link in links() {
        for loss in [Loss::CROSS_ENTROPY, Loss::SquaredError] {
            for (epsilon, lasso) in [(8.0, 0.0), (0.1, 1e-3)] {
                let given = Settings { rho: 0.1, ridge: 0.02, lasso, ..Settings::default() };
                let settings = Settings { epsilon, least_epsilon: 0.1, ..given };
                let problem = Problem::<f64>::new(link, loss, 24, 7);
                let (mut solver, mut naive) =
                    (problem.solver(settings), Naive::new(&problem, settings));
                for epoch in 0..30 {
                    solver.epoch();
                    naive.epoch();
                    for (layer, (w, b)) in naive.w.iter().zip(&naive.b).enumerate() {
                        let expected: Vec<f64> = w.iter().flatten().chain(b).copied().collect();
                        let own = &solver.variables().point[problem.model.weights(2 * layer)];
                        let scores: Vec<f64> = naive.z[layer].iter().flatten().copied().collect();
                        let off = largest_difference(own, &expected).max(largest_difference(
                            solver.variables().scores[layer].values(),
                            &scores,
                        ));
                        assert!(
                            off <= tolerance::THIRTY_EPOCHS,
                            "{link:?} {loss:?}, epoch {epoch}, layer {layer}: {off:e}"
                        );
                        worst = worst.max(off);
                    }
                }
            }
        }
    }
    let bound = format!("≤ {:.0e}", tolerance::THIRTY_EPOCHS);
    figure(
        "mDLAM against a naive twin, weights and scores over 30 epochs",
        bound,
        format!("{worst:.1e}"),
        true,
    );
}

#[test]
fn one_two_and_three_threads_give_the_same_bits() {
    for variant in [Variant::Accelerated, Variant::Plain, Variant::Published, Variant::Penalty] {
        let problem = Problem::<f32>::new(links()[0], Loss::CROSS_ENTROPY, 601, 3);
        let settings = Settings { rho: 0.01, variant, ..Settings::default() };
        let trained = [1, 2, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.expect("threads").install(|| {
                let mut solver = problem.solver(settings);
                (0..30).for_each(|_| solver.epoch());
                (solver.variables().clone(), solver.objective())
            })
        });
        assert!(trained[0] == trained[1] && trained[0] == trained[2], "{variant:?}");
        assert_ne!(trained[0].0.point, problem.point);
    }
    figure("mDLAM by 1, 2 and 3 threads, every variant", "the same bits", "0", true);
}
