//! What happened to a device, from its record, on one page.

use std::collections::{BTreeMap, HashMap};

use fejer::port::{Command, Reply, State, read_command, read_reply};

use super::Exchange;
use super::error::word;
use crate::report::{Chart, Clock, Curve, TrainingReport, training_page};

/// Points a curve has at most.
const POINTS: usize = 400;

/// What happened.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Exchanges.
    pub exchanges: usize,
    /// Obeyed and refused, for each command.
    pub commands: BTreeMap<String, [usize; 2]>,
    /// How often each reason was given.
    pub reasons: BTreeMap<&'static str, usize>,
    /// Times it lost its power or was reset.
    pub resets: usize,
    /// Labels whose window was predicted within the record: rows are the labels, columns what the device
    /// had predicted.
    pub decisions: Vec<Vec<u32>>,
    /// States, each with the number of its exchange, from 1.
    pub states: Vec<(usize, State)>,
    /// Shares of the decisions, each with the number of its exchange.
    pub shares: Vec<(usize, f32)>,
    predicted: HashMap<u32, u8>,
}

/// Sums a record up; `None` if an exchange of it is no command with its reply.
pub fn summarise(record: &[Exchange]) -> Option<Summary> {
    let mut summary = Summary::default();
    for (index, (sent, answered)) in record.iter().enumerate() {
        let command = read_command(sent).ok()?.command;
        summary.add(index + 1, &command, &read_reply(answered).ok()?.1);
    }
    Some(summary)
}

impl Summary {
    /// Bytes of stack at most, the least and the most of the states; the former differs only while the
    /// device has not done everything yet.
    pub fn stack(&self) -> Option<[u32; 2]> {
        let of = |least_or_most: fn(u32, u32) -> u32| {
            self.states.iter().map(|(_, state)| state.stack).reduce(least_or_most)
        };
        Some([of(u32::min)?, of(u32::max)?])
    }

    /// Stores within the record.
    pub fn stores(&self) -> u32 {
        let ends = self.states.first().zip(self.states.last());
        ends.map_or(0, |((_, first), (_, last))| last.stores.wrapping_sub(first.stores))
    }

    /// Times an answer was `Reply::Refused`.
    pub fn refused(&self) -> usize {
        self.commands.values().map(|[_, refused]| refused).sum()
    }

    fn add(&mut self, exchange: usize, command: &Command<'_>, reply: &Reply<'_>) {
        self.exchanges = exchange;
        let counts = self.commands.entry(word(command)).or_default();
        if let Reply::Refused(reason) = reply {
            counts[1] += 1;
            *self.reasons.entry(reason.word()).or_default() += 1;
            return;
        }
        counts[0] += 1;
        match (command, reply) {
            (_, &Reply::Predicted { window, class, share, .. }) => {
                self.shares.push((exchange, share));
                self.predicted.insert(window, class);
            }
            (&Command::Label { window, class }, Reply::State(_)) => {
                if let Some(predicted) = self.predicted.remove(&window) {
                    self.count(usize::from(class), usize::from(predicted));
                }
            }
            _ => {}
        }
        if let Reply::State(state) = reply {
            let before = self.states.last().map_or(0, |(_, state)| state.answered);
            self.resets += usize::from(state.answered < before);
            self.states.push((exchange, *state));
        }
    }

    fn count(&mut self, label: usize, predicted: usize) {
        let classes = self.decisions.len().max(label + 1).max(predicted + 1);
        self.decisions.resize(classes, Vec::new());
        self.decisions.iter_mut().for_each(|row| row.resize(classes, 0));
        self.decisions[label][predicted] += 1;
    }

    /// The page; `name` is the record's.
    pub fn page(&self, name: &str) -> String {
        let right: u32 = self.decisions.iter().enumerate().map(|(class, row)| row[class]).sum();
        let labels: u32 = self.decisions.iter().flatten().sum();
        let of = |command: &str| self.commands.get(command).map_or(0, |[obeyed, _]| *obeyed);
        let stack =
            self.stack().map_or("–".to_owned(), |[least, most]| format!("{least} – {most} B"));
        let figures = [
            ("exchanges", self.exchanges.to_string()),
            ("predictions", of("Predict").to_string()),
            ("labels learnt", of("Label").to_string()),
            ("refused, each with a reason", self.refused().to_string()),
            ("resets survived", self.resets.to_string()),
            ("stores (each wears one slot of two)", self.stores().to_string()),
            ("deepest stack, first and last", stack),
            ("of labelled windows predicted right", format!("{right} of {labels}")),
        ];
        let classes = (0..self.decisions.len()).map(|class| class.to_string()).collect();
        training_page(&TrainingReport {
            title: "What the device was told, and what became of it".into(),
            told: name.to_owned(),
            figures: figures.map(|(what, figure)| (what.to_owned(), figure)).into(),
            charts: self.charts(),
            confusion: (labels > 0).then(|| {
                (
                    "Labels that came (rows) and what had been predicted".into(),
                    classes,
                    self.decisions.clone(),
                )
            }),
            table: self.table(),
            ..TrainingReport::default()
        })
    }

    fn charts(&self) -> Vec<Chart> {
        let states = |value: fn(&State) -> f64| {
            let points: Vec<_> =
                self.states.iter().map(|(at, state)| (*at, value(state))).collect();
            thinned(&points)
        };
        let shares: Vec<_> =
            self.shares.iter().map(|&(at, share)| (at, f64::from(share))).collect();
        let chart = |title: &str, description: &str, curves: Vec<(&str, Vec<(u32, f64)>)>| Chart {
            title: title.into(),
            description: description.into(),
            clock: Clock::Exchanges,
            curves: curves
                .into_iter()
                .map(|(name, points)| Curve { name: name.into(), seeds: vec![points] })
                .collect(),
        };
        vec![
            chart(
                "Confidence",
                "The share of the class that was decided for, averaged over neighbouring windows.",
                vec![("share", thinned(&shares))],
            ),
            chart(
                "Memory and wear",
                "Remembered samples, and stores since the flash was new.",
                vec![
                    ("remembered", states(|state| f64::from(state.remembered))),
                    ("stores", states(|state| f64::from(state.stores))),
                ],
            ),
            chart(
                "Stack",
                "The most bytes of stack since the last reset: it must not grow once everything was done.",
                vec![("bytes", states(|state| f64::from(state.stack)))],
            ),
        ]
    }

    fn table(&self) -> Vec<Vec<String>> {
        let head = ["", "obeyed", "refused"].map(str::to_owned).to_vec();
        let commands = self.commands.iter().map(|(command, [obeyed, refused])| {
            vec![command.clone(), obeyed.to_string(), refused.to_string()]
        });
        let reasons = self.reasons.iter().map(|(reason, count)| {
            vec![format!("refused: {reason}"), String::new(), count.to_string()]
        });
        std::iter::once(head).chain(commands).chain(reasons).collect()
    }
}

/// At most [`POINTS`] means of neighbours.
fn thinned(points: &[(usize, f64)]) -> Vec<(u32, f64)> {
    let size = points.len().div_ceil(POINTS).max(1);
    let mean = |points: &[(usize, f64)]| {
        let last = points.last()?.0;
        let sum: f64 = points.iter().map(|(_, value)| value).sum();
        Some((last as u32, sum / points.len() as f64))
    };
    points.chunks(size).filter_map(mean).collect()
}
