//! Chebyshev filter banks (Defferrard, Bresson & Vandergheynst 2016): the features through
//! T₀ = X, T₁ = L·X, Tₖ = 2·L·Tₖ₋₁ − Tₖ₋₂ side by side, for any layer above them.
//!
//! It has no weights: with a dense layer above it is η(X) = [X, LX, …] of svi.md §1.4, whose bias does
//! not pass the filter.

use super::{Cache, Error, Layer, Mode, Shape, Wave};
use crate::matrix::{Csr, Input, Matrix, View, ViewMut};
use crate::real::Real;

/// The first polynomials of a filter over nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Chebyshev<T> {
    filter: Csr<T>,
    adjoint: Csr<T>,
    polynomials: usize,
}

impl<T: Real> Chebyshev<T> {
    /// So many polynomials, at least one, of this filter (nodes × nodes), which may be directed.
    ///
    /// # Errors
    /// [`Error::Filter`]: it is not square.
    pub fn new(filter: Csr<T>, polynomials: usize) -> Result<Self, Error> {
        let (rows, columns) = (filter.rows(), filter.columns());
        if rows != columns {
            return Err(Error::Filter { rows, columns });
        }
        Ok(Self { adjoint: filter.transposed(), filter, polynomials })
    }

    /// target ← target + factor · filter · from, both blocks of so many rows of a stack.
    fn add_filtered(
        filter: &Csr<T>,
        factor: T,
        [from, target]: [usize; 2],
        stack: &mut Matrix<T>,
        room: &mut Matrix<T>,
    ) {
        let rows = filter.rows();
        filter.multiply(stack.view().rows_of(from * rows..(from + 1) * rows), room.view_mut());
        Self::add(factor, room.values(), target, stack);
    }

    /// target ← target + factor · values.
    fn add(factor: T, values: &[T], target: usize, stack: &mut Matrix<T>) {
        let target = &mut stack.values_mut()[target * values.len()..][..values.len()];
        target.iter_mut().zip(values).for_each(|(sum, &value)| *sum += factor * value);
    }

    /// target ← target − from.
    fn subtract([from, target]: [usize; 2], stack: &mut Matrix<T>, room: &mut Matrix<T>) {
        let length = room.values().len();
        room.values_mut().copy_from_slice(&stack.values()[from * length..][..length]);
        Self::add(T::ZERO - T::ONE, room.values(), target, stack);
    }

    /// 1 for T₁, 2 above it.
    fn factor(order: usize) -> T {
        if order == 1 { T::ONE } else { T::ONE + T::ONE }
    }

    fn fit(&self, channels: usize, cache: &mut Cache<T>) {
        cache.lifted.reshape(self.polynomials * self.filter.rows(), channels);
        cache.scratch.reshape(self.filter.rows(), channels);
    }
}

impl<T: Real> Layer<T> for Chebyshev<T> {
    fn name(&self) -> &'static str {
        "chebyshev"
    }

    fn output(&self, input: Shape) -> Result<Shape, Error> {
        if input.sites != self.filter.rows() {
            let expected = format!("{} nodes", self.filter.rows());
            let remedy = "give one row of features for every node of the filter";
            return Err(Error::Shape { expected, found: input, remedy });
        }
        Ok(Shape { channels: input.channels * self.polynomials, ..input })
    }

    fn forward(
        &self,
        _weights: &[T],
        input: Input<'_, T>,
        _mode: Mode,
        cache: &mut Cache<T>,
        mut output: ViewMut<'_, T>,
    ) {
        let (nodes, channels) = (self.filter.rows(), input.columns());
        self.fit(channels, cache);
        let Cache { lifted: stack, scratch: room, .. } = cache;
        for (input, mut output) in input.dense().blocks(nodes).zip(output.blocks(nodes)) {
            stack.values_mut().fill(T::ZERO);
            stack.values_mut()[..nodes * channels].copy_from_slice(input.values());
            for order in 1..self.polynomials {
                let from_to = [order - 1, order];
                Self::add_filtered(&self.filter, Self::factor(order), from_to, stack, room);
                if order > 1 {
                    Self::subtract([order - 2, order], stack, room);
                }
            }
            for row in 0..stack.rows() {
                let (order, node) = (row / nodes, row % nodes);
                output.row(node)[order * channels..][..channels].copy_from_slice(stack.row(row));
            }
        }
    }

    fn pull_back(
        &self,
        _weights: &[T],
        _wave: Wave,
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        mut below: ViewMut<'_, T>,
    ) {
        let (nodes, channels) = (self.filter.rows(), below.columns());
        self.fit(channels, cache);
        let Cache { lifted: stack, scratch: room, .. } = cache;
        for (signal, mut below) in signal.blocks(nodes).zip(below.blocks(nodes)) {
            for row in 0..stack.rows() {
                let (order, node) = (row / nodes, row % nodes);
                let signal = &signal.row(node)[order * channels..][..channels];
                stack.row_mut(row).copy_from_slice(signal);
            }
            for order in (1..self.polynomials).rev() {
                let from_to = [order, order - 1];
                Self::add_filtered(&self.adjoint, Self::factor(order), from_to, stack, room);
                if order > 1 {
                    Self::subtract([order, order - 2], stack, room);
                }
            }
            below.values().copy_from_slice(&stack.values()[..nodes * channels]);
        }
    }
}
