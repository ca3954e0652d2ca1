//! The published experiments, each by the program itself.

use std::path::Path;

use fejer_host::reproduce::Report;

use super::super::Line;
use crate::Stop;
use crate::shell::{output, program};

/// An experiment and how many bars it has, so that none is lost.
pub struct Experiment {
    pub name: &'static str,
    pub bars: usize,
    /// The contenders to train, where all of them take an hour and more.
    pub only: &'static [&'static str],
    /// Left out by `--quick`: it takes more than a minute, or `cargo xtask test` holds it.
    pub is_long: bool,
}

const fn experiment(name: &'static str, bars: usize, is_long: bool) -> Experiment {
    Experiment { name, bars, only: &[], is_long }
}

const EXPERIMENTS: [Experiment; 8] = [
    experiment("saturation", 4, false),
    experiment("probit", 6, true),
    experiment("moons", 4, true),
    experiment("gcn", 4, true),
    experiment("solar", 3, true),
    experiment("traffic", 1, true),
    Experiment {
        only: &["Adam on the matching loss (published)", "monotone field"],
        ..experiment("cora", 1, true)
    },
    Experiment {
        only: &["SGD on the matching loss", "monotone field"],
        ..experiment("mnist", 2, true)
    },
];

pub fn lines(fejer: &Path, data: &Path, quick: bool) -> Result<Vec<Line>, Stop> {
    let mut lines = Vec::new();
    for experiment in EXPERIMENTS.iter().filter(|experiment| !(quick && experiment.is_long)) {
        lines.extend(run(fejer, data, experiment)?);
    }
    Ok(lines)
}

/// Every bar of an experiment, and that none is missing.
pub fn run(fejer: &Path, data: &Path, experiment: &Experiment) -> Result<Vec<Line>, Stop> {
    let Experiment { name, bars, only, .. } = *experiment;
    eprintln!("fejer reproduce {name}");
    let mut command = program(fejer);
    command.args(["reproduce", name, "--json", "--data"]).arg(data);
    command.args(only.iter().flat_map(|name| ["--only", name]));
    let ran = output(&mut command)?;
    let code = ran.status.code().unwrap_or(-1);
    let Ok(report) = serde_json::from_slice::<Report>(&ran.stdout) else {
        let complaint = String::from_utf8_lossy(&ran.stderr);
        let said = complaint.lines().last().unwrap_or_default();
        let measured = format!("exit code {code}: {said}");
        return Ok(vec![Line::new(format!("fejer reproduce {name}"), "a report", measured, false)]);
    };
    let figures: Vec<Line> = report
        .figures
        .iter()
        .filter_map(|figure| {
            let bar = figure.bar?;
            let measured = match (figure.mean, figure.deviation) {
                (Some(mean), Some(deviation)) => {
                    let count = figure.values.len();
                    format!("{mean:.4} ± {deviation:.4} over {count} seeds")
                }
                _ => "diverged".to_owned(),
            };
            let published =
                figure.published.map_or_else(String::new, |it| format!(", published {it}"));
            let line = format!(
                "{name}: {}, {}, epoch {}, {}{published}",
                figure.case, figure.contender, figure.epoch, figure.quantity
            );
            Some(Line::new(line, bar.to_string(), measured, bar.holds(figure.mean)))
        })
        .collect();
    let count = figures.len();
    let measured = format!("exit code {code}, {count} bars, {} figures", report.figures.len());
    let bound = format!("exit code 0, {bars} bars");
    let ended = Line::new(
        format!("fejer reproduce {name}"),
        bound,
        measured,
        code == 0 && count == bars && !report.remarks.is_empty(),
    );
    Ok(figures.into_iter().chain([ended]).collect())
}
