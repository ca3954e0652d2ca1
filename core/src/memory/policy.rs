//! Which sample a full memory gives up for a new one.
//!
//! Giving a sample up is exact ([`crate::Anchored::forget`]), so what matters is only which samples
//! the head answers for: the latest (ring), a fair sample of all that was ever seen (reservoir), or
//! a fair sample of each class, the classes as equal as they can be (class-balanced). Core has no
//! randomness: the caller passes one random number a sample.
//!
//! Reference: Vitter 1985 (reservoir, algorithm R); Chrysakis & Moens 2020 (class-balanced).

use super::Class;

/// Which sample a full memory gives up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Policy {
    /// The oldest: the head follows the latest labels.
    #[default]
    Ring,
    /// Any, so that each sample ever seen is remembered with the same probability: for a place that
    /// does not change.
    Reservoir,
    /// One of the class that fills the memory, so that rare classes are kept; within a class, each
    /// sample ever seen is remembered with the same probability.
    ClassBalanced,
}

/// Where a new sample goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Place {
    /// There is room.
    Free,
    /// In place of the sample with this index, oldest first.
    InsteadOf(usize),
    /// Nowhere: the new sample is the one given up.
    Nowhere,
}

/// A [`Policy`] with what it has to know about the past: how often each of `CLASSES` classes was
/// seen, and whether it has ever filled the memory more than others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission<const CLASSES: usize> {
    policy: Policy,
    seen: [u32; CLASSES],
    has_filled: [bool; CLASSES],
}

impl<const CLASSES: usize> Admission<CLASSES> {
    /// Nothing seen yet.
    pub const fn new(policy: Policy) -> Self {
        Self { policy, seen: [0; CLASSES], has_filled: [false; CLASSES] }
    }

    /// Samples seen of each class.
    pub const fn seen(&self) -> &[u32; CLASSES] {
        &self.seen
    }

    /// Where a new sample of class `newcomer` goes in a memory of `capacity` that holds samples of
    /// the classes `remembered` gives, oldest first. `random` is uniform over all of u32 and used once; a
    /// ring ignores it. Nothing is recorded: see [`Admission::record`].
    pub fn place<Classes: ExactSizeIterator<Item = Class>>(
        &self,
        newcomer: Class,
        remembered: impl Fn() -> Classes,
        capacity: usize,
        random: u32,
    ) -> Place {
        if remembered().len() < capacity {
            return Place::Free;
        }
        let capacity = u32::try_from(capacity).unwrap_or(u32::MAX);
        match self.policy {
            Policy::Ring => Place::InsteadOf(0),
            Policy::Reservoir => {
                let seen = self.seen.iter().fold(1_u32, |sum, &seen| sum.saturating_add(seen));
                let draw = below(random, seen.max(capacity));
                let index = usize::try_from(draw).ok().filter(|_| draw < capacity);
                index.map_or(Place::Nowhere, Place::InsteadOf)
            }
            Policy::ClassBalanced => {
                let counts = counts::<CLASSES>(remembered());
                let class = usize::from(newcomer.0);
                let most = counts.iter().copied().max().unwrap_or(0);
                let own = counts.get(class).copied().unwrap_or(0);
                let has_filled = self.has_filled.get(class).copied().unwrap_or(false);
                let (from, draw) = if has_filled || own == most {
                    let seen = self.seen.get(class).copied().unwrap_or(0).saturating_add(1);
                    (newcomer, below(random, seen.max(own)))
                } else {
                    let largest = counts.iter().position(|&count| count == most).unwrap_or(0);
                    (Class(u8::try_from(largest).unwrap_or(u8::MAX)), below(random, most))
                };
                let of_class = remembered().enumerate().filter(|&(_, class)| class == from);
                let chosen = (0..).zip(of_class).find(|&(rank, _)| rank == draw);
                chosen.map_or(Place::Nowhere, |(_, (index, _))| Place::InsteadOf(index))
            }
        }
    }

    /// Records a sample that was learnt, or given up at once, beside those now `remembered`; of a
    /// full memory the largest classes count as having filled it.
    pub fn record(
        &mut self,
        newcomer: Class,
        remembered: impl ExactSizeIterator<Item = Class>,
        capacity: usize,
    ) {
        if let Some(seen) = self.seen.get_mut(usize::from(newcomer.0)) {
            *seen = seen.saturating_add(1);
        }
        if remembered.len() >= capacity {
            let counts = counts::<CLASSES>(remembered);
            let most = counts.iter().copied().max().unwrap_or(0);
            for (has_filled, count) in self.has_filled.iter_mut().zip(counts) {
                *has_filled |= count == most;
            }
        }
    }
}

fn counts<const CLASSES: usize>(remembered: impl Iterator<Item = Class>) -> [u32; CLASSES] {
    let mut counts = [0_u32; CLASSES];
    for class in remembered {
        if let Some(count) = counts.get_mut(usize::from(class.0)) {
            *count = count.saturating_add(1);
        }
    }
    counts
}

/// Uniform below `bound` from a uniform u32, up to bound·2⁻³² (Lemire 2019).
fn below(random: u32, bound: u32) -> u32 {
    u32::try_from((u64::from(random) * u64::from(bound)) >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPACITY: usize = 12;

    /// The sample numbers remembered after a stream of classes.
    fn run(policy: Policy, stream: &[u8], seed: u32) -> Vec<usize> {
        let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
        let mut random = || {
            state = state.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
            let word = ((state >> ((state >> 28) + 4)) ^ state).wrapping_mul(277_803_737);
            (word >> 22) ^ word
        };
        let mut admission = Admission::<3>::new(policy);
        let mut memory: Vec<usize> = Vec::new();
        for (number, &class) in stream.iter().enumerate() {
            let draw = random();
            let classes = || memory.iter().map(|&number| Class(stream[number]));
            match admission.place(Class(class), classes, CAPACITY, draw) {
                Place::Free => memory.push(number),
                Place::InsteadOf(index) => {
                    memory.remove(index);
                    memory.push(number);
                }
                Place::Nowhere => {}
            }
            let classes = memory.iter().map(|&number| Class(stream[number]));
            admission.record(Class(class), classes, CAPACITY);
        }
        assert_eq!(memory.len(), CAPACITY.min(stream.len()));
        memory
    }

    /// How often each sample is remembered, over many seeds, as a share of the mean.
    fn frequencies(policy: Policy, stream: &[u8]) -> Vec<f64> {
        const SEEDS: u32 = 20_000;
        let mut times = vec![0_u32; stream.len()];
        for seed in 0..SEEDS {
            run(policy, stream, seed).into_iter().for_each(|number| times[number] += 1);
        }
        times.iter().map(|&times| f64::from(times) / f64::from(SEEDS)).collect()
    }

    #[test]
    fn a_ring_holds_the_latest() {
        let stream: Vec<u8> = (0..40).map(|number| number % 3).collect();
        assert_eq!(run(Policy::Ring, &stream, 1), (28..40).collect::<Vec<_>>());
    }

    #[test]
    fn a_reservoir_holds_every_sample_with_the_same_probability() {
        let stream: Vec<u8> = (0..40).map(|number| number % 3).collect();
        for frequency in frequencies(Policy::Reservoir, &stream) {
            // 5 standard errors of a share of 0.3 over 20 000 seeds.
            assert!((frequency - 0.3).abs() < 0.017, "{frequency}");
        }
    }

    #[test]
    fn a_class_balanced_memory_keeps_rare_classes_and_is_fair_within_a_class() {
        // 60 of class 0, 30 of class 1, 3 of class 2.
        let stream: Vec<u8> = (0..93)
            .map(|number| if number % 31 == 30 { 2 } else { u8::from(number % 3 == 0) })
            .collect();
        for seed in 0..50 {
            let memory = run(Policy::ClassBalanced, &stream, seed);
            let count = |class| memory.iter().filter(|&&number| stream[number] == class).count();
            assert_eq!(count(2), 3, "every sample of a rare class is kept");
            assert!(count(0).abs_diff(count(1)) <= 1, "{} {}", count(0), count(1));
        }
        let frequencies = frequencies(Policy::ClassBalanced, &stream);
        for class in [0, 1] {
            let of_class: Vec<f64> = (0..stream.len())
                .filter(|&number| stream[number] == class)
                .map(|number| frequencies[number])
                .collect();
            let mean = of_class.iter().sum::<f64>() / of_class.len() as f64;
            for frequency in of_class {
                assert!((frequency - mean).abs() < 0.2 * mean, "{class}: {frequency} {mean}");
            }
        }
    }
}
