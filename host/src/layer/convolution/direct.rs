//! Convolution without patches, for few channels: the filters are the lanes of a vector and the sums
//! of neighbouring pixels stay in registers. `gemm` would see a product with as few columns as there
//! are filters and spend its time on packing.
//!
//! The image comes as *planes*, one for each channel with its padding, so that neighbours lie next to
//! each other.

use pulp::{Arch, Simd, WithSimd};

use super::Convolution;
use crate::matrix::{lanes, load, numbers_mut, store};
use crate::real::Real;

impl Convolution {
    /// Height and width of the image with its padding.
    pub(super) fn padded(&self) -> [usize; 2] {
        [self.image.height, self.image.width].map(|length| length + 2 * self.padding)
    }

    /// Numbers of the planes of one image.
    pub(super) fn planes(&self) -> usize {
        self.padded().iter().product::<usize>() * self.image.channels
    }

    /// planes ← image; what lies in the padding stays.
    pub(super) fn fill_planes<T: Real>(&self, image: &[T], planes: &mut [T]) {
        let ([height, width], channels) = (self.padded(), self.image.channels);
        for (row, values) in image.chunks_exact(self.image.width * channels).enumerate() {
            for channel in 0..channels {
                let start = (channel * height + row + self.padding) * width + self.padding;
                let plane = planes[start..start + self.image.width].iter_mut();
                plane
                    .zip(values.chunks_exact(channels))
                    .for_each(|(to, pixel)| *to = pixel[channel]);
            }
        }
    }

    /// image ← what is inside of the padding, channels last.
    pub(super) fn take_inside<T: Real>(&self, padded: &[T], image: &mut [T]) {
        let (width, channels) = (self.padded()[1], self.image.channels);
        for (row, values) in image.chunks_exact_mut(self.image.width * channels).enumerate() {
            let start = ((row + self.padding) * width + self.padding) * channels;
            values.copy_from_slice(&padded[start..start + values.len()]);
        }
    }

    /// Where in the planes a row of the filters begins at the first site; channel by channel.
    fn filter_row(&self, row: usize) -> usize {
        let [height, width] = self.padded();
        (row / self.size * height + row % self.size) * width
    }

    /// The first filters of the vectors that take them all; the last may overlap the one before.
    fn starts(&self, lanes: usize) -> impl Iterator<Item = usize> + use<> {
        let filters = self.filters;
        (0..filters.div_ceil(lanes))
            .map(move |run| (run * lanes).min(filters.saturating_sub(lanes)))
    }
}

/// output ← the filters over the planes of one image.
pub(super) struct Forward<'a, T> {
    pub(super) layer: &'a Convolution,
    pub(super) matrix: &'a [T],
    pub(super) bias: &'a [T],
    pub(super) planes: &'a [T],
    pub(super) output: &'a mut [T],
}

impl<T: Real> Forward<'_, T> {
    pub(super) fn run(self) {
        Arch::new().dispatch(self);
    }

    /// The sums of `SITES` sites next to each other, at the filters from `first` on.
    #[inline(always)]
    fn tile<S: Simd, const SITES: usize>(
        &self,
        simd: S,
        corner: usize,
        first: usize,
    ) -> [T::Vector<S>; SITES] {
        let Convolution { image, filters, size, .. } = *self.layer;
        let [height, width] = self.layer.padded();
        let mut sums = [load::<T, S>(self.bias, first); SITES];
        let mut at = first;
        for down in 0..size {
            for across in 0..size {
                for channel in 0..image.channels {
                    let weights = load::<T, S>(self.matrix, at);
                    at += filters;
                    let from = corner + (channel * height + down) * width + across;
                    let pixels = &self.planes[from..from + SITES];
                    for site in 0..SITES {
                        let pixel = T::splat(simd, pixels[site]);
                        sums[site] = T::multiply_add(simd, pixel, weights, sums[site]);
                    }
                }
            }
        }
        sums
    }
}

impl<T: Real> WithSimd for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (layer, filters) = (*self.layer, self.layer.filters);
        let (output, width) = (layer.output_image(), layer.padded()[1]);
        for row in 0..output.height {
            for first in layer.starts(lanes::<T, S>()) {
                let mut done = 0;
                macro_rules! strips {
                    ($($sites:literal),*) => {$(
                        while output.width - done >= $sites {
                            let corner = row * width + done;
                            let sums = self.tile::<S, $sites>(simd, corner, first);
                            let site = row * output.width + done;
                            // lanes beyond the filters are written over by the sites that follow
                            for (site, sums) in (site..).zip(sums) {
                                store::<T, S>(self.output, site * filters + first, sums);
                            }
                            done += $sites;
                        }
                    )*};
                }
                strips!(14, 10, 8, 4, 2, 1);
            }
        }
    }
}

/// field ← field + the field of the filters, from one image.
pub(super) struct AddField<'a, T> {
    pub(super) layer: &'a Convolution,
    pub(super) planes: &'a [T],
    pub(super) drive: &'a [T],
    pub(super) field: &'a mut [T],
}

impl<T: Real> AddField<'_, T> {
    pub(super) fn run(self) {
        Arch::new().dispatch(self);
    }

    /// The sums over all sites for `ACROSS` entries next to each other in two rows of the filters.
    #[inline(always)]
    fn tile<S: Simd, const ACROSS: usize>(
        &self,
        simd: S,
        rows: [usize; 2],
        first: usize,
    ) -> [[T::Vector<S>; ACROSS]; 2] {
        let (output, width) = (self.layer.output_image(), self.layer.padded()[1]);
        let mut sums = [[T::splat(simd, T::ZERO); ACROSS]; 2];
        let mut at = first;
        for row in 0..output.height {
            let [upper, lower] = rows.map(
                #[inline(always)]
                |start| {
                    let pixels = &self.planes[start + row * width..];
                    pixels[..output.width + ACROSS - 1].array_windows::<ACROSS>()
                },
            );
            for (upper, lower) in upper.zip(lower) {
                let drive = load::<T, S>(self.drive, at);
                at += self.layer.filters;
                for tap in 0..ACROSS {
                    let pixel = T::splat(simd, upper[tap]);
                    sums[0][tap] = T::multiply_add(simd, pixel, drive, sums[0][tap]);
                    let pixel = T::splat(simd, lower[tap]);
                    sums[1][tap] = T::multiply_add(simd, pixel, drive, sums[1][tap]);
                }
            }
        }
        sums
    }

    /// Adds the sums of one row's entries from `across` on, without the filters below `known`.
    #[inline(always)]
    fn keep<S: Simd, const ACROSS: usize>(
        &mut self,
        (row, across): (usize, usize),
        (known, first): (usize, usize),
        sums: [T::Vector<S>; ACROSS],
    ) {
        let Convolution { image, filters, size, .. } = *self.layer;
        let (channel, down) = (row / size, row % size);
        for (across, mut sums) in (across..).zip(sums) {
            let entry = (down * size + across) * image.channels + channel;
            let sums = &numbers_mut::<T, S>(&mut sums)[known - first..];
            let field = &mut self.field[entry * filters..][known..filters];
            field.iter_mut().zip(sums).for_each(|(field, &sum)| *field += sum);
        }
    }
}

impl<T: Real> WithSimd for AddField<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let layer = *self.layer;
        let rows = layer.image.channels * layer.size;
        let mut known = 0;
        for first in layer.starts(lanes::<T, S>()) {
            for row in (0..rows).step_by(2) {
                // without a second row the first is computed twice
                let pair = [row, (row + 1).min(rows - 1)];
                let mut done = 0;
                macro_rules! strips {
                    ($($across:literal),*) => {$(
                        while layer.size - done >= $across {
                            let starts = pair.map(|row| layer.filter_row(row) + done);
                            let [upper, lower] = self.tile::<S, $across>(simd, starts, first);
                            self.keep::<S, $across>((pair[0], done), (known, first), upper);
                            if pair[1] > pair[0] {
                                self.keep::<S, $across>((pair[1], done), (known, first), lower);
                            }
                            done += $across;
                        }
                    )*};
                }
                strips!(5, 3, 2, 1);
            }
            known = first + lanes::<T, S>();
        }
    }
}
