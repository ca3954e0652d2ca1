//! What theory promises of a run, and nothing beyond: every condition of the theorem is checked here,
//! and where one fails the answer is "no theorem". Runs may converge all the same.
//!
//! The statements are those of mdlam_rapp.md B2 and of the headers of `core/src/method`; what is only
//! remembered there, or needs an assumption nobody can check beforehand, says so in its text.

use super::method::{Rule, SHARE, Spec};
use super::{Constraint, Facts, Game};

/// A theorem, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Claim {
    /// Is there one for this game, constraint and numbers?
    pub is_covered: bool,
    /// Its name and what it gives; otherwise what stands in the way.
    pub text: String,
}

fn theorem(text: impl Into<String>) -> Claim {
    Claim { is_covered: true, text: text.into() }
}

fn none(why: impl std::fmt::Display) -> Claim {
    Claim { is_covered: false, text: format!("no theorem: {why}") }
}

/// How a method is run, besides its numbers.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// What is added to F.
    pub constraint: Constraint,
    /// Deviation σ of the noise.
    pub noise: f64,
    /// Steps.
    pub steps: u32,
    /// ‖z₀ − z*‖₂ of the farthest start.
    pub distance: f64,
}

/// A question: a method with its numbers on a game.
#[derive(Clone, Copy, Debug)]
struct Case<'a> {
    facts: &'a Facts,
    setting: Setting,
    spec: &'a Spec,
}

/// The theorem that covers such a run.
pub fn claim(game: &Game, spec: &Spec, setting: Setting) -> Claim {
    if setting.noise > 0.0 {
        return none("a constant step under noise settles around the solution, not at it");
    }
    let case = Case { facts: &game.facts, setting, spec };
    if spec.is_lookahead { case.lookahead() } else { case.rule() }
}

impl Case<'_> {
    fn rule(&self) -> Claim {
        match self.spec.rule {
            Rule::Plain => self.plain(),
            Rule::Alternating => none("alternation circles even on a bilinear game"),
            Rule::Extragradient => self.extragradient(),
            Rule::ExtragradientPlus => self.extragradient_plus(),
            Rule::Adaptive => self.adaptive(),
            // Without noise OSG is Popov's method.
            Rule::Optimistic | Rule::Osg => {
                self.past("Popov 1980: converges, monotone F, γ < 1/(2L)")
            }
            Rule::Extrapolation => {
                self.past("Kotsalis, Lan & Li 2020: converges, monotone F, γ ≤ 1/(2L)")
            }
            Rule::Adagrad => self.adagrad(),
            Rule::Rapp => self.rapp(),
            Rule::ProximalPoint => self.proximal_point(),
        }
    }

    /// γL
    fn reach(&self) -> f64 {
        self.spec.step * self.facts.lipschitz
    }

    /// Is F monotone? Then so is F + A.
    fn is_monotone(&self) -> bool {
        self.facts.comonotone.is_some_and(|comonotone| comonotone >= 0.0)
    }

    /// ρ of a weak Minty inequality of F + A.
    fn weak_minty(&self) -> Result<f64, Claim> {
        match (self.setting.constraint, self.facts.radius) {
            (Constraint::Free, None) => Ok(self.facts.weak_minty),
            (_, None) if self.is_monotone() => Ok(0.0),
            (Constraint::Box { radius }, Some(own)) if radius == own => Ok(self.facts.weak_minty),
            (_, None) => Err(none("the weak Minty constant is of F alone")),
            (_, Some(_)) => Err(none("the weak Minty constant is of F in its own box")),
        }
    }

    /// Points of EG+ need not be in the box, where L holds. They are as long as they come nearer to the
    /// solution within a ball that is; then it is `text` that covers them.
    fn within(&self, text: &str) -> Claim {
        let Some(own) = self.facts.radius else { return theorem(text) };
        let solution = self.facts.solution.iter();
        let inner = solution.fold(own, |least, x| least.min(own - x.abs()));
        match self.setting.distance <= inner {
            true => theorem(text),
            false => none(format!("from farther than {inner:.3} the box may be left")),
        }
    }

    fn monotone(&self) -> Result<(), Claim> {
        if self.is_monotone() { Ok(()) } else { Err(none("F is not monotone")) }
    }

    fn is_free(&self) -> bool {
        self.setting.constraint.is_free() && self.facts.radius.is_none()
    }

    fn free(&self) -> Result<(), Claim> {
        if self.is_free() { Ok(()) } else { Err(none("it speaks of F without a constraint")) }
    }

    /// A set, or nothing.
    fn set(&self) -> Result<(), Claim> {
        match self.setting.constraint {
            Constraint::Free | Constraint::Box { .. } => Ok(()),
            _ => Err(none("it speaks of sets, not of regularisers")),
        }
    }

    fn plain(&self) -> Claim {
        match self.facts.comonotone {
            Some(beta) if beta > 0.0 && self.spec.step < 2.0 * beta => {
                theorem("projected step: converges, F cocoercive with β = ρ, γ < 2β")
            }
            _ => none("descent-ascent needs a cocoercive F, ρ > 0 and γ < 2ρ"),
        }
    }

    fn extragradient(&self) -> Claim {
        match self.monotone().and_then(|()| self.set()) {
            Err(claim) => claim,
            Ok(()) if self.reach() >= 1.0 => none("γ must be below 1/L"),
            Ok(()) => theorem("Korpelevich 1976: converges, monotone F, γ < 1/L"),
        }
    }

    fn extragradient_plus(&self) -> Claim {
        let (step, alpha) = (self.spec.step, self.spec.alpha);
        match self.weak_minty() {
            Err(claim) => claim,
            Ok(_) if self.reach() > 1.0 => none("γ must not exceed 1/L"),
            Ok(rho) if -rho >= 0.5 * step => none("γ must exceed −2ρ, within 1/L"),
            Ok(rho) if alpha >= 1.0 + 2.0 * rho / step => {
                none(format!("α must be below 1 + 2ρ/γ = {:.4}", 1.0 + 2.0 * rho / step))
            }
            Ok(_) => self.within("EG+ (Pethick et al. 2022): converges, weak Minty, α < 1 + 2ρ/γ"),
        }
    }

    fn adaptive(&self) -> Claim {
        let share = SHARE * self.spec.step;
        match self.weak_minty() {
            Err(claim) => claim,
            Ok(_) if self.reach() > 1.0 => none("γ must not exceed 1/L"),
            Ok(rho) if rho < share => none("ρ must be at least −.495γ, γ within 1/L"),
            Ok(_) if self.spec.relaxation() >= 2.0 => none("λ must be below 2"),
            Ok(_) => self.within("CEG+ (Pethick et al. 2022): converges, weak Minty, ρ ≥ −.495γ"),
        }
    }

    /// Methods of one evaluation a step.
    fn past(&self, text: &str) -> Claim {
        match self.monotone().and_then(|()| self.set()) {
            Err(claim) => claim,
            // Popov's bound is strict; the other loses nothing by it.
            Ok(()) if self.reach() >= 0.5 => none("γ must be below 1/(2L)"),
            Ok(()) => theorem(text),
        }
    }

    fn adagrad(&self) -> Claim {
        let checks = self.free().and_then(|()| self.monotone());
        match checks {
            Err(claim) => claim,
            Ok(()) if self.reach() > self.spec.delta / 9.0 => none("η must not exceed δ/(9L)"),
            Ok(()) => none("Liu et al. 2020 would do, but assumes bounded iterates"),
        }
    }

    /// Comonotonicity of F + A, which that of F alone gives for A = 0 or ρ ≥ 0.
    fn comonotone(&self) -> Result<f64, Claim> {
        match self.facts.comonotone {
            None => Err(none("F is comonotone with no ρ")),
            Some(rho) if rho >= 0.0 || self.is_free() => Ok(rho),
            Some(_) => Err(none("ρ < 0 is that of F, not of F with a constraint")),
        }
    }

    fn rapp(&self) -> Claim {
        let (tau, lambda) = self.spec.rapp();
        // Without a constraint two evaluations are EG+.
        if tau == 2 && self.is_free() {
            return Case { spec: &Spec { alpha: lambda, ..*self.spec }, ..*self }
                .extragradient_plus();
        }
        let steps = self.setting.steps;
        let needed = (f64::from(steps).ln() / -self.reach().ln()).ceil();
        match self.comonotone() {
            Err(claim) => claim,
            Ok(_) if self.reach() >= 1.0 => none("γ must be below 1/L"),
            Ok(rho) if rho < -0.5 * self.spec.step => none("ρ must be at least −γ/2"),
            Ok(_) if lambda >= 1.0 => none("λ must be below 1"),
            Ok(_) if f64::from(tau) < needed => {
                none(format!("τ must be at least ln K/ln(1/γL) = {needed} for K = {steps} steps"))
            }
            Ok(_) => {
                theorem("RAPP (Pethick et al. 2023): best squared residual O(1/K) over K steps")
            }
        }
    }

    fn proximal_point(&self) -> Claim {
        let largest = |rho: f64| 2.0 * (1.0 + rho / self.spec.step);
        match self.comonotone() {
            Err(claim) => claim,
            Ok(rho) if rho <= -self.spec.step => none("ρ must exceed −γ"),
            Ok(rho) if self.spec.relaxation() >= largest(rho) => {
                none(format!("λ must be below 2(1 + ρ/γ) = {:.4}", largest(rho)))
            }
            Ok(_) => theorem("proximal point, conically averaged: converges, λ < 2(1 + ρ/γ)"),
        }
    }

    fn lookahead(&self) -> Claim {
        let Spec { tau, lambda, .. } = *self.spec;
        if lambda >= 1.0 {
            return none("λ of Lookahead must be below 1");
        }
        match self.spec.rule {
            Rule::Plain if tau == 2 => self.lookahead_of_two(lambda),
            Rule::Plain => none("around descent-ascent only τ = 2 is proved"),
            // One base step never moves away from a solution: nor do τ of them, nor their average.
            Rule::Extragradient | Rule::ExtragradientPlus | Rule::Adaptive => {
                let base = self.rule();
                let text = format!("Lookahead (Pethick et al. 2023) around {}", base.text);
                if base.is_covered { theorem(text) } else { base }
            }
            _ => none("the base may move away from a solution, or is not known not to"),
        }
    }

    /// mdlam_rapp.md B2.4.
    fn lookahead_of_two(&self, lambda: f64) -> Claim {
        let (step, square) = (self.spec.step, self.reach().powi(2));
        let least = -0.5 * step * (1.0 - 2.0 * lambda - (1.0 - lambda) * square);
        match self.free().and_then(|()| self.comonotone()) {
            Err(claim) => claim,
            Ok(_) if lambda >= 0.5 => none("λ must be below ½"),
            Ok(rho) if rho <= least => {
                none(format!("ρ must exceed −(γ/2)(1 − 2λ − (1 − λ)γ²L²) = {least:.4}"))
            }
            Ok(_) => theorem("LA-GDA, τ = 2 (Pethick et al. 2023): best iterate O(1/K)"),
        }
    }
}
