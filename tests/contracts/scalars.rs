//! What every number type promises.

use fejer::Scalar;

use super::support::links::{density, distribution};
use super::support::{Random, tolerance, value};

for_every_scalar!(
    conversions_round_to_nearest,
    a_sum_of_products_is_rounded_once,
    quotients_ratios_and_roots_are_those_of_f64,
    elementary_functions_are_those_of_f64,
    units_hold_numbers_of_order_one_at_least_as_well,
    what_is_beyond_the_limit_is_not_sound,
    nothing_panics_whatever_the_bits,
);

/// The distance between neighbours of order 1: the last place, or that of 1.
fn place<S: Scalar>() -> f64 {
    match S::TAG {
        [1, _] => f64::from(f32::EPSILON),
        [2, _] => f64::EPSILON,
        [_, fraction] => 0.5_f64.powi(i32::from(fraction)),
    }
}

/// What one rounding of a number of this size costs at most.
fn rounding<S: Scalar>(size: f64) -> f64 {
    let relative = if S::TAG[0] == 3 { 1.0 } else { size.abs() };
    (0.5 + 1e-6) * place::<S>() * relative
}

/// Numbers of many sizes, all below 30: within the range of Q8.24 with room for a sum.
fn numbers<S: Scalar>(count: usize) -> Vec<S> {
    let mut random = Random::new(41);
    let mut number = |index: usize| {
        let spread = [1e-4, 0.03, 1.0, 5.0][index % 4];
        S::from_f32((spread * random.normal()).clamp(-30.0, 30.0) as f32)
    };
    (0..count).map(&mut number).collect()
}

fn near<S: Scalar>(found: S, expected: f64, room: f64, what: &str) {
    let found = value(found);
    assert!((found - expected).abs() <= room, "{what}: {found:e} for {expected:e}");
}

fn conversions_round_to_nearest<S: Scalar>() {
    let mut random = Random::new(2);
    for _ in 0..2_000 {
        let x = (5.0 * random.normal()) as f32;
        let number = S::from_f32(x);
        near(number, f64::from(x), rounding::<S>(f64::from(x)), "from_f32");
        let back = f64::from(number.to_f32());
        let exact = value(number);
        assert!((back - exact).abs() <= f64::from(f32::EPSILON) * exact.abs(), "to_f32: {exact}");
        near(S::from_float(number.to_float()), exact, 2e-7 * exact.abs(), "to_float and back");
        assert_eq!(S::from_bits(number.to_bits()), number);
        let bits = number.to_bits();
        assert!(S::BYTES == 8 || bits < 1 << (8 * S::BYTES), "to_bits is longer than BYTES");
    }
    for numerator in -300..300 {
        let number = S::from_scaled(numerator, 6);
        assert_eq!(value(number), f64::from(numerator) / 64.0, "from_scaled is exact here");
        assert_eq!(number.to_scaled(6, i32::MAX), numerator);
        assert_eq!(number.to_scaled(6, 20), numerator.clamp(-20, 20));
        assert_eq!(value(number.abs()), value(number).abs());
        let other = S::from_scaled(7, 6);
        assert_eq!(value(number.max(other)), value(number).max(7.0 / 64.0));
        assert_eq!(value(number.min(other)), value(number).min(7.0 / 64.0));
        assert_eq!(number.saturating_minus(other), number - other);
    }
    assert_eq!([S::ZERO, S::ONE].map(value), [0.0, 1.0]);
}

fn a_sum_of_products_is_rounded_once<S: Scalar>() {
    for pair in numbers::<S>(60 * 40).chunks(60) {
        let (a, b) = pair.split_at(30);
        let products: Vec<f64> = a.iter().zip(b).map(|(&a, &b)| value(a) * value(b)).collect();
        let (exact, size) = products.iter().fold((0.0, 0.0), |(s, n), p| (s + p, n + p.abs()));
        let terms = a.iter().zip(b);
        let sum = terms.fold(S::WIDE_ZERO, |sum, (&a, &b)| S::accumulate(sum, a, b));
        // Floats round sixty times, each time at most the partial sum.
        let room = if S::EXACT_SUMS { rounding::<S>(1.0) } else { 60.0 * rounding::<S>(size) };
        if exact.abs() < value(S::LIMIT) {
            near(S::round(sum), exact, room, "accumulate");
        }
        let (x, y, z) = (a[0], a[1], a[2]);
        let exact = value(x) + value(y) * value(z);
        let size = value(x).abs() + (value(y) * value(z)).abs();
        near(x.add_product(y, z), exact, 2.0 * rounding::<S>(size), "add_product");
    }
}

fn quotients_ratios_and_roots_are_those_of_f64<S: Scalar>() {
    for pair in numbers::<S>(4_000).windows(2) {
        let [a, b] = [pair[0], pair[1]];
        let (x, y) = (value(a), value(b));
        let root = x.max(0.0).sqrt();
        near(a.sqrt(), root, 2.0 * rounding::<S>(root), "sqrt");
        let quotient = x / y;
        if y != 0.0 && quotient.abs() < value(S::LIMIT) {
            near(a.divide(b), quotient, 2.0 * rounding::<S>(quotient), "divide");
        }
        // (x² / y²)·0.75 with the squares as sums; the ratio has 29 bits whatever its size.
        let squared = |n: S| S::accumulate(S::WIDE_ZERO, n, n);
        let scaled = 0.75 * quotient * quotient;
        if y != 0.0 && x != 0.0 && scaled < value(S::LIMIT) {
            let found = S::from_scaled(3, 2).scale(S::ratio(squared(a), squared(b)));
            let room = 5.0 * rounding::<S>(scaled) + scaled * 4e-9;
            near(found, scaled, room, "ratio");
        }
    }
    assert_eq!(value(S::ZERO.divide(S::ZERO)), 0.0, "0/0 is 0");
}

fn elementary_functions_are_those_of_f64<S: Scalar>() {
    let (relative, absolute) = tolerance::elementary::<S>();
    for number in numbers::<S>(4_000) {
        let x = value(number);
        let exact = x.exp();
        if exact < value(S::LIMIT) {
            near(number.exp(), exact, relative * exact + absolute, "exp");
        }
        if x > 0.0 {
            // Beside 1 the logarithm is a difference of numbers of order 1.
            let room = relative * x.ln().abs().max(1.0) + absolute;
            near(number.ln(), x.ln(), room, "ln");
        }
        let room = tolerance::normal::<S>();
        near(number.normal_distribution(), distribution(x), room, "Φ");
        near(number.normal_density(), density(x), room, "Φ'");
    }
}

fn units_hold_numbers_of_order_one_at_least_as_well<S: Scalar>() {
    assert!(place::<S::Unit>() <= place::<S>());
    for number in numbers::<S>(500) {
        let unit = number.to_unit();
        near(unit, value(number), 0.0, "to_unit");
        assert_eq!(S::from_unit(unit), number);
    }
}

fn what_is_beyond_the_limit_is_not_sound<S: Scalar>() {
    assert!(numbers::<S>(500).iter().all(|number| number.is_sound()));
    assert!(!S::LIMIT.is_sound() && !(-S::LIMIT).is_sound());
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert!(!S::from_f32(bad).is_sound(), "{bad}");
        assert_eq!(S::from_f32(bad).to_scaled(4, 100), 0, "{bad}");
    }
}

/// Overflow checks are on in the tests. Sums of fixed point wrap on the device and are checked here,
/// so what is made of sums gets sound numbers.
fn nothing_panics_whatever_the_bits<S: Scalar>() {
    let mut random = Random::new(8);
    let corners = [0, 1, u64::MAX, u64::MAX >> 1, 1 << 31, (1 << 31) - 1, 1 << 63, 0x7f80_0000];
    let mut all: Vec<S> = corners.map(S::from_bits).to_vec();
    all.extend((0..200).map(|_| S::from_bits((random.uniform() * 2f64.powi(64)) as u64)));
    for &a in &all {
        let _ = (a.exp(), a.ln(), a.sqrt(), a.to_float(), a.to_f32(), a.to_scaled(31, i32::MAX));
        let _ = (S::from_unit(a.to_unit()), S::from_float(a.to_float()));
        if a.is_sound() {
            let _ = (a.abs(), -a, a.normal_distribution(), a.normal_density());
        }
        for &b in &all {
            let _ = (a.max(b), a.min(b), a.divide(b), a.saturating_minus(b), a.add_product(b, a));
            let sum = S::accumulate(S::accumulate(S::WIDE_ZERO, a, b), b, b);
            let _ = (S::round(sum), a.scale(S::ratio(sum, S::accumulate(sum, a, a))));
        }
    }
}
