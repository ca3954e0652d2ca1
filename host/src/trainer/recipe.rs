//! How to train: everything but the model and the data.

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::schedule::Schedule;
use super::update::Update;
use crate::mdlam::Settings;
use crate::model::Field;

/// How to train. The step is γ of x ← x − γ·F; F is the mean over the examples of a batch, scaled
/// as [`Scale`] says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Which signal drives the weights.
    pub field: Field,
    /// The monotone field for this share of all steps, then `field`, with the update's state
    /// forgotten in between (svi.md §1.3: .1, or .05 beyond 20 epochs); 0 for none.
    #[serde(default)]
    pub warm_start: f64,
    /// The rule of a step.
    #[serde(deserialize_with = "crate::named::choice")]
    pub update: Update,
    /// γ at the start.
    pub step: f64,
    /// What becomes of γ.
    #[serde(default, deserialize_with = "crate::named::choice")]
    pub schedule: Schedule,
    /// Factors of the field.
    #[serde(default)]
    pub scale: Scale,
    /// δ of F(x) + δx, biases included, as PyTorch's `weight_decay`.
    #[serde(default)]
    pub decay: f64,
    /// Only the weights of these stages decay, counted from 0; all if left out.
    #[serde(default)]
    pub decayed_stages: Option<Vec<usize>>,
    /// Weights stay in the ball of this radius around 0; everywhere if left out.
    #[serde(default)]
    pub radius: Option<f64>,
    /// Examples a step; all of them where there are fewer.
    pub batch: usize,
    /// Passes over the examples.
    pub epochs: u32,
    /// Of the initial weights and of the order of the examples.
    pub seed: u64,
    /// Forget the update's state after every epoch: the published graph experiments build their
    /// optimizer anew each time (svi.md §1.3).
    #[serde(default)]
    pub reset_each_epoch: bool,
    /// Alternating minimisation in place of steps along a field: `field`, `update`, `step`, `batch` and
    /// what changes them are then not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mdlam: Option<Settings>,
}

/// Factors of the field, to meet the scaling an experiment was published with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// Of every weight. Our loss is the mean over examples of ½Σ(p − y)², PyTorch's `mse_loss` is
    /// 2/(sites · channels) of it.
    #[serde(default = "one")]
    pub all: f64,
    /// Of all weights but those of the last stage that has any, on top. The first version of SVI
    /// divides their field by the batch once more; 0 trains the last layer alone.
    #[serde(default = "one")]
    pub hidden: f64,
}

fn one() -> f64 {
    1.0
}

impl Default for Scale {
    fn default() -> Self {
        Self { all: 1.0, hidden: 1.0 }
    }
}

impl Recipe {
    /// Plain constant steps on all examples, without decay; to be changed field by field.
    pub fn new(field: Field, update: Update, step: f64) -> Self {
        Self {
            field,
            warm_start: 0.0,
            update,
            step,
            schedule: Schedule::Constant,
            scale: Scale::default(),
            decay: 0.0,
            decayed_stages: None,
            radius: None,
            batch: usize::MAX,
            epochs: 1,
            seed: 0,
            reset_each_epoch: false,
            mdlam: None,
        }
    }

    /// Refuses what makes no sense.
    ///
    /// # Errors
    /// [`Error::Recipe`]: names the field and what it must be.
    pub fn check(&self) -> Result<(), Error> {
        let is_positive = |value: f64| value.is_finite() && value > 0.0;
        let is_sound = |value: f64| value.is_finite() && value >= 0.0;
        let refuse = |field, remedy| Err(Error::Recipe { field, remedy });
        if let Some(settings) = &self.mdlam {
            settings.check()?;
        }
        match self {
            _ if !is_positive(self.step) => refuse("step", "must be above 0"),
            _ if !(0.0..=1.0).contains(&self.warm_start) => {
                refuse("warm_start", "must be a share of the steps, 0 to 1")
            }
            _ if !is_positive(self.scale.all) => refuse("scale.all", "must be above 0"),
            _ if !is_sound(self.scale.hidden) => refuse("scale.hidden", "must be at least 0"),
            _ if !is_sound(self.decay) => refuse("decay", "must be at least 0"),
            _ if self.radius.is_some_and(|radius| !is_positive(radius)) => {
                refuse("radius", "must be above 0, or be left out")
            }
            _ if self.batch == 0 => refuse("batch", "must be at least 1 example"),
            _ if self.epochs == 0 => refuse("epochs", "must be at least 1"),
            _ => match (self.update.fault(), self.schedule.fault()) {
                (Some(remedy), _) => refuse("update", remedy),
                (None, Some(remedy)) => refuse("schedule", remedy),
                (None, None) => Ok(()),
            },
        }
    }
}
