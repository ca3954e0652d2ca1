//! Constants against a grid, methods against their definitions, claims against runs.

mod claims;
mod constants;
mod methods;
mod runs;

use super::method::{Rule, Spec};
use super::walk::Walk;
use super::{Constraint, Game, Name, Play};

/// The games of two numbers.
const PAIRS: [Name; 7] = [
    Name::Quadratic,
    Name::Bilinear,
    Name::Forsaken,
    Name::PolarI,
    Name::PolarIi,
    Name::PolarIii,
    Name::GlobalForsaken,
];

/// F at a point of two numbers.
fn field(game: &Game, point: [f64; 2]) -> [f64; 2] {
    let mut out = [0.0; 2];
    game.field.eval(&point, &mut out);
    out
}

/// Where a method is after so many steps on F alone.
fn after(game: &Game, spec: &Spec, start: [f64; 2], steps: u32) -> [f64; 2] {
    let mut point = start;
    Walk::free(spec, game).advance(&mut point, steps);
    point
}

fn norm([x, y]: [f64; 2]) -> f64 {
    x.hypot(y)
}

fn less(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

/// A play to be changed field by field.
fn play(game: Game, methods: &[Spec], steps: u32) -> Play {
    Play {
        constraint: Constraint::of(&game),
        game,
        methods: methods.to_vec(),
        steps,
        noise: 0.0,
        seed: 1,
        starts: 1,
        tolerance: 1e-8,
    }
}

/// Every rule but the proximal point, at this step.
fn every_rule(step: f64) -> Vec<Spec> {
    let rules = super::method::RULES.map(|(_, rule, _)| rule);
    let rules = rules.into_iter().filter(|rule| *rule != Rule::ProximalPoint);
    rules.map(|rule| Spec::new(rule, step)).collect()
}
