//! Maxima of windows, the channels side by side in a vector, and the way back to where they came from.

use pulp::{Simd, WithSimd};

use super::Pool;
use crate::matrix::{lanes, load, store};
use crate::real::Real;

/// output ← the maxima; chosen ← which pixel of its window each came from, counted row by row.
pub(super) struct Maximum<'a, T> {
    pub(super) pool: &'a Pool,
    pub(super) input: &'a [T],
    pub(super) output: &'a mut [T],
    pub(super) chosen: &'a mut [T],
}

impl<T: Real> Maximum<'_, T> {
    /// Windows of `SIZE`, of any size where it is 0: the usual ones are unrolled.
    #[inline(always)]
    fn choose<S: Simd, const SIZE: usize>(self, simd: S) {
        let [from, to] = self.pool.sizes();
        let size = if SIZE == 0 { self.pool.size } else { SIZE };
        let (channels, width) = (self.pool.image.channels, self.pool.image.width);
        let outputs = self.output.chunks_exact_mut(to).zip(self.chosen.chunks_exact_mut(to));
        for (input, (output, chosen)) in self.input.chunks_exact(from).zip(outputs) {
            self.pool.each_window(
                lanes::<T, S>(),
                #[inline(always)]
                |to, corner| {
                    let mut best = load::<T, S>(input, corner);
                    let (mut place, mut number) = (T::splat(simd, T::ZERO), T::ZERO);
                    for down in 0..size {
                        for across in 0..size {
                            if down + across > 0 {
                                number += T::ONE;
                                let pixel = corner + (down * width + across) * channels;
                                let found = load::<T, S>(input, pixel);
                                let here = T::splat(simd, number);
                                place = T::where_greater(simd, [found, best], [here, place]);
                                best = T::where_greater(simd, [found, best], [found, best]);
                            }
                        }
                    }
                    store::<T, S>(output, to, best);
                    store::<T, S>(chosen, to, place);
                },
            );
        }
    }
}

impl<T: Real> WithSimd for Maximum<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.pool.size {
            2 => self.choose::<S, 2>(simd),
            3 => self.choose::<S, 3>(simd),
            _ => self.choose::<S, 0>(simd),
        }
    }
}

/// below ← the signal of each maximum at the pixel it came from, zeros elsewhere.
pub(super) struct BackToMaximum<'a, T> {
    pub(super) pool: &'a Pool,
    pub(super) chosen: &'a [T],
    pub(super) signal: &'a [T],
    pub(super) below: &'a mut [T],
}

impl<T: Real> BackToMaximum<'_, T> {
    /// Where windows overlap or leave pixels out.
    fn add(pool: &Pool, [chosen, signal]: [&[T]; 2], below: &mut [T]) {
        below.fill(T::ZERO);
        pool.each_window(1, |to, corner| {
            let chosen =
                (0..).zip(pool.pixels()).find(|&(at, _)| T::from_f64(at.into()) == chosen[to]);
            let (_, pixel) = chosen.unwrap_or((0_u32, 0));
            below[corner + pixel] += signal[to];
        });
    }

    /// Where every pixel belongs to one window: in the order of the pixels, so that lanes beyond the
    /// channels are written over by those that follow.
    #[inline(always)]
    fn select<S: Simd, const SIZE: usize>(
        pool: &Pool,
        simd: S,
        [chosen, signal]: [&[T]; 2],
        below: &mut [T],
    ) {
        let (output, channels) = (pool.output_image(), pool.image.channels);
        let size = if SIZE == 0 { pool.size } else { SIZE };
        let (lanes, zero) = (lanes::<T, S>(), T::splat(simd, T::ZERO));
        let mut first = T::ZERO;
        for row in 0..pool.image.height {
            first = if row % size == 0 { T::ZERO } else { first + T::from_f64(size as f64) };
            for column in 0..output.width {
                let site = (row / size * output.width + column) * channels;
                let corner = (row * pool.image.width + column * size) * channels;
                for from in (0..channels).step_by(lanes) {
                    let from = from.min(channels.saturating_sub(lanes));
                    let place = load::<T, S>(chosen, site + from);
                    let signal = load::<T, S>(signal, site + from);
                    let mut number = first;
                    for across in 0..size {
                        let here = T::splat(simd, number);
                        let value = T::where_equal(simd, [place, here], [signal, zero]);
                        store::<T, S>(below, corner + across * channels + from, value);
                        number += T::ONE;
                    }
                }
            }
        }
    }
}

impl<T: Real> WithSimd for BackToMaximum<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let [from, to] = self.pool.sizes();
        let known = self.signal.chunks_exact(to).zip(self.chosen.chunks_exact(to));
        for ((signal, chosen), below) in known.zip(self.below.chunks_exact_mut(from)) {
            let known = [chosen, signal];
            match self.pool.size {
                _ if !self.pool.is_tiled() => Self::add(self.pool, known, below),
                2 => Self::select::<S, 2>(self.pool, simd, known, below),
                3 => Self::select::<S, 3>(self.pool, simd, known, below),
                _ => Self::select::<S, 0>(self.pool, simd, known, below),
            }
        }
    }
}
