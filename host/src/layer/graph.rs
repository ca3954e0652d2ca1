//! The graph layer (GCN, Kipf & Welling 2017): Z = (A·X)·W + 1·bᵀ with one fixed filter A for every
//! example. A may be directed, so what travels down goes through Aᵀ; the bias does not pass the
//! filter (svi.md §1.1, §1.4).

use std::ops::Range;

use super::{Cache, Error, Initialiser, Layer, Mode, Shape, Tensor, Wave, affine};
use crate::matrix::{Csr, Input, View, ViewMut, each_block};
use crate::random::Random;
use crate::real::Real;

/// Rows of a product that one thread computes.
const BLOCK: usize = 256;

/// A filter over nodes, then the same weights at every node.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph<T> {
    filter: Csr<T>,
    adjoint: Csr<T>,
    inputs: usize,
    outputs: usize,
}

impl<T: Real> Graph<T> {
    /// With this filter (nodes × nodes), from `inputs` channels to `outputs`.
    ///
    /// # Errors
    /// [`Error::Filter`]: it is not square.
    pub fn new(filter: Csr<T>, inputs: usize, outputs: usize) -> Result<Self, Error> {
        let (rows, columns) = (filter.rows(), filter.columns());
        if rows != columns {
            return Err(Error::Filter { rows, columns });
        }
        Ok(Self { adjoint: filter.transposed(), filter, inputs, outputs })
    }

    /// Is A·(X·W) less work than (A·X)·W? The field is then Xᵀ·(Aᵀ·drive).
    fn is_narrowing(&self, input: Input<'_, T>) -> bool {
        self.outputs < self.inputs || matches!(input, Input::Sparse { .. })
    }

    fn through(filter: &Csr<T>, input: View<'_, T>, mut output: ViewMut<'_, T>) {
        for (input, output) in input.blocks(filter.rows()).zip(output.blocks(filter.rows())) {
            filter.multiply(input, output);
        }
    }
}

/// PyG's `gcn_norm`: a self-loop where there is none, each edge u → v weighted 1/√(dᵤ·dᵥ) with d the
/// in-degrees, loops counted; what arrives at v stands in row v. For a symmetric filter give every
/// edge both ways.
///
/// # Errors
/// [`Error::Edge`]: an edge names a node that does not exist.
pub fn gcn_norm<T: Real>(nodes: usize, edges: &[(usize, usize)]) -> Result<Csr<T>, Error> {
    let outside = edges.iter().position(|&(from, to)| from.max(to) >= nodes);
    if let Some(edge) = outside {
        let (from, to) = edges[edge];
        return Err(Error::Edge { edge, from, to, nodes });
    }
    let missing = (0..nodes).filter(|&node| !edges.contains(&(node, node)));
    let all: Vec<_> = edges.iter().copied().chain(missing.map(|node| (node, node))).collect();
    let mut degree = vec![0.0; nodes];
    all.iter().for_each(|&(_, to)| degree[to] += 1.0);
    let weight = |from: usize, to: usize| 1.0 / libm::sqrt(degree[from] * degree[to]);
    let entries = all.iter().map(|&(from, to)| (to, from, T::from_f64(weight(from, to))));
    Ok(Csr::new(nodes, nodes, entries.collect()))
}

impl<T: Real> Layer<T> for Graph<T> {
    fn name(&self) -> &'static str {
        "graph"
    }

    fn output(&self, input: Shape) -> Result<Shape, Error> {
        let expected = Shape { sites: self.filter.rows(), channels: self.inputs };
        if input != expected {
            let remedy = "give one row of features for every node of the filter";
            return Err(Error::Shape { expected: expected.to_string(), found: input, remedy });
        }
        Ok(Shape { channels: self.outputs, ..input })
    }

    fn parameters(&self) -> usize {
        affine::parameters(self.inputs, self.outputs)
    }

    fn grain(&self) -> usize {
        self.outputs
    }

    fn tensors(&self, _input: Shape) -> Vec<Tensor> {
        let weight = Tensor::linear("lin.weight", Shape::flat(self.inputs), self.outputs);
        vec![weight, Tensor::vector("bias", self.outputs)]
    }

    fn initialise(&self, rule: Initialiser, random: &mut Random, weights: &mut [T]) {
        affine::initialise(rule, random, self.outputs, self.outputs, weights);
    }

    fn forward(
        &self,
        weights: &[T],
        input: Input<'_, T>,
        _mode: Mode,
        cache: &mut Cache<T>,
        mut output: ViewMut<'_, T>,
    ) {
        if self.is_narrowing(input) {
            cache.scratch.reshape(input.rows(), self.outputs);
            each_block(cache.scratch.view_mut(), BLOCK, &|first, block| {
                affine::linear(weights, input.rows_of(first..first + block.rows()), block);
            });
            Self::through(&self.filter, cache.scratch.view(), output.reborrow());
            affine::add_bias(affine::parts(weights, self.outputs).1, output);
        } else {
            cache.lifted.reshape(input.rows(), self.inputs);
            Self::through(&self.filter, input.dense(), cache.lifted.view_mut());
            affine::forward(weights, cache.lifted.view().into(), output);
        }
    }

    fn pull_back(
        &self,
        weights: &[T],
        _wave: Wave,
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        below: ViewMut<'_, T>,
    ) {
        if self.outputs < self.inputs {
            cache.scratch.reshape(signal.rows(), self.outputs);
            Self::through(&self.adjoint, signal, cache.scratch.view_mut());
            affine::pull_back(weights, cache.scratch.view(), below);
        } else {
            cache.scratch.reshape(signal.rows(), self.inputs);
            affine::pull_back(weights, signal, cache.scratch.view_mut());
            Self::through(&self.adjoint, cache.scratch.view(), below);
        }
    }

    fn collect(
        &self,
        _weights: &[T],
        input: Input<'_, T>,
        drive: View<'_, T>,
        cache: &mut Cache<T>,
    ) {
        if self.is_narrowing(input) {
            cache.lifted.reshape(drive.rows(), self.outputs);
            Self::through(&self.adjoint, drive, cache.lifted.view_mut());
        }
    }

    fn add_field(
        &self,
        piece: Range<usize>,
        input: Input<'_, T>,
        drive: View<'_, T>,
        cache: &Cache<T>,
        scale: T,
        field: &mut [T],
    ) {
        let lifted = cache.lifted.view();
        if self.is_narrowing(input) {
            affine::add_field(piece, input, lifted, drive, scale, field);
        } else {
            affine::add_field(piece, lifted.into(), drive, drive, scale, field);
        }
    }
}
