//! Who takes part in an experiment: ways to train, and the baselines of all of them.

use crate::model::Field;
use crate::trainer::{Recipe, Scale, Update};

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

    /// With one recipe for each multiple of its step.
    pub fn tuned(
        name: impl Into<String>,
        criterion: Criterion,
        recipe: &Recipe,
        multiples: [f64; 4],
    ) -> Self {
        let times = |multiple: f64| Recipe { step: multiple * recipe.step, ..recipe.clone() };
        Self { name: name.into(), criterion, recipes: multiples.map(times).to_vec() }
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
        let adam =
            Recipe { update: Update::ADAM, step: 1e-3, reset_each_epoch: false, ..sgd.clone() };
        let matching = Recipe { scale: scaled(matching), ..gradient };
        let squared = Criterion::SquaredError;
        vec![
            Self::new("SGD on squared error, same step", squared, sgd.clone()),
            Self::tuned("SGD on squared error, tuned", squared, &sgd, [1.0, 3.0, 10.0, 30.0]),
            Self::new("SGD on the matching loss, same step", Criterion::Matching, matching),
            Self::new("Adam on squared error, step .001", squared, adam),
        ]
    }

    /// For the table, once its best candidate is known.
    pub(super) fn title(&self, best: usize) -> String {
        let steps: Vec<f64> = self.recipes.iter().map(|recipe| recipe.step).collect();
        match steps.as_slice() {
            [_] => self.name.clone(),
            _ => format!("{} (step × {})", self.name, (steps[best] / steps[0]).round()),
        }
    }
}
