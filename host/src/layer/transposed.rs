//! Transposed convolution: the adjoint of a convolution as a layer, from small images to larger ones.

use std::ops::Range;

use super::{
    Cache, Convolution, Error, Image, Initialiser, Layer, Mode, Shape, Tensor, Wave, affine,
};
use crate::matrix::{Input, View, ViewMut};
use crate::random::Random;
use crate::real::Real;

/// PyTorch's `ConvTranspose2d`: every pixel times the filters, added where they overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransposedConvolution {
    /// From what this layer gives to what it takes.
    adjoint: Convolution,
    image: Image,
}

impl TransposedConvolution {
    /// From this image to one of `channels` channels by square filters of this side, `stride` pixels
    /// apart; `padding` pixels are cut off from every side.
    pub fn new(image: Image, channels: usize, size: usize, stride: usize, padding: usize) -> Self {
        let [height, width] = [image.height, image.width]
            .map(|length| (length.saturating_sub(1) * stride + size).saturating_sub(2 * padding));
        let filters = image.channels;
        let image_above = Image { height, width, channels };
        let adjoint = Convolution { image: image_above, filters, size, stride, padding };
        Self { adjoint, image }
    }

    /// The image it gives; 0 × 0 when the padding takes all of it.
    pub fn output_image(&self) -> Image {
        self.adjoint.image
    }

    /// The filters and the bias.
    fn parts<'a, T>(&self, weights: &'a [T]) -> (View<'a, T>, &'a [T])
    where
        T: Real,
    {
        let filters = self.adjoint.filters;
        let (matrix, bias) = weights.split_at(weights.len() - self.adjoint.image.channels);
        (View::new(matrix.len() / filters, filters, matrix), bias)
    }
}

impl<T: Real> Layer<T> for TransposedConvolution {
    fn name(&self) -> &'static str {
        "transposed_convolution"
    }

    fn output(&self, input: Shape) -> Result<Shape, Error> {
        let Image { height, width, .. } = self.image;
        if input != self.image.shape() {
            let expected = format!("{} ({height} × {width} pixels)", self.image.shape());
            let remedy = "give its image the height, width and channels of what comes from below";
            return Err(Error::Shape { expected, found: input, remedy });
        }
        if self.adjoint.output_image() != self.image {
            return Err(Error::Window { size: self.adjoint.size, height, width });
        }
        Ok(self.output_image().shape())
    }

    fn parameters(&self) -> usize {
        let Convolution { image, filters, size, .. } = self.adjoint;
        size * size * image.channels * filters + image.channels
    }

    fn tensors(&self, _input: Shape) -> Vec<Tensor> {
        let Convolution { image, filters, size, .. } = self.adjoint;
        let weight = Tensor::filters("weight", size, image.channels, filters);
        vec![weight, Tensor::vector("bias", image.channels)]
    }

    /// PyTorch counts the filters of the adjoint here as well.
    fn initialise(&self, rule: Initialiser, random: &mut Random, weights: &mut [T]) {
        let Convolution { image, filters, size, .. } = self.adjoint;
        let (matrix, bias) = weights.split_at_mut(weights.len() - image.channels);
        let (fan_in, fan_out) = (size * size * image.channels, size * size * filters);
        rule.fill(random, fan_in, fan_out, matrix, bias);
    }

    fn forward(
        &self,
        weights: &[T],
        input: Input<'_, T>,
        _mode: Mode,
        cache: &mut Cache<T>,
        mut output: ViewMut<'_, T>,
    ) {
        let (matrix, bias) = self.parts(weights);
        let scratch = &mut cache.scratch;
        self.adjoint.apply_adjoint(matrix, input.dense(), scratch, output.reborrow());
        affine::add_bias(bias, output);
    }

    fn pull_back(
        &self,
        weights: &[T],
        _wave: Wave,
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        below: ViewMut<'_, T>,
    ) {
        let (matrix, _) = self.parts(weights);
        self.adjoint.apply((matrix, &[]), signal, &mut cache.lifted, below);
    }

    fn collect(
        &self,
        weights: &[T],
        input: Input<'_, T>,
        drive: View<'_, T>,
        cache: &mut Cache<T>,
    ) {
        cache.partial.reshape(1, weights.len());
        let partial = cache.partial.values_mut();
        partial.fill(T::ZERO);
        let (matrix, bias) = partial.split_at_mut(weights.len() - self.adjoint.image.channels);
        self.adjoint.add_filters_field(drive, input.dense(), &mut cache.lifted, matrix);
        affine::add_sum_of_rows(T::ONE, drive, bias);
    }

    fn add_field(
        &self,
        piece: Range<usize>,
        _input: Input<'_, T>,
        _drive: View<'_, T>,
        cache: &Cache<T>,
        scale: T,
        field: &mut [T],
    ) {
        cache.add_partial(piece, scale, field);
    }
}
