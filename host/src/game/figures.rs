//! The figures of the RAPP paper, drawn anew: what its text says of them is what must be seen.
//!
//! The step sizes of its appendix were not available (mdlam_rapp.md B3); these are ours.

use super::method::{Rule, Spec};
use super::{Constraint, Error, Game, Name, Play};
use crate::report::TrainingReport;

/// A figure: its heading and what is run.
pub struct Figure {
    /// Its heading.
    pub title: String,
    /// What is run.
    pub play: Play,
}

/// Figure 2 (Forsaken), figure 3 (PolarGame iii and the quadratic game), and the two games the tables
/// are of.
pub fn figures() -> Vec<Figure> {
    let forsaken = Name::Forsaken.game(0.0);
    let polar = Name::PolarIii.game(0.0);
    let quadratic = Name::Quadratic.game(-0.3);
    let bilinear = Name::Bilinear.game(0.0);
    let global = Name::GlobalForsaken.game(0.0);
    vec![
        figure("Forsaken (figure 2)", forsaken, &around_forsaken(), 400),
        figure("PolarGame iii (figure 3)", polar, &within(0.158, 0.5), 1_000),
        figure("Quadratic game, ρ = −.3 (figure 3)", quadratic, &comonotone(), 800),
        figure("Bilinear game", bilinear, &monotone(), 100),
        figure("GlobalForsaken", global, &within(0.33, 0.2), 400),
    ]
}

fn figure(title: &str, game: Game, methods: &[Spec], steps: u32) -> Figure {
    let constraint = Constraint::of(&game);
    let play = Play {
        game,
        constraint,
        methods: methods.to_vec(),
        steps,
        noise: 0.0,
        seed: 1,
        starts: 1,
        tolerance: 1e-8,
    };
    Figure { title: title.into(), play }
}

/// At 1/L = .081 and far beyond: RAPP, the same without relaxation, and Lookahead around the plain step.
/// That γ = .4 parts the second from the first is so at this γ, not at every one.
fn around_forsaken() -> Vec<Spec> {
    let rapp = |step, lambda| Spec { lambda, tau: 10, ..Spec::new(Rule::Rapp, step) };
    vec![
        Spec::new(Rule::Extragradient, 0.08),
        rapp(0.08, 0.5),
        rapp(0.4, 0.5),
        rapp(0.4, 1.0),
        Spec::new(Rule::Plain, 0.1).looking_ahead(20, 0.3),
    ]
}

/// Weak Minty: EG+ within its theorem, and what has none.
fn within(step: f64, alpha: f64) -> Vec<Spec> {
    let plus = Spec { alpha, ..Spec::new(Rule::ExtragradientPlus, step) };
    vec![
        Spec::new(Rule::Plain, step),
        plus,
        Spec { lambda: 1.0, ..Spec::new(Rule::Adaptive, step) },
        plus.looking_ahead(5, 0.5),
        Spec { tau: 10, lambda: 0.3, ..Spec::new(Rule::Rapp, step) },
        Spec::new(Rule::Plain, step).looking_ahead(10, 0.3),
    ]
}

/// ρ = −.3 with L = 1: outside of EG's range, inside RAPP's.
fn comonotone() -> Vec<Spec> {
    vec![
        Spec::new(Rule::Extragradient, 0.5),
        Spec { alpha: 0.2, ..Spec::new(Rule::ExtragradientPlus, 0.99) },
        Spec { tau: 60, ..Spec::new(Rule::Rapp, 0.9) },
        Spec { lambda: 1.0, ..Spec::new(Rule::ProximalPoint, 0.9) },
        Spec::new(Rule::Plain, 0.5).looking_ahead(5, 0.1),
    ]
}

fn monotone() -> Vec<Spec> {
    vec![
        Spec::new(Rule::Plain, 0.3),
        Spec::new(Rule::Alternating, 0.3),
        Spec::new(Rule::Extragradient, 0.3),
        Spec::new(Rule::Optimistic, 0.3),
        Spec { tau: 10, ..Spec::new(Rule::Rapp, 0.9) },
        Spec::new(Rule::Plain, 0.3).looking_ahead(10, 0.3),
    ]
}

/// All of them on one page.
///
/// # Errors
/// See [`Play::run`].
pub fn page() -> Result<TrainingReport, Error> {
    let figures = figures();
    let played: Vec<_> =
        figures.iter().map(|figure| figure.play.run()).collect::<Result<_, Error>>()?;
    let plays: Vec<_> = figures
        .iter()
        .zip(&played)
        .map(|(figure, played)| (figure.title.clone(), &figure.play, played.as_slice()))
        .collect();
    let told = "Two-player games, and what becomes of each method there. Published figures drawn anew \
                with step sizes of our own; theory is what is checked for these numbers.";
    Ok(super::page("Games", told, &plays))
}
