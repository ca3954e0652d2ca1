//! Convolution without patches, for few channels: the filters are the lanes of a vector and the sums
//! of neighbouring pixels stay in registers. `gemm` would see a product with as few columns as there
//! are filters and spend its time on packing.
//!
//! The image comes as *planes*, one for each channel with its padding, so that neighbours lie next to
//! each other.

use pulp::{Arch, Simd, WithSimd, bytemuck};

use super::{Convolution, WIDEST};
use crate::matrix::{View, ViewMut, lanes, load, numbers_mut, store};
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

/// output ← the filters over the images.
pub(super) struct Forward<'a, T> {
    pub(super) layer: &'a Convolution,
    pub(super) matrix: &'a [T],
    /// One number a filter, or none.
    pub(super) bias: &'a [T],
    pub(super) images: View<'a, T>,
    /// As many numbers as [`Forward::room`] says, zeros in the first.
    pub(super) room: [&'a mut [T]; 2],
    pub(super) output: ViewMut<'a, T>,
}

impl<T: Real> Forward<'_, T> {
    /// For the planes of one image, and for bias and filters as they are read.
    pub(super) fn room(layer: &Convolution) -> [usize; 2] {
        [layer.planes(), (layer.patch() + 1) * layer.filters.next_multiple_of(WIDEST)]
    }

    pub(super) fn run(self) {
        Arch::new().dispatch(self);
    }

    /// For each vector of filters its bias, then its entries, with zeros beyond the filters.
    #[inline(always)]
    fn pack<S: Simd>(&mut self) {
        let (filters, lanes) = (self.layer.filters, lanes::<T, S>());
        self.room[1].fill(T::ZERO);
        let mut packed = self.room[1].chunks_exact_mut(lanes);
        for first in self.layer.starts(lanes) {
            let end = filters.min(first + lanes);
            let bias = self.bias.get(first..end);
            let entries = self.matrix.chunks_exact(filters).map(|entry| Some(&entry[first..end]));
            for (values, packed) in [bias].into_iter().chain(entries).zip(packed.by_ref()) {
                let values = values.unwrap_or_default();
                packed[..values.len()].copy_from_slice(values);
            }
        }
    }
}

/// The planes of one image, and the filters as they are read.
struct Planes<'a, T> {
    layer: &'a Convolution,
    values: &'a [T],
    packed: &'a [T],
}

impl<T: Real> Planes<'_, T> {
    /// The sums of `SITES` sites next to each other, of the vector of filters packed here.
    #[inline(always)]
    fn tile<S: Simd, const SITES: usize>(
        &self,
        simd: S,
        corner: usize,
        packed: &[T::Vector<S>],
    ) -> [T::Vector<S>; SITES] {
        let Convolution { image, size, .. } = *self.layer;
        let [height, width] = self.layer.padded();
        let (bias, mut entries) = (packed[0], packed[1..].iter());
        let mut sums = [bias; SITES];
        for down in 0..size {
            for across in 0..size {
                let planes = self.values[corner + down * width + across..].chunks(height * width);
                for (pixels, &weights) in planes.zip(entries.by_ref().take(image.channels)) {
                    let pixels = &pixels[..SITES];
                    for site in 0..SITES {
                        let pixel = T::splat(simd, pixels[site]);
                        sums[site] = T::multiply_add(simd, pixel, weights, sums[site]);
                    }
                }
            }
        }
        sums
    }

    /// output ← all sites.
    #[inline(always)]
    fn filter<S: Simd>(&self, simd: S, values: &mut [T]) {
        let (layer, filters) = (*self.layer, self.layer.filters);
        let (output, width) = (layer.output_image(), layer.padded()[1]);
        let lanes = lanes::<T, S>();
        let packed = self.packed.chunks_exact((layer.patch() + 1) * lanes);
        let vectors = layer.starts(lanes).zip(packed.map(bytemuck::cast_slice));
        for (first, packed) in vectors {
            for row in 0..output.height {
                let mut done = 0;
                macro_rules! strips {
                    ($($sites:literal),*) => {$(
                        while output.width - done >= $sites {
                            let corner = row * width + done;
                            let sums = self.tile::<S, $sites>(simd, corner, packed);
                            let site = row * output.width + done;
                            // lanes beyond the filters are written over by the sites that follow
                            for (site, sums) in (site..).zip(sums) {
                                store::<T, S>(values, site * filters + first, sums);
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

impl<T: Real> WithSimd for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        self.pack::<S>();
        let Self { layer, images, room: [planes, packed], mut output, .. } = self;
        let images = images.blocks(layer.image.shape().sites);
        for (image, mut output) in images.zip(output.blocks(layer.output_image().shape().sites)) {
            layer.fill_planes(image.values(), planes);
            Planes { layer, values: planes, packed }.filter(simd, output.values());
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
