//! The sublinear rate on many games at once, mdlam_rapp.md B4.

use fejer::{Extragradient, Free, Method, Operator};
use fejer::{ProjectedStep, Rapp};

use super::games::{lookahead_step, radius};
use super::support::figure;
use super::*;

/// 61 games of scale s = 10⁻³ … 1, each exactly ρ-comonotone: the slow ones make the rate sublinear.
struct Scales {
    comonotone: f64,
}

impl Scales {
    const COUNT: usize = 61;

    fn game(&self, index: usize) -> (f64, Game) {
        let scale = 10f64.powf(-3.0 + 3.0 * index as f64 / (Self::COUNT - 1) as f64);
        (scale, Game::new(self.comonotone, scale))
    }

    /// ‖F z_K‖² after K steps from 1/√61 in each mode. Each game is linear, so K steps shrink its
    /// mode by the K-th power of the radius.
    fn squared_residual(&self, method: &mut dyn Method<f64>, steps: i32) -> f64 {
        (0..Self::COUNT)
            .map(|index| {
                let (scale, game) = self.game(index);
                scale.powi(2) * radius(method, game, 0.95).powi(2 * steps) / Self::COUNT as f64
            })
            .sum()
    }
}

impl Operator<f64> for Scales {
    fn eval(&self, point: &[f64], out: &mut [f64]) {
        for (index, (point, out)) in point.chunks(2).zip(out.chunks_mut(2)).enumerate() {
            self.game(index).1.eval(point, out);
        }
    }
}

/// mdlam_rapp.md B4, last item: every row and column.
#[test]
fn the_sublinear_rate_over_four_decades() {
    const STEPS: [i32; 5] = [10, 100, 1_000, 10_000, 100_000];
    const ROWS: [(f64, [&str; 5]); 3] = [
        (0.0, ["1.25e-2", "1.070e-3", "1.053e-4", "1.046e-5", "9.90e-7"]),
        (-0.25, ["1.744e-2", "1.636e-3", "1.621e-4", "1.614e-5", "1.558e-6"]),
        (-0.45, ["2.585e-2", "2.837e-3", "2.853e-4", "2.848e-5", "2.792e-6"]),
    ];
    let mut cells_met = 0;
    for (comonotone, cells) in ROWS {
        let scales = Scales { comonotone };
        for (steps, printed) in STEPS.into_iter().zip(cells) {
            // .95^1000 = 5e-23: the exact resolvent.
            let exact = scales.squared_residual(&mut Rapp::new(0.5, 1_000, [0.0; 2]), steps);
            let what = format!("ρ={comonotone} K={steps}");
            assert_printed(exact, printed, &what);
            cells_met += 1;
            // At ρ = 0 the notes print one row for both; elsewhere .95^50 = .08 shows at K = 10.
            if comonotone == 0.0 || steps > 10 {
                let fifty = scales.squared_residual(&mut Rapp::new(0.5, 50, [0.0; 2]), steps);
                assert_printed(fifty, printed, &what);
                cells_met += 1;
            }
        }
        if comonotone < 0.0 {
            for step in 1..=20 {
                let step = f64::from(step) * 0.05;
                let game = scales.game(Scales::COUNT - 1).1;
                assert!(radius(&mut Extragradient::new([0.0; 2]), game, step) > 1.0);
                assert!(radius(&mut ProjectedStep([0.0; 2]), game, step) > 1.0);
            }
            let game = scales.game(Scales::COUNT - 1).1;
            assert!(radius(&mut lookahead_step(2, 0.5), game, 0.95) > 1.0);
        }
    }
    figure("sublinear-rate table: cells to the last digit", "28", cells_met, cells_met == 28);
}

/// The same numbers by running all 122 coordinates at once, and the bounds of B2.3: the residual of
/// the resolvent never grows, and r_K² ≤ ‖z_0 − z*‖²/(λ(1 − λ)(K + 1)).
#[test]
fn the_sublinear_rate_by_running_it() {
    for (comonotone, printed) in [(0.0, "1.070e-3"), (-0.25, "1.636e-3"), (-0.45, "2.837e-3")] {
        let scales = Scales { comonotone };
        let mut point = vec![(0.5 / Scales::COUNT as f64).sqrt(); 2 * Scales::COUNT];
        let mut field = point.clone();
        let mut method = Rapp::new(0.5, 400, field.clone());
        let mut before = f64::INFINITY;
        for steps in 1..=100 {
            let start = point.clone();
            method.advance(&scales, &Free, 0.95, &mut point);
            // z⁺ = z − λ(z − Tz).
            let residual = 2.0 * support::distance(&start, &point);
            assert!(residual <= before * (1.0 + 1e-9), "r grew at step {steps}");
            assert!(residual.powi(2) <= 4.0 / f64::from(steps) + 1e-9);
            before = residual;
        }
        scales.eval(&point, &mut field);
        let found: f64 = field.iter().map(|value| value * value).sum();
        assert_printed(found, printed, "‖F z_100‖²");
    }
}
