//! Forgetting, choosing what to forget, and the weights rebuilt from what is remembered.

use super::Anchored;
use crate::Error;
use crate::head::are_sound;
use crate::kernel;
use crate::memory::{Admission, Class, Place, Remembered, Target};
use crate::scalar::Scalar;
use crate::stored::Stored;

impl<S, T, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>
    Anchored<'_, S, T, ROWS, OUTPUTS, MEMORY>
where
    S: Scalar,
    T: Target<S, OUTPUTS>,
{
    /// Forgets the oldest sample exactly; see [`Anchored::forget`].
    pub fn forget_oldest(&mut self) {
        self.forget(0);
    }

    /// Forgets the sample with this index, oldest first: W −= α ηᵀ/Λ, exactly the dual state of the
    /// problem without it. Nothing happens if there is no such sample.
    pub fn forget(&mut self, index: usize) {
        if let Some(sample) = self.take(index) {
            let inverse = self.inverse_precision_of(&sample.target);
            let step = sample.dual.map(|dual| -dual.scale(inverse));
            kernel::update(self.head.weights_mut(), sample.codes(), &step);
        }
    }

    /// Forgets everything: as it was when new, the visiting order included; the precision stays.
    pub fn forget_all(&mut self) {
        self.samples.clear();
        self.visits = 0;
        self.rebuild();
    }

    /// W ← W₀ + Σ αᵢηᵢᵀ/Λ, each weight rounded once.
    pub fn rebuild(&mut self) {
        self.head = *self.factory;
        for sample in &self.samples {
            let inverse = self.inverse_precision_of(&sample.target);
            let step = sample.dual.map(|dual| dual.scale(inverse));
            kernel::update(self.head.weights_mut(), sample.codes(), &step);
        }
    }

    /// Takes a sample out of the memory; the others keep their order.
    fn take(&mut self, index: usize) -> Option<Remembered<S, T, ROWS, OUTPUTS>> {
        if index == 0 {
            return self.samples.pop_front();
        }
        let mut taken = None;
        for position in 0..self.samples.len() {
            let sample = self.samples.pop_front()?;
            if position == index {
                taken = Some(sample);
            } else {
                // There is room: one was just taken out.
                let _ = self.samples.push_back(sample);
            }
        }
        taken
    }
}

impl<S, const ROWS: usize, const OUTPUTS: usize, const MEMORY: usize>
    Anchored<'_, S, Class, ROWS, OUTPUTS, MEMORY>
where
    S: Scalar,
{
    /// Learns a labelled sample as [`Anchored::learn`] does, but of a full memory `admission` says
    /// which sample is given up, the new one included; `random` is uniform over all of u32. Says
    /// where the sample went: at [`Place::Nowhere`] it left no trace in the head.
    ///
    /// # Errors
    /// As [`Anchored::learn`]; head and admission are then as before.
    pub fn learn_admitted<X: Stored<S>, const FEATURES: usize>(
        &mut self,
        features: &[X; FEATURES],
        class: Class,
        admission: &mut Admission<OUTPUTS>,
        random: u32,
    ) -> Result<Place, Error> {
        let place = admission.place(class, || self.classes(), MEMORY, random);
        match place {
            Place::Nowhere if usize::from(class.0) >= OUTPUTS => return Err(Error::Target),
            Place::Nowhere if !are_sound(features) => return Err(Error::Unsound),
            Place::Nowhere => {}
            Place::Free => self.learn(features, class)?,
            Place::InsteadOf(index) => self.learn_instead_of(features, class, index)?,
        }
        admission.record(class, self.classes(), MEMORY);
        Ok(place)
    }

    fn classes(&self) -> impl ExactSizeIterator<Item = Class> {
        self.samples.iter().map(|sample| sample.target)
    }
}
