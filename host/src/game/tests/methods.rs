//! Methods against their definitions, and against each other.

use fejer::{ExtragradientPlus, Free, Method, Optimistic};

use super::super::method::{AdaptiveExtragradientPlus, OptimisticAdagrad, SHARE, Written};
use super::super::{Quadratic, Scales};
use super::*;

/// On φ = xy, from and with powers of two: nothing is rounded for ten steps.
#[test]
fn rapp_with_one_evaluation_is_a_shorter_plain_step_and_with_two_is_eg_plus_bit_for_bit() {
    let game = Quadratic::new(0.0, 1.0).game();
    for tau_and_twin in [
        (1, Spec::new(Rule::Plain, 0.125)),
        (2, Spec { alpha: 0.5, ..Spec::new(Rule::ExtragradientPlus, 0.25) }),
    ] {
        let (tau, twin) = tau_and_twin;
        let rapp = Spec { tau, lambda: 0.5, ..Spec::new(Rule::Rapp, 0.25) };
        for steps in 1..=10 {
            let [x, y] = [rapp, twin].map(|spec| after(&game, &spec, [0.5, 1.0], steps));
            assert_eq!(x, y, "{twin}");
            assert_ne!(x, [0.5, 1.0]);
        }
    }
}

#[test]
fn optimistic_adagrad_with_a_huge_offset_is_osg_bit_for_bit() {
    const HUGE: f64 = (1_u64 << 60) as f64;
    for name in PAIRS {
        let game = name.game(-0.1);
        let mut adagrad = OptimisticAdagrad::new(HUGE, 2);
        let mut osg = Optimistic::new([0.0; 2]);
        let (mut x, mut y) = ([0.3, -0.2], [0.3, -0.2]);
        for _ in 0..50 {
            adagrad.advance(game.field.as_ref(), &Free, 0.03 * HUGE, &mut x);
            osg.advance(game.field.as_ref(), &Free, 0.03, &mut y);
            assert_eq!(x, y, "{name:?}");
        }
        assert_ne!(x, [0.3, -0.2]);
    }
}

/// By hand for two steps on F(x, y) = (y, −x): H between the lines stays the old one.
#[test]
fn optimistic_adagrad_takes_the_old_scale_in_both_lines_and_never_lets_it_shrink() {
    let game = Quadratic::new(0.0, 1.0).game();
    let mut method = OptimisticAdagrad::new(0.5, 2);
    let mut point = [1.0, 2.0];
    method.advance(game.field.as_ref(), &Free, 0.1, &mut point);
    // H₀ = ½: x₁ = z₀ − .2(2, −1) = (.6, 2.2); z₁ = z₀ − .2(2.2, −.6).
    assert!(norm(less(point, [0.56, 2.12])) < 1e-15, "{point:?}");
    let scale: Vec<f64> = method.diagonal().collect();
    let expected = [0.5 + (4.0_f64 + 2.2 * 2.2).sqrt(), 0.5 + (1.0_f64 + 0.36).sqrt()];
    assert!(norm(less([scale[0], scale[1]], expected)) < 1e-15);
    let midpoint = [0.56 - 0.1 * 2.2 / expected[0], 2.12 + 0.1 * 0.6 / expected[1]];
    let next = [0.56 - 0.1 * midpoint[1] / expected[0], 2.12 + 0.1 * midpoint[0] / expected[1]];
    method.advance(game.field.as_ref(), &Free, 0.1, &mut point);
    assert!(norm(less(point, next)) < 1e-15, "{point:?} {next:?}");
    let mut before: Vec<f64> = method.diagonal().collect();
    for _ in 0..200 {
        method.advance(game.field.as_ref(), &Free, 0.1, &mut point);
        let now: Vec<f64> = method.diagonal().collect();
        assert!(now.iter().zip(&before).all(|(now, before)| now >= before));
        before = now;
    }
}

#[test]
fn alternation_steps_one_player_after_the_other_and_circles_on_the_bilinear_game() {
    let game = Name::Bilinear.game(0.0);
    let spec = Spec::new(Rule::Alternating, 0.3);
    let point = after(&game, &spec, [0.5, 0.1], 1);
    let first = 0.5 - 0.3 * (0.1 - 0.9);
    assert!(norm(less(point, [first, 0.1 - 0.3 * (0.9 - first)])) < 1e-15, "{point:?}");
    let far = norm(less(after(&game, &spec, [0.5, 0.1], 10_000), [0.9; 2])) / norm([0.4, 0.8]);
    assert!((0.7..1.4).contains(&far), "{far}");
    let plain = norm(less(after(&game, &Spec::new(Rule::Plain, 0.3), [0.5, 0.1], 300), [0.9; 2]));
    assert!(plain > 1e5, "{plain}");
}

/// On a scaling and a rotation the adaptive α is a constant: core's EG+ with it is the same method.
#[test]
fn adaptive_eg_plus_is_eg_plus_with_the_alpha_it_chooses() {
    let game = Quadratic::new(-0.3, 1.0).game();
    let (step, start) = (0.9, [0.4, -0.7]);
    let field_at = |point| super::field(&game, point);
    let step_from = |[x, y]: [f64; 2], [f, g]: [f64; 2]| [x - step * f, y - step * g];
    let midpoint = step_from(start, field_at(start));
    let apart = less(midpoint, step_from(midpoint, field_at(midpoint)));
    let back = less(start, midpoint);
    let share = (back[0] * apart[0] + back[1] * apart[1]) / norm(apart).powi(2);
    let (mut x, mut y) = (start, start);
    let mut adaptive = AdaptiveExtragradientPlus::new(0.8, 2);
    let mut fixed = ExtragradientPlus::new(0.8 * (SHARE + share), [0.0; 2]);
    for _ in 0..20 {
        adaptive.advance(game.field.as_ref(), &Free, step, &mut x);
        fixed.advance(game.field.as_ref(), &Free, step, &mut y);
        assert!(norm(less(x, y)) < 1e-13, "{x:?} {y:?}");
    }
    assert!(norm(x) < 0.9 * norm(start));
    let mut solution = [0.0; 2];
    adaptive.advance(game.field.as_ref(), &Free, step, &mut solution);
    assert_eq!(solution, [0.0; 2], "it stays at a solution");
}

/// B6: the inner points of RAPP close in by γL each.
#[test]
fn inner_steps_shrink_by_at_most_gamma_times_lipschitz() {
    for name in PAIRS {
        let game = name.game(-0.25);
        let (step, start) = (0.9 / game.facts.lipschitz, [0.3, -0.2]);
        let inner =
            |tau| after(&game, &Spec { tau, lambda: 1.0, ..Spec::new(Rule::Rapp, step) }, start, 1);
        let moves: Vec<f64> = (1..20).map(|tau| norm(less(inner(tau + 1), inner(tau)))).collect();
        assert!(
            moves.windows(2).all(|pair| pair[1] <= 0.9 * pair[0] + 1e-15),
            "{name:?}: {moves:?}"
        );
    }
}

/// B2.3, of the exact proximal point: the residual never grows, and r_K² ≤ ‖z₀ − z*‖²/(λ(1 − λ)(K + 1)).
#[test]
fn the_residual_of_the_proximal_point_never_grows_and_keeps_its_bound() {
    for comonotone in [0.2, 0.0, -0.25, -0.45] {
        for lambda in [0.1, 0.5, 0.9] {
            let game = Scales::new(comonotone).game();
            let spec = Spec { lambda, ..Spec::new(Rule::ProximalPoint, 0.95) };
            let mut walk = Walk::free(&spec, &game);
            let mut point = game.facts.start.clone();
            let mut before = f64::INFINITY;
            for made in 0..2_000 {
                let start = point.clone();
                walk.advance(&mut point, 1);
                let residual = super::super::radius::distance(&start, &point) / lambda;
                assert!(residual <= before * (1.0 + 1e-12), "ρ={comonotone} λ={lambda} {made}");
                let bound = 1.0 / (lambda * (1.0 - lambda) * f64::from(made + 1));
                assert!(residual.powi(2) <= bound, "ρ={comonotone} λ={lambda} {made}");
                before = residual;
            }
        }
    }
}

#[test]
fn a_method_is_read_with_its_numbers_or_refused_with_what_there_is() {
    let defaults =
        super::super::method::Defaults { step: 0.1, tau: 5, lambda: 0.5, alpha: 0.25, delta: 1.0 };
    let read = |text: &str| text.parse::<Written>().map(|written| written.fill(defaults));
    let spec = read("la-eg+:alpha=.02:tau=7").unwrap();
    assert_eq!((spec.rule, spec.is_lookahead), (Rule::ExtragradientPlus, true));
    assert_eq!((spec.alpha, spec.tau, spec.lambda, spec.step), (0.02, 7, 0.5, 0.1));
    assert_eq!(spec.to_string(), "la-eg+ τ=7 λ=0.5 α=0.02 γ=0.1");
    let refused = |text: &str| read(text).unwrap_err().to_string();
    assert!(refused("sgd").contains("sgd is no method; there are gda, alternating, eg, eg+"));
    assert!(refused("eg:speed=1").contains("step, tau"));
    assert!(refused("rapp:tau=0").contains("whole number"));
    assert!(refused("rapp:lambda=2").contains("below 2"));
    assert!(refused("eg:step=nan").contains("above 0"));
}
