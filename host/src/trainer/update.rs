//! The rules that turn a field into a step: PyTorch's and core's, all one kind of
//! [`fejer::Method`] here, with a state that can be kept and read back.

use std::cell::RefCell;

use fejer::{
    Extragradient, Lookahead, Method, Operator, OperatorExtrapolation, ProjectedStep, Prox, Rapp,
};
use serde::{Deserialize, Serialize};

use super::adam::Adam;
use super::adaptive::{Adadelta, Adagrad};
use super::momentum::Momentum;
use crate::real::Real;

/// Which rule, with its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Update {
    /// x ← x − γv, v ← μv + F; the plain step at μ = 0.
    Sgd {
        /// μ
        #[serde(default)]
        momentum: f64,
        /// Take F + μv for the direction.
        #[serde(default)]
        nesterov: bool,
    },
    /// Averages of the field and its square, corrected for their start.
    Adam {
        /// Weight of the old average.
        #[serde(default = "beta1")]
        beta1: f64,
        /// Weight of the old average of squares.
        #[serde(default = "beta2")]
        beta2: f64,
        /// Added to the root.
        #[serde(default = "epsilon")]
        epsilon: f64,
    },
    /// Adam, with decay apart from the averages.
    Adamw {
        /// Weight of the old average.
        #[serde(default = "beta1")]
        beta1: f64,
        /// Weight of the old average of squares.
        #[serde(default = "beta2")]
        beta2: f64,
        /// Added to the root.
        #[serde(default = "epsilon")]
        epsilon: f64,
        /// λ of x ← (1 − γλ)x.
        #[serde(default = "decay")]
        decay: f64,
    },
    /// Steps divided by the root of the sum of the field's squares.
    Adagrad {
        /// Added to the root.
        #[serde(default = "tiny")]
        epsilon: f64,
    },
    /// Steps divided by the root of the average of the field's squares, times that of the steps.
    Adadelta {
        /// Weight of the old averages.
        #[serde(default = "beta1")]
        rho: f64,
        /// Added to the averages.
        #[serde(default = "millionth")]
        epsilon: f64,
    },
    /// Korpelevich's two evaluations a step, both on the same batch.
    Extragradient {},
    /// One evaluation and the previous one: x ← x − γ(F + λ(F − F₋)).
    OperatorExtrapolation {
        /// λ
        #[serde(default = "one")]
        extrapolation: f64,
    },
    /// Relaxed approximate proximal point.
    Rapp {
        /// Share of the way to the approximate proximal point.
        #[serde(default = "half")]
        relaxation: f64,
        /// Evaluations a step.
        #[serde(default = "five")]
        evaluations: u32,
    },
    /// Plain steps on one batch, then back part of the way.
    Lookahead {
        /// Share of the way that is kept.
        #[serde(default = "half")]
        relaxation: f64,
        /// Plain steps a cycle.
        #[serde(default = "five")]
        period: u32,
    },
}

fn beta1() -> f64 {
    0.9
}
fn beta2() -> f64 {
    0.999
}
fn epsilon() -> f64 {
    1e-8
}
fn tiny() -> f64 {
    1e-10
}
fn millionth() -> f64 {
    1e-6
}
fn decay() -> f64 {
    0.01
}
fn one() -> f64 {
    1.0
}
fn half() -> f64 {
    0.5
}
fn five() -> u32 {
    5
}

impl Update {
    /// The plain step.
    pub const PLAIN: Self = Self::Sgd { momentum: 0.0, nesterov: false };
    /// Adam with its authors' numbers.
    pub const ADAM: Self = Self::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

    /// Adagrad and Adadelta with PyTorch's numbers.
    pub const ADAGRAD: Self = Self::Adagrad { epsilon: 1e-10 };
    /// See [`Update::ADAGRAD`].
    pub const ADADELTA: Self = Self::Adadelta { rho: 0.9, epsilon: 1e-6 };

    /// SGD with momentum μ, without Nesterov's look ahead.
    pub const fn momentum(momentum: f64) -> Self {
        Self::Sgd { momentum, nesterov: false }
    }

    /// SGD with Nesterov momentum μ.
    pub const fn nesterov(momentum: f64) -> Self {
        Self::Sgd { momentum, nesterov: true }
    }

    /// What is wrong with its numbers, if anything.
    pub(super) fn fault(self) -> Option<&'static str> {
        let is_weight = |weight: f64| (0.0..1.0).contains(&weight);
        let is_share = |share: f64| share > 0.0 && share <= 1.0;
        match self {
            Self::Sgd { momentum, .. } if !is_weight(momentum) => {
                Some("momentum must be at least 0 and below 1")
            }
            Self::Adam { beta1, beta2, .. } | Self::Adamw { beta1, beta2, .. }
                if !(is_weight(beta1) && is_weight(beta2)) =>
            {
                Some("beta1 and beta2 must be at least 0 and below 1")
            }
            Self::Adadelta { rho, .. } if !is_weight(rho) => {
                Some("rho must be at least 0 and below 1")
            }
            Self::Adam { epsilon, .. }
            | Self::Adamw { epsilon, .. }
            | Self::Adagrad { epsilon }
            | Self::Adadelta { epsilon, .. }
                if !(epsilon.is_finite() && epsilon > 0.0) =>
            {
                Some("epsilon must be above 0")
            }
            Self::Adamw { decay, .. } if !(decay.is_finite() && decay >= 0.0) => {
                Some("decay must be at least 0")
            }
            Self::OperatorExtrapolation { extrapolation }
                if !(0.0..=1.0).contains(&extrapolation) =>
            {
                Some("extrapolation must be between 0 and 1")
            }
            Self::Rapp { relaxation, .. } | Self::Lookahead { relaxation, .. }
                if !is_share(relaxation) =>
            {
                Some("relaxation must be above 0 and at most 1")
            }
            Self::Rapp { evaluations: 0, .. } => Some("evaluations must be at least 1"),
            Self::Lookahead { period: 0, .. } => Some("period must be at least 1"),
            _ => None,
        }
    }
}

/// A rule at work on a point.
pub(super) enum Stepper<T> {
    Momentum(Momentum<T>),
    Adam(Adam<T>),
    Adagrad(Adagrad<T>),
    Adadelta(Adadelta<T>),
    Extragradient(Extragradient<Vec<T>>),
    /// The last field is kept beside the method, which keeps its own to itself.
    Extrapolation {
        method: OperatorExtrapolation<T, Vec<T>>,
        last: Vec<T>,
        made: u32,
    },
    Rapp(Rapp<T, Vec<T>>),
    Lookahead(Lookahead<ProjectedStep<Vec<T>>, T, Vec<T>>),
}

impl<T: Real> Stepper<T> {
    /// At its start, for a point of this length.
    pub(super) fn new(update: Update, length: usize) -> Self {
        let zeros = || vec![T::ZERO; length];
        match update {
            Update::Sgd { momentum, nesterov } => {
                Self::Momentum(Momentum::new(momentum, nesterov, length))
            }
            Update::Adam { beta1, beta2, epsilon } => {
                Self::Adam(Adam::new([beta1, beta2], epsilon, 0.0, length))
            }
            Update::Adamw { beta1, beta2, epsilon, decay } => {
                Self::Adam(Adam::new([beta1, beta2], epsilon, decay, length))
            }
            Update::Adagrad { epsilon } => Self::Adagrad(Adagrad::new(epsilon, length)),
            Update::Adadelta { rho, epsilon } => {
                Self::Adadelta(Adadelta::new(rho, epsilon, length))
            }
            Update::Extragradient {} => Self::Extragradient(Extragradient::new(zeros())),
            Update::OperatorExtrapolation { extrapolation } => Self::Extrapolation {
                method: OperatorExtrapolation::new(T::from_f64(extrapolation), zeros()),
                last: zeros(),
                made: 0,
            },
            Update::Rapp { relaxation, evaluations } => {
                Self::Rapp(Rapp::new(T::from_f64(relaxation), evaluations, zeros()))
            }
            Update::Lookahead { relaxation, period } => {
                let base = ProjectedStep(zeros());
                Self::Lookahead(Lookahead::new(base, period, T::from_f64(relaxation), zeros()))
            }
        }
    }

    /// What the next step depends on besides the point: vectors of its length, and a count.
    pub(super) fn state(&self) -> (Vec<&[T]>, u32) {
        match self {
            Self::Momentum(momentum) => (vec![momentum.velocity()], 0),
            Self::Adam(adam) => (vec![&adam.mean, &adam.square], adam.made),
            Self::Adagrad(adagrad) => (vec![&adagrad.squares], 0),
            Self::Adadelta(adadelta) => (vec![&adadelta.squares, &adadelta.steps], 0),
            Self::Extrapolation { last, made, .. } => (vec![last], *made),
            Self::Extragradient(_) | Self::Rapp(_) | Self::Lookahead(_) => (Vec::new(), 0),
        }
    }

    /// Takes a state; false where it is not one of this rule at this length.
    #[must_use]
    pub(super) fn restore(&mut self, state: &[Vec<T>], count: u32) -> bool {
        let lengths = |own: &(Vec<&[T]>, u32)| own.0.iter().map(|v| v.len()).collect::<Vec<_>>();
        if lengths(&self.state()) != state.iter().map(Vec::len).collect::<Vec<_>>() {
            return false;
        }
        match (self, state) {
            (Self::Momentum(momentum), [velocity]) => {
                momentum.velocity_mut().copy_from_slice(velocity);
            }
            (Self::Adam(adam), [mean, square]) => {
                adam.mean.copy_from_slice(mean);
                adam.square.copy_from_slice(square);
                adam.made = count;
            }
            (Self::Adagrad(adagrad), [squares]) => adagrad.squares.copy_from_slice(squares),
            (Self::Adadelta(adadelta), [squares, steps]) => {
                adadelta.squares.copy_from_slice(squares);
                adadelta.steps.copy_from_slice(steps);
            }
            (Self::Extrapolation { method, last, made }, [field]) => {
                last.copy_from_slice(field);
                *made = count;
                if count > 0 {
                    // a step of length 0 teaches the method what came before
                    let before = |_: &[T], out: &mut [T]| out.copy_from_slice(field);
                    let mut nowhere = vec![T::ZERO; field.len()];
                    method.advance(&before, &fejer::Free, T::ZERO, &mut nowhere);
                }
            }
            _ => {}
        }
        true
    }
}

impl<T: Real> Method<T> for Stepper<T> {
    fn advance(
        &mut self,
        operator: &dyn Operator<T>,
        prox: &dyn Prox<T>,
        step: T,
        point: &mut [T],
    ) {
        match self {
            Self::Momentum(method) => method.advance(operator, prox, step, point),
            Self::Adam(method) => method.advance(operator, prox, step, point),
            Self::Adagrad(method) => method.advance(operator, prox, step, point),
            Self::Adadelta(method) => method.advance(operator, prox, step, point),
            Self::Extragradient(method) => method.advance(operator, prox, step, point),
            Self::Rapp(method) => method.advance(operator, prox, step, point),
            Self::Lookahead(method) => method.advance(operator, prox, step, point),
            Self::Extrapolation { method, last, made } => {
                let last = RefCell::new(last);
                let seen = |point: &[T], out: &mut [T]| {
                    operator.eval(point, out);
                    last.borrow_mut().copy_from_slice(out);
                };
                method.advance(&seen, prox, step, point);
                *made = made.saturating_add(1);
            }
        }
    }
}
