//! Contenders on one problem, over the seeds: who is trained how, and what is measured of it.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::report::Figure;
use super::{Error, Setting};
use crate::dataset::Examples;
use crate::layer::Initialiser;
use crate::model::{Field, Model, Tape};
use crate::real::Real;
use crate::trainer::{self, Recipe, Scale, Training, Update};

/// What the gradient descends on, or the monotone field starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// The squared error of predictions.
    SquaredError,
    /// The matching loss of the last link, such as cross-entropy.
    Matching,
}

/// One way to train.
#[derive(Clone, Debug)]
pub struct Contender {
    /// For the table.
    pub name: String,
    /// Which loss the model is built with.
    pub criterion: Criterion,
    /// Candidates; of several, the one that is best on the training data is shown.
    pub recipes: Vec<Recipe>,
}

impl Contender {
    /// With one recipe.
    pub fn new(name: impl Into<String>, criterion: Criterion, recipe: Recipe) -> Self {
        Self { name: name.into(), criterion, recipes: vec![recipe] }
    }

    /// The baselines every experiment shows (svi.md §4) beside a published recipe of the monotone
    /// field: the gradient of the squared error with the same step and with the best of ×1, 3, 10
    /// and 30; the gradient of the matching loss; and Adam at its authors' step .001. `mse` is the
    /// factor PyTorch's `mse_loss` has over ours, 2/(sites · channels); `matching` that of its
    /// counterpart, 1/sites for the cross-entropy.
    pub fn baselines(published: &Recipe, mse: f64, matching: f64) -> Vec<Self> {
        let scaled = |all| Scale { all, hidden: 1.0 };
        let gradient = Recipe { field: Field::Gradient, warm_start: 0.0, ..published.clone() };
        let sgd = Recipe { scale: scaled(mse), ..gradient.clone() };
        let times = |factor: f64| Recipe { step: factor * sgd.step, ..sgd.clone() };
        let adam =
            Recipe { update: Update::ADAM, step: 1e-3, reset_each_epoch: false, ..sgd.clone() };
        let tuned = Self {
            name: "SGD on squared error, tuned".into(),
            criterion: Criterion::SquaredError,
            recipes: [1.0, 3.0, 10.0, 30.0].map(times).to_vec(),
        };
        let matching = Recipe { scale: scaled(matching), ..gradient };
        vec![
            Self::new("SGD on squared error, same step", Criterion::SquaredError, sgd),
            tuned,
            Self::new("SGD on the matching loss, same step", Criterion::Matching, matching),
            Self::new("Adam on squared error, step .001", Criterion::SquaredError, adam),
        ]
    }
}

/// Contenders on one problem.
pub struct Study {
    /// [`Figure::case`]
    pub case: String,
    /// Epochs after which is measured.
    pub marks: Vec<u32>,
    /// What is measured, in the order of the closure's numbers.
    pub quantities: Vec<&'static str>,
    /// Which of them, on training data, candidates are chosen by: the smallest at the last mark.
    pub chosen_by: usize,
    /// In the order to show.
    pub contenders: Vec<Contender>,
}

/// A number for each mark and quantity.
pub type Measured = Vec<Vec<f64>>;

/// What is measured of a model after a mark: a number for each quantity.
pub type Measure<'a, T> = dyn FnMut(&Model<T>, &[T], &mut Tape<T>) -> Vec<f64> + 'a;

impl Study {
    /// Trains every contender with every seed, on all cores, and measures. `train` gets the
    /// contender, one of its recipes with the seed put in, and returns what [`marked`] gives.
    ///
    /// # Errors
    /// The first of `train`'s, unless a training diverged.
    pub fn run(
        &self,
        setting: &Setting<'_>,
        train: &(dyn Fn(&Contender, Recipe) -> Result<Measured, Error> + Sync),
    ) -> Result<Vec<Figure>, Error> {
        let candidates = |contender| {
            let contender: &Contender = contender;
            contender.recipes.iter().map(move |recipe| (contender, recipe))
        };
        let pairs = self.contenders.iter().flat_map(candidates);
        let jobs: Vec<(&Contender, Recipe)> = pairs
            .flat_map(|(contender, recipe)| {
                let with = |&seed| (contender, Recipe { seed, ..recipe.clone() });
                setting.seeds.iter().map(with).collect::<Vec<_>>()
            })
            .collect();
        let done = AtomicUsize::new(0);
        let results: Vec<Option<Measured>> = jobs
            .par_iter()
            .map(|(contender, recipe)| {
                let measured = match train(contender, recipe.clone()) {
                    Ok(measured) => Some(measured),
                    Err(Error::Training(trainer::Error::Diverged { .. })) => None,
                    Err(error) => return Err(error),
                };
                (setting.observe)(done.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
                Ok(measured)
            })
            .collect::<Result<_, _>>()?;
        let mut of_seeds = results.chunks(setting.seeds.len());
        let shown: Vec<(String, &[Option<Measured>])> = self
            .contenders
            .iter()
            .map(|contender| {
                let runs: Vec<_> = of_seeds.by_ref().take(contender.recipes.len()).collect();
                let best = (0..runs.len())
                    .min_by(|&a, &b| self.merit(runs[a]).total_cmp(&self.merit(runs[b])))
                    .unwrap_or(0);
                (name(contender, best), runs[best])
            })
            .collect();
        Ok(self.figures(&shown))
    }

    /// Mean over the seeds of the quantity candidates are chosen by; infinite where one diverged.
    fn merit(&self, runs: &[Option<Measured>]) -> f64 {
        let values = self.values(runs, self.marks.len().saturating_sub(1), self.chosen_by);
        mean(&values).unwrap_or(f64::INFINITY)
    }

    fn values(&self, runs: &[Option<Measured>], mark: usize, quantity: usize) -> Vec<Option<f64>> {
        let value = |run: &Option<Measured>| run.as_ref()?.get(mark)?.get(quantity).copied();
        runs.iter().map(value).collect()
    }

    fn figures(&self, shown: &[(String, &[Option<Measured>])]) -> Vec<Figure> {
        let mut figures = Vec::new();
        for (mark, &epoch) in self.marks.iter().enumerate() {
            for (quantity, name) in self.quantities.iter().enumerate() {
                figures.extend(shown.iter().map(|(contender, runs)| {
                    let values = self.values(runs, mark, quantity);
                    Figure {
                        case: self.case.clone(),
                        contender: contender.clone(),
                        epoch,
                        quantity: (*name).to_owned(),
                        mean: mean(&values),
                        deviation: deviation(&values),
                        values,
                        published: None,
                        bar: None,
                    }
                }));
            }
        }
        figures
    }
}

fn name(contender: &Contender, best: usize) -> String {
    let steps: Vec<f64> = contender.recipes.iter().map(|recipe| recipe.step).collect();
    match steps.as_slice() {
        [_] => contender.name.clone(),
        _ => format!("{} (step × {})", contender.name, (steps[best] / steps[0]).round()),
    }
}

fn mean(values: &[Option<f64>]) -> Option<f64> {
    let sum = values.iter().copied().sum::<Option<f64>>()?;
    Some(sum / values.len() as f64)
}

fn deviation(values: &[Option<f64>]) -> Option<f64> {
    let mean = mean(values)?;
    let sum: f64 = values.iter().flatten().map(|value| (value - mean).powi(2)).sum();
    Some((sum / values.len() as f64).sqrt())
}

/// Trains a model and measures it after each epoch of `marks`; the recipe's epochs become the last.
///
/// # Errors
/// What the training says.
pub fn marked<T: Real>(
    mut model: Model<T>,
    recipe: Recipe,
    initialiser: Initialiser,
    train: &Examples<T>,
    marks: &[u32],
    measure: &mut Measure<'_, T>,
) -> Result<Measured, Error> {
    let epochs = marks.iter().copied().max().unwrap_or(recipe.epochs);
    let mut tape = model.tape();
    let mut measured = Vec::with_capacity(marks.len());
    let recipe = Recipe { epochs, ..recipe };
    let mut training = Training::new(&mut model, recipe, initialiser, train)?;
    training.run(&mut |progress| {
        if progress.is_epoch_end && marks.contains(&progress.epoch) {
            measured.push(measure(progress.model, progress.point, &mut tape));
        }
        ControlFlow::Continue(())
    })?;
    Ok(measured)
}
