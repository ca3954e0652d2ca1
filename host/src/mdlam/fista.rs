//! The last scores as the published code finds them: FISTA (Beck & Teboulle 2009) on the whole of R with
//! a step of 4, where 2 is the longest that is known to be safe, until the objective changes by less than
//! 10⁻⁴, at most 500 times. What it returns is the extrapolated point.

use crate::matrix::Matrix;
use crate::real::Real;

use super::last::{Last, Row};

const STEP: f64 = 4.0;
const MOST_STEPS: usize = 500;
const TOLERANCE: f64 = 1e-4;

/// scores ← what is found from them.
pub(super) fn approach<T: Real>(last: &Last<'_, T>, scores: &mut Matrix<T>) {
    let columns = scores.columns();
    let mut row = Row::new(last.criterion, last.rho, columns);
    let mut z: Vec<f64> = scores.values().iter().map(|z| z.to_f64()).collect();
    let mut proximal = z.clone();
    let (mut before, mut momentum) = (f64::INFINITY, 1.0);
    for _ in 0..MOST_STEPS {
        let next = (1.0 + libm::sqrt(1.0 + 4.0 * momentum * momentum)) / 2.0;
        let share = (momentum - 1.0) / next;
        momentum = next;
        let mut value = 0.0;
        for (index, z) in z.chunks_exact(columns).enumerate() {
            last.read(index, &mut row);
            value += row.value(z);
        }
        if (value - before).abs() < TOLERANCE {
            break;
        }
        before = value;
        let rows = z.chunks_exact_mut(columns).zip(proximal.chunks_exact_mut(columns));
        for (index, (z, proximal)) in rows.enumerate() {
            last.read(index, &mut row);
            row.z.copy_from_slice(z);
            row.differentiate();
            for column in 0..columns {
                // the gradient of R alone
                let pull = row.gradient[column] - last.rho * (z[column] - row.v[column]);
                let forward = z[column] / STEP - pull + last.rho * row.v[column];
                let moved = forward / (last.rho + 1.0 / STEP);
                z[column] = moved + share * (moved - proximal[column]);
                proximal[column] = moved;
            }
        }
    }
    scores.values_mut().iter_mut().zip(z).for_each(|(score, z)| *score = T::from_f64(z));
}
