//! The preconditioned field of the factors, one factor after the other or both at once.

use super::cholesky::Cholesky;
use super::{Factors, Order};
use crate::Error;
use crate::scalar::{Scalar, all_sound};

/// One of the factors.
#[derive(Clone, Copy)]
pub(super) enum Half {
    Right,
    Left,
}

impl<S: Scalar, const ROWS: usize, const OUTPUTS: usize, const RANK: usize>
    Factors<S, ROWS, OUTPUTS, RANK>
{
    /// Moves A, then B, each by `advance` along its preconditioned field; in sequential order the
    /// field is evaluated again in between. What fails leaves the factors as they were.
    pub(super) fn half_steps(
        &mut self,
        damping: S::Float,
        order: Order,
        mut pull_back: impl FnMut(&Self, &mut Self),
        mut advance: impl FnMut(Half, &mut [S], &[S::Float]),
    ) -> Result<(), Error> {
        let mut field = Self::zeros();
        pull_back(self, &mut field);
        let mut moved = *self;
        let direction = self.right_direction(damping, &field)?;
        advance(Half::Right, moved.right.as_flattened_mut(), direction.as_flattened());
        let mut seen = *self;
        if order == Order::Sequential {
            pull_back(&moved, &mut field);
            seen = moved;
        }
        let direction = seen.left_direction(damping, &field)?;
        advance(Half::Left, moved.left.as_flattened_mut(), direction.as_flattened());
        if !(all_sound(moved.left.as_flattened()) && all_sound(moved.right.as_flattened())) {
            return Err(Error::Unsound);
        }
        *self = moved;
        Ok(())
    }

    /// (BᵀB + δI)⁻¹ ∇_A
    fn right_direction(
        &self,
        damping: S::Float,
        field: &Self,
    ) -> Result<[[S::Float; OUTPUTS]; RANK], Error> {
        let mut gram = [[S::Float::ZERO; RANK]; RANK];
        for row in &self.left {
            let row = row.map(S::to_float);
            for (sums, &a) in gram.iter_mut().zip(&row) {
                for (sum, &b) in sums.iter_mut().zip(&row) {
                    *sum = sum.add_product(a, b);
                }
            }
        }
        let inverse = Cholesky::new(gram, damping)?;
        let mut direction = field.right.map(|row| row.map(S::to_float));
        for output in 0..OUTPUTS {
            let mut column = [S::Float::ZERO; RANK];
            for (entry, row) in column.iter_mut().zip(&direction) {
                *entry = row.get(output).copied().unwrap_or(S::Float::ZERO);
            }
            inverse.solve(&mut column);
            for (row, &entry) in direction.iter_mut().zip(&column) {
                if let Some(value) = row.get_mut(output) {
                    *value = entry;
                }
            }
        }
        Ok(direction)
    }

    /// ∇_B (AAᵀ + δI)⁻¹
    fn left_direction(
        &self,
        damping: S::Float,
        field: &Self,
    ) -> Result<[[S::Float; RANK]; ROWS], Error> {
        let mut gram = [[S::Float::ZERO; RANK]; RANK];
        for (sums, a) in gram.iter_mut().zip(&self.right) {
            for (sum, b) in sums.iter_mut().zip(&self.right) {
                for (a, b) in a.iter().zip(b) {
                    *sum = sum.add_product(a.to_float(), b.to_float());
                }
            }
        }
        let inverse = Cholesky::new(gram, damping)?;
        let mut direction = field.left.map(|row| row.map(S::to_float));
        direction.iter_mut().for_each(|row| inverse.solve(row));
        Ok(direction)
    }
}
