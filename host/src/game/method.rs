//! Methods by name: core's own, those of this module, and Lookahead around each.
//!
//! `NAME` or `NAME:key=value:key=value`, such as `rapp:tau=50` or `la-eg+:alpha=.1:step=.3`.

mod adagrad;
mod adaptive;
mod alternating;

use std::fmt;
use std::str::FromStr;

use fejer::{
    Extragradient, ExtragradientPlus, Lookahead, Method, OperatorExtrapolation, Optimistic,
    ProjectedStep, Rapp,
};

pub use adagrad::OptimisticAdagrad;
pub use adaptive::{AdaptiveExtragradientPlus, SHARE};
pub use alternating::Alternating;

/// The rule of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Both players step at once: core's projected step.
    Plain,
    /// One after the other.
    Alternating,
    /// Korpelevich's.
    Extragradient,
    /// EG+, and CEG+ with a fixed α under a constraint.
    ExtragradientPlus,
    /// CEG+ with its adaptive α.
    Adaptive,
    /// Popov's past extragradient.
    Optimistic,
    /// Operator extrapolation, λ = 1.
    Extrapolation,
    /// The stochastic name of [`Rule::Optimistic`], and the same object: one draw a step.
    Osg,
    /// Optimistic Adagrad.
    Adagrad,
    /// Relaxed approximate proximal point.
    Rapp,
    /// The exact relaxed proximal point, on games with a resolvent in closed form.
    ProximalPoint,
}

/// Every rule with its name and what it does, in the order of the help.
pub const RULES: [(&str, Rule, &str); 11] = [
    ("gda", Rule::Plain, "gradient descent-ascent, both at once"),
    ("alternating", Rule::Alternating, "the same, one after the other"),
    ("eg", Rule::Extragradient, "extragradient"),
    ("eg+", Rule::ExtragradientPlus, "extragradient+, relaxed by alpha; CEG+ under a constraint"),
    ("ceg+", Rule::Adaptive, "CEG+ with its adaptive alpha, relaxed by --lambda"),
    ("optimistic", Rule::Optimistic, "past extragradient"),
    ("extrapolation", Rule::Extrapolation, "operator extrapolation"),
    ("osg", Rule::Osg, "optimistic stochastic gradient: optimistic under noise"),
    ("oadagrad", Rule::Adagrad, "optimistic Adagrad, offset delta"),
    ("rapp", Rule::Rapp, "relaxed approximate proximal point, tau evaluations, lambda"),
    ("proximal", Rule::ProximalPoint, "its limit tau → ∞, on affine games without a constraint"),
];

/// What a Lookahead is called.
const LOOKAHEAD: &str = "la-";

/// A method with its numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spec {
    /// The rule of a step.
    pub rule: Rule,
    /// Lookahead(τ, λ) around it?
    pub is_lookahead: bool,
    /// γ; for optimistic Adagrad η.
    pub step: f64,
    /// τ: evaluations of RAPP, or base steps of Lookahead.
    pub tau: u32,
    /// λ of RAPP, of the proximal point, of CEG+ or of Lookahead.
    pub lambda: f64,
    /// α of EG+; within a Lookahead, λ of what it is around.
    pub alpha: f64,
    /// δ of optimistic Adagrad.
    pub delta: f64,
    /// τ of RAPP within a Lookahead.
    pub inner: u32,
}

/// What the numbers are where a method does not say its own.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// [`Spec::step`]
    pub step: f64,
    /// [`Spec::tau`]
    pub tau: u32,
    /// [`Spec::lambda`]
    pub lambda: f64,
    /// [`Spec::alpha`]
    pub alpha: f64,
    /// [`Spec::delta`]
    pub delta: f64,
}

/// A method as it was written, before its numbers are filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    rule: Rule,
    is_lookahead: bool,
    options: Vec<(Key, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Step,
    Tau,
    Lambda,
    Alpha,
    Delta,
    Inner,
}

const KEYS: [(&str, Key); 6] = [
    ("step", Key::Step),
    ("tau", Key::Tau),
    ("lambda", Key::Lambda),
    ("alpha", Key::Alpha),
    ("delta", Key::Delta),
    ("inner", Key::Inner),
];

/// Why a method could not be read.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// There is none of this name.
    #[error("{name} is no method; there are {}, and each with {LOOKAHEAD} before it", names())]
    Name {
        /// What was written.
        name: String,
    },
    /// An option that there is not.
    #[error("{option} is no option of a method; write key=value with one of {}", keys())]
    Option {
        /// What was written.
        option: String,
    },
    /// A number that makes no sense.
    #[error("{option}: {remedy}")]
    Number {
        /// What was written.
        option: String,
        /// What it must be.
        remedy: &'static str,
    },
}

fn names() -> String {
    RULES.map(|(name, ..)| name).join(", ")
}

fn keys() -> String {
    KEYS.map(|(name, _)| name).join(", ")
}

impl FromStr for Written {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default();
        let (base, is_lookahead) = match name.strip_prefix(LOOKAHEAD) {
            Some(base) => (base, true),
            None => (name, false),
        };
        let rule = RULES.iter().find(|(known, ..)| *known == base);
        let &(_, rule, _) = rule.ok_or_else(|| Error::Name { name: name.into() })?;
        let options = parts.map(option).collect::<Result<_, _>>()?;
        Ok(Self { rule, is_lookahead, options })
    }
}

fn option(option: &str) -> Result<(Key, f64), Error> {
    let unknown = || Error::Option { option: option.into() };
    let (name, value) = option.split_once('=').ok_or_else(unknown)?;
    let &(_, key) = KEYS.iter().find(|(known, _)| *known == name).ok_or_else(unknown)?;
    let refuse = |remedy| Error::Number { option: option.into(), remedy };
    let value: f64 = value.parse().map_err(|_| refuse("not a number"))?;
    match key {
        Key::Tau | Key::Inner if !(value.fract() == 0.0 && (1.0..=1e6).contains(&value)) => {
            Err(refuse("must be a whole number from 1 to 1000000"))
        }
        Key::Lambda | Key::Alpha if !(value > 0.0 && value < 2.0) => {
            Err(refuse("must be above 0 and below 2"))
        }
        _ if !(value.is_finite() && value > 0.0) => Err(refuse("must be above 0")),
        _ => Ok((key, value)),
    }
}

impl Written {
    /// With every number.
    pub fn fill(&self, defaults: Defaults) -> Spec {
        let Defaults { step, tau, lambda, alpha, delta } = defaults;
        let (rule, is_lookahead) = (self.rule, self.is_lookahead);
        let mut spec = Spec { rule, is_lookahead, step, tau, lambda, alpha, delta, inner: 5 };
        for &(key, value) in &self.options {
            match key {
                Key::Step => spec.step = value,
                Key::Tau => spec.tau = value as u32,
                Key::Lambda => spec.lambda = value,
                Key::Alpha => spec.alpha = value,
                Key::Delta => spec.delta = value,
                Key::Inner => spec.inner = value as u32,
            }
        }
        spec
    }
}

impl Spec {
    /// A rule alone, with what the literature takes where it is not said: τ = 5, λ = ½, α = ½, δ = 1.
    pub fn new(rule: Rule, step: f64) -> Self {
        Written { rule, is_lookahead: false, options: Vec::new() }.fill(Defaults {
            step,
            tau: 5,
            lambda: 0.5,
            alpha: 0.5,
            delta: 1.0,
        })
    }

    /// Lookahead(τ, λ) around it.
    #[must_use]
    pub fn looking_ahead(self, tau: u32, lambda: f64) -> Self {
        Self { is_lookahead: true, tau, lambda, ..self }
    }

    /// The rule's name, as it is written.
    pub fn name(&self) -> String {
        let name = RULES.iter().find(|(_, rule, _)| *rule == self.rule);
        let ahead = if self.is_lookahead { LOOKAHEAD } else { "" };
        format!("{ahead}{}", name.map_or("", |(name, ..)| name))
    }

    /// τ and λ of RAPP.
    pub fn rapp(&self) -> (u32, f64) {
        if self.is_lookahead { (self.inner, self.alpha) } else { (self.tau, self.lambda) }
    }

    /// λ of the rule, where it has one besides RAPP's: of CEG+ and of the proximal point.
    pub fn relaxation(&self) -> f64 {
        if self.is_lookahead { self.alpha } else { self.lambda }
    }

    /// Does a step depend on those before it?
    pub fn remembers(&self) -> bool {
        use Rule::{Adagrad, Extrapolation, Optimistic, Osg};
        matches!(self.rule, Optimistic | Extrapolation | Osg | Adagrad)
    }

    /// Is a step an affine map where F is one?
    pub fn is_affine(&self) -> bool {
        !matches!(self.rule, Rule::Adaptive | Rule::Adagrad)
    }

    /// The method at its start, for points of this length. The proximal point wants F's resolvent for
    /// A's and no F.
    pub fn build(&self, length: usize) -> Box<dyn Method<f64>> {
        let zeros = || vec![0.0; length];
        let around = Around(self, length);
        match self.rule {
            Rule::Plain => around.build(ProjectedStep(zeros())),
            Rule::Alternating => around.build(Alternating::new(length)),
            Rule::Extragradient => around.build(Extragradient::new(zeros())),
            Rule::ExtragradientPlus => around.build(ExtragradientPlus::new(self.alpha, zeros())),
            Rule::Adaptive => {
                around.build(AdaptiveExtragradientPlus::new(self.relaxation(), length))
            }
            Rule::Optimistic | Rule::Osg => around.build(Optimistic::new(zeros())),
            Rule::Extrapolation => around.build(OperatorExtrapolation::new(1.0, zeros())),
            Rule::Adagrad => around.build(OptimisticAdagrad::new(self.delta, length)),
            Rule::Rapp => {
                let (tau, lambda) = self.rapp();
                around.build(Rapp::new(lambda, tau, zeros()))
            }
            Rule::ProximalPoint => {
                let step = ProjectedStep(zeros());
                around.build(Lookahead::new(step, 1, self.relaxation(), zeros()))
            }
        }
    }
}

/// What is put around a rule, for points of a length.
struct Around<'a>(&'a Spec, usize);

impl Around<'_> {
    fn build<M: Method<f64> + 'static>(&self, method: M) -> Box<dyn Method<f64>> {
        let &Self(spec, length) = self;
        if spec.is_lookahead {
            Box::new(Lookahead::new(method, spec.tau, spec.lambda, vec![0.0; length]))
        } else {
            Box::new(method)
        }
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())?;
        if self.is_lookahead {
            write!(formatter, " τ={} λ={}", self.tau, self.lambda)?;
        }
        match (self.rule, self.rapp(), self.relaxation()) {
            (Rule::ExtragradientPlus, ..) => write!(formatter, " α={}", self.alpha)?,
            (Rule::Adagrad, ..) => write!(formatter, " δ={}", self.delta)?,
            (Rule::Rapp, (tau, lambda), _) if self.is_lookahead => {
                write!(formatter, " inner={tau} α={lambda}")?;
            }
            (Rule::Rapp, (tau, lambda), _) => write!(formatter, " τ={tau} λ={lambda}")?,
            (Rule::Adaptive | Rule::ProximalPoint, _, lambda) => {
                write!(formatter, " {}={lambda}", if self.is_lookahead { "α" } else { "λ" })?;
            }
            _ => {}
        }
        write!(formatter, " γ={}", (self.step * 1e4).round() / 1e4)
    }
}
