//! Convolution as a product of matrices: the lift is the extraction of patches, its adjoint adds
//! patches back where they overlap.

use std::ops::Range;

use super::Convolution;
use crate::matrix::{Factor, Matrix, View, matmul, vectorised};
use crate::real::Real;

impl Convolution {
    /// Are the patches the columns of their matrix, not the rows? Whichever has the longer runs.
    fn is_by_pixel(&self) -> bool {
        self.image.channels == 1 && self.stride == 1
    }

    /// The patches as a factor of sites × numbers of a patch.
    pub(super) fn factor<'a, T: Real>(&self, patches: &'a Matrix<T>) -> Factor<'a, T> {
        let factor = Factor::from(patches.view());
        if self.is_by_pixel() { factor.transposed() } else { factor }
    }

    pub(super) fn shape_patches<T: Real>(&self, patches: &mut Matrix<T>) {
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
    pub(super) fn fill_patches<T: Real>(&self, image: &[T], patches: &mut [T]) {
        self.each_run(|to, from, length| {
            patches[to..to + length].copy_from_slice(&image[from..from + length]);
        });
    }

    /// patches ← the signal of one image through the filters.
    pub(super) fn patches_of<T: Real>(
        &self,
        matrix: View<'_, T>,
        signal: View<'_, T>,
        patches: &mut Matrix<T>,
    ) {
        if self.is_by_pixel() {
            matmul(matrix, signal.transposed(), patches.view_mut());
        } else {
            matmul(signal, matrix.transposed(), patches.view_mut());
        }
    }

    /// Adds the patches to one image.
    pub(super) fn add_patches<T: Real>(&self, patches: &[T], image: &mut [T]) {
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
