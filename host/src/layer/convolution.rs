//! The convolution layer: patches of the image as rows of a matrix, times the filters. The lift is
//! the patch extraction, its adjoint adds patches back where they overlap.

use super::{Cache, Error, Image, Initialiser, Layer, Mode, Shape, affine, windows};
use crate::matrix::{View, ViewMut};
use crate::random::Random;
use crate::real::Real;

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

    /// For every pixel of every patch that lies in the image: the numbers of the patch matrix it
    /// fills, and those of the image they come from.
    fn each_pixel(&self, mut visit: impl FnMut(usize, usize)) {
        let output = self.output_image();
        let channels = self.image.channels;
        let inside = |at: usize, offset: usize, length: usize| {
            (at * self.stride + offset).checked_sub(self.padding).filter(|&at| at < length)
        };
        for site in 0..output.height * output.width {
            let (top, left) = (site / output.width, site % output.width);
            for pixel in 0..self.size * self.size {
                let (down, across) = (pixel / self.size, pixel % self.size);
                let row = inside(top, down, self.image.height);
                let column = inside(left, across, self.image.width);
                if let (Some(row), Some(column)) = (row, column) {
                    let from = (row * self.image.width + column) * channels;
                    visit(site * self.patch() + pixel * channels, from);
                }
            }
        }
    }

    fn lift<T: Real>(&self, input: View<'_, T>, mut lifted: ViewMut<'_, T>) {
        let channels = self.image.channels;
        let sites = self.output_image().shape().sites;
        // the padding stays zero
        lifted.values().fill(T::ZERO);
        for (image, mut patches) in input.blocks(self.image.shape().sites).zip(lifted.blocks(sites))
        {
            let (image, patches) = (image.values(), patches.values());
            self.each_pixel(|to, from| {
                patches[to..to + channels].copy_from_slice(&image[from..from + channels]);
            });
        }
    }

    fn adjoint<T: Real>(&self, lifted: View<'_, T>, mut below: ViewMut<'_, T>) {
        let channels = self.image.channels;
        let sites = self.output_image().shape().sites;
        below.values().fill(T::ZERO);
        for (patches, mut image) in lifted.blocks(sites).zip(below.blocks(self.image.shape().sites))
        {
            let (patches, image) = (patches.values(), image.values());
            self.each_pixel(|to, from| {
                let pixel = image[from..from + channels].iter_mut();
                pixel.zip(&patches[to..to + channels]).for_each(|(sum, &value)| *sum += value);
            });
        }
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

    fn initialise(&self, rule: Initialiser, random: &mut Random, weights: &mut [T]) {
        let fan_out = self.size * self.size * self.filters;
        affine::initialise(rule, random, fan_out, self.filters, weights);
    }

    fn forward(
        &self,
        weights: &[T],
        input: View<'_, T>,
        _mode: Mode,
        cache: &mut Cache<T>,
        output: ViewMut<'_, T>,
    ) {
        cache.lifted.reshape(output.rows(), self.patch());
        self.lift(input, cache.lifted.view_mut());
        affine::forward(weights, cache.lifted.view(), output);
    }

    fn pull_back(
        &self,
        weights: &[T],
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        below: ViewMut<'_, T>,
    ) {
        cache.scratch.reshape(signal.rows(), self.patch());
        affine::pull_back(weights, signal, cache.scratch.view_mut());
        self.adjoint(cache.scratch.view(), below);
    }

    fn field(&self, _input: View<'_, T>, drive: View<'_, T>, cache: &Cache<T>, field: &mut [T]) {
        affine::field(cache.lifted.view(), drive, field);
    }
}
