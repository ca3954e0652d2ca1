//! Small symmetric positive definite systems (gram + δI) x = b, by G = LLᵀ.

use crate::Error;
use crate::scalar::Scalar;

/// The factor L, in the lower triangle.
pub(super) struct Cholesky<F, const RANK: usize>([[F; RANK]; RANK]);

impl<F: Scalar, const RANK: usize> Cholesky<F, RANK> {
    /// Row by row. [`Error::Unsound`] unless every pivot is positive.
    pub(super) fn new(mut gram: [[F; RANK]; RANK], damping: F) -> Result<Self, Error> {
        for index in 0..RANK {
            let Some((done, [row, ..])) = gram.split_at_mut_checked(index) else { break };
            for (column, other) in done.iter().enumerate() {
                let Some((before, [value, ..])) = row.split_at_mut_checked(column) else { break };
                let products = before.iter().zip(other);
                let rest = products.fold(*value, |rest, (&a, &b)| rest - a * b);
                *value = rest.divide(other.get(column).copied().unwrap_or(F::ONE));
            }
            let Some((before, [pivot, ..])) = row.split_at_mut_checked(index) else { break };
            let rest = before.iter().fold(*pivot + damping, |rest, &a| rest - a * a);
            if !(rest > F::ZERO && rest.is_sound()) {
                return Err(Error::Unsound);
            }
            *pivot = rest.sqrt();
        }
        Ok(Self(gram))
    }

    /// b becomes x, by Lz = b and Lᵀx = z.
    pub(super) fn solve(&self, b: &mut [F; RANK]) {
        for (index, row) in self.0.iter().enumerate() {
            let Some((before, [value, ..])) = b.split_at_mut_checked(index) else { break };
            let rest = before.iter().zip(row).fold(*value, |rest, (&z, &l)| rest - l * z);
            *value = rest.divide(row.get(index).copied().unwrap_or(F::ONE));
        }
        for (index, row) in self.0.iter().enumerate().rev() {
            let Some((_, [value, after @ ..])) = b.split_at_mut_checked(index) else { break };
            let below = self.0.iter().skip(index + 1).filter_map(|row| row.get(index));
            let rest = after.iter().zip(below).fold(*value, |rest, (&x, &l)| rest - l * x);
            *value = rest.divide(row.get(index).copied().unwrap_or(F::ONE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_solves_and_refuses_what_is_not_positive_definite() {
        let gram = [[4.0_f64, 2.0, 0.5], [2.0, 3.0, -1.0], [0.5, -1.0, 2.0]];
        let b = [1.0, -2.0, 0.25];
        let mut x = b;
        Cholesky::new(gram, 0.5).map(|factor| factor.solve(&mut x)).unwrap();
        for (row, (line, b)) in gram.iter().zip(b).enumerate() {
            let value: f64 = line.iter().zip(&x).map(|(a, x)| a * x).sum::<f64>() + 0.5 * x[row];
            assert!((value - b).abs() < 1e-14, "row {row}: {value} {b}");
        }
        assert!(Cholesky::new([[1.0_f32, 1.0], [1.0, 1.0]], 0.0).is_err());
        assert!(Cholesky::new([[f32::NAN]], 1.0).is_err());
    }
}
