//! The adjoint of a convolution without patches: what a site adds to the rows of its window stays in
//! registers until all filters have added to it.

use pulp::{Arch, Simd, WithSimd, bytemuck};

use super::{Convolution, WIDEST};
use crate::matrix::{View, ViewMut, lanes};
use crate::real::Real;

/// below ← the adjoint of the filters over the signal.
pub(super) struct PullBack<'a, T> {
    pub(super) layer: &'a Convolution,
    pub(super) matrix: &'a [T],
    pub(super) signal: View<'a, T>,
    /// As many numbers as [`PullBack::room`] says.
    pub(super) room: [&'a mut [T]; 2],
    pub(super) below: ViewMut<'a, T>,
}

impl<T: Real> PullBack<'_, T> {
    /// For the filters as they are read, and for the padded image, past whose end a vector may reach.
    pub(super) fn room(layer: &Convolution) -> [usize; 2] {
        let run = (layer.size * layer.image.channels).next_multiple_of(WIDEST);
        [layer.filters * layer.size * run, layer.planes() + WIDEST]
    }

    pub(super) fn run(self) {
        Arch::new().dispatch(self);
    }

    /// Vectors of all rows of the first filter, then of the second, …; then those to the right.
    #[inline(always)]
    fn pack<S: Simd>(&mut self) {
        let Convolution { image, filters, size, .. } = *self.layer;
        let (run, lanes) = (size * image.channels, lanes::<T, S>());
        self.room[0].fill(T::ZERO);
        for (entry, weights) in self.matrix.chunks_exact(filters).enumerate() {
            let (down, across) = (entry / run, entry % run);
            for (filter, &weight) in weights.iter().enumerate() {
                let vector = (across / lanes * filters + filter) * size + down;
                self.room[0][vector * lanes + across % lanes] = weight;
            }
        }
    }

    /// Adds a vector in each of `ROWS` rows: all filters, the packed ones from `vector` on.
    #[inline(always)]
    fn tile<S: Simd, const ROWS: usize>(
        &mut self,
        simd: S,
        signal: &[T],
        vector: usize,
        corner: usize,
    ) {
        let (size, lanes) = (self.layer.size, lanes::<T, S>());
        let mut sums = [T::splat(simd, T::ZERO); ROWS];
        let packed = self.room[0][vector * lanes..].chunks(size * lanes);
        for (weights, &signal) in packed.zip(signal) {
            let weights = bytemuck::cast_slice(&weights[..ROWS * lanes]);
            let weights: &[T::Vector<S>; ROWS] = weights.as_array().expect("as many rows");
            let signal = T::splat(simd, signal);
            for row in 0..ROWS {
                sums[row] = T::multiply_add(simd, signal, weights[row], sums[row]);
            }
        }
        let stride = self.layer.padded()[1] * self.layer.image.channels;
        for (row, &sum) in sums.iter().enumerate() {
            let at = corner + row * stride;
            let numbers = &mut self.room[1][at..at + lanes];
            let numbers: &mut [T::Vector<S>] = bytemuck::cast_slice_mut(numbers);
            numbers[0] = T::sum(simd, numbers[0], sum);
        }
    }

    /// The padded image ← all sites of one image's signal, column after column: what a site adds to
    /// lies where the site above it has just added, not across it, so nothing waits for memory.
    #[inline(always)]
    fn scatter<S: Simd>(&mut self, simd: S, signal: &[T]) {
        let Convolution { image, filters, size, .. } = *self.layer;
        let (output, width) = (self.layer.output_image(), self.layer.padded()[1]);
        self.room[1].fill(T::ZERO);
        for column in 0..output.width {
            for (strip, across) in (0..size * image.channels).step_by(lanes::<T, S>()).enumerate() {
                for row in 0..output.height {
                    let signal = &signal[(row * output.width + column) * filters..][..filters];
                    let mut done = 0;
                    macro_rules! strips {
                        ($($rows:literal),*) => {$(
                            while size - done >= $rows {
                                let corner = (row + done) * width + column;
                                let corner = corner * image.channels + across;
                                let vector = strip * filters * size + done;
                                self.tile::<S, $rows>(simd, signal, vector, corner);
                                done += $rows;
                            }
                        )*};
                    }
                    strips!(5, 3, 2, 1);
                }
            }
        }
    }
}

impl<T: Real> WithSimd for PullBack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        self.pack::<S>();
        let sites = self.layer.output_image().shape().sites;
        let numbers = self.layer.image.shape().sites * self.layer.image.channels;
        for (index, signal) in self.signal.blocks(sites).enumerate() {
            self.scatter(simd, signal.values());
            let image = &mut self.below.values()[index * numbers..(index + 1) * numbers];
            self.layer.take_inside(self.room[1], image);
        }
    }
}
