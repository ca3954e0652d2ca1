//! What every set and regulariser promises.

use fejer::{GroupLasso, L1Ball, L2Ball, Prox, Scalar, Simplex};

use super::members::{Bounded, LENGTH, members};
use super::support::{self, Random, dot, norm, tolerance, twin, value};
use super::{exact, minus};

for_every_scalar!(
    resolvents_equal_their_slow_twin,
    resolvents_are_firmly_non_expansive,
    resolvents_are_optimal,
    projections_are_idempotent,
    support_functions_bound_the_set_and_touch_it,
    what_is_not_sound_is_passed_on,
    long_points_neither_overflow_nor_vanish,
);

/// Random points of three sizes, as the number type holds them.
fn points<S: Scalar>(count: usize) -> Vec<[S; LENGTH]> {
    let mut random = Random::new(11);
    (0..count)
        .map(|index| {
            let spread = [0.1, 1.0, 6.0][index % 3];
            core::array::from_fn(|_| S::from_f32((spread * random.normal()) as f32))
        })
        .collect()
}

fn steps<S: Scalar>() -> [S; 3] {
    [0.125, 0.5, 2.0].map(S::from_f32)
}

fn resolved<S: Scalar>(prox: &dyn Prox<S>, step: S, point: &[S]) -> Vec<S> {
    let mut result = point.to_vec();
    prox.prox(step, &mut result);
    result
}

fn resolvents_equal_their_slow_twin<S: Scalar>() {
    for member in members::<S>() {
        for step in steps::<S>() {
            for point in points::<S>(200) {
                let found = exact(&resolved(&*member.prox, step, &point));
                let expected = (member.twin)(value(step), &exact(&point));
                let apart = support::largest_difference(&found, &expected);
                let name = member.name;
                assert!(apart <= tolerance::resolvent::<S>(), "{name}: {apart:e} at {point:?}");
            }
        }
    }
}

/// ‖Px − Py‖² ≤ ⟨Px − Py, x − y⟩: what resolvents of monotone maps are, and more than non-expansive.
fn resolvents_are_firmly_non_expansive<S: Scalar>() {
    for member in members::<S>() {
        for step in steps::<S>() {
            for pair in points::<S>(200).windows(2) {
                let [x, y] = [0, 1].map(|k| exact(&pair[k]));
                let [p, q] = [0, 1].map(|k| exact(&resolved(&*member.prox, step, &pair[k])));
                let (moved, given) = (minus(&p, &q), minus(&x, &y));
                let room = tolerance::resolvent::<S>() * (1.0 + norm(&given)) * 4.0;
                let excess = dot(&moved, &moved) - dot(&moved, &given);
                assert!(excess <= room, "{}: {excess:e} > {room:e}", member.name);
            }
        }
    }
}

/// γh(p) + ½‖p − x‖² is not beaten by a neighbour in the set, nor by one far away.
fn resolvents_are_optimal<S: Scalar>() {
    let mut random = Random::new(5);
    for member in members::<S>() {
        for step in steps::<S>() {
            for point in points::<S>(60) {
                let x = exact(&point);
                let p = exact(&resolved(&*member.prox, step, &point));
                let objective = |y: &[f64]| {
                    let away = norm(&minus(y, &x));
                    value(step) * (member.value)(y) + 0.5 * away * away
                };
                for size in [0.01, 1.0] {
                    let moved: Vec<f64> = p.iter().map(|p| p + size * random.normal()).collect();
                    let other = if member.is_set { (member.twin)(0.0, &moved) } else { moved };
                    let gained = objective(&p) - objective(&other);
                    let room = tolerance::resolvent::<S>() * 6.0 * (1.0 + norm(&x));
                    assert!(gained <= room, "{}: better by {gained:e}", member.name);
                }
            }
        }
    }
}

fn projections_are_idempotent<S: Scalar>() {
    for member in members::<S>().iter().filter(|member| member.is_set) {
        for point in points::<S>(200) {
            let [step, longer, _] = steps::<S>();
            let once = resolved(&*member.prox, step, &point);
            let twice = resolved(&*member.prox, longer, &once);
            let apart = support::largest_difference(&once, &twice);
            assert!(apart <= tolerance::in_the_set::<S>(), "{}: {apart:e}", member.name);
        }
    }
}

fn support_functions_bound_the_set_and_touch_it<S: Scalar>() {
    for member in members::<S>() {
        let Some(Bounded { set, support: slow }) = &member.bounded else { continue };
        for (point, direction) in points::<S>(200).iter().zip(points::<S>(400).iter().skip(200)) {
            let d = exact(direction);
            let (support, inside) = (slow(&d), (member.twin)(0.0, &exact(point)));
            assert!(support >= dot(&d, &inside) - tolerance::F64_REORDERED, "{}", member.name);
            let found = value(set.support(direction));
            let room = tolerance::rounded_up::<S>() * (1.0 + support.abs());
            assert!(found >= support && found <= support + room, "{}: {found}", member.name);
            // The projection of a point far out in the direction is where the maximum is.
            let far: Vec<f64> = d.iter().map(|d| 1e4 * d).collect();
            let most = dot(&d, &(member.twin)(0.0, &far));
            let room = tolerance::SUPPORT * (1.0 + most.abs());
            assert!((support - most).abs() <= room, "{}: {support} {most}", member.name);
        }
    }
}

fn what_is_not_sound_is_passed_on<S: Scalar>() {
    let unsound: Vec<S> = match S::TAG[0] {
        3 => vec![S::LIMIT, -S::LIMIT, S::LIMIT + S::LIMIT * S::from_scaled(1, 1)],
        _ => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY].map(S::from_f32).to_vec(),
    };
    for member in members::<S>() {
        for &bad in &unsound {
            let mut point = points::<S>(2)[1];
            point[2] = bad;
            let [step, ..] = steps::<S>();
            let result = resolved(&*member.prox, step, &point);
            assert!(!result.iter().all(|x| x.is_sound()), "{}: {bad:?} vanished", member.name);
        }
    }
}

/// 585 weights, the size of the demonstration's head, spread, spiked and tiny: sums of squares reach
/// 10⁵ times the range of Q8.24 and fall below its last place.
fn long_points_neither_overflow_nor_vanish<S: Scalar>() {
    const LONG: usize = 585;
    let mut random = Random::new(3);
    for spread in [1e-3, 0.3, 12.0] {
        for spike in [0.0, 50.0] {
            let mut point: Vec<S> =
                (0..LONG).map(|_| S::from_f32((spread * random.normal()) as f32)).collect();
            point[17] = point[17] + S::from_f32(spike);
            if spike > 0.0 && spread > 1.0 {
                // All as large as each other: the root of Σ(x/largest)² is at its greatest, √n.
                let flat = S::from_f32(spread as f32);
                point.iter_mut().for_each(|x| *x = if *x < S::ZERO { -flat } else { flat });
            }
            let x = exact(&point);
            let n = S::from_f32;
            let (l2, l1) = (L2Ball { radius: n(2.0) }, L1Ball { radius: n(2.0) });
            let (simplex, group) =
                (Simplex { total: n(2.0) }, GroupLasso::<S, LONG> { strength: n(1.0) });
            let cases: [(&dyn Prox<S>, _); 4] = [
                (&l2, twin::l2_ball(2.0, &x)),
                (&l1, twin::l1_ball(2.0, &x)),
                (&simplex, twin::simplex(2.0, &x)),
                (&group, twin::group_lasso(1.0, LONG, &x)),
            ];
            for (index, (prox, expected)) in cases.into_iter().enumerate() {
                let found = exact(&resolved(prox, S::ONE, &point));
                let apart = support::largest_difference(&found, &expected);
                let room = 4.0 * tolerance::resolvent::<S>();
                assert!(apart <= room, "{index} {spread} {spike}: {apart:e}");
            }
        }
    }
}
