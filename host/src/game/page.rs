//! The picture of a game: trajectories over the field, and residuals over the steps.

use crate::report::{Chart, Clock, Curve, Map, TrainingReport};

use super::play::{Play, Played};
use super::table;

/// The page of so many plays, each with its heading; `told` is said below `title`.
pub fn page(title: &str, told: &str, plays: &[(String, &Play, &[Vec<Played>])]) -> TrainingReport {
    let mut report =
        TrainingReport { title: title.into(), told: told.into(), ..TrainingReport::default() };
    for (name, play, played) in plays {
        report.maps.extend(map(name, play, played));
        report.charts.push(chart(name, play, played));
        let rows = table::cells(&play.rows(played));
        let heading = |mut row: Vec<String>| {
            row.insert(0, name.clone());
            row
        };
        if plays.len() == 1 {
            report.table = rows;
        } else {
            let skip = usize::from(!report.table.is_empty());
            report.table.extend(rows.into_iter().skip(skip).map(heading));
        }
    }
    if let Some(head) = report.table.first_mut().filter(|_| plays.len() > 1) {
        head[0] = "game".into();
    }
    report
}

/// Of a game of two numbers.
fn map(name: &str, play: &Play, played: &[Vec<Played>]) -> Option<Map> {
    let goal = <[f64; 2]>::try_from(play.game.facts.solution.as_slice()).ok()?;
    let radius = match play.constraint {
        super::Constraint::Box { radius } => Some(radius),
        _ => None,
    };
    let window = window(&play.starts(), goal, radius);
    let flow = Map::grid(window).into_iter().map(|point| {
        let mut out = [0.0; 2];
        play.game.field.eval(&point, &mut out);
        out.map(|value| -value)
    });
    let paths = |runs: &Vec<Played>| runs.iter().map(|run| run.path.clone()).collect();
    let names = play.methods.iter().map(ToString::to_string);
    Some(Map {
        title: format!("{name}: trajectories"),
        description: format!(
            "{}, {}. Arrows lead along −F; a cross marks the solution, circles the starts.",
            play.game.formula, play.constraint
        ),
        window,
        flow: flow.collect(),
        radius,
        goal: play.constraint.solution(&play.game).map(|_| goal),
        paths: names.zip(played.iter().map(paths)).collect(),
    })
}

/// The box, or where the runs start about the solution, with room around.
fn window(starts: &[Vec<f64>], goal: [f64; 2], radius: Option<f64>) -> ([f64; 2], f64) {
    if let Some(radius) = radius {
        return ([-1.1 * radius; 2], 2.2 * radius);
    }
    let away = |start: &Vec<f64>| super::radius::distance(start, &goal);
    let reach = 1.6 * starts.iter().map(away).fold(1e-3, f64::max);
    (goal.map(|centre| centre - reach), 2.0 * reach)
}

fn chart(name: &str, play: &Play, played: &[Vec<Played>]) -> Chart {
    let seeds = |runs: &Vec<Played>| {
        // Not the start, which all share; and no zero, which has no logarithm.
        let shown = |run: &Played| {
            run.residuals.iter().copied().filter(|&(step, value)| step > 0 && value > 0.0).collect()
        };
        runs.iter().map(shown).collect()
    };
    let names = play.methods.iter().map(ToString::to_string);
    let curves = names.zip(played.iter().map(seeds));
    Chart {
        title: format!("{name}: natural residual"),
        description: "Of F without noise. Thin lines are single starts; a mean stands where every \
                      start has a value."
            .into(),
        clock: Clock::Steps,
        curves: curves.map(|(name, seeds)| Curve { name, seeds }).collect(),
    }
}
