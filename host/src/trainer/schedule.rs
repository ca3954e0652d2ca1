//! How the step size changes over a training.

use serde::{Deserialize, Serialize};

/// The share of the first step size that is left after some steps. Epochs count from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// All of it.
    #[default]
    Constant,
    /// Times `factor` after every so many epochs.
    Step {
        /// Epochs from one change to the next, at least 1.
        every: u32,
        /// What is left after each.
        factor: f64,
    },
    /// Half a cosine from 1 down to `last` over the whole training (Loshchilov & Hutter 2017).
    Cosine {
        /// What is left at the end.
        #[serde(default)]
        last: f64,
    },
    /// 1/(1 + t/h): half is left after `half` epochs, a third after twice as many. The rate 1/t that
    /// a noisy strongly monotone field needs to converge (svi.md §1.2).
    InverseTime {
        /// h, in epochs, above 0.
        half: f64,
    },
}

impl Schedule {
    /// The share for the step after `made` others, with so many steps an epoch and in all.
    pub fn share(self, made: u64, per_epoch: u64, all: u64) -> f64 {
        let per_epoch = per_epoch.max(1);
        match self {
            Self::Constant => 1.0,
            Self::Step { every, factor } => {
                let changes = made / per_epoch / u64::from(every.max(1));
                libm::pow(factor, changes as f64)
            }
            Self::Cosine { last } => {
                let turn = std::f64::consts::PI * made as f64 / all.max(1) as f64;
                last + (1.0 - last) * 0.5 * (1.0 + libm::cos(turn))
            }
            Self::InverseTime { half } => 1.0 / (1.0 + made as f64 / (half * per_epoch as f64)),
        }
    }

    /// Does a step depend on how many are still to come? Then a training cannot be prolonged.
    pub(super) fn looks_ahead(self) -> bool {
        matches!(self, Self::Cosine { .. })
    }

    /// What is wrong with its numbers, if anything.
    pub(super) fn fault(self) -> Option<&'static str> {
        let is_share = |share: f64| share.is_finite() && (0.0..=1.0).contains(&share);
        match self {
            Self::Step { every: 0, .. } => Some("every must be at least 1 epoch"),
            Self::Step { factor, .. } if !(factor.is_finite() && factor > 0.0) => {
                Some("factor must be above 0")
            }
            Self::Cosine { last } if !is_share(last) => Some("last must be between 0 and 1"),
            Self::InverseTime { half } if !(half.is_finite() && half > 0.0) => {
                Some("half must be above 0 epochs")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_schedule_leaves_what_it_says() {
        let at = |schedule: Schedule, made| schedule.share(made, 10, 100);
        assert_eq!(at(Schedule::Constant, 77), 1.0);
        let step = Schedule::Step { every: 3, factor: 0.5 };
        assert_eq!([0, 29, 30, 59, 60].map(|made| at(step, made)), [1.0, 1.0, 0.5, 0.5, 0.25]);
        let cosine = Schedule::Cosine { last: 0.2 };
        assert_eq!(at(cosine, 0), 1.0);
        assert!((at(cosine, 50) - 0.6).abs() < 1e-15 && (at(cosine, 100) - 0.2).abs() < 1e-15);
        let inverse = Schedule::InverseTime { half: 2.0 };
        assert_eq!([0, 20, 60].map(|made| at(inverse, made)), [1.0, 0.5, 0.25]);
    }
}
