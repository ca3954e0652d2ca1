//! What a device does all day, as one pure state machine: the same on a device, under QEMU and on
//! the desktop.
//!
//! ```text
//!            predict ──► a prediction, or none that is sure enough; a doubt counts for drift
//! window ──┤
//!            learn   ──► every few labels one is held out; the others are learnt at once and remembered
//!
//! idle     consolidate ─► certify ─► guard ─► verdict
//!          in slices of so many samples       kept, waiting, or back to the factory head
//! ```
//!
//! *Guard.* Labels may be wrong. What was learnt is used only while (1) its duality gap is certified,
//! (2) on a clean set that left the factory with the head it loses at most a stated margin more than
//! that head, and (3) on the labels held out of late no more than that head, and less than a constant
//! prediction; and only after a number of such verdicts in a row, for one may be luck. One that fails
//! takes the device back to the factory head at once. Learning goes on meanwhile, unseen, so that good labels win
//! in the end. A holdout alone is blind to labels that are wrong in a system: a head that has learnt
//! them well explains those held out as well. The clean set sees it where the field is like the lab;
//! and where every label says the same, a constant explains all that there is to explain.
//!
//! A label held out is no label lost: the oldest is learnt when the next takes its place.
//!
//! *Drift* is watched in the confidence of predictions and in the mistakes that labels show:
//! [`Detector`]. *Rejection*: [`Prediction::is_rejected`]. *Exits*: a [`crate::Cascade`] asks a tuner
//! like any head.

mod detector;
mod guard;
mod settings;
mod state;

use heapless::Deque;

pub use detector::Detector;
pub use guard::{Clean, Ruling, Verdict};
pub use settings::Settings;
pub(crate) use state::Judge;

use crate::Error;
use crate::anchored::Anchored;
use crate::head::{Head, are_sound, argmax};
use crate::memory::{Remembered, Target};
use crate::scalar::Scalar;
use crate::stored::Stored;
use guard::Phase;

/// Labels since the last verdict from which on the factory head answers: nobody has judged them.
const UNJUDGED: u8 = 4;

/// What the head in use says of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Prediction<S, const OUTPUTS: usize> {
    /// link(Wη): shares of the classes, or numbers.
    pub outputs: [S; OUTPUTS],
    /// The largest output, counted from 0.
    pub class: usize,
    /// Less sure than the product asks for: better no answer than this one.
    pub is_rejected: bool,
}

/// Where a label went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Learnt {
    /// Learnt at once and remembered.
    Remembered,
    /// Held out, to judge by.
    Held,
}

/// A head that learns under guard; see the module. `HOLDOUT` labels are held out at most.
#[derive(Clone, Debug)]
pub struct Tuner<
    'a,
    S: Scalar,
    T,
    const ROWS: usize,
    const OUTPUTS: usize,
    const MEMORY: usize,
    const HOLDOUT: usize,
> {
    learner: Anchored<'a, S, T, ROWS, OUTPUTS, MEMORY>,
    clean: Clean<'a, T>,
    settings: Settings<S::Float>,
    held: Deque<Remembered<S, T, ROWS, OUTPUTS>, HOLDOUT>,
    labels: u32,
    good_in_a_row: u8,
    is_trusted: bool,
    unjudged: u8,
    phase: Phase<S::Float>,
    doubts: Detector<S::Float>,
    mistakes: Detector<S::Float>,
}

impl<'a, S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize, const HOLDOUT: usize>
    Tuner<'a, S, T, ROWS, OUTPUTS, MEMORY, HOLDOUT>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    /// Starts at the factory head, with the set that left the factory with it.
    ///
    /// # Errors
    /// As [`Anchored::with_precision`]; [`Error::Target`] if the clean set has not `ROWS − 1` codes a
    /// label or a label that does not fit the head.
    pub fn new(
        factory: &'a Head<S, ROWS, OUTPUTS>,
        clean: Clean<'a, T>,
        settings: Settings<S::Float>,
    ) -> Result<Self, Error> {
        if !clean.fits::<S, ROWS, OUTPUTS>(factory.link()) {
            return Err(Error::Target);
        }
        Ok(Self {
            learner: Anchored::with_precision(factory, S::from_float(settings.precision))?,
            clean,
            settings,
            held: Deque::new(),
            labels: 0,
            good_in_a_row: 0,
            is_trusted: false,
            unjudged: 0,
            phase: Phase::Settled,
            doubts: Detector::new(settings.doubtful, settings.alarm),
            mistakes: Detector::new(settings.mistaken, settings.alarm),
        })
    }

    /// The head in use: the learnt one while it is trusted, else the factory's.
    pub fn head(&self) -> &Head<S, ROWS, OUTPUTS> {
        if self.uses_learnt() { self.learner.head() } else { self.learner.factory() }
    }

    /// Is what was learnt in use?
    pub fn uses_learnt(&self) -> bool {
        self.is_trusted && self.unjudged < UNJUDGED
    }

    /// What learns, with its memory and its certificate, trusted or not.
    pub fn learner(&self) -> &Anchored<'a, S, T, ROWS, OUTPUTS, MEMORY> {
        &self.learner
    }

    /// The labels held out, oldest first.
    pub fn held(&self) -> impl ExactSizeIterator<Item = &Remembered<S, T, ROWS, OUTPUTS>> {
        self.held.iter()
    }

    /// Labels taken, those held out included.
    pub fn labels(&self) -> u32 {
        self.labels
    }

    /// Has nothing to do in idle time?
    pub fn is_settled(&self) -> bool {
        matches!(self.phase, Phase::Settled)
    }

    /// Do predictions or labels say that the world is not the lab's? True until what was learnt comes
    /// into use or goes out of it.
    pub fn has_drifted(&self) -> bool {
        self.doubts.is_alarmed() || self.mistakes.is_alarmed()
    }

    /// Predicts. Features that are not sound give a rejected prediction and count for nothing.
    pub fn predict<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        features: &[X; FEATURES],
    ) -> Prediction<S, OUTPUTS> {
        let head = self.head();
        let outputs = head.predict(features);
        let class = argmax(&outputs);
        let confidence = match head.link().is_bounded() {
            true => outputs.get(class).map_or(S::ZERO, |&output| output),
            false => S::ONE,
        };
        let is_sure = confidence.to_float() >= self.settings.confidence;
        let is_sound = are_sound(features);
        if is_sound {
            self.doubts.observe(!is_sure);
        }
        Prediction { outputs, class, is_rejected: !(is_sure && is_sound) }
    }

    /// Takes a label: learns it at once, or holds it out and learns in its place the oldest held out.
    /// There is something to do in idle time afterwards.
    ///
    /// # Errors
    /// As [`Anchored::learn`]; everything is then as before.
    pub fn learn<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        features: &[X; FEATURES],
        target: T,
    ) -> Result<Learnt, Error> {
        if !target.is_valid(self.learner.head().link()) {
            return Err(Error::Target);
        }
        if !are_sound(features) {
            return Err(Error::Unsound);
        }
        let loss = target.loss(&self.head().predict(features));
        let number = self.labels.wrapping_add(1);
        let is_held = self.settings.is_held(number);
        if is_held {
            self.hold::<FEATURES>(Remembered::new(features, target))?;
        } else {
            self.learner.learn(features, target)?;
        }
        self.learner.revisit(self.settings.revisits);
        self.labels = number;
        self.mistakes.observe(loss > self.settings.margin);
        self.unjudged = self.unjudged.saturating_add(1);
        self.phase = Phase::Consolidating { passes: 0, visits: 0 };
        Ok(if is_held { Learnt::Held } else { Learnt::Remembered })
    }

    /// Forgets everything learnt or held out: as it was when new.
    pub fn forget_all(&mut self) {
        self.learner.forget_all();
        self.held.clear();
        (self.labels, self.unjudged, self.phase) = (0, 0, Phase::Settled);
        self.trust(false);
        self.doubts.reset();
        self.mistakes.reset();
    }

    /// Forgets, exactly, what was learnt or held out with a label of this kind, such as a class; then
    /// there is something to do in idle time.
    pub fn forget(&mut self, is_meant: impl Fn(&T) -> bool) {
        let count = self.learner.samples().len();
        for index in (0..count).rev() {
            if self.learner.samples().nth(index).is_some_and(|sample| is_meant(&sample.target)) {
                self.learner.forget(index);
            }
        }
        for _ in 0..self.held.len() {
            let Some(sample) = self.held.pop_front() else { break };
            if !is_meant(&sample.target) {
                // There is room: one was just taken out.
                let _ = self.held.push_back(sample);
            }
        }
        self.phase = Phase::Consolidating { passes: 0, visits: 0 };
    }

    fn hold<const FEATURES: usize>(
        &mut self,
        sample: Remembered<S, T, ROWS, OUTPUTS>,
    ) -> Result<(), Error> {
        if self.held.is_full()
            && let Some(oldest) = self.held.front()
            && let Ok(codes) = <&[i8; FEATURES]>::try_from(oldest.codes())
        {
            self.learner.learn(codes, oldest.target)?;
            self.held.pop_front();
        }
        // There is room: the oldest has just gone if there was none.
        let _ = self.held.push_back(sample);
        Ok(())
    }

    /// Puts what was learnt into use or out of it.
    fn trust(&mut self, is_trusted: bool) {
        if self.is_trusted != is_trusted {
            self.is_trusted = is_trusted;
            self.doubts.reset();
            self.mistakes.reset();
        }
        if !is_trusted {
            self.good_in_a_row = 0;
        }
    }
}
