//! Problems with known answers, and every tolerance of the tests with its reason.
#![allow(dead_code, missing_docs, reason = "each test binary uses a part of it")]

use fejer::{Anchored, Class, Head, Link, Scalar};

/// Every tolerance, with its reason.
pub mod tolerance {
    /// Two orders of the same few dozen f64 operations.
    pub const F64_REORDERED: f64 = 1e-12;
    /// Two orders of the same few dozen f32 operations on numbers of order 10.
    pub const F32_REORDERED: f64 = 2e-5;
    /// Weights of order 1 that were solved for in f64 to 1e-8 and rounded to f32.
    pub const F32_ROUNDED: f32 = 3e-7;
    /// Q16.16: a handful of roundings of 2⁻¹⁷ on numbers of order 1.
    pub const Q16_REORDERED: f64 = 2e-4;
    /// Issue 1: weights after each step against an independent f64 implementation.
    pub const F32_ORACLE: f64 = 1e-4;
    /// The same in Q16.16.
    pub const Q16_ORACLE: f64 = 2e-3;
    /// The distance bound of a problem consolidated in f64 to the last digit: what is left is the
    /// rounding the certificate adds, n·u·‖W‖ under a root.
    pub const F64_EXACT: f64 = 1e-6;
    /// f32 features against a direct transform in f64: 2⁻²⁴ · (log₂ 1024 + bins a band) with the
    /// logarithm of small energies magnifying it.
    pub const FEATURE: f64 = 2e-3;
}

/// Every link there is.
pub fn links() -> [Link; 8] {
    let slope = fejer::link::Slope::from_128ths(13).expect("in range");
    [
        Link::Identity,
        Link::Sigmoid,
        Link::Softmax,
        Link::Relu,
        Link::LeakyRelu(slope),
        Link::Softplus,
        Link::Tanh,
        Link::Probit,
    ]
}

/// A small deterministic generator: the tests' numbers are part of the tests.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Uniform in [0, 1) (Vigna's splitmix64).
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About standard normal: the sum of twelve uniforms.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.uniform() * count as f64) as usize
    }
}

pub fn random_features<S: Scalar, const FEATURES: usize>(random: &mut Random) -> [S; FEATURES] {
    core::array::from_fn(|_| S::from_f32(random.normal() as f32))
}

pub fn random_head<S: Scalar, const ROWS: usize, const OUTPUTS: usize>(
    random: &mut Random,
    link: Link,
) -> Head<S, ROWS, OUTPUTS> {
    Head::new(
        link,
        core::array::from_fn(|_| {
            core::array::from_fn(|_| S::from_f32(0.3 * random.normal() as f32))
        }),
    )
}

/// Teaches `labels` random samples of random classes.
pub fn teach<
    S: Scalar,
    const FEATURES: usize,
    const ROWS: usize,
    const OUTPUTS: usize,
    const MEMORY: usize,
>(
    solve: &mut Anchored<'_, S, Class, ROWS, OUTPUTS, MEMORY>,
    random: &mut Random,
    labels: usize,
) {
    for _ in 0..labels {
        let features = random_features::<S, FEATURES>(random);
        let class = Class(random.below(OUTPUTS) as u8);
        solve.learn(&features, class).expect("random features are sound");
        solve.revisit(2);
    }
}

/// ‖a − b‖_F in f64.
pub fn distance<S: Scalar, T: Scalar>(a: &[S], b: &[T]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(&a, &b)| (value(a) - value(b)).powi(2)).sum::<f64>().sqrt()
}

/// max |a − b| in f64.
pub fn largest_difference<S: Scalar, T: Scalar>(a: &[S], b: &[T]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(&a, &b)| (value(a) - value(b)).abs()).fold(0.0, f64::max)
}

/// The exact value of a number, through its bits: `to_f32` would round an f64.
pub fn value<S: Scalar>(number: S) -> f64 {
    match S::TAG {
        [2, _] => f64::from_bits(number.to_bits()),
        [3, fraction] => {
            f64::from((number.to_bits() as u32).cast_signed()) / 2f64.powi(i32::from(fraction))
        }
        _ => f64::from(number.to_f32()),
    }
}

pub fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: found {found:e}, expected {expected:e}, off by {:e} > {tolerance:e}",
        (found - expected).abs()
    );
}
