//! What is promised, with the bound and the figure of every clause.

use fejer::DEFAULT_PRECISION;

use crate::figures::figure;
use crate::table::{Row, Summary, best, summaries};
use crate::trial::{Certified, PRECISIONS};

/// Everything measured.
#[derive(Default)]
pub struct Results {
    pub rows: Vec<Row>,
    pub certified: Vec<(&'static str, usize, Certified)>,
    /// Largest difference of a weight between the exact solution and that of the host's oracle.
    pub twin: f64,
}

/// One promise and whether it is kept.
pub struct Clause {
    name: String,
    figure: f64,
    /// At least or at most this.
    bound: f64,
    at_least: bool,
    detail: String,
    pub holds: bool,
}

impl std::fmt::Display for Clause {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, figure, bound, at_least, detail, holds } = self;
        let (verdict, sign) =
            (if *holds { "pass" } else { "FAIL" }, if *at_least { '≥' } else { '≤' });
        write!(
            formatter,
            "{verdict}  {name}: {} {sign} {}  ({detail})",
            number(*figure),
            number(*bound)
        )
    }
}

impl Clause {
    /// Prints it for `cargo xtask accept`.
    pub fn print_figure(&self) {
        let (sign, detail) = (if self.at_least { '≥' } else { '≤' }, &self.detail);
        let (bound, measured) = (number(self.bound), number(self.figure));
        figure(&self.name, format!("{sign} {bound}"), format!("{measured} ({detail})"), self.holds);
    }
}

/// Tiny ones by their power of ten.
fn number(value: f64) -> String {
    let tiny = value != 0.0 && value.abs() < 1e-4;
    if tiny { format!("{value:.1e}") } else { format!("{value:.4}") }
}

fn at_least(name: String, figure: f64, bound: f64, detail: String) -> Clause {
    Clause { name, figure, bound, at_least: true, detail, holds: figure >= bound }
}

fn at_most(name: String, figure: f64, bound: f64, detail: String) -> Clause {
    Clause { name, figure, bound, at_least: false, detail, holds: figure <= bound }
}

/// What is promised of one task and label count.
struct Promise {
    dataset: &'static str,
    labels: usize,
    /// (a) Consolidated, ahead of one-pass baselines.
    consolidated: f64,
    /// (b) With revisits, ahead of one-pass baselines.
    revisits: Option<f64>,
    /// (d) Moved by other precisions.
    moved: f64,
}

const PROMISES: [Promise; 5] = [
    Promise {
        dataset: "har",
        labels: 30,
        consolidated: 0.003,
        revisits: Some(-0.005),
        moved: 0.01,
    },
    Promise {
        dataset: "har",
        labels: 120,
        consolidated: 0.004,
        revisits: Some(-0.005),
        moved: 0.01,
    },
    Promise {
        dataset: "digits",
        labels: 50,
        consolidated: 0.05,
        revisits: Some(0.03),
        moved: 0.02,
    },
    Promise {
        dataset: "digits",
        labels: 150,
        consolidated: 0.06,
        revisits: Some(0.03),
        moved: 0.02,
    },
    Promise { dataset: "cwru", labels: 45, consolidated: -0.003, revisits: None, moved: 0.01 },
];
/// (a) The worst subject is at most this much behind that of the baseline.
const WORST: f64 = 0.01;
/// (c) At most this much behind gradient descent that replays the same memory.
const REPLAY: f64 = 0.007;
/// (e) The share of decisions that must be certain, on human activity with 120 labels.
const CERTAIN: f64 = 0.6;
/// Exact solutions are that exact, and agree with the oracle's.
const EXACT: f64 = 1e-12;
const TWIN: f64 = 1e-9;

impl Results {
    /// Every clause, in the order of the letters.
    pub fn clauses(&self) -> Vec<Clause> {
        let mut clauses = Vec::new();
        let tasks = PROMISES.map(|promise| {
            let summaries = summaries(&self.rows, promise.dataset, promise.labels);
            (promise, summaries)
        });
        for (promise, summaries) in &tasks {
            clauses.extend(ahead(promise, summaries));
        }
        clauses.sort_by_key(|clause| clause.name.clone());
        clauses.extend(self.certificates());
        clauses
    }

    fn certificates(&self) -> Vec<Clause> {
        let all = || self.certified.iter().map(|(.., certified)| certified);
        let exactness = all().map(|certified| certified.exactness).fold(0.0, f64::max);
        let unbounded = all().filter(|certified| certified.distance > certified.bound).count();
        let tightest = all().map(|certified| certified.distance / certified.bound);
        let tightest = tightest.fold(0.0, f64::max);
        let decisions: usize = all().map(|certified| certified.certain).sum();
        let wrong: usize = all().map(|certified| certified.wrong).sum();
        let mut clauses = vec![
            at_most(
                "(e) exact solutions, residual".to_owned(),
                exactness,
                EXACT,
                format!("{} states of {} problems", all().count(), all().count() / 2),
            ),
            at_most(
                "(e) exact solutions, from the host's oracle".to_owned(),
                self.twin,
                TWIN,
                "largest difference of a weight".to_owned(),
            ),
            at_most(
                "(e) distances beyond their bound".to_owned(),
                unbounded as f64,
                0.0,
                format!("largest distance/bound {tightest:.4} over {} states", all().count()),
            ),
            at_most(
                "(e) certain decisions that are not the exact solution's".to_owned(),
                wrong as f64,
                0.0,
                format!("of {decisions}"),
            ),
        ];
        for promise in PROMISES {
            let Promise { dataset, labels, .. } = promise;
            let share = |method: &str, precision: f32| {
                let (mut certain, mut decisions) = (0, 0);
                for (of, with, one) in &self.certified {
                    if (*of, *with, one.method, one.precision)
                        == (dataset, labels, method, precision)
                    {
                        certain += one.certain;
                        decisions += one.decisions;
                    }
                }
                certain as f64 / (decisions as f64).max(1.0)
            };
            let figure = share("anchored", DEFAULT_PRECISION);
            let needed = if (dataset, labels) == ("har", 120) { CERTAIN } else { 0.0 };
            let others = format!(
                "at 0.1: {:.3}, at 0.9: {:.3}; with revisits alone: {:.3}",
                share("anchored", 0.1),
                share("anchored", 0.9),
                share("anchored-revisits", DEFAULT_PRECISION)
            );
            let name = format!("(e) {dataset} {labels}: share of certain decisions");
            clauses.push(at_least(name, figure, needed, others));
        }
        clauses
    }
}

/// Clauses (a) to (d) of one task and label count.
fn ahead(promise: &Promise, summaries: &[Summary]) -> Vec<Clause> {
    let Promise { dataset, labels, .. } = promise;
    let name = |letter: char, what: &str| format!("({letter}) {dataset} {labels:>3}: {what}");
    let with = |method: &str, precision: f32| {
        summaries
            .iter()
            .find(|summary| summary.method == method && summary.setting == Some(precision))
    };
    let (Some(anchored), Some(revisits), Some(once), Some(replay), Some(adam)) = (
        with("anchored", DEFAULT_PRECISION),
        with("anchored-revisits", DEFAULT_PRECISION),
        best(summaries, &["sgd", "adam"]),
        best(summaries, &["sgd-replay"]),
        best(summaries, &["adam-replay"]),
    ) else {
        return vec![at_least(name('a', "measured"), 0.0, 1.0, "no figures".to_owned())];
    };
    let beside = |ours: f64, method: &Summary, theirs: f64| {
        let step = method.setting.unwrap_or(0.0);
        format!("{ours:.4} against {theirs:.4} of {} with {step}", method.method)
    };
    let mut clauses = vec![
        at_least(
            name('a', "consolidated ahead of one pass, mean"),
            anchored.mean - once.mean,
            promise.consolidated,
            beside(anchored.mean, once, once.mean),
        ),
        at_least(
            name('a', "consolidated ahead of one pass, worst subject"),
            anchored.worst - once.worst,
            -WORST,
            beside(anchored.worst, once, once.worst),
        ),
        at_least(
            name('c', "consolidated ahead of replay"),
            anchored.mean - replay.mean,
            -REPLAY,
            beside(anchored.mean, replay, replay.mean)
                + &format!("; replay Adam with {}: {:.4}", adam.setting.unwrap_or(0.0), adam.mean),
        ),
        at_most(
            name('c', "passes, as a share of the replay's"),
            f64::from(anchored.passes) / f64::from(replay.passes),
            1.0 / 3.0,
            format!("{} against {}", anchored.passes, replay.passes),
        ),
    ];
    if let Some(needed) = promise.revisits {
        clauses.push(at_least(
            name('b', "revisits ahead of one pass"),
            revisits.mean - once.mean,
            needed,
            beside(revisits.mean, once, once.mean),
        ));
    }
    for precision in PRECISIONS.into_iter().filter(|&precision| precision != DEFAULT_PRECISION) {
        let Some(other) = with("anchored", precision) else { continue };
        for (what, ours, theirs) in
            [("mean", anchored.mean, other.mean), ("worst subject", anchored.worst, other.worst)]
        {
            let name = name('d', &format!("{what} moved by precision {precision}"));
            let detail = format!("{ours:.4} to {theirs:.4}");
            clauses.push(at_most(name, (ours - theirs).abs(), promise.moved, detail));
        }
    }
    clauses
}
