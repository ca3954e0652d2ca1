//! Methods that are the same under another name.

use fejer::fixed::types::{I8F24, I16F16};
use fejer::{Extragradient, ExtragradientPlus, Free, L2Ball, Lookahead, Method};
use fejer::{OperatorExtrapolation, ProjectedStep, Rapp, Scalar};

use super::support::Random;
use super::*;

/// Bit by bit, on numbers with few binary digits so that nothing is rounded: B6 of the notes.
fn identities<S: Scalar>() {
    let quarters = |random: &mut Random| S::from_scaled(random.below(33) as i32 - 16, 2);
    for seed in 0..20 {
        let mut random = Random::new(seed);
        let matrix: [[S; 3]; 3] = core::array::from_fn(|_| {
            core::array::from_fn(|_| S::from_scaled(random.below(5) as i32 - 2, 0))
        });
        let operator = |point: &[S], out: &mut [S]| {
            for (out, row) in out.iter_mut().zip(&matrix) {
                *out = row.iter().zip(point).fold(S::ZERO, |sum, (&a, &x)| sum + a * x);
            }
        };
        let start: [S; 3] = core::array::from_fn(|_| quarters(&mut random));
        let zeros = [S::ZERO; 3];
        let [half, quarter] = [S::from_scaled(1, 1), S::from_scaled(1, 2)];
        let after = |method: &mut dyn Method<S>, step: S| {
            let mut point = start;
            method.advance(&operator, &Free, step, &mut point);
            point
        };
        let plain = after(&mut ProjectedStep(zeros), half * quarter);
        assert_eq!(after(&mut Rapp::new(half, 1, zeros), quarter), plain, "τ = 1: λγ");
        let plus = after(&mut ExtragradientPlus::new(half, zeros), quarter);
        assert_eq!(after(&mut Rapp::new(half, 2, zeros), quarter), plus, "τ = 2: EG+");
        let full = after(&mut Extragradient::new(zeros), quarter);
        assert_eq!(after(&mut Rapp::new(S::ONE, 2, zeros), quarter), full, "λ = 1, τ = 2: EG");
        // LA-GDA with τ = 2 is the mean of the projected step of length 2λγ and EG+.
        let base = ProjectedStep(zeros);
        let mean = after(&mut Lookahead::new(base, 2, quarter, zeros), quarter);
        let long = after(&mut ProjectedStep(zeros), half * quarter);
        let relaxed = after(&mut ExtragradientPlus::new(half, zeros), quarter);
        for k in 0..3 {
            assert_eq!(mean[k] + mean[k], long[k] + relaxed[k]);
        }
    }
}

/// Bit by bit on any numbers, with and without a constraint.
fn identities_with_rounding<S: Scalar>() {
    for seed in 0..20 {
        let mut random = Random::new(seed);
        let matrix: [[S; 3]; 3] =
            core::array::from_fn(|_| support::random_features::<S, 3>(&mut random));
        let operator = |point: &[S], out: &mut [S]| {
            for (out, row) in out.iter_mut().zip(&matrix) {
                *out = row.iter().zip(point).fold(S::ZERO, |sum, (&a, &x)| sum + a * x);
            }
        };
        let start = support::random_features::<S, 3>(&mut random);
        let (zeros, step) = ([S::ZERO; 3], S::from_f32(0.1));
        let ball = L2Ball { radius: S::ONE };
        let after = |method: &mut dyn Method<S>, advances: usize| {
            let mut point = start;
            (0..advances).for_each(|_| method.advance(&operator, &ball, step, &mut point));
            point
        };
        let lookahead = after(&mut Lookahead::new(Extragradient::new(zeros), 3, S::ONE, zeros), 4);
        let inner = after(&mut Extragradient::new(zeros), 12);
        assert_eq!(lookahead, inner, "λ = 1");
        let frozen = after(&mut OperatorExtrapolation::new(S::ZERO, zeros), 12);
        assert_eq!(frozen, after(&mut ProjectedStep(zeros), 12), "operator extrapolation, λ = 0");
    }
}

#[test]
fn methods_that_are_the_same_are_the_same_to_the_last_bit() {
    identities::<f32>();
    identities::<f64>();
    identities::<I16F16>();
    identities::<I8F24>();
    identities_with_rounding::<f32>();
    identities_with_rounding::<f64>();
    identities_with_rounding::<I16F16>();
    identities_with_rounding::<I8F24>();
}
