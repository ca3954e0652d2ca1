//! The published and derived reference numbers of RAPP and Lookahead: spectral radii on games, and
//! the sublinear rate.

mod support;

use fejer::fixed::types::{I8F24, I16F16};
use fejer::{Extragradient, ExtragradientPlus, Free, L2Ball, Lookahead, Method, Operator};
use fejer::{OperatorExtrapolation, Outcome, ProjectedStep, Rapp, Scalar, StepSize, Stop, solve};
use support::{Random, assert_close};

type Step = ProjectedStep<[f64; 2]>;

/// Is this what was printed, to its last digit? The few parts in a thousand beyond half a digit are
/// for ties.
fn assert_printed(found: f64, printed: &str, what: &str) {
    let (mantissa, exponent) = printed.split_once('e').unwrap_or((printed, "0"));
    let decimals = mantissa.split_once('.').expect("a point").1.len() as i32;
    let unit = 10f64.powi(exponent.parse::<i32>().expect("an exponent") - decimals);
    assert_close(found, printed.parse().expect("a number"), 0.5005 * unit, what);
}

/// The game a·xy + (b/2)x² − (b/2)y²: F(x, y) = (bx + ay, by − ax), eigenvalues b ± ia.
#[derive(Clone, Copy)]
struct Game {
    a: f64,
    b: f64,
}

impl Game {
    /// Lipschitz with modulus `scale` and exactly `comonotone`-comonotone.
    fn new(comonotone: f64, scale: f64) -> Self {
        let b = comonotone * scale * scale;
        Self { a: (scale * scale - b * b).sqrt(), b }
    }
}

impl Operator<f64> for Game {
    fn eval(&self, point: &[f64], out: &mut [f64]) {
        out[0] = self.b * point[0] + self.a * point[1];
        out[1] = self.b * point[1] - self.a * point[0];
    }
}

/// Spectral radius of one step as a linear map. On these games the map is p·I + q·J with J the
/// rotation by 90°, so both columns say the same and the eigenvalues are p ± iq.
fn radius(method: &mut dyn Method<f64>, game: Game, step: f64) -> f64 {
    let (mut right, mut up) = ([1.0, 0.0], [0.0, 1.0]);
    method.advance(&game, &Free, step, &mut right);
    method.advance(&game, &Free, step, &mut up);
    let skew = (right[0] - up[1]).abs() + (right[1] + up[0]).abs();
    assert!(skew < 1e-9, "not a rotation and a scaling: {right:?} {up:?}");
    right[0].hypot(right[1])
}

fn lookahead_step(period: u32, relaxation: f64) -> Lookahead<Step, f64, [f64; 2]> {
    Lookahead::new(ProjectedStep([0.0; 2]), period, relaxation, [0.0; 2])
}

/// mdlam_rapp.md B4, L = 1: every row and column.
#[test]
fn every_spectral_radius_on_the_quadratic_game() {
    const ROWS: &str = "\
        0.0 .90139 .99020 .71069 .90741 .72411 .95266 .71533 .71065 .98503 .79169 .95213\n\
        -0.10 .97340 1.18817 .81987 .92144 .57863 .95084 .73702 .74909 .99130 .79167 .95732\n\
        -0.25 1.08972 1.48515 .99819 .94986 .81234 .95292 .79578 .82058 1.00189 .81563 .96867\n\
        -0.40 1.21347 1.78213 1.18691 .98645 1.11981 .95279 .87035 .91743 1.01386 .88014 .98463\n\
        -0.49 1.29039 1.96033 1.30328 1.01195 1.03614 .95517 .96457 .99509 1.02167 .94258 .99661\n\
        -0.60 1.38654 2.17812 1.44770 1.04641 1.18705 .95756 1.05458 1.12360 1.03185 1.04510 1.01395\n\
        -0.90 1.65756 2.77210 1.84945 1.15612 1.60528 .97568 2.03967 2.24677 1.06298 1.47154 1.07853";
    let zeros = [0.0; 2];
    let plus = |relaxation| ExtragradientPlus::new(relaxation, zeros);
    // The exact proximal point is RAPP's limit: .99^5000 is below 2⁻⁷².
    let columns: [(&str, Box<dyn Method<f64>>, f64); 11] = [
        ("EG", Box::new(Extragradient::new(zeros)), 0.5),
        ("EG", Box::new(Extragradient::new(zeros)), 0.99),
        ("EG+ α=.5", Box::new(plus(0.5)), 0.99),
        ("EG+ α=.1", Box::new(plus(0.1)), 0.99),
        ("RAPP λ=.5 τ=50", Box::new(Rapp::new(0.5, 50, zeros)), 0.99),
        ("RAPP λ=.1 τ=400", Box::new(Rapp::new(0.1, 400, zeros)), 0.99),
        ("RAPP λ=.9 τ=400", Box::new(Rapp::new(0.9, 400, zeros)), 0.99),
        ("proximal point", Box::new(Rapp::new(1.0, 5_000, zeros)), 0.99),
        ("LA-GDA τ=2 λ=.05", Box::new(lookahead_step(2, 0.05)), 1.0 / 3f64.sqrt()),
        ("LA-GDA τ=5 λ=.1", Box::new(lookahead_step(5, 0.1)), 0.5),
        ("LA-EG+ τ=5 λ=.5", Box::new(Lookahead::new(plus(0.02), 5, 0.5, zeros)), 0.99),
    ];
    for (column, (name, mut method, step)) in columns.into_iter().enumerate() {
        for row in ROWS.lines() {
            let (comonotone, cells) = row.split_once(' ').expect("a row");
            let game = Game::new(comonotone.parse().expect("a number"), 1.0);
            let cell = cells.split(' ').nth(column).expect("a cell");
            let what = format!("{name} γ={step} ρ={comonotone}");
            assert_printed(radius(method.as_mut(), game, step), cell, &what);
        }
    }
}

/// mdlam_rapp.md B4, bilinear game: every cell, to its printed digits.
#[test]
fn every_spectral_radius_of_lookahead_on_the_bilinear_game() {
    const RELAXATIONS: [f64; 4] = [0.1, 0.25, 0.5, 0.75];
    let rows: [(f64, u32, [&str; 4]); 9] = [
        (0.1, 5, [".99126", ".98279", ".98133", ".99568"]),
        (0.1, 10, [".96114", ".91956", ".90086", ".94757"]),
        (0.1, 20, [".86062", ".68475", ".57318", ".7609"]),
        (0.1, 50, [".94247", ".89109", ".9126", "1.05658"]),
        (0.5, 2, [".98011", ".97026", "1.00778", "1.10574"]),
        (0.5, 5, [".79169", ".55491", ".64745", "1.1549"]),
        (0.5, 10, [".92816", "1.02849", "1.569", "2.284"]),
        (0.5, 20, [".14236", "1.591", "4.16", "6.74"]),
        (1.0, 2, [".92195", ".90139", "1.118", "1.521"]),
    ];
    let game = Game::new(0.0, 1.0);
    for (step, period, cells) in rows {
        for (relaxation, printed) in RELAXATIONS.into_iter().zip(cells) {
            let found = radius(&mut lookahead_step(period, relaxation), game, step);
            assert_printed(found, printed, &format!("γ={step} τ={period} λ={relaxation}"));
        }
    }
    for (step, printed) in [(0.1, "1.00499"), (0.5, "1.118")] {
        assert_printed(radius(&mut ProjectedStep([0.0; 2]), game, step), printed, "plain step");
        for relaxation in RELAXATIONS {
            assert!(radius(&mut lookahead_step(1, relaxation), game, step) > 1.0);
        }
    }
}

/// B2.6: with τ = 2 the bilinear game is tamed exactly for λ < 2/(4 + γ²).
#[test]
fn lookahead_of_two_converges_up_to_its_largest_relaxation_and_not_beyond() {
    for step in [0.1, 0.5, 1.0] {
        let largest = 2.0 / (4.0 + step * step);
        let game = Game::new(0.0, 1.0);
        assert!(radius(&mut lookahead_step(2, 0.999 * largest), game, step) < 1.0);
        assert!(radius(&mut lookahead_step(2, 1.001 * largest), game, step) > 1.0);
    }
}

/// Below ρ = −.13577/L no step of extragradient converges on the quadratic game, and the exact
/// relaxed proximal point does for λ < 2(1 + ρ/γ).
#[test]
fn thresholds_of_comonotonicity() {
    let best = |comonotone: f64| {
        (1..=1_000)
            .map(|k| {
                let step = f64::from(k) * 1e-3;
                radius(&mut Extragradient::new([0.0; 2]), Game::new(comonotone, 1.0), step)
            })
            .fold(f64::INFINITY, f64::min)
    };
    assert!(best(-0.1357) < 1.0);
    assert!(best(-0.1359) > 1.0);
    assert_printed(best(0.0), "0.86603", "best radius at ρ = 0");
    assert_printed(best(-0.1), "0.97178", "best radius at ρ = −.1");
    for (comonotone, step) in [(-0.25, 0.9), (-0.45, 0.95), (-0.7, 0.95)] {
        let largest = 2.0 * (1.0 + comonotone / step);
        let game = Game::new(comonotone, 1.0);
        assert!(radius(&mut Rapp::new(0.999 * largest, 2_000, [0.0; 2]), game, step) < 1.0);
        assert!(radius(&mut Rapp::new(1.001 * largest, 2_000, [0.0; 2]), game, step) > 1.0);
    }
}

#[test]
fn lookahead_solves_the_bilinear_game_on_which_the_plain_step_diverges() {
    let game = Game::new(0.0, 1.0);
    let stop = Stop { iterations: 2_000, check_every: 1, residual: 1e-10 };
    let run = |method: &mut dyn Method<f64>| {
        let (mut point, mut scratch) = ([1.0, 0.5], [0.0; 2]);
        solve(&game, &Free, method, StepSize::Constant(0.5), stop, &mut point, &mut scratch)
    };
    let plain = run(&mut ProjectedStep([0.0; 2]));
    assert_eq!(plain.outcome, Outcome::Diverged, "{plain:?}");
    let tamed = run(&mut lookahead_step(5, 0.25));
    assert_eq!(tamed.outcome, Outcome::Converged, "{tamed:?}");
    // .55491ᵏ · √1.25 ≤ 1e-10 needs at least 39 cycles.
    assert!((38..=42).contains(&tamed.iterations), "{tamed:?}");
}

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
    for (comonotone, cells) in ROWS {
        let scales = Scales { comonotone };
        for (steps, printed) in STEPS.into_iter().zip(cells) {
            // .95^1000 = 5e-23: the exact resolvent.
            let exact = scales.squared_residual(&mut Rapp::new(0.5, 1_000, [0.0; 2]), steps);
            let what = format!("ρ={comonotone} K={steps}");
            assert_printed(exact, printed, &what);
            // At ρ = 0 the notes print one row for both; elsewhere .95^50 = .08 shows at K = 10.
            if comonotone == 0.0 || steps > 10 {
                let fifty = scales.squared_residual(&mut Rapp::new(0.5, 50, [0.0; 2]), steps);
                assert_printed(fifty, printed, &what);
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

/// Bit by bit, on numbers with few binary digits so that nothing is rounded: B6 of the notes.
fn identities<S: Scalar>() {
    let quarters = |random: &mut Random| S::from_scaled(random.below(33) as i32 - 16, 2);
    for seed in 0..20 {
        let mut random = Random::new(seed);
        let matrix: [[S; 3]; 3] = core::array::from_fn(|_| {
            core::array::from_fn(|_| S::from_scaled(random.below(5) as i32 - 2, 0))
        });
        let operator = |point: &[S], out: &mut [S]| {
            for (out, row) in out.iter_mut().zip(&matrix) {
                *out = row.iter().zip(point).fold(S::ZERO, |sum, (&a, &x)| sum + a * x);
            }
        };
        let start: [S; 3] = core::array::from_fn(|_| quarters(&mut random));
        let zeros = [S::ZERO; 3];
        let [half, quarter] = [S::from_scaled(1, 1), S::from_scaled(1, 2)];
        let after = |method: &mut dyn Method<S>, step: S| {
            let mut point = start;
            method.advance(&operator, &Free, step, &mut point);
            point
        };
        let plain = after(&mut ProjectedStep(zeros), half * quarter);
        assert_eq!(after(&mut Rapp::new(half, 1, zeros), quarter), plain, "τ = 1: λγ");
        let plus = after(&mut ExtragradientPlus::new(half, zeros), quarter);
        assert_eq!(after(&mut Rapp::new(half, 2, zeros), quarter), plus, "τ = 2: EG+");
        let full = after(&mut Extragradient::new(zeros), quarter);
        assert_eq!(after(&mut Rapp::new(S::ONE, 2, zeros), quarter), full, "λ = 1, τ = 2: EG");
        // LA-GDA with τ = 2 is the mean of the projected step of length 2λγ and EG+.
        let base = ProjectedStep(zeros);
        let mean = after(&mut Lookahead::new(base, 2, quarter, zeros), quarter);
        let long = after(&mut ProjectedStep(zeros), half * quarter);
        let relaxed = after(&mut ExtragradientPlus::new(half, zeros), quarter);
        for k in 0..3 {
            assert_eq!(mean[k] + mean[k], long[k] + relaxed[k]);
        }
    }
}

/// Bit by bit on any numbers, with and without a constraint.
fn identities_with_rounding<S: Scalar>() {
    for seed in 0..20 {
        let mut random = Random::new(seed);
        let matrix: [[S; 3]; 3] =
            core::array::from_fn(|_| support::random_features::<S, 3>(&mut random));
        let operator = |point: &[S], out: &mut [S]| {
            for (out, row) in out.iter_mut().zip(&matrix) {
                *out = row.iter().zip(point).fold(S::ZERO, |sum, (&a, &x)| sum + a * x);
            }
        };
        let start = support::random_features::<S, 3>(&mut random);
        let (zeros, step) = ([S::ZERO; 3], S::from_f32(0.1));
        let ball = L2Ball { radius: S::ONE };
        let after = |method: &mut dyn Method<S>, advances: usize| {
            let mut point = start;
            (0..advances).for_each(|_| method.advance(&operator, &ball, step, &mut point));
            point
        };
        let lookahead = after(&mut Lookahead::new(Extragradient::new(zeros), 3, S::ONE, zeros), 4);
        let inner = after(&mut Extragradient::new(zeros), 12);
        assert_eq!(lookahead, inner, "λ = 1");
        let frozen = after(&mut OperatorExtrapolation::new(S::ZERO, zeros), 12);
        assert_eq!(frozen, after(&mut ProjectedStep(zeros), 12), "operator extrapolation, λ = 0");
    }
}

#[test]
fn methods_that_are_the_same_are_the_same_to_the_last_bit() {
    identities::<f32>();
    identities::<f64>();
    identities::<I16F16>();
    identities::<I8F24>();
    identities_with_rounding::<f32>();
    identities_with_rounding::<f64>();
    identities_with_rounding::<I16F16>();
    identities_with_rounding::<I8F24>();
}
