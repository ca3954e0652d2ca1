//! How the weights of a layer lie in PyTorch.

use super::Shape;

/// Some of a layer's numbers as a tensor of PyTorch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// What follows the name of the module and a dot.
    pub name: &'static str,
    /// Its shape in PyTorch.
    pub shape: Vec<usize>,
    /// Lengths of our axes, the last one fastest.
    ours: Vec<usize>,
    /// Which of our axes each of PyTorch's is; theirs may then be joined in `shape`.
    axes: Vec<usize>,
}

impl Tensor {
    /// A vector.
    pub(super) fn vector(name: &'static str, length: usize) -> Self {
        Self { name, shape: vec![length], ours: vec![length], axes: vec![0] }
    }

    /// One number for each feature, flattened from examples of this shape: channels first.
    pub(super) fn features(name: &'static str, inputs: Shape) -> Self {
        let Shape { sites, channels } = inputs;
        Self { name, shape: vec![sites * channels], ours: vec![sites, channels], axes: vec![1, 0] }
    }

    /// `Linear.weight` of inputs that were flattened from examples of this shape: channels first.
    pub(super) fn linear(name: &'static str, inputs: Shape, outputs: usize) -> Self {
        let Shape { sites, channels } = inputs;
        let shape = vec![outputs, sites * channels];
        Self { name, shape, ours: vec![sites, channels, outputs], axes: vec![2, 1, 0] }
    }

    /// `Conv2d.weight`.
    pub(super) fn filters(name: &'static str, size: usize, inputs: usize, outputs: usize) -> Self {
        let shape = vec![outputs, inputs, size, size];
        Self { name, shape, ours: vec![size, size, inputs, outputs], axes: vec![3, 2, 0, 1] }
    }

    /// One number for each input of these weights of a dense layer or a convolution, joined.
    pub(super) fn inputs(&self, name: &'static str) -> Self {
        let ours = self.ours[..self.ours.len() - 1].to_vec();
        Self { name, shape: vec![ours.iter().product()], ours, axes: self.axes[1..].to_vec() }
    }

    /// How many numbers it has.
    pub fn count(&self) -> usize {
        self.ours.iter().product()
    }

    /// Where each number of PyTorch's, in its order, stands in ours.
    pub fn places(&self) -> Vec<usize> {
        let stride = |axis: usize| self.ours[axis + 1..].iter().product::<usize>();
        let place = |mut index: usize| {
            let mut place = 0;
            for &axis in self.axes.iter().rev() {
                place += index % self.ours[axis] * stride(axis);
                index /= self.ours[axis];
            }
            place
        };
        (0..self.count()).map(place).collect()
    }
}
