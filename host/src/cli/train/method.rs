//! Another method than the file's, and its numbers.

use crate::mdlam::Variant;
use crate::trainer::Recipe;

/// What may be chosen beside the file.
#[derive(clap::Args)]
pub struct Chosen {
    /// Train by another method than training.update; its numbers are those of training.mdlam, if there
    /// are any, and those below.
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// mDLAM: the cost of layers that do not fit each other, beside a loss summed over examples.
    #[arg(long, value_name = "COST", requires = "method")]
    rho: Option<f64>,
    /// mDLAM: how far outputs may be from their link's value in the first epoch; then half of it …
    #[arg(long, value_name = "SIZE", requires = "method")]
    epsilon: Option<f64>,
    /// … and so on down to this.
    #[arg(long, value_name = "SIZE", requires = "method")]
    least_epsilon: Option<f64>,
    /// mDLAM: µ of (µ/2)‖W‖².
    #[arg(long, value_name = "WEIGHT", requires = "method")]
    ridge: Option<f64>,
    /// mDLAM: µ of µ‖W‖₁.
    #[arg(long, value_name = "WEIGHT", requires = "method")]
    lasso: Option<f64>,
    /// mDLAM: extrapolated; plain; as the code behind the published figures; or with an equality
    /// penalty (relu).
    #[arg(long, value_enum, requires = "method")]
    variant: Option<Variant>,
}

/// Methods that are no update of a point.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Method {
    /// Alternating minimisation without a gradient through the network.
    Mdlam,
}

impl Chosen {
    /// Writes what was chosen into the recipe; false where nothing was.
    pub fn apply(&self, recipe: &mut Recipe) -> bool {
        let Some(Method::Mdlam) = self.method else { return false };
        let settings = recipe.mdlam.get_or_insert_default();
        let numbers = [
            (&mut settings.rho, self.rho),
            (&mut settings.epsilon, self.epsilon),
            (&mut settings.least_epsilon, self.least_epsilon),
            (&mut settings.ridge, self.ridge),
            (&mut settings.lasso, self.lasso),
        ];
        for (number, chosen) in numbers {
            *number = chosen.unwrap_or(*number);
        }
        settings.variant = self.variant.unwrap_or(settings.variant);
        true
    }
}
