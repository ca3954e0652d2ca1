//! One scaled step against the published numbers and its algebra.

use fejer::Error;
use fejer::low_rank::{Factors, Order, ScaledStep};

use super::matrix::*;
use super::rule;
use super::support::{Random, figure, tolerance};

pub const LEFT: Matrix<3, 2> = [[1.0, 2.0], [0.0, 1.0], [1.0, -1.0]];
pub const RIGHT: Matrix<2, 4> = [[1.0, 0.0, 2.0, -1.0], [0.0, 1.0, 1.0, 1.0]];
pub const FIELD: Matrix<3, 4> =
    [[1.0, 0.0, -1.0, 2.0], [0.0, 1.0, 1.0, 0.0], [2.0, -1.0, 0.0, 1.0]];

/// The step with the field G fixed: ∇_B = G Aᵀ, ∇_A = Bᵀ G.
fn stepped<const I: usize, const J: usize, const R: usize>(
    factors: Factors<f64, I, J, R>,
    field: &Matrix<I, J>,
    rule: &ScaledStep<f64>,
) -> Factors<f64, I, J, R> {
    let mut factors = factors;
    factors
        .scaled_step(rule, |at, out| {
            out.left = times(field, &transposed(&at.right));
            out.right = times(&transposed(&at.left), field);
        })
        .expect("sound");
    factors
}

#[test]
fn the_scaled_step_makes_the_published_numbers() {
    let factors = Factors { left: LEFT, right: RIGHT };
    let found = stepped(factors, &FIELD, &rule(0.1, 1e-6, Order::Simultaneous));
    let right = [
        [0.836_363_73, 0.072_727_23, 2.045_454_52, -1.136_363_56],
        [0.027_272_71, 0.954_545_47, 1.009_090_91, 0.972_727_27],
    ];
    let left = [
        [1.058_823_52, 1.947_058_85],
        [-0.023_529_41, 0.941_176_49],
        [0.982_352_94, -0.994_117_65],
    ];
    let off = apart(&found.right, &right).max(apart(&found.left, &left));
    let pass = off < tolerance::EIGHT_DIGITS;
    figure("LoRA: scaled gradient step of the fixture", "8 digits", format!("{off:.1e}"), pass);
    assert!(pass, "{:?} {:?}", found.right, found.left);
}

/// X⁺ = X − γ(G P_row + P_col G) + γ² G X† G, so the product moves the same in every basis Q.
#[test]
fn the_product_moves_the_same_in_every_basis() {
    let free = rule(0.1, 0.0, Order::Simultaneous);
    let factors = Factors { left: LEFT, right: RIGHT };
    let expected = stepped(factors, &FIELD, &free).product();

    let inverse = |m: Matrix<2, 2>| {
        let determinant = m[0][0] * m[1][1] - m[0][1] * m[1][0];
        [[m[1][1], -m[0][1]], [-m[1][0], m[0][0]]].map(|row| row.map(|x| x / determinant))
    };
    let (left_t, right_t) = (transposed(&LEFT), transposed(&RIGHT));
    let gram_left = inverse(times(&left_t, &LEFT));
    let gram_right = inverse(times(&RIGHT, &right_t));
    let by_column = times(&times(&times(&LEFT, &gram_left), &left_t), &FIELD);
    let by_row = times(&FIELD, &times(&times(&right_t, &gram_right), &RIGHT));
    let dagger = times(&times(&right_t, &gram_right), &times(&gram_left, &left_t));
    let second = times(&times(&FIELD, &dagger), &FIELD);
    let closed = combined(&times(&LEFT, &RIGHT), -0.1, &combined(&by_column, 1.0, &by_row));
    let closed = combined(&closed, 0.01, &second);
    assert!(apart(&closed, &expected) < tolerance::F64_REORDERED);

    let mut random = Random::new(2);
    let mut worst = 0.0_f64;
    for _ in 0..100 {
        let basis: Matrix<2, 2> =
            core::array::from_fn(|_| core::array::from_fn(|_| random.normal()));
        let determinant = basis[0][0] * basis[1][1] - basis[0][1] * basis[1][0];
        if determinant.abs() < 0.1 {
            continue;
        }
        let changed = Factors { left: times(&LEFT, &basis), right: times(&inverse(basis), &RIGHT) };
        let found = stepped(changed, &FIELD, &free).product();
        let difference = apart(&found, &expected);
        assert!(difference < tolerance::GL_INVARIANCE, "{difference:e} with {basis:?}");
        worst = worst.max(difference);
    }
    figure("LoRA: GL(r) invariance of the product", "≤ 1e-12", format!("{worst:.1e}"), true);
}

#[test]
fn at_the_start_only_the_left_factor_moves() {
    let factors = Factors { left: [[0.0; 2]; 3], right: RIGHT };
    let found = stepped(factors, &FIELD, &rule(0.1, 1e-6, Order::Simultaneous));
    assert_eq!(found.right, RIGHT);
    assert!(frobenius(&found.left) > 0.01);
    // Without damping the Gram matrix of B = 0 has no inverse: refused, nothing changed.
    let mut factors = factors;
    let refused = factors.scaled_step(&rule(0.1, 0.0, Order::Simultaneous), |_, _| {});
    assert_eq!((refused, factors.right), (Err(Error::Unsound), RIGHT));
}
