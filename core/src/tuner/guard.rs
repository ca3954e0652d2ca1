//! Idle time: consolidation in slices, the certificate, the guard and its verdict.

use super::Tuner;
use crate::anchored::Certificate;
use crate::kernel;
use crate::link::Link;
use crate::memory::Target;
use crate::scalar::Scalar;

/// Samples whose labels are known to be right, from the lab; they stay in flash. About ten a class.
#[derive(Clone, Copy, Debug)]
pub struct Clean<'a, T> {
    /// Features in 8 bits of 1/32 ([`crate::stored`]), sample after sample.
    pub codes: &'a [i8],
    /// Their labels.
    pub targets: &'a [T],
}

impl<T> Clean<'_, T> {
    /// No such set: the guard then sees no systematic mistake.
    pub const NONE: Self = Self { codes: &[], targets: &[] };

    /// The codes of a sample with so many features.
    fn sample(&self, index: usize, features: usize) -> Option<(&[i8], &T)> {
        let codes = self.codes.get(index * features..(index + 1) * features)?;
        Some((codes, self.targets.get(index)?))
    }

    pub(super) fn fits<S: Scalar, const ROWS: usize, const OUTPUTS: usize>(
        &self,
        link: Link,
    ) -> bool
    where
        T: Target<S, OUTPUTS>,
    {
        self.targets.len().checked_mul(ROWS - 1) == Some(self.codes.len())
            && self.targets.iter().all(|target| target.is_valid(link))
    }
}

/// What a verdict comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "port", derive(serde::Serialize, serde::Deserialize))]
pub enum Ruling {
    /// What was learnt is in use.
    Kept,
    /// It is good, but not often enough in a row yet.
    Waiting,
    /// The gap asked for was not reached in the passes allowed.
    Uncertified,
    /// It loses too much on the clean set: back to the factory head.
    WorseOnClean,
    /// It loses more than the factory head on the labels held out: back to the factory head.
    WorseOnHeld,
    /// It loses no less there than a constant prediction: back to the factory head.
    Unproven,
}

impl Ruling {
    /// One word for logs and protocols.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Waiting => "waiting",
            Self::Uncertified => "uncertified",
            Self::WorseOnClean => "clean",
            Self::WorseOnHeld => "held",
            Self::Unproven => "unproven",
        }
    }
}

/// What the guard found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict<F> {
    /// What follows.
    pub ruling: Ruling,
    /// How good the learnt weights are.
    pub certificate: Certificate<F>,
    /// Loss of the factory head and of the learnt one, summed over the clean set.
    pub clean: [F; 2],
    /// The same over the labels held out.
    pub held: [F; 2],
}

/// What idle time is spent on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Phase<F> {
    /// Nothing to do.
    Settled,
    /// Passes made, and visits of the one being made.
    Consolidating { passes: u32, visits: u32 },
    /// Samples judged: the clean set first, then those held out.
    Judging { certificate: Certificate<F>, judged: usize, clean: [F; 2], held: [F; 2] },
}

impl<S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize, const HOLDOUT: usize>
    Tuner<'_, S, T, ROWS, OUTPUTS, MEMORY, HOLDOUT>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    /// Works for at most `samples` samples: visits of remembered ones, or judgements of clean and
    /// held-out ones; after each pass there is a certificate, which takes about as long as three
    /// passes. Gives the verdict as soon as there is one, and does nothing where nothing is to do.
    pub fn idle(&mut self, samples: u32) -> Option<Verdict<S::Float>> {
        for _ in 0..samples {
            match self.phase {
                Phase::Settled => return None,
                Phase::Consolidating { passes, visits } => self.visit(passes, visits),
                Phase::Judging { certificate, judged, clean, held } => {
                    let verdict = self.judge(certificate, judged, clean, held);
                    if verdict.is_some() {
                        return verdict;
                    }
                }
            }
        }
        None
    }

    /// Works until there is a verdict; `None` if nothing was to do.
    pub fn settle(&mut self) -> Option<Verdict<S::Float>> {
        while !self.is_settled() {
            if let Some(verdict) = self.idle(u32::MAX) {
                return Some(verdict);
            }
        }
        None
    }

    fn visit(&mut self, passes: u32, visits: u32) {
        let count = u32::try_from(self.learner.samples().len()).unwrap_or(u32::MAX);
        if visits < count {
            self.learner.revisit(1);
            self.phase = Phase::Consolidating { passes, visits: visits + 1 };
            return;
        }
        self.learner.rebuild();
        let certificate = self.learner.certificate();
        let passes = passes + 1;
        self.phase = if self.is_certified(&certificate) || passes >= self.settings.passes {
            let zero = [S::Float::ZERO; 2];
            Phase::Judging { certificate, judged: 0, clean: zero, held: zero }
        } else {
            Phase::Consolidating { passes, visits: 0 }
        };
    }

    fn is_certified(&self, certificate: &Certificate<S::Float>) -> bool {
        let count = i32::try_from(self.learner.samples().len()).unwrap_or(i32::MAX);
        certificate.gap <= self.settings.gap * S::Float::from_scaled(count.max(1), 0)
    }

    fn judge(
        &mut self,
        certificate: Certificate<S::Float>,
        judged: usize,
        mut clean: [S::Float; 2],
        mut held: [S::Float; 2],
    ) -> Option<Verdict<S::Float>> {
        if let Some((codes, target)) = self.clean.sample(judged, ROWS - 1) {
            self.add_losses(&mut clean, codes, target);
        } else if let Some(sample) = self.held.iter().nth(judged - self.clean.targets.len()) {
            self.add_losses(&mut held, sample.codes(), &sample.target);
        } else {
            let ruling = self.rule(&certificate, clean, held);
            return Some(Verdict { ruling, certificate, clean, held });
        }
        self.phase = Phase::Judging { certificate, judged: judged + 1, clean, held };
        None
    }

    /// Adds what the factory head and the learnt one lose on a sample.
    fn add_losses(&self, losses: &mut [S::Float; 2], codes: &[i8], target: &T) {
        for (loss, head) in losses.iter_mut().zip([self.learner.factory(), self.learner.head()]) {
            let mut outputs = kernel::score(head.weights(), codes);
            head.link().predict(&mut outputs);
            *loss = *loss + target.loss(&outputs);
        }
    }

    /// What the mean of the labels held out loses as a prediction of them: of classes, the most
    /// frequent one.
    fn constant_loss(&self) -> S::Float {
        let count = S::from_scaled(i32::try_from(self.held.len()).unwrap_or(i32::MAX), 0);
        let mut mean = [S::ZERO; OUTPUTS];
        for sample in &self.held {
            for (mean, expected) in mean.iter_mut().zip(sample.target.expected()) {
                *mean = *mean + expected.divide(count);
            }
        }
        let losses = self.held.iter().map(|sample| sample.target.loss(&mean));
        losses.fold(S::Float::ZERO, |sum, loss| sum + loss)
    }

    fn rule(
        &mut self,
        certificate: &Certificate<S::Float>,
        [clean_factory, clean_learnt]: [S::Float; 2],
        [held_factory, held_learnt]: [S::Float; 2],
    ) -> Ruling {
        let count = i32::try_from(self.clean.targets.len()).unwrap_or(i32::MAX);
        let margin = self.settings.margin * S::Float::from_scaled(count, 0);
        let on_clean = clean_learnt <= clean_factory + margin;
        let on_held = held_learnt <= held_factory;
        (self.phase, self.unjudged) = (super::Phase::Settled, 0);
        let is_proven = self.settings.held_every == 0 || held_learnt < self.constant_loss();
        let failure = match (self.is_certified(certificate), on_clean, on_held) {
            (false, ..) => Ruling::Uncertified,
            (_, false, _) => Ruling::WorseOnClean,
            (.., false) => Ruling::WorseOnHeld,
            _ if !is_proven => Ruling::Unproven,
            (true, true, true) => {
                let good = self.good_in_a_row.saturating_add(1).min(self.settings.streak);
                self.good_in_a_row = good;
                if !self.is_trusted && good < self.settings.streak {
                    return Ruling::Waiting;
                }
                self.trust(true);
                return Ruling::Kept;
            }
        };
        self.trust(false);
        failure
    }
}
