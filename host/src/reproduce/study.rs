//! Contenders on one problem, over the seeds: who is trained, and what is measured.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::contender::{Contender, Criterion};
use super::report::Figure;
use super::{Error, Setting};
use crate::dataset::Examples;
use crate::layer::Initialiser;
use crate::model::{Model, Tape};
use crate::real::Real;
use crate::trainer::{self, Recipe, Training};

/// Candidates are compared over so many of the first seeds; the best is then trained with the rest.
const TUNING_SEEDS: usize = 3;

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

/// One training to be made.
pub struct Job<'a> {
    /// Which loss to build the model with.
    pub criterion: Criterion,
    /// How to train, the seed put in.
    pub recipe: Recipe,
    /// Told after every epoch.
    pub(super) observe: &'a (dyn Fn() + Sync),
}

/// A number for each mark and quantity.
pub type Measured = Vec<Vec<f64>>;

/// What is measured of a model after a mark: a number for each quantity.
pub type Measure<'a, T> = dyn FnMut(&Model<T>, &[T], &mut Tape<T>) -> Vec<f64> + 'a;

/// How a job is done; gives what [`marked`] gives.
pub type Train<'a> = dyn Fn(Job<'_>) -> Result<Measured, Error> + Sync + 'a;

/// A job that was done. Contenders that come down to the same recipe share it.
struct Done {
    criterion: Criterion,
    recipe: Recipe,
    /// None where it diverged.
    measured: Option<Measured>,
}

impl Study {
    /// Trains every contender with every seed, on all cores, and measures.
    ///
    /// # Errors
    /// The first of `train`'s, unless a training diverged.
    pub fn run(&self, setting: &Setting<'_>, train: &Train<'_>) -> Result<Vec<Figure>, Error> {
        let (tuning, _) = setting.seeds.split_at(setting.seeds.len().min(TUNING_SEEDS));
        let taken = self.contenders.iter().filter(|contender| setting.takes(&contender.name));
        let taken: Vec<&Contender> = taken.collect();
        let mut done = Vec::new();
        let mut wanted = Vec::new();
        for contender in &taken {
            let is_tuned = contender.recipes.len() > 1;
            let seeds = if is_tuned { tuning } else { &setting.seeds };
            let recipes = contender.recipes.iter();
            wanted.extend(recipes.flat_map(|recipe| with_seeds(contender, recipe, seeds)));
        }
        self.complete(wanted, setting, train, &mut done)?;
        let best: Vec<usize> =
            taken.iter().map(|contender| self.best(contender, tuning, &done)).collect();
        let chosen = || taken.iter().zip(&best);
        let wanted = chosen()
            .flat_map(|(contender, &best)| {
                with_seeds(contender, &contender.recipes[best], &setting.seeds)
            })
            .collect();
        self.complete(wanted, setting, train, &mut done)?;
        let shown: Vec<(String, Vec<Option<&Measured>>)> = chosen()
            .map(|(contender, &best)| {
                let runs = found(contender, &contender.recipes[best], &setting.seeds, &done);
                (contender.title(best), runs)
            })
            .collect();
        Ok(self.figures(&shown))
    }

    /// Does what is wanted and not done yet.
    fn complete(
        &self,
        wanted: Vec<(Criterion, Recipe)>,
        setting: &Setting<'_>,
        train: &Train<'_>,
        done: &mut Vec<Done>,
    ) -> Result<(), Error> {
        let mut jobs: Vec<(Criterion, Recipe)> = Vec::new();
        for job in wanted {
            let is_same = |done: &Done| (done.criterion, &done.recipe) == (job.0, &job.1);
            if !jobs.contains(&job) && !done.iter().any(is_same) {
                jobs.push(job);
            }
        }
        let each = u64::from(self.marks.iter().copied().max().unwrap_or(0));
        let all = each * (done.len() + jobs.len()) as u64;
        let epochs = AtomicU64::new(each * done.len() as u64);
        let observe = || (setting.observe)(epochs.fetch_add(1, Ordering::Relaxed) + 1, all);
        let run = |(criterion, recipe): (Criterion, Recipe)| {
            let job = Job { criterion, recipe: recipe.clone(), observe: &observe };
            let measured = match train(job) {
                Ok(measured) => Some(measured),
                Err(Error::Training(trainer::Error::Diverged { .. })) => None,
                Err(error) => return Err(error),
            };
            Ok(Done { criterion, recipe, measured })
        };
        let new: Vec<Done> = jobs.into_par_iter().map(run).collect::<Result<_, _>>()?;
        done.extend(new);
        Ok(())
    }

    /// The candidate with the smallest mean, over these seeds, of what they are chosen by.
    fn best(&self, contender: &Contender, seeds: &[u64], done: &[Done]) -> usize {
        let merit = |recipe: &Recipe| {
            let runs = found(contender, recipe, seeds, done);
            let values = values(&runs, self.marks.len().saturating_sub(1), self.chosen_by);
            mean(&values).unwrap_or(f64::INFINITY)
        };
        let merits = contender.recipes.iter().map(merit).enumerate();
        merits.min_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(0, |(best, _)| best)
    }

    fn figures(&self, shown: &[(String, Vec<Option<&Measured>>)]) -> Vec<Figure> {
        let mut figures = Vec::new();
        for (mark, &epoch) in self.marks.iter().enumerate() {
            for (quantity, name) in self.quantities.iter().enumerate() {
                figures.extend(shown.iter().map(|(contender, runs)| {
                    let values = values(runs, mark, quantity);
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
                        holds: None,
                    }
                }));
            }
        }
        figures
    }
}

fn with_seeds(
    contender: &Contender,
    recipe: &Recipe,
    seeds: &[u64],
) -> impl Iterator<Item = (Criterion, Recipe)> {
    seeds.iter().map(|&seed| (contender.criterion, Recipe { seed, ..recipe.clone() }))
}

/// What came of a recipe, seed by seed.
fn found<'a>(
    contender: &Contender,
    recipe: &Recipe,
    seeds: &[u64],
    done: &'a [Done],
) -> Vec<Option<&'a Measured>> {
    with_seeds(contender, recipe, seeds)
        .map(|(criterion, recipe)| {
            let is_it = |done: &&Done| (done.criterion, &done.recipe) == (criterion, &recipe);
            done.iter().find(is_it)?.measured.as_ref()
        })
        .collect()
}

fn values(runs: &[Option<&Measured>], mark: usize, quantity: usize) -> Vec<Option<f64>> {
    let value = |run: &Option<&Measured>| run.as_ref()?.get(mark)?.get(quantity).copied();
    runs.iter().map(value).collect()
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
    job: Job<'_>,
    initialiser: Initialiser,
    train: &Examples<T>,
    marks: &[u32],
    measure: &mut Measure<'_, T>,
) -> Result<Measured, Error> {
    let epochs = marks.iter().copied().max().unwrap_or(job.recipe.epochs);
    let mut tape = model.tape();
    let mut measured = Vec::with_capacity(marks.len());
    let recipe = Recipe { epochs, ..job.recipe };
    let mut training = Training::new(&mut model, recipe, initialiser, train)?;
    training.run(&mut |progress| {
        if progress.is_epoch_end {
            if marks.contains(&progress.epoch) {
                measured.push(measure(progress.model, progress.point, &mut tape));
            }
            (job.observe)();
        }
        ControlFlow::Continue(())
    })?;
    Ok(measured)
}
