//! numpy's legacy generator, for problems whose truth the papers drew with it: MT19937 (Matsumoto &
//! Nishimura 1998) seeded with one integer, and normals by Marsaglia's polar method. Python's own
//! `random` is the same generator, seeded otherwise. Everything else draws from [`super::Random`].

const LENGTH: usize = 624;
const SHIFT: usize = 397;

/// A generator with its state.
pub struct RandomState {
    state: [u32; LENGTH],
    next: usize,
    spare: Option<f64>,
}

impl RandomState {
    /// `numpy.random.RandomState(seed)`.
    pub fn new(seed: u32) -> Self {
        let mut state = [seed; LENGTH];
        for k in 1..LENGTH {
            let before = state[k - 1] ^ (state[k - 1] >> 30);
            state[k] = before.wrapping_mul(1_812_433_253).wrapping_add(k as u32);
        }
        Self { state, next: LENGTH, spare: None }
    }

    /// `random.Random(seed)` of Python: the seed as a key of one word (`init_by_array`).
    pub fn python(seed: u32) -> Self {
        let mut mixed = Self::new(19_650_218);
        let state = &mut mixed.state;
        let mut at = 1;
        for round in 0..2 * LENGTH - 1 {
            let before = state[at - 1] ^ (state[at - 1] >> 30);
            state[at] = if round < LENGTH {
                (state[at] ^ before.wrapping_mul(1_664_525)).wrapping_add(seed)
            } else {
                (state[at] ^ before.wrapping_mul(1_566_083_941)).wrapping_sub(at as u32)
            };
            at += 1;
            if at == LENGTH {
                state[0] = state[LENGTH - 1];
                at = 1;
            }
        }
        state[0] = 1 << 31;
        mixed
    }

    fn word(&mut self) -> u32 {
        if self.next == LENGTH {
            for k in 0..LENGTH {
                let both =
                    (self.state[k] & (1 << 31)) | (self.state[(k + 1) % LENGTH] & !(1 << 31));
                let twist = if both % 2 == 1 { 0x9908_b0df } else { 0 };
                self.state[k] = self.state[(k + SHIFT) % LENGTH] ^ (both >> 1) ^ twist;
            }
            self.next = 0;
        }
        let mut y = self.state[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// Uniform in [0, 1): `random_sample()`.
    pub fn uniform(&mut self) -> f64 {
        let (high, low) = (self.word() >> 5, self.word() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    /// Standard normal: `randn()`.
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square < 1.0 && square > 0.0 {
                let factor = libm::sqrt(-2.0 * libm::log(square) / square);
                self.spare = Some(factor * x);
                return factor * y;
            }
        }
    }

    /// 0 or 1, and 1 with this probability: `binomial(1, probability)`.
    pub fn is_one(&mut self, probability: f64) -> bool {
        let draw = self.uniform();
        // numpy inverts the distribution of the rarer outcome
        if probability <= 0.5 { draw > 1.0 - probability } else { draw <= probability }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// numpy.random.seed(1): the numbers that everyone knows.
    #[test]
    fn the_numbers_are_those_of_numpy_and_python() {
        let mut random = RandomState::new(1);
        assert_eq!(random.uniform(), 0.417022004702574);
        let mut random = RandomState::new(1);
        let normals = [random.normal(), random.normal(), random.normal()];
        for (ours, numpy) in
            normals.iter().zip([1.6243453636632417, -0.6117564136500754, -0.5281717522634557])
        {
            assert!((ours - numpy).abs() < 1e-15, "{ours}");
        }
        // random.seed(1); random.random()
        assert_eq!(RandomState::python(1).uniform(), 0.13436424411240122);
    }
}
