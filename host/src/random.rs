//! Seeded randomness that repeats bit for bit on every platform.
//!
//! ChaCha with 8 rounds, keyed by the seed alone; a *stream* number gives independent sequences of
//! one seed. Logarithm and sine come from `libm`, because those of the standard library differ
//! between platforms.
//!
//! Reference: Box & Muller, *A note on the generation of random normal deviates*, 1958.

pub mod numpy;

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};

/// A sequence of random numbers, the same for the same seed and stream.
pub struct Random {
    generator: ChaCha8Rng,
    spare: Option<f64>,
}

impl Random {
    /// The sequence of `seed` with this `stream` number.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(stream);
        Self { generator, spare: None }
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.generator.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Normal with mean 0 and deviation 1.
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        // 1 − u lies in (0, 1], where the logarithm is finite
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        let (sine, cosine) = libm::sincos(core::f64::consts::TAU * self.uniform());
        self.spare = Some(radius * sine);
        radius * cosine
    }

    /// Uniform in 0..bound; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        if bound == 0 {
            return 0;
        }
        // refuse the incomplete last multiple of the bound, which would favour small numbers
        let limit = u32::MAX - u32::MAX % bound;
        loop {
            let draw = self.generator.next_u32();
            if draw < limit {
                return draw % bound;
            }
        }
    }

    /// Puts `count` items drawn without replacement in front, in random order.
    pub fn draw<T>(&mut self, items: &mut [T], count: usize) {
        for position in 0..count.min(items.len()) {
            let remaining = u32::try_from(items.len() - position).unwrap_or(u32::MAX);
            items.swap(position, position + self.below(remaining) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_stream_repeat_and_another_stream_differs() {
        let draw = |seed, stream| {
            let mut random = Random::new(seed, stream);
            [(); 5].map(|()| random.uniform())
        };
        assert_eq!(draw(7, 1), draw(7, 1));
        assert_ne!(draw(7, 1), draw(7, 2));
        assert_ne!(draw(7, 1), draw(8, 1));
    }

    #[test]
    fn normal_numbers_have_mean_0_and_deviation_1() {
        let mut random = Random::new(1, 0);
        let draws: Vec<f64> = (0..100_000).map(|_| random.normal()).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let square = draws.iter().map(|x| x * x).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 0.015, "{mean}");
        assert!((square - 1.0).abs() < 0.02, "{square}");
    }

    #[test]
    fn a_draw_keeps_every_item_once_and_stays_below_the_bound() {
        let mut random = Random::new(3, 0);
        let mut items: Vec<u32> = (0..50).collect();
        random.draw(&mut items, 20);
        let mut sorted = items.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
        assert_ne!(items, sorted);
        assert!((0..1000).all(|_| random.below(9) < 9));
        assert_eq!(random.below(0), 0);
    }
}
