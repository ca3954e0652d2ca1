//! Claims are exactly those of the theorems, and no run contradicts one.

use fejer::Outcome;

use super::super::claim::{Setting, claim};
use super::*;
use crate::random::Random;

fn of(game: &Game, spec: &Spec) -> bool {
    setting(game, spec, Constraint::of(game), 1_000)
}

fn setting(game: &Game, spec: &Spec, constraint: Constraint, steps: u32) -> bool {
    let facts = &game.facts;
    let distance = super::super::radius::distance(&facts.start, &facts.solution);
    claim(game, spec, Setting { constraint, noise: 0.0, steps, distance }).is_covered
}

#[test]
fn a_claim_ends_where_its_theorem_ends() {
    let quadratic = |rho| Name::Quadratic.game(rho);
    let monotone = quadratic(0.0);
    assert!(of(&monotone, &Spec::new(Rule::Extragradient, 0.99)));
    assert!(!of(&monotone, &Spec::new(Rule::Extragradient, 1.0)));
    assert!(!of(&quadratic(-0.01), &Spec::new(Rule::Extragradient, 0.5)));
    assert!(of(&monotone, &Spec::new(Rule::Optimistic, 0.49)));
    assert!(!of(&monotone, &Spec::new(Rule::Optimistic, 0.5)));
    assert!(!of(&monotone, &Spec::new(Rule::Plain, 0.01)));
    assert!(of(&quadratic(0.3), &Spec::new(Rule::Plain, 0.59)));
    assert!(!of(&quadratic(0.3), &Spec::new(Rule::Plain, 0.61)));
    let plus = |alpha, step| Spec { alpha, ..Spec::new(Rule::ExtragradientPlus, step) };
    // α < 1 + 2ρ/γ = ½ at ρ = −.25, γ = 1.
    assert!(of(&quadratic(-0.25), &plus(0.49, 1.0)) && !of(&quadratic(-0.25), &plus(0.5, 1.0)));
    assert!(!of(&quadratic(-0.25), &plus(0.1, 0.5)) && !of(&quadratic(-0.1), &plus(0.1, 1.01)));
    // (γL)^τ ≤ 1/K: .9^66 < 1/1000 < .9^65.
    let rapp = |tau, lambda| Spec { tau, lambda, ..Spec::new(Rule::Rapp, 0.9) };
    assert!(of(&quadratic(-0.4), &rapp(66, 0.5)) && !of(&quadratic(-0.4), &rapp(65, 0.5)));
    assert!(!of(&quadratic(-0.46), &rapp(100, 0.5)) && !of(&quadratic(-0.4), &rapp(66, 1.0)));
    assert!(of(&monotone, &rapp(2, 0.5)), "EG+");
    let exact = |lambda| Spec { lambda, ..Spec::new(Rule::ProximalPoint, 0.9) };
    assert!(of(&quadratic(-0.25), &exact(1.444)) && !of(&quadratic(-0.25), &exact(1.445)));
    // ρ > −(γ/2)(1 − 2λ − (1 − λ)γ²) = −.14375 at λ = .1, γ = .5.
    let ahead = |tau| Spec::new(Rule::Plain, 0.5).looking_ahead(tau, 0.1);
    assert!(of(&quadratic(-0.143), &ahead(2)) && !of(&quadratic(-0.144), &ahead(2)));
    assert!(!of(&monotone, &ahead(3)));
    assert!(of(&monotone, &Spec::new(Rule::Extragradient, 0.9).looking_ahead(9, 0.9)));
    assert!(!of(&monotone, &Spec::new(Rule::Optimistic, 0.1).looking_ahead(2, 0.5)));
}

#[test]
fn nothing_is_claimed_of_forsaken_nor_of_rapp_on_games_that_are_only_weakly_minty() {
    let forsaken = Name::Forsaken.game(0.0);
    for step in [0.01, 0.08, 0.3] {
        for spec in every_rule(step) {
            assert!(!of(&forsaken, &spec) && !of(&forsaken, &spec.looking_ahead(2, 0.1)), "{spec}");
        }
    }
    for name in [Name::PolarI, Name::PolarIi, Name::PolarIii, Name::GlobalForsaken] {
        let game = name.game(0.0);
        let step = 0.99 / game.facts.lipschitz;
        let rapp = Spec { tau: 10_000, lambda: 0.1, ..Spec::new(Rule::Rapp, step) };
        for constraint in [Constraint::of(&game), Constraint::Free] {
            assert!(!setting(&game, &rapp, constraint, 10), "{name:?}");
        }
        let plus = Spec { alpha: 1e-4, ..Spec::new(Rule::ExtragradientPlus, step / 0.99) };
        assert_eq!(of(&game, &plus), name != Name::PolarI, "{name:?}");
        // Comonotone or not, outside of its box nobody knows.
        assert!(!setting(&game, &plus, Constraint::Free, 10));
        assert!(!setting(&game, &plus, Constraint::Box { radius: 9.0 }, 10));
    }
}

#[test]
fn a_constraint_takes_claims_away_that_speak_of_the_field_alone() {
    let game = Name::Quadratic.game(-0.2);
    let spec = Spec { tau: 100, ..Spec::new(Rule::Rapp, 0.9) };
    assert!(of(&game, &spec));
    for constraint in [Constraint::Box { radius: 1.0 }, Constraint::Lasso { strength: 0.1 }] {
        assert!(!setting(&game, &spec, constraint, 1_000));
        assert!(setting(&Name::Bilinear.game(0.0), &spec, constraint, 1_000), "monotone stays so");
    }
    let far = Setting { constraint: Constraint::Free, noise: 0.1, steps: 10, distance: 1.0 };
    assert!(!claim(&game, &spec, far).is_covered, "noise");
}

/// Two thousand methods at random on quadratic games: where a theorem is claimed, the run obeys it.
#[test]
fn no_run_on_the_quadratic_game_contradicts_a_claim() {
    let mut random = Random::new(3, 0);
    let (mut covered, mut open) = (0, 0);
    for trial in 0..2_000 {
        let rules = super::super::method::RULES;
        let (_, rule, _) = rules[random.below(rules.len() as u32) as usize];
        let spec = Spec {
            rule,
            is_lookahead: random.uniform() < 0.3,
            step: 1.2 * random.uniform(),
            tau: 1 + random.below(60),
            lambda: 1.2 * random.uniform(),
            alpha: 1.2 * random.uniform(),
            delta: 1.0,
            inner: 5,
        };
        let game = Name::Quadratic.game(1.2 * random.uniform() - 0.7);
        let play = play(game, &[spec], 400);
        let Ok(played) = play.run() else { continue };
        let rows = play.rows(&played);
        if !rows[0].claim.is_covered {
            open += 1;
            continue;
        }
        covered += 1;
        let run = &played[0][0];
        assert!(!matches!(run.outcome, Outcome::Diverged | Outcome::Unsound), "{trial}: {spec}");
        if spec.rule == Rule::Rapp && spec.tau != 2 {
            continue; // its theorem is about the best of the first K steps
        }
        let radius = rows[0].radius;
        assert!(radius.is_none_or(|radius| radius < 1.0 + 1e-9), "{trial}: {spec} {radius:?}");
        assert!(run.residuals[run.residuals.len() - 1].1 <= run.residuals[0].1, "{trial}: {spec}");
    }
    assert!(covered > 200 && open > 200, "{covered} {open}");
}

/// RAPP with τ ≥ ln K/ln(1/γL): the best squared residual within four times the bound of the exact step.
#[test]
fn rapp_keeps_its_rate_with_the_evaluations_that_are_claimed() {
    for (comonotone, lambda) in [(0.0, 0.5), (-0.25, 0.3), (-0.4, 0.9), (-0.45, 0.5)] {
        let game = Name::Scales.game(comonotone);
        let (step, steps) = (0.95, 1_000);
        let tau = (f64::from(steps).ln() / -f64::ln(step)).ceil() as u32;
        let spec = Spec { tau, lambda, ..Spec::new(Rule::Rapp, step) };
        assert!(setting(&game, &spec, Constraint::Free, steps));
        let mut walk = Walk::free(&spec, &game);
        let (mut point, mut best) = (game.facts.start.clone(), f64::INFINITY);
        for _ in 0..steps {
            let exact = Spec { lambda: 1.0, ..Spec::new(Rule::ProximalPoint, step) };
            let mut resolved = point.clone();
            Walk::free(&exact, &game).advance(&mut resolved, 1);
            best = best.min(super::super::radius::distance(&point, &resolved));
            walk.advance(&mut point, 1);
        }
        let bound = 1.0 / (lambda * (1.0 - lambda) * f64::from(steps + 1));
        assert!(best * best <= 4.0 * bound, "ρ={comonotone}: {} {bound}", best * best);
    }
}
