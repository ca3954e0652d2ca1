//! The convolution layer: patches of the image as rows of a matrix, times the filters. The lift is
//! the patch extraction, its adjoint adds patches back where they overlap.

use std::ops::Range;

use super::{Cache, Error, Image, Initialiser, Layer, Mode, Shape, Tensor, Wave, affine, windows};
use crate::matrix::{Factor, Input, Matrix, View, ViewMut, add_product, matmul, vectorised};
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

    /// Are the patches the columns of their matrix, not the rows? Whichever has the longer runs.
    fn is_by_pixel(&self) -> bool {
        self.image.channels == 1 && self.stride == 1
    }

    /// The patches as a factor of sites × numbers of a patch.
    fn factor<'a, T: Real>(&self, patches: &'a Matrix<T>) -> Factor<'a, T> {
        let factor = Factor::from(patches.view());
        if self.is_by_pixel() { factor.transposed() } else { factor }
    }

    fn shape_patches<T: Real>(&self, patches: &mut Matrix<T>) {
        let sites = self.output_image().shape().sites;
        let by_pixel = self.is_by_pixel();
        let [rows, columns] = if by_pixel { [self.patch(), sites] } else { [sites, self.patch()] };
        patches.reshape(rows, columns);
    }

    /// Where a window that begins at `at`, the padding included, lies in `length` pixels.
    fn inside(&self, at: usize, length: usize) -> Range<usize> {
        let end = self.size.min((length + self.padding).saturating_sub(at));
        self.padding.saturating_sub(at).min(end)..end
    }

    /// Calls `visit` with every run of numbers that lie next to each other in the patches and in the
    /// image: where it begins in the patches, where in the image, and how long it is.
    #[inline(always)]
    fn each_run(&self, mut visit: impl FnMut(usize, usize, usize)) {
        let Self { image, padding, size, .. } = *self;
        let output = self.output_image();
        if self.is_by_pixel() {
            let sites = output.height * output.width;
            for pixel in 0..size * size {
                let (down, across) = (pixel / size, pixel % size);
                // outputs whose window has this pixel inside of the image
                let end = output.width.min((image.width + padding).saturating_sub(across));
                let start = padding.saturating_sub(across).min(end);
                let rows = padding.saturating_sub(down)..image.height + padding - down;
                for top in rows.start..rows.end.min(output.height) {
                    let to = pixel * sites + top * output.width + start;
                    let from = (top + down - padding) * image.width + start + across - padding;
                    visit(to, from, end - start);
                }
            }
            return;
        }
        for site in 0..output.height * output.width {
            let (top, left) = (site / output.width, site % output.width);
            let (top, left) = (top * self.stride, left * self.stride);
            let across = self.inside(left, image.width);
            for down in self.inside(top, image.height).filter(|_| !across.is_empty()) {
                let to = site * self.patch() + (down * size + across.start) * image.channels;
                let (row, column) = (top + down - padding, left + across.start - padding);
                let from = (row * image.width + column) * image.channels;
                visit(to, from, across.len() * image.channels);
            }
        }
    }

    /// The patches of one image; what lies in the padding stays zero.
    fn lift<T: Real>(&self, image: &[T], patches: &mut [T]) {
        self.each_run(|to, from, length| {
            patches[to..to + length].copy_from_slice(&image[from..from + length]);
        });
    }

    /// Adds the patches to one image.
    fn add_adjoint<T: Real>(&self, patches: &[T], image: &mut [T]) {
        vectorised(
            #[inline(always)]
            || {
                self.each_run(
                    #[inline(always)]
                    |to, from, length| {
                        let run = &patches[to..to + length];
                        let sums = image[from..from + length].iter_mut();
                        sums.zip(run).for_each(|(sum, &x)| *sum += x);
                    },
                );
            },
        );
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
        mut output: ViewMut<'_, T>,
    ) {
        let sites = self.output_image().shape().sites;
        let images = input.dense().blocks(self.image.shape().sites);
        self.shape_patches(&mut cache.lifted);
        cache.lifted.values_mut().fill(T::ZERO);
        let (matrix, bias) = affine::parts(weights, self.filters);
        for (image, mut output) in images.zip(output.blocks(sites)) {
            self.lift(image.values(), cache.lifted.values_mut());
            matmul(self.factor(&cache.lifted), matrix, output.reborrow());
            affine::add_bias(bias, output);
        }
    }

    fn pull_back(
        &self,
        weights: &[T],
        _wave: Wave,
        signal: View<'_, T>,
        cache: &mut Cache<T>,
        mut below: ViewMut<'_, T>,
    ) {
        let sites = self.output_image().shape().sites;
        below.values().fill(T::ZERO);
        self.shape_patches(&mut cache.scratch);
        let (matrix, _) = affine::parts(weights, self.filters);
        for (signal, mut image) in signal.blocks(sites).zip(below.blocks(self.image.shape().sites))
        {
            let patches = cache.scratch.view_mut();
            if self.is_by_pixel() {
                matmul(matrix, signal.transposed(), patches);
            } else {
                matmul(signal, matrix.transposed(), patches);
            }
            self.add_adjoint(cache.scratch.values(), image.values());
        }
    }

    /// The field itself: it has few weights and many sites. The patches are made once more.
    fn collect(
        &self,
        _weights: &[T],
        input: Input<'_, T>,
        drive: View<'_, T>,
        cache: &mut Cache<T>,
    ) {
        let sites = self.output_image().shape().sites;
        let images = input.dense().blocks(self.image.shape().sites);
        cache.partial.reshape(self.patch() + 1, self.filters);
        cache.partial.values_mut().fill(T::ZERO);
        for (image, drive) in images.zip(drive.blocks(sites)) {
            self.lift(image.values(), cache.lifted.values_mut());
            let patches = self.factor(&cache.lifted).transposed();
            let (matrix, bias) =
                cache.partial.values_mut().split_at_mut(self.patch() * self.filters);
            add_product(T::ONE, patches, drive, ViewMut::new(self.patch(), self.filters, matrix));
            affine::add_sum_of_rows(T::ONE, drive, bias);
        }
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
