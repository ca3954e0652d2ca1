//! Spectral radii on the quadratic and the bilinear game, mdlam_rapp.md B4.

use fejer::{Extragradient, ExtragradientPlus, Free, Lookahead, Method};
use fejer::{Outcome, ProjectedStep, Rapp, StepSize, Stop, solve};

use super::support::figure;
use super::*;

/// Spectral radius of one step as a linear map. On these games the map is p·I + q·J with J the
/// rotation by 90°, so both columns say the same and the eigenvalues are p ± iq.
pub fn radius(method: &mut dyn Method<f64>, game: Game, step: f64) -> f64 {
    let (mut right, mut up) = ([1.0, 0.0], [0.0, 1.0]);
    method.advance(&game, &Free, step, &mut right);
    method.advance(&game, &Free, step, &mut up);
    let skew = (right[0] - up[1]).abs() + (right[1] + up[0]).abs();
    assert!(skew < 1e-9, "not a rotation and a scaling: {right:?} {up:?}");
    right[0].hypot(right[1])
}

pub fn lookahead_step(period: u32, relaxation: f64) -> Lookahead<Step, f64, [f64; 2]> {
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
    let mut cells_met = 0;
    for (column, (name, mut method, step)) in columns.into_iter().enumerate() {
        for row in ROWS.lines() {
            let (comonotone, cells) = row.split_once(' ').expect("a row");
            let game = Game::new(comonotone.parse().expect("a number"), 1.0);
            let cell = cells.split(' ').nth(column).expect("a cell");
            let what = format!("{name} γ={step} ρ={comonotone}");
            assert_printed(radius(method.as_mut(), game, step), cell, &what);
            cells_met += 1;
        }
    }
    figure("B4 table, quadratic game: cells to the last digit", "77", cells_met, cells_met == 77);
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
    let mut cells_met = 0;
    for (step, period, cells) in rows {
        for (relaxation, printed) in RELAXATIONS.into_iter().zip(cells) {
            let found = radius(&mut lookahead_step(period, relaxation), game, step);
            assert_printed(found, printed, &format!("γ={step} τ={period} λ={relaxation}"));
            cells_met += 1;
        }
    }
    for (step, printed) in [(0.1, "1.00499"), (0.5, "1.118")] {
        assert_printed(radius(&mut ProjectedStep([0.0; 2]), game, step), printed, "plain step");
        cells_met += 1;
        for relaxation in RELAXATIONS {
            assert!(radius(&mut lookahead_step(1, relaxation), game, step) > 1.0);
        }
    }
    figure("B4 table, bilinear game: cells to the last digit", "38", cells_met, cells_met == 38);
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
                let game = Game::new(comonotone, 1.0);
                (radius(&mut Extragradient::new([0.0; 2]), game, step), step)
            })
            .fold((f64::INFINITY, 0.0), |best, other| if other.0 < best.0 { other } else { best })
    };
    let [before, after] = [best(-0.13576), best(-0.13578)].map(|(radius, _)| radius);
    assert!(before < 1.0 && after > 1.0, "{before} {after}");
    let found = format!("{before:.7} before, {after:.7} after");
    figure("B4, thresholds of comonotonicity", "radius 1 at −.13577", found, true);
    let [free, tight] = [best(0.0), best(-0.1)];
    assert_printed(free.0, "0.86603", "best radius at ρ = 0");
    assert_printed(free.1, "0.707", "its step, 1/√2");
    assert_printed(tight.0, "0.97178", "best radius at ρ = −.1");
    assert_printed(tight.1, "0.554", "its step");
    let found = format!("{:.5} at {}; {:.5} at {}", free.0, free.1, tight.0, tight.1);
    let line = "B4, best radius of extragradient at ρ = 0 and −.1";
    figure(line, ".86603 at 1/√2; .97178 at .554", found, true);
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
    let found = format!("{:?} after {}; {:?}", tamed.outcome, tamed.iterations, plain.outcome);
    figure("LA-GDA on the bilinear game; the plain step", "converges; diverges", found, true);
}
