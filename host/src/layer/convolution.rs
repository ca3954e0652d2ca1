//! The convolution layer, its adjoint and the field of its filters, computed in one of two ways: with
//! patches, or directly where there are few channels.

mod back;
mod direct;
mod patches;

use std::ops::Range;

use super::{Cache, Error, Image, Initialiser, Layer, Mode, Shape, Tensor, Wave, affine, windows};
use crate::matrix::{Input, Matrix, View, ViewMut, add_product, matmul};
use crate::random::Random;
use crate::real::Real;

/// Channels of the input times filters up to which the direct way is the faster one.
const FEW: usize = 512;

/// The most lanes a vector has.
const WIDEST: usize = 16;

/// Square filters over an image with zeros around it. The weights of one filter are ordered as the
/// patch: row, column, channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// The image it takes.
    pub image: Image,
    /// Channels of the image it gives.
    pub filters: usize,
    /// Side of a filter, in pixels.
    pub size: usize,
    /// Pixels from one patch to the next.
    pub stride: usize,
    /// Zeros on each side.
    pub padding: usize,
}

impl Convolution {
    /// The image it gives; 0 × 0 when no filter fits.
    pub fn output_image(&self) -> Image {
        let fit = |length| windows(length, self.size, self.stride, self.padding);
        let (height, width) = (fit(self.image.height), fit(self.image.width));
        Image { height, width, channels: self.filters }
    }

    fn patch(&self) -> usize {
        self.size * self.size * self.image.channels
    }

    /// Are there so few channels that the direct way is faster than a product of matrices?
    fn is_direct(&self) -> bool {
        self.stride == 1 && self.image.channels * self.filters <= FEW
    }

    /// Images and what becomes of them, one after the other.
    fn pairs<'a, 'b, T: Real>(
        &self,
        images: View<'a, T>,
        outputs: View<'b, T>,
    ) -> impl Iterator<Item = (View<'a, T>, View<'b, T>)> {
        let sites = self.output_image().shape().sites;
        images.blocks(self.image.shape().sites).zip(outputs.blocks(sites))
    }

    /// output ← the filters over the images, plus the bias if there is one.
    pub(super) fn apply<T: Real>(
        &self,
        (matrix, bias): (View<'_, T>, &[T]),
        images: View<'_, T>,
        lifted: &mut Matrix<T>,
        mut output: ViewMut<'_, T>,
    ) {
        if self.is_direct() {
            let [planes, packed] = direct::Forward::<T>::room(self);
            lifted.reshape(1, planes + packed);
            lifted.values_mut().fill(T::ZERO);
            let (layer, matrix) = (self, matrix.values());
            let room = lifted.values_mut().split_at_mut(planes).into();
            return direct::Forward { layer, matrix, bias, images, room, output }.run();
        }
        self.shape_lifted(lifted);
        let sites = self.output_image().shape().sites;
        let images = images.blocks(self.image.shape().sites);
        for (image, mut output) in images.zip(output.blocks(sites)) {
            let lifted = self.lift(image, lifted);
            matmul(self.factor(lifted), matrix, output.reborrow());
            if !bias.is_empty() {
                affine::add_bias(bias, output);
            }
        }
    }

    /// images ← the adjoint of the filters over the signal.
    pub(super) fn apply_adjoint<T: Real>(
        &self,
        matrix: View<'_, T>,
        signal: View<'_, T>,
        scratch: &mut Matrix<T>,
        mut images: ViewMut<'_, T>,
    ) {
        if self.is_direct() {
            let [filters, padded] = back::PullBack::<T>::room(self);
            scratch.reshape(1, filters + padded);
            let (layer, matrix, below) = (self, matrix.values(), images);
            let room = scratch.values_mut().split_at_mut(filters).into();
            return back::PullBack { layer, matrix, signal, room, below }.run();
        }
        self.shape_patches(scratch);
        let signals = signal.blocks(self.output_image().shape().sites);
        for (signal, mut image) in signals.zip(images.blocks(self.image.shape().sites)) {
            image.values().fill(T::ZERO);
            self.patches_of(matrix, signal, scratch);
            self.add_patches(scratch.values(), image.values());
        }
    }

    /// field ← field + the field of the filters, without a bias.
    pub(super) fn add_filters_field<T: Real>(
        &self,
        images: View<'_, T>,
        drive: View<'_, T>,
        lifted: &mut Matrix<T>,
        field: &mut [T],
    ) {
        self.shape_lifted(lifted);
        for (image, drive) in self.pairs(images, drive) {
            let lifted = self.lift(image, lifted);
            if self.is_direct() {
                let (layer, planes, drive) = (self, lifted.values(), drive.values());
                direct::AddField { layer, planes, drive, field }.run();
            } else {
                let field = ViewMut::new(self.patch(), self.filters, field);
                add_product(T::ONE, self.factor(lifted).transposed(), drive, field);
            }
        }
    }

    /// Room for the image as the filters see it, with zeros for the padding.
    fn shape_lifted<T: Real>(&self, lifted: &mut Matrix<T>) {
        if self.is_direct() {
            lifted.reshape(1, self.planes());
        } else {
            self.shape_patches(lifted);
        }
        lifted.values_mut().fill(T::ZERO);
    }

    /// One image as the filters see it.
    fn lift<'a, T: Real>(&self, image: View<'_, T>, lifted: &'a mut Matrix<T>) -> &'a Matrix<T> {
        if self.is_direct() {
            self.fill_planes(image.values(), lifted.values_mut());
        } else {
            self.fill_patches(image.values(), lifted.values_mut());
        }
        lifted
    }
}

impl<T: Real> Layer<T> for Convolution {
    fn name(&self) -> &'static str {
        "convolution"
    }

    fn output(&self, input: Shape) -> Result<Shape, Error> {
        let Image { height, width, .. } = self.image;
        if input != self.image.shape() {
            let expected = format!("{} ({height} × {width} pixels)", self.image.shape());
            let remedy = "give its image the height, width and channels of what comes from below";
            return Err(Error::Shape { expected, found: input, remedy });
        }
        let output = self.output_image().shape();
        if output.sites == 0 {
            let (height, width) = (height + 2 * self.padding, width + 2 * self.padding);
            return Err(Error::Window { size: self.size, height, width });
        }
        Ok(output)
    }

    fn parameters(&self) -> usize {
        affine::parameters(self.patch(), self.filters)
    }

    fn tensors(&self, _input: Shape) -> Vec<Tensor> {
        let weight = Tensor::filters("weight", self.size, self.image.channels, self.filters);
        vec![weight, Tensor::vector("bias", self.filters)]
    }

    fn initialise(&self, rule: Initialiser, random: &mut Random, weights: &mut [T]) {
        let fan_out = self.size * self.size * self.filters;
        affine::initialise(rule, random, fan_out, self.filters, weights);
    }

    fn forward(
        &self,
        weights: &[T],
        input: Input<'_, T>,
        _mode: Mode,
        cache: &mut Cache<T>,
        output: ViewMut<'_, T>,
    ) {
        let parts = affine::parts(weights, self.filters);
        self.apply(parts, input.dense(), &mut cache.lifted, output);
    }

    fn pull_back(
        &self,
        weights: &[T],
        _wave: Wave,
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        below: ViewMut<'_, T>,
    ) {
        let (matrix, _) = affine::parts(weights, self.filters);
        self.apply_adjoint(matrix, signal, &mut cache.scratch, below);
    }

    /// The field itself: it has few weights and many sites. The lift is made once more.
    fn collect(
        &self,
        _weights: &[T],
        input: Input<'_, T>,
        drive: View<'_, T>,
        cache: &mut Cache<T>,
    ) {
        cache.partial.reshape(self.patch() + 1, self.filters);
        cache.partial.values_mut().fill(T::ZERO);
        let (matrix, bias) = cache.partial.values_mut().split_at_mut(self.patch() * self.filters);
        self.add_filters_field(input.dense(), drive, &mut cache.lifted, matrix);
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
