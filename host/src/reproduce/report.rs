//! What came out, beside what was published.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// All figures of an experiment; also the object of `--json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Its name.
    pub experiment: String,
    /// What was done, in one paragraph.
    pub about: String,
    /// One repetition a seed.
    pub seeds: Vec<u64>,
    /// In the order to show.
    pub figures: Vec<Figure>,
    /// Where the monotone field wins, ties and loses, in words, for the published setting.
    pub remarks: Vec<String>,
}

/// One quantity of one contender, over the seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Such as `p = 50`.
    pub case: String,
    /// Who.
    pub contender: String,
    /// After so many epochs.
    pub epoch: u32,
    /// What was measured.
    pub quantity: String,
    /// Mean over the seeds; none where a run diverged.
    pub mean: Option<f64>,
    /// Standard deviation over the seeds (population).
    pub deviation: Option<f64>,
    /// One a seed; none where the run diverged.
    pub values: Vec<Option<f64>>,
    /// What the paper or its repository says.
    pub published: Option<f64>,
    /// What must hold of the mean.
    pub bar: Option<Bar>,
    /// Does the bar hold?
    pub holds: Option<bool>,
}

/// What must hold of a mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    /// So close to a number.
    Near {
        /// The number.
        value: f64,
        /// How close.
        within: f64,
    },
    /// No larger.
    AtMost(f64),
    /// No smaller.
    AtLeast(f64),
}

/// A published number, or a bar, or both, for one figure.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// [`Figure::case`]
    pub case: &'static str,
    /// How [`Figure::contender`] begins.
    pub contender: &'static str,
    /// [`Figure::epoch`]
    pub epoch: u32,
    /// [`Figure::quantity`]
    pub quantity: &'static str,
    /// The number.
    pub published: Option<f64>,
    /// What must hold.
    pub bar: Option<Bar>,
}

impl Bar {
    /// Does it hold? Not where a run diverged.
    pub fn holds(self, mean: Option<f64>) -> bool {
        mean.is_some_and(|mean| match self {
            Self::Near { value, within } => (mean - value).abs() <= within,
            Self::AtMost(most) => mean <= most,
            Self::AtLeast(least) => mean >= least,
        })
    }
}

impl std::fmt::Display for Bar {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Near { value, within } => write!(formatter, "{value} ± {within}"),
            Self::AtMost(most) => write!(formatter, "≤ {most}"),
            Self::AtLeast(least) => write!(formatter, "≥ {least}"),
        }
    }
}

impl Report {
    /// Puts published numbers and bars beside the figures they are for; those of epochs or contenders
    /// left out are left out.
    #[must_use]
    pub fn knowing(mut self, known: &[Known]) -> Self {
        for known in known {
            let figure = self.figures.iter_mut().find(|figure| {
                figure.case == known.case
                    && figure.contender.starts_with(known.contender)
                    && figure.epoch == known.epoch
                    && figure.quantity == known.quantity
            });
            if let Some(figure) = figure {
                (figure.published, figure.bar) = (known.published, known.bar);
                figure.holds = known.bar.map(|bar| bar.holds(figure.mean));
            }
        }
        self
    }

    /// Without bars and published numbers, which are of the full run.
    #[must_use]
    pub(super) fn shortened(mut self) -> Self {
        for figure in &mut self.figures {
            (figure.published, figure.bar, figure.holds) = (None, None, None);
        }
        let remark = "A shortened run: it has no bars, and the text below is of the full one.";
        self.remarks.insert(0, remark.into());
        self
    }

    /// The figure of a contender whose name begins so.
    pub fn figure(
        &self,
        case: &str,
        contender: &str,
        epoch: u32,
        quantity: &str,
    ) -> Option<&Figure> {
        self.figures.iter().find(|figure| {
            (figure.case.as_str(), figure.epoch, figure.quantity.as_str())
                == (case, epoch, quantity)
                && figure.contender.starts_with(contender)
        })
    }

    /// The figures whose bar does not hold.
    pub fn missed(&self) -> impl Iterator<Item = &Figure> {
        self.figures.iter().filter(|figure| figure.holds == Some(false))
    }

    /// A table for a terminal: a block for each case, epoch and quantity.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\nseeds {:?}\n", self.experiment, self.about, self.seeds);
        let mut block = None;
        for figure in &self.figures {
            let this = (&figure.case, figure.epoch, &figure.quantity);
            if block != Some(this) {
                let (case, epoch, quantity) = this;
                let title = format!("{case}, epoch {epoch}: {quantity}");
                let _ = writeln!(text, "\n{title:<46} {:>9} {:>19}  bar", "published", "ours");
                block = Some(this);
            }
            let published = figure.published.map_or_else(|| "–".into(), number);
            let ours = match (figure.mean, figure.deviation) {
                (Some(mean), Some(deviation)) => {
                    format!("{} ± {}", number(mean), number(deviation))
                }
                _ => "diverged".into(),
            };
            let bar = figure.bar.map_or_else(String::new, |bar| {
                format!("  {bar} {}", if figure.holds == Some(true) { "ok" } else { "MISSED" })
            });
            let _ = writeln!(text, "  {:<44} {published:>9} {ours:>19}{bar}", figure.contender);
        }
        for remark in &self.remarks {
            let _ = writeln!(text, "\n{remark}");
        }
        text
    }
}

fn number(value: f64) -> String {
    if value.abs() < 1.0 { format!("{value:.4}") } else { format!("{value:.2}") }
}
