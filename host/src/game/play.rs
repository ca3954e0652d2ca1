//! Runs: methods on one game from one or more starts, watched.

use fejer::{Outcome, natural_residual};
use rayon::prelude::*;

use super::claim::{Claim, Setting, claim};
use super::method::{Rule, Spec};
use super::noise::Noisy;
use super::radius::{self, distance};
use super::walk::Walk;
use super::{Constraint, Game};
use crate::random::Random;

/// A run has diverged when its residual is so many times the first one.
const DIVERGED: f64 = 1e6;
/// A method with memory is run for so long to measure its growth.
const GROWTH_STEPS: usize = 2_000;
/// Points of a curve.
const POINTS: u32 = 300;
/// Points of a path, at most; beyond, every second, and so on.
const PATH: u32 = 3_000;

/// What to run.
#[derive(Clone)]
pub struct Play {
    /// The game.
    pub game: Game,
    /// What is added to it.
    pub constraint: Constraint,
    /// The methods.
    pub methods: Vec<Spec>,
    /// Steps of each.
    pub steps: u32,
    /// Deviation σ of the noise on every entry of F; 0 for none.
    pub noise: f64,
    /// Of the noise and of the starts.
    pub seed: u64,
    /// The game's own start, then so many less one at random, no farther from the solution.
    pub starts: u32,
    /// Converged at this natural residual.
    pub tolerance: f64,
}

/// Why a game could not be played.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The exact proximal point of something without a closed form.
    #[error(
        "proximal: only affine games without a constraint or noise have a resolvent in closed form; \
         take rapp with a large tau"
    )]
    NoResolvent,
}

/// One run.
#[derive(Clone, Debug)]
pub struct Played {
    /// Why it ended.
    pub outcome: Outcome,
    /// Steps with the natural residual ‖x − prox(x − F(x))‖_∞ there, without noise, from 0 on.
    pub residuals: Vec<(u32, f64)>,
    /// The points, of a game of two numbers.
    pub path: Vec<[f64; 2]>,
    /// Where it ended.
    pub point: Vec<f64>,
    /// How often F was evaluated; 0 if it diverged.
    pub evaluations: u64,
}

/// One method over all starts; the worst of them in each column.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Row {
    /// With its numbers.
    pub method: String,
    /// Natural residual after so many steps; none where a run had diverged by then.
    pub residuals: Vec<(u32, Option<f64>)>,
    /// ‖z − z*‖₂ at the end, where z* is known and no run diverged.
    pub distance: Option<f64>,
    /// Evaluations of F a step; none where every run diverged, or F's resolvent was taken.
    pub evaluations: Option<f64>,
    /// Spectral radius of a step, where the game and the method are affine.
    pub radius: Option<f64>,
    /// Is the radius measured on a run, and so good to some three digits only?
    pub is_estimate: bool,
    /// Runs whose last residual is small enough.
    pub converged: usize,
    /// Runs that left.
    pub diverged: usize,
    /// Runs.
    pub runs: usize,
    /// What theory says.
    pub claim: Claim,
}

impl Play {
    /// Runs every method from every start: for each method, its runs.
    ///
    /// # Errors
    /// [`Error`]
    pub fn run(&self) -> Result<Vec<Vec<Played>>, Error> {
        let is_exact = |spec: &Spec| spec.rule == Rule::ProximalPoint;
        let is_possible = self.constraint.is_free() && self.noise == 0.0;
        if self.methods.iter().any(is_exact) && !(is_possible && self.game.resolvent.is_some()) {
            return Err(Error::NoResolvent);
        }
        let starts = self.starts();
        let of = |spec: &Spec| {
            let start = |(stream, start): (usize, &Vec<f64>)| self.one(spec, start, stream as u64);
            starts.par_iter().enumerate().map(start).collect()
        };
        Ok(self.methods.par_iter().map(of).collect())
    }

    /// Where the runs start.
    pub fn starts(&self) -> Vec<Vec<f64>> {
        let own = self.game.facts.start.clone();
        let centre = &self.game.facts.solution;
        let reach = distance(&own, centre);
        let mut random = Random::new(self.seed, u64::MAX);
        let mut draw = || {
            let direction: Vec<f64> = own.iter().map(|_| random.normal()).collect();
            let length = direction.iter().map(|value| value * value).sum::<f64>().sqrt();
            let share = reach * random.uniform().sqrt() / length;
            let mut point: Vec<f64> =
                centre.iter().zip(&direction).map(|(x, value)| x + share * value).collect();
            // Into the set; a regulariser has none to be in.
            if let Constraint::Box { .. } = self.constraint {
                self.constraint.prox().prox(1.0, &mut point);
            }
            point
        };
        let others: Vec<Vec<f64>> = (1..self.starts).map(|_| draw()).collect();
        std::iter::once(own).chain(others).collect()
    }

    fn one(&self, spec: &Spec, start: &[f64], stream: u64) -> Played {
        let field = self.game.field.as_ref();
        let prox = self.constraint.prox();
        let noisy = Noisy::new(field, self.noise, self.seed, stream);
        let mut walk = Walk::new(spec, &self.game, &noisy, prox.as_ref());
        let mut scratch = vec![0.0; start.len()];
        let mut residual =
            |point: &[f64]| natural_residual(field, prox.as_ref(), point, &mut scratch);
        let first = residual(start);
        let mut played = Played {
            outcome: Outcome::Exhausted,
            residuals: vec![(0, first)],
            path: <[f64; 2]>::try_from(start).into_iter().collect(),
            point: start.to_vec(),
            evaluations: 0,
        };
        let (curve, sparse) = (self.steps.div_ceil(POINTS), self.steps.div_ceil(PATH));
        for step in 1..=self.steps {
            walk.advance(&mut played.point, 1);
            if step % sparse == 0 {
                played.path.extend(<[f64; 2]>::try_from(played.point.as_slice()));
            }
            let value = residual(&played.point);
            let is_sound = value.is_finite() && played.point.iter().all(|value| value.is_finite());
            if !is_sound || value > DIVERGED * first {
                played.outcome = if is_sound { Outcome::Diverged } else { Outcome::Unsound };
                return played;
            }
            if step % curve == 0 || step == self.steps || is_mark(step) {
                played.residuals.push((step, value));
            }
        }
        played.evaluations = noisy.evaluations();
        if played.residuals.last().is_some_and(|last| last.1 <= self.tolerance) {
            played.outcome = Outcome::Converged;
        }
        played
    }

    /// The table of what [`Play::run`] gave.
    pub fn rows(&self, played: &[Vec<Played>]) -> Vec<Row> {
        self.methods.iter().zip(played).map(|(spec, runs)| self.row(spec, runs)).collect()
    }

    fn row(&self, spec: &Spec, runs: &[Played]) -> Row {
        let worst = |step: u32| {
            let value = |run: &Played| run.residuals.iter().find(|at| at.0 == step).map(|at| at.1);
            let values: Option<Vec<f64>> = runs.iter().map(value).collect();
            values.and_then(|values| values.into_iter().reduce(f64::max))
        };
        let is_lost = |run: &&Played| matches!(run.outcome, Outcome::Diverged | Outcome::Unsound);
        let diverged = runs.iter().filter(is_lost).count();
        let solution = self.constraint.solution(&self.game).filter(|_| diverged == 0);
        let apart = |solution: &[f64]| {
            runs.iter().map(|run| distance(&run.point, solution)).reduce(f64::max)
        };
        let evaluations =
            runs.iter().map(|run| run.evaluations).find(|evaluations| *evaluations > 0);
        let starts = self.starts();
        let far = starts.iter().map(|start| distance(start, &self.game.facts.solution));
        let setting = Setting {
            constraint: self.constraint,
            noise: self.noise,
            steps: self.steps,
            distance: far.fold(0.0, f64::max),
        };
        Row {
            method: spec.to_string(),
            residuals: self.marks().into_iter().map(|step| (step, worst(step))).collect(),
            distance: solution.and_then(apart),
            evaluations: evaluations.map(|all| all as f64 / f64::from(self.steps)),
            radius: self.radius(spec),
            is_estimate: spec.remembers(),
            converged: runs.iter().filter(|run| run.outcome == Outcome::Converged).count(),
            diverged,
            runs: runs.len(),
            claim: claim(&self.game, spec, setting),
        }
    }

    /// The last powers of ten, and the last step.
    pub fn marks(&self) -> Vec<u32> {
        let mut marks: Vec<u32> =
            (1..=9).map(|power| 10_u32.pow(power)).take_while(|&mark| mark < self.steps).collect();
        marks.push(self.steps);
        marks.split_off(marks.len().saturating_sub(4))
    }

    /// Of one step, where there is such a thing.
    fn radius(&self, spec: &Spec) -> Option<f64> {
        let facts = &self.game.facts;
        if !(facts.is_affine && self.constraint.is_free() && spec.is_affine()) {
            return None;
        }
        let length = facts.start.len();
        if spec.remembers() {
            let field = self.game.field.as_ref();
            let mut method = spec.build(length);
            let away: Vec<f64> =
                facts.start.iter().zip(&facts.solution).map(|(x, centre)| x - centre).collect();
            return Some(radius::growth(method.as_mut(), field, spec.step, &away, GROWTH_STEPS));
        }
        let step = |point: &[f64]| {
            let mut point = point.to_vec();
            Walk::free(spec, &self.game).advance(&mut point, 1);
            point
        };
        Some(radius::of_matrix(&radius::matrix(length, &step), length))
    }
}

/// Shown in a table whatever the steps are.
fn is_mark(step: u32) -> bool {
    step >= 10 && 10_u32.pow(step.ilog10()) == step
}
