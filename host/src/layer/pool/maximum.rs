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

impl<T: Real> WithSimd for Maximum<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let [from, to] = self.pool.sizes();
        let outputs = self.output.chunks_exact_mut(to).zip(self.chosen.chunks_exact_mut(to));
        for (input, (output, chosen)) in self.input.chunks_exact(from).zip(outputs) {
            self.pool.each_window(
                lanes::<T, S>(),
                #[inline(always)]
                |to, corner| {
                    let mut best = load::<T, S>(input, corner);
                    let (mut place, mut number) = (T::splat(simd, T::ZERO), T::ZERO);
                    for pixel in self.pool.pixels().skip(1) {
                        number += T::ONE;
                        let found = load::<T, S>(input, corner + pixel);
                        let here = T::splat(simd, number);
                        place = T::where_greater(simd, [found, best], [here, place]);
                        best = T::where_greater(simd, [found, best], [found, best]);
                    }
                    store::<T, S>(output, to, best);
                    store::<T, S>(chosen, to, place);
                },
            );
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
    fn add(pool: &Pool, chosen: &[T], signal: &[T], below: &mut [T]) {
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
    fn select<S: Simd>(pool: &Pool, simd: S, chosen: &[T], signal: &[T], below: &mut [T]) {
        let (output, channels, size) = (pool.output_image(), pool.image.channels, pool.size);
        let (lanes, zero) = (lanes::<T, S>(), T::splat(simd, T::ZERO));
        let mut first = T::ZERO;
        for row in 0..pool.image.height {
            first = if row % size == 0 { T::ZERO } else { first + T::from_f64(size as f64) };
            for column in 0..output.width {
                let site = (row / size * output.width + column) * channels;
                let corner = (row * pool.image.width + column * size) * channels;
                let mut number = first;
                for across in 0..size {
                    let here = T::splat(simd, number);
                    for from in (0..channels).step_by(lanes) {
                        let from = from.min(channels.saturating_sub(lanes));
                        let place = load::<T, S>(chosen, site + from);
                        let signal = load::<T, S>(signal, site + from);
                        let value = T::where_equal(simd, [place, here], [signal, zero]);
                        store::<T, S>(below, corner + across * channels + from, value);
                    }
                    number += T::ONE;
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
            if !self.pool.is_tiled() {
                Self::add(self.pool, chosen, signal, below);
                continue;
            }
            Self::select(self.pool, simd, chosen, signal, below);
        }
    }
}
