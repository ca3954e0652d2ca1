//! Every field in several orders, taught in every way: one row each.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use super::{Outcome, Plan, Teaching, run};
use crate::application::taught::{Quality, Taught};
use crate::application::{Error, Field};
use crate::reproduce::Bar;

/// A guard that was taught wrongly may leave a classifier so much less accurate.
const LOST: f64 = 0.01;
/// And a regression so much less exact, as a share.
const LOST_SHARE: f64 = 0.05;
/// Share of devices that were taught rightly and do not use what they learnt.
const REFUSED: f64 = 0.05;

/// What is tried.
pub struct Study<'a> {
    /// Orders in which they come.
    pub orders: u64,
    /// Seed of the first order; others count on from it.
    pub seed: u64,
    /// Told how many devices are done, and of how many.
    pub observe: &'a (dyn Fn(u64, u64) + Sync),
}

/// What devices that are taught rightly must reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// This accuracy.
    Accuracy(f64),
    /// This share of the factory's error.
    Share(f64),
}

/// All devices taught in one way; means over fields and orders.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// How they were taught.
    pub teaching: &'static str,
    /// What the qualities are: accuracy, or RMS error.
    pub quality: &'static str,
    /// Of the factory head.
    pub factory: f64,
    /// Of the head in use at the end.
    pub guarded: f64,
    /// The same, in the worst field.
    pub worst: f64,
    /// The worst of any head in use on the way.
    pub lowest: f64,
    /// Of a learner without a guard.
    pub unguarded: f64,
    /// Share of devices that do not use what they learnt at the end.
    pub refused: f64,
    /// Labels until what was learnt was in use for the first time; none if it never was.
    pub first_use: Option<f64>,
    /// Mean loss on the clean set of the factory head and of the learnt one.
    pub clean: [f64; 2],
    /// The least, and the most, that the learnt head of a device lost there more than the factory head
    /// at the end; then the least of any verdict of the second half.
    pub clean_added: [f64; 3],
    /// What was promised of these figures.
    pub promises: Vec<Promise>,
    /// One a field.
    pub fields: Vec<FieldRow>,
}

/// All devices of one field taught in one way; see [`Row`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Row")]
pub struct FieldRow {
    pub field: String,
    pub factory: f64,
    pub guarded: f64,
    pub lowest: f64,
    pub unguarded: f64,
    pub refused: f64,
}

/// One promise and whether it is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Promise {
    /// Name of the figure.
    pub figure: &'static str,
    /// What it is.
    pub value: f64,
    /// What must hold of it.
    pub bar: Bar,
    /// Does it?
    pub holds: bool,
}

impl Study<'_> {
    /// Tries every field in every order and every way, with so many labels a device.
    ///
    /// # Errors
    /// As [`run`].
    pub fn rows<
        T: Taught<OUTPUTS>,
        const FEATURES: usize,
        const ROWS: usize,
        const OUTPUTS: usize,
        const MEMORY: usize,
        const HOLDOUT: usize,
    >(
        &self,
        fields: &[Field<T, FEATURES, ROWS, OUTPUTS>],
        labels: usize,
        goal: Goal,
    ) -> Result<Vec<Row>, Error> {
        let all = self.orders * (fields.len() * Teaching::ALL.len()) as u64;
        let done = AtomicU64::new(0);
        (self.observe)(0, all);
        let row = |teaching| {
            let one = |(field, order): (usize, u64)| {
                let seed = self.seed.wrapping_add(order);
                let plan = Plan { labels, teaching, seed, stream: field as u64 };
                let outcome =
                    run::<T, FEATURES, ROWS, OUTPUTS, MEMORY, HOLDOUT>(&fields[field], plan);
                (self.observe)(done.fetch_add(1, Ordering::Relaxed) + 1, all);
                outcome
            };
            let jobs: Vec<(usize, u64)> = (0..fields.len())
                .flat_map(|field| (0..self.orders).map(move |order| (field, order)))
                .collect();
            let outcomes: Vec<Outcome> =
                jobs.into_par_iter().map(one).collect::<Result<_, Error>>()?;
            let names = fields.iter().map(|field| field.name.as_str());
            let mut row = self.row(teaching, T::QUALITY, names, &outcomes);
            row.promises = promises(teaching, goal, &row);
            Ok(row)
        };
        Teaching::ALL.into_iter().map(row).collect()
    }

    fn row<'n>(
        &self,
        teaching: Teaching,
        quality: Quality,
        names: impl Iterator<Item = &'n str>,
        outcomes: &[Outcome],
    ) -> Row {
        let orders = usize::try_from(self.orders.max(1)).unwrap_or(usize::MAX);
        let fields: Vec<FieldRow> = (names.zip(outcomes.chunks(orders)))
            .map(|(name, outcomes)| field_row(name, outcomes))
            .collect();
        let guarded = fields.iter().map(|field| field.guarded);
        let used = outcomes.iter().filter_map(|outcome| outcome.first_use);
        let used: Vec<f64> = used.map(|labels| labels as f64).collect();
        let added = || outcomes.iter().map(|outcome| outcome.clean[1] - outcome.clean[0]);
        let least_added = outcomes.iter().map(|outcome| outcome.least_added);
        Row {
            teaching: teaching.word(),
            quality: quality.name(),
            factory: mean(outcomes, |outcome| outcome.factory),
            guarded: mean(outcomes, |outcome| outcome.guarded),
            worst: guarded.reduce(|one, other| quality.worse(one, other)).unwrap_or(0.0),
            lowest: mean(outcomes, |outcome| outcome.lowest),
            unguarded: mean(outcomes, |outcome| outcome.unguarded),
            refused: mean(outcomes, refused),
            first_use: (!used.is_empty()).then(|| mean(&used, |&labels| labels)),
            clean: [0, 1].map(|head| mean(outcomes, |outcome| outcome.clean[head])),
            clean_added: [
                added().fold(f64::INFINITY, f64::min),
                added().fold(f64::NEG_INFINITY, f64::max),
                least_added.fold(f64::INFINITY, f64::min),
            ],
            promises: Vec::new(),
            fields,
        }
    }
}

fn promises(teaching: Teaching, goal: Goal, row: &Row) -> Vec<Promise> {
    let promise =
        |figure, value, bar: Bar| Promise { figure, value, bar, holds: bar.holds(Some(value)) };
    let [reached, kept] = match goal {
        Goal::Accuracy(least) => [Bar::AtLeast(least), Bar::AtLeast(row.factory - LOST)],
        Goal::Share(share) => {
            [Bar::AtMost(share * row.factory), Bar::AtMost((1.0 + LOST_SHARE) * row.factory)]
        }
    };
    if teaching == Teaching::Right {
        let refused = promise("refused", row.refused, Bar::AtMost(REFUSED));
        vec![promise("guarded", row.guarded, reached), refused]
    } else {
        vec![promise("guarded", row.guarded, kept), promise("lowest", row.lowest, kept)]
    }
}

fn field_row(name: &str, outcomes: &[Outcome]) -> FieldRow {
    FieldRow {
        field: name.to_owned(),
        factory: mean(outcomes, |outcome| outcome.factory),
        guarded: mean(outcomes, |outcome| outcome.guarded),
        lowest: mean(outcomes, |outcome| outcome.lowest),
        unguarded: mean(outcomes, |outcome| outcome.unguarded),
        refused: mean(outcomes, refused),
    }
}

fn refused(outcome: &Outcome) -> f64 {
    f64::from(!outcome.is_in_use)
}

fn mean<T>(items: &[T], number: impl Fn(&T) -> f64) -> f64 {
    items.iter().map(number).sum::<f64>() / items.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::trial::{Task, text};

    fn rows() -> Vec<Row> {
        let study = Study { orders: 2, seed: 7, observe: &|_, _| () };
        Task::Calibration.study(None, &study).unwrap()
    }

    #[test]
    fn calibration_keeps_its_promises_on_any_number_of_threads() {
        let rows = rows();
        let words: Vec<&str> = rows.iter().map(|row| row.teaching).collect();
        assert_eq!(words, ["right", "wrong", "same", "alone"]);
        for row in &rows {
            assert!(row.promises.iter().all(|promise| promise.holds), "{row:?}");
            assert_eq!((row.fields.len(), row.quality), (4, "RMS error"));
        }
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(alone.install(self::rows), rows);
        let table = text(Task::Calibration, &rows);
        assert!(table.contains("ok     taught right: guarded") && !table.contains("MISSED"));
    }

    #[test]
    fn a_task_that_reads_data_asks_for_them() {
        let study = Study { orders: 1, seed: 0, observe: &|_, _| () };
        let refused = Task::Digits.study(None, &study);
        assert!(matches!(refused, Err(Error::NoData { task: "digits" })));
    }
}
